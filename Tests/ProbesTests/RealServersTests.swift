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

private func reached(
    _ side: Side, _ host: String, _ version: ProtocolVersion = .v4, _ compression: Compression = .none
) -> SideAccess {
    var access = SideAccess(side, [Endpoint(host: host, port: 9042)])
    access.protocolVersion = version
    access.compression = compression
    return access
}

/// Prepares, executes, pages, and writes batches, in each of `versions`, with LZ4 and without.
private func speak(_ host: String, _ versions: [ProtocolVersion]) throws {
    for version in versions {
        for compression in Compression.allCases {
            let access = reached(.new, host, version, compression)
            let session = try SimpleSession(access, access.contactPoints[0])
            let table = "shop.spoken_\(version)_\(compression.rawValue)"
            try session.query("CREATE TABLE \(table) (a int, b int, c text, PRIMARY KEY (a, b))")
            let insert = "INSERT INTO \(table) (a, b, c) VALUES (?, ?, ?)"
            let write = try session.prepare(insert)
            #expect(write.partitionKeyIndices == (version == .v3 ? [] : [0]))
            for (number, length) in [3, 1000, 300_000].enumerated() {
                let text = CQLValue.text(String(repeating: "x", count: length))
                _ = try session.execute(write, [.integer(1), .integer(Int64(number)), text], cql: insert)
            }
            let more = BatchStatement(.id(write.id), values: [[0, 0, 0, 1], [0, 0, 0, 4], Array("xx".utf8)])
            let text = BatchStatement(.cql("INSERT INTO \(table) (a, b, c) VALUES (1, 3, 'x')"))
            try session.batch(Batch(.logged, [text, more], timestampMicroseconds: 1_700_000_000_000_000))
            let select = "SELECT * FROM \(table) WHERE a = ?"
            let read = try session.prepare(select)
            let rows = try session.execute(read, [.integer(1)], cql: select, pageSize: 2)
            #expect(
                rows.all.map { $0.text("c")?.utf8.count } == [3, 1000, 300_000, 1, 2],
                "\(host) \(version) \(compression)")
            // The node forgets what it prepared when the table changes, and says in v5 that the columns are others.
            try session.query("ALTER TABLE \(table) ADD d int")
            let other = try SimpleSession(access, access.contactPoints[0])
            _ = try other.prepare(select)
            let changed = try session.execute(read, [.integer(1)], cql: select)
            #expect(changed.columns.map(\.name) == ["a", "b", "c", "d"] && changed.count == 5)
        }
    }
}

/// What a node says that it speaks, and what it answers to a version that it does not.
private func expectOffer(_ host: String, _ versions: [ProtocolVersion]) throws {
    let access = reached(.new, host)
    let offer = try ServerOffer.ask(access, access.contactPoints[0])
    #expect(offer == ServerOffer(versions: versions, compressions: Compression.allCases))
    for version in ProtocolVersion.allCases where !versions.contains(version) {
        let wrong = reached(.new, host, version)
        let failure = #expect(throws: ConnectFailure.self) { try SimpleSession(wrong, wrong.contactPoints[0]) }
        #expect(failure?.description.contains("does not take \(version) of the CQL protocol: ") == true)
    }
}

private func session(_ side: Side, _ host: String) throws -> SimpleSession {
    let access = reached(side, host)
    return try SimpleSession(access, access.contactPoints[0])
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
    let (oldSide, newSide) = (try old.topology(), try new.topology())
    #expect(oldSide.releaseVersions.first?.hasPrefix("3.11.") == true)
    #expect(newSide.releaseVersions.first?.hasPrefix("4.1.") == true)
    #expect(oldSide.schemaAgrees && sharesHost(oldSide, newSide) && !sharesNodes(oldSide, newSide))

    let sample = PartitionSample(table: orders, columns: ["customer"], keys: [[.integer(1)], [.integer(2)]])
    let probe = ParityProbe(tables: [orders], samples: [sample]) { $0.hasPrefix("table_options.") }
    let equal = try probe.run(old: old, new: new, topologies: [oldSide, newSide])
    let subjects = equal.observations.map(\.subject)
    #expect(equal.probed == ["parity"])
    #expect(subjects.contains("table_options.shop.orders.compression.chunk_length_in_kb"))
    #expect(subjects.contains("table_options.shop.orders.additional_write_policy"))
    #expect(equal.observations.filter { !$0.expected }.isEmpty)

    try new.query("DELETE FROM shop.orders WHERE customer = 1 AND at = 7")
    try new.query("ALTER TABLE shop.orders ADD extra int")
    let unlike = try probe.run(old: old, new: new, topologies: [oldSide, newSide]).observations.filter { !$0.expected }
    #expect(unlike.map(\.subject) == ["columns.shop.orders.extra", "row_counts.shop.orders"])
    try expectOffer("127.0.0.11", [.v3, .v4])
    try speak("127.0.0.11", [.v3, .v4])
    try expectOffer("127.0.0.12", [.v3, .v4, .v5])
    try speak("127.0.0.12", [.v3, .v4, .v5])

    let failure = #expect(throws: RequestFailure.self) { try new.query("SELECT nothing FROM shop.orders") }
    #expect(failure?.description.hasPrefix("new side 127.0.0.12:9042 answered invalid: ") == true)
}

@Test(.enabled(if: servers != nil, "ASSAY_SERVERS is not set, so there are no real servers"))
func cassandra5IsSpokenToInEveryVersion() throws {
    defer { _ = cassandra("wipe", "probes-newest") }
    try #require(cassandra("start", "probes-newest", "5.0", "127.0.0.13"))
    let session = try session(.new, "127.0.0.13")
    try session.query("CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
    try expectOffer("127.0.0.13", [.v3, .v4, .v5])
    try speak("127.0.0.13", [.v4, .v5])
}
