// Every version and compression, spoken by the command's own client with the lab's own server, over real sockets and in virtual time.

import CQLClient
import CQLProtocol
import Lab
import Load
import Quantities
import Reactor
import Recordings
import Testing
import Workloads

private let speeches: [(ProtocolVersion, Compression)] = ProtocolVersion.allCases.flatMap { version in
    Compression.allCases.map { (version, $0) }
}

/// A lab node that listens, and how to reach it.
private func served(
    _ version: ProtocolVersion, _ compression: Compression, _ node: LabNode = LabNode(.new)
) throws -> (server: LabServer, access: SideAccess) {
    let server = try LabServer(listening: Endpoint(host: "127.0.0.1", port: 0), node: node)
    server.start()
    var access = SideAccess(.new, [server.endpoint])
    access.protocolVersion = version
    access.compression = compression
    return (server, access)
}

@Test(arguments: speeches.indices) func aSessionAsksInEveryVersionAndCompression(speech: Int) throws {
    let (version, compression) = speeches[speech]
    let (server, access) = try served(version, compression)
    defer { server.stop() }
    #expect(
        try ServerOffer.ask(access, server.endpoint)
            == ServerOffer(versions: ProtocolVersion.allCases, compressions: Compression.allCases))
    let session = try SimpleSession(access, server.endpoint)
    try session.query("CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
    try session.query("CREATE TABLE k.t (a int, b int, c text, PRIMARY KEY (a, b))")
    let insert = "INSERT INTO k.t (a, b, c) VALUES (1, ?, ?)"
    let write = try session.prepare(insert)
    // One of them takes several frames in v5.
    for (number, length) in [10, 1000, 200_000].enumerated() {
        let text = CQLValue.text(String(repeating: "x", count: length))
        _ = try session.execute(write, [.integer(Int64(number)), text], cql: insert)
    }
    try session.batch(
        Batch(
            .unlogged,
            [
                BatchStatement(.cql("INSERT INTO k.t (a, b, c) VALUES (1, 3, 'x')")),
                BatchStatement(.id(write.id), values: [[0, 0, 0, 4], Array("xx".utf8)])
            ]))
    let select = "SELECT b, c FROM k.t WHERE a = ?"
    let read = try session.prepare(select)
    #expect(read.metadataID.count == (version >= .v5 ? 16 : 0))
    #expect(read.partitionKeyIndices == (version >= .v4 ? [0] : []))
    let rows = try session.execute(read, [.integer(1)], cql: select, pageSize: 2)
    #expect(rows.all.map { $0.text("c")?.utf8.count } == [10, 1000, 200_000, 1, 2])
    // A node that was restarted knows no statements: it is told again.
    server.node!.forgetPreparedStatements()
    #expect(try session.execute(read, [.integer(1)], cql: select).count == 5)
    let failure = #expect(throws: RequestFailure.self) { try session.query("SELECT nothing FROM k.t") }
    #expect(failure?.description.contains("answered invalid") == true)
}

@Test func aTableThatChangesSaysSoOnceInVersion5() throws {
    let (server, access) = try served(.v5, .none)
    defer { server.stop() }
    let session = try SimpleSession(access, server.endpoint)
    let schema = { (columns: String) in
        try session.query("CREATE TABLE k.t (a int PRIMARY KEY, \(columns))")
        try session.query("INSERT INTO k.t (a, b) VALUES (1, 2)")
    }
    try session.query("CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
    try schema("b int")
    let before = try session.prepare("SELECT * FROM k.t WHERE a = 1")
    try session.query("DROP TABLE k.t")
    try schema("b int, c text")
    let after = try session.prepare("SELECT * FROM k.t WHERE a = 1")
    #expect(before.id == after.id && before.metadataID != after.metadataID)
    let rows = try session.execute(before, [], cql: "SELECT * FROM k.t WHERE a = 1")
    #expect(rows.columns.map(\.name) == ["a", "b", "c"])
}

@Test func aServerThatDoesNotOfferTheVersion() throws {
    let (server, access) = try served(.v5, .none)
    defer { server.stop() }
    // The lab knows all that Assay speaks; a message of v6 is written by hand.
    let socket = try Socket.connecting(to: access.contactPoints[0])
    defer { socket.close() }
    var bytes = CQLProtocol.Request.options.bytes(stream: 0)
    bytes[0] = 6
    var (answer, tries) = ([UInt8](), 0)
    var sent = false
    while answer.count < 20 && tries < 2000 {
        if !sent, case .bytes = bytes.withUnsafeBytes({ socket.send($0) }) { sent = true }
        var buffer = [UInt8](repeating: 0, count: 1000)
        if case .bytes(let count) = buffer.withUnsafeMutableBytes({ socket.receive(into: $0) }) {
            answer += buffer[..<count]
        }
        Clock.sleep(.milliseconds(1))
        tries += 1
    }
    #expect(String(decoding: answer, as: UTF8.self).contains("supported version is 3 and the greatest is 5"))
}

@Test(arguments: [5, 1]) func aRunInVirtualTimeIsTheSameInEveryVersion(speech: Int) throws {
    let plain = try SimulatedRun(seed: 3, minutes: 1)
    // The old node is of a release that speaks v5.
    var dials = LabDials(.old)
    dials.version = LabDials(.new).version
    var other = try SimulatedRun(seed: 3, minutes: 1, old: dials)
    (other.version, other.compression) = speeches[speech]
    let (expected, found) = (try plain.record(), try other.record())
    #expect(found.rounds.count == expected.rounds.count && found.rounds.count > 3)
    for (a, b) in zip(expected.rounds, found.rounds) {
        for side in Side.allCases {
            #expect(a[side].operations.map(\.completed) == b[side].operations.map(\.completed))
            #expect(a[side].operations.map(\.rows) == b[side].operations.map(\.rows))
            #expect(b[side].operations.allSatisfy { $0.errors.isEmpty })
        }
    }
}
