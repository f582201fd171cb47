// The session and the probes against two releases of Cassandra, where ASSAY_SERVERS names the folder that can start them.

import CQLClient
import CQLProtocol
import Glibc
import Quantities
import Reactor
import Recordings
import Testing

@testable import Probes

private let servers = getenv("ASSAY_SERVERS").map { String(cString: $0) }

/// Runs the script that starts and stops nodes; false where it fails.
private func cassandra(_ arguments: String...) -> Bool {
    guard let servers else { return false }
    let words = [servers + "/cassandra"] + arguments
    var pointers = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process = pid_t()
    guard posix_spawn(&process, words[0], nil, nil, &pointers, environ) == 0 else { return false }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    return status == 0
}

private func session(_ side: Side, _ host: String) throws -> SimpleSession {
    let endpoint = Endpoint(host: host, port: 9042)
    return try SimpleSession(SideAccess(side, [endpoint]), endpoint)
}

@Test(.enabled(if: servers != nil, "ASSAY_SERVERS is not set, so there are no real servers"))
func twoReleasesAreToldApart() throws {
    defer { for name in ["probes-old", "probes-new"] { _ = cassandra("wipe", name) } }
    try #require(cassandra("start", "probes-old", "3.11", "127.0.0.11"))
    try #require(cassandra("start", "probes-new", "4.1", "127.0.0.12"))
    let (old, new) = (try session(.old, "127.0.0.11"), try session(.new, "127.0.0.12"))
    for session in [old, new] {
        try session.query(
            "CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
        try session.query(
            "CREATE TABLE shop.orders (customer int, at timestamp, note text, PRIMARY KEY (customer, at))")
        #expect(try session.awaitSchemaAgreement())
        for at in 0..<25 { try session.query("INSERT INTO shop.orders (customer, at, note) VALUES (1, \(at), 'a')") }
    }
    #expect(try old.query("SELECT at FROM shop.orders WHERE customer = 1", pageSize: 10).count == 25)
    let (oldSide, newSide) = (try SideDescription.read(old), try SideDescription.read(new))
    #expect(oldSide.releaseVersions.first?.hasPrefix("3.11.") == true)
    #expect(newSide.releaseVersions.first?.hasPrefix("4.1.") == true)
    #expect(oldSide.schemaAgrees && sharesHost(oldSide, newSide) && !sharesNodes(oldSide, newSide))

    let sample = PartitionSample(table: orders, columns: ["customer"], keys: [[.integer(1)], [.integer(2)]])
    let probe = ParityProbe(tables: [orders], samples: [sample]) { $0.hasPrefix("table_options.") }
    let equal = try probe.run(old: old, new: new)
    let subjects = equal.observations.map(\.subject)
    #expect(equal.probed == ["parity"])
    #expect(subjects.contains("table_options.shop.orders.compression.chunk_length_in_kb"))
    #expect(subjects.contains("table_options.shop.orders.additional_write_policy"))
    #expect(equal.observations.filter { !$0.expected }.isEmpty)

    try new.query("DELETE FROM shop.orders WHERE customer = 1 AND at = 7")
    try new.query("ALTER TABLE shop.orders ADD extra int")
    let unlike = try probe.run(old: old, new: new).observations.filter { !$0.expected }
    #expect(unlike.map(\.subject) == ["columns.shop.orders.extra", "row_counts.shop.orders"])
    let failure = #expect(throws: RequestFailure.self) { try new.query("SELECT nothing FROM shop.orders") }
    #expect(failure?.description.hasPrefix("new side 127.0.0.12:9042 answered invalid: ") == true)
}
