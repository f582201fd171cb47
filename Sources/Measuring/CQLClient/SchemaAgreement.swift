// Whether the nodes of a cluster have the same schema: asked after DDL and before a run.

import CQLProtocol
import Quantities
import Reactor

extension SimpleSession {
    /// Waits until all nodes that name a schema name the same. False when `timeOut` is over before that.
    public func awaitSchemaAgreement(_ timeOut: Nanoseconds = .seconds(30)) throws(RequestFailure) -> Bool {
        let deadline = Clock.now() + timeOut
        while try nodes().nodes.schemaVersions.count > 1 {
            if Clock.now() >= deadline { return false }
            Clock.sleep(.milliseconds(200))
        }
        return true
    }
}
