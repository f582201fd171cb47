// Whether the nodes of a cluster have the same schema: asked after DDL and before a run.

import CQLProtocol
import Quantities
import Reactor

extension SimpleSession {
    /// The schema versions in the cluster, each once, sorted; one means agreement. Peers that are gone have none and do not count.
    public func schemaVersions() throws(RequestFailure) -> [String] {
        var versions: Set<String> = []
        for table in ["system.local", "system.peers"] {
            for row in try query("SELECT schema_version FROM \(table)").all {
                if let version = row.text("schema_version") { versions.insert(version) }
            }
        }
        return versions.sorted()
    }

    /// Waits until all nodes have the same schema. False when `timeOut` is over before that.
    public func awaitSchemaAgreement(_ timeOut: Nanoseconds = .seconds(30)) throws(RequestFailure) -> Bool {
        let deadline = Clock.now() + timeOut
        while try schemaVersions().count > 1 {
            if Clock.now() >= deadline { return false }
            Clock.sleep(.milliseconds(200))
        }
        return true
    }
}
