// The native protocol at the server's end: versions, handshakes, prepared statements, and bytes that are none of it.

import Bytes
import CQLProtocol
import Lab
import Quantities
import TestSupport
import Testing

private let now = Instant(nanoseconds: 5)

@Test(arguments: [UInt8(6), 7, 0x42, 0x41]) func otherVersionsAreAnsweredInTheHighestThatThereIs(version: UInt8) {
    let session = LabSession(node: LabNode(.new))
    var bytes = CQLProtocol.Request.options.bytes(stream: 77)
    bytes[0] = version
    let answers = session.receive(bytes, now: now)
    #expect(answers.first?.bytes.first == 0x85)
    let reply = replies(answers).first
    #expect(reply?.stream == 77 && reply?.error?.outcome == .protocolError)
    #expect(reply?.error?.message.contains("unsupported protocol version (\(version))") == true)
    #expect(session.isClosing && session.receive(bytes, now: now).isEmpty)
}

@Test func requestsMayComeInPiecesOfAnySize() throws {
    let node = LabNode(.old)
    var stream = CQLProtocol.Request.startup(driverVersion: "0").bytes(stream: 1)
    stream += CQLProtocol.Request.query("SELECT cluster_name FROM system.local", .init()).bytes(stream: 2)
    stream += CQLProtocol.Request.register([.schemaChange]).bytes(stream: 3)
    let whole = replies(LabSession(node: node).receive(stream, now: now))
    #expect(whole.map(\.stream) == [1, 2, 3])
    for size in [1, 2, 3, 8, 9, 10, 50] {
        let session = LabSession(node: node)
        var pieces: [Reply] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            pieces += replies(session.receive(Array(stream[start..<min(start + size, stream.count)]), now: now))
        }
        #expect(pieces.map(\.response) == whole.map(\.response), "pieces of \(size)")
    }
}

@Test func aPreparedStatementIsKnownOnEveryConnectionAndSaysWhatItBinds() throws {
    let node = LabNode(.old)
    let client = TestClient(
        schema: "CREATE TABLE t (p int, q text, b bigint, v list<int>, PRIMARY KEY ((p, q), b))", node: node)
    let prepared = try #require(
        client.prepare("SELECT b, v FROM t WHERE q = ? AND b >= ? AND p = :pp LIMIT ?").prepared)
    #expect(prepared.id.count == 16)
    #expect(
        prepared.binds == [
            ColumnDescription(keyspace: "k", table: "t", name: "q", type: .text),
            ColumnDescription(keyspace: "k", table: "t", name: "b", type: .bigint),
            ColumnDescription(keyspace: "k", table: "t", name: "pp", type: .int),
            ColumnDescription(keyspace: "k", table: "t", name: "[limit]", type: .int)
        ])
    #expect(prepared.partitionKeyIndices == [2, 0])
    #expect(prepared.result.columns.map(\.type) == [.bigint, .list(.int)])
    #expect(client.prepare("INSERT INTO t (p, q, b) VALUES (1, ?, ?)").prepared?.partitionKeyIndices == [])
    let list = client.prepare("SELECT b FROM t WHERE p IN ? AND q = 'x'").prepared
    #expect(list?.binds.first?.name == "in(p)" && list?.binds.first?.type == .list(.int))
    _ = client.query("INSERT INTO t (p, q, b, v) VALUES (1, 'x', 5, [1, 2])")
    let values: [[UInt8]?] = [Array("x".utf8), [0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 9]]
    let other = TestClient(node)
    let reply = other.execute(prepared.id, .init(values: values))
    #expect(reply.values == [[.integer(5), .list([.integer(1), .integer(2)])]])
    let bare = other.execute(prepared.id, .init(values: values, skipMetadata: true))
    #expect(bare.rows == reply.rows && bare.metadata?.columns == [] && bare.metadata?.columnCount == 2)
    // Another node, as after a restart, does not know it.
    let unknown = TestClient(LabNode(.old)).execute(prepared.id, .init(values: values))
    #expect(unknown.error?.outcome == .unprepared && unknown.error?.detail == .unprepared(prepared.id))
    // Nor does this one once the table is gone.
    _ = client.query("DROP TABLE t")
    #expect(client.execute(prepared.id, .init(values: values)).error?.outcome == .unprepared)
}

@Test func valuesOfTheWrongLengthAreRefused() throws {
    let client = TestClient(schema: "CREATE TABLE t (a int PRIMARY KEY, b uuid)")
    let id = try #require(client.prepare("INSERT INTO t (a, b) VALUES (?, ?)").prepared?.id)
    let sixteen = [UInt8](repeating: 1, count: 16)
    #expect(client.execute(id, .init(values: [[0, 0, 1], sixteen])).error?.outcome == .invalid)
    #expect(client.execute(id, .init(values: [[0, 0, 0, 1], [1]])).error?.outcome == .invalid)
    #expect(client.execute(id, .init(values: [[0, 0, 0, 1]])).error?.outcome == .invalid)
    #expect(client.execute(id, .init(values: [[], sixteen])).error?.message == "Key may not be empty")
    #expect(client.execute(id, .init(values: [[0, 0, 0, 1], sixteen])).response == .result(.void))
    let many = try #require(client.prepare("SELECT a FROM t WHERE a IN ?").prepared?.id)
    for list: [UInt8] in [[], [0, 0, 0, 9], [0, 0, 0, 1, 0, 0, 0, 2, 0, 1], [0, 0, 0, 0, 1], [0xFF, 0xFF, 0xFF, 0xFF]] {
        #expect(client.execute(many, .init(values: [list])).error?.outcome == .invalid, "\(list)")
    }
}

@Test func aPasswordIsAskedForWhereThereIsOne() {
    var dials = LabDials(.new)
    dials.credentials = LabDials.Credentials(user: "assay", password: "secret")
    let session = LabSession(node: LabNode(side: .new, dials: dials))
    func ask(_ request: CQLProtocol.Request) -> Response? {
        replies(session.receive(request.bytes(stream: 1), now: now)).first?.response
    }
    #expect(ask(.startup(driverVersion: "0")) == .authenticate("org.apache.cassandra.auth.PasswordAuthenticator"))
    guard case .error(let early)? = ask(.query("SELECT * FROM system.local", .init())) else {
        Issue.record("no error")
        return
    }
    #expect(early.outcome == .protocolError)
    for wrong in ["\0assay\0wrong", "\0other\0secret", "secret", "", "\0assay\0secret\0"] {
        guard case .error(let error)? = ask(.authResponse(Array(wrong.utf8))) else {
            Issue.record("let in with \(wrong)")
            return
        }
        #expect(error.outcome == .badCredentials)
    }
    #expect(ask(.authResponse(Array("\0assay\0secret".utf8))) == .authSuccess(nil))
    guard case .result? = ask(.query("SELECT * FROM system.local", .init())) else {
        Issue.record("no answer")
        return
    }
}

@Test func bytesThatAreNoRequestGetAProtocolErrorAndTheEnd() {
    var wrongOpcode = CQLProtocol.Request.options.bytes(stream: 3)
    wrongOpcode[4] = 0x08
    let tooLong: [UInt8] = [4, 0, 0, 3, 7, 0x7F, 0xFF, 0xFF, 0xFF]
    var short = CQLProtocol.Request.query("SELECT", .init()).bytes(stream: 3)
    short[12] = 200
    let early = CQLProtocol.Request.query("SELECT * FROM system.local", .init()).bytes(stream: 3)
    var compressed = CQLProtocol.Request.startup(driverVersion: "0").bytes(stream: 3)
    compressed[1] = 0x01
    for bytes in [
        wrongOpcode, tooLong, short, early, compressed, Array("GET / HTTP/1.1\r\n\r\n".utf8),
        [0x84, 0, 0, 3, 0, 0, 0, 0, 0]
    ] {
        let session = LabSession(node: LabNode(.old))
        let reply = replies(session.receive(bytes, now: now)).first
        #expect(reply?.error?.outcome == .protocolError && session.isClosing, "\(bytes)")
    }
}

@Test func foreignBytesNeverTrap() {
    let node = LabNode(.old)
    let client = TestClient(schema: "CREATE TABLE t (a int, b decimal, c uuid, PRIMARY KEY (a, b, c))", node: node)
    let id = client.prepare("SELECT * FROM t WHERE a IN ? AND b > ? LIMIT ?").prepared!.id
    let requests: [CQLProtocol.Request] = [
        .query(
            "INSERT INTO k.t (a, b, c) VALUES (1, 2.5, 123e4567-e89b-12d3-a456-426614174000)", .init(values: [[1], nil])
        ),
        .execute(
            id: id,
            .init(
                values: [[0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 1], [0, 0, 0, 1, 25], [0, 0, 0, 5]], pageSize: 5,
                pagingState: [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 1, 0, 2], timestampMicroseconds: 4)),
        .prepare("SELECT * FROM k.t"), .startup(driverVersion: "0"), .register([.topologyChange])
    ]
    var answered = 0
    for (_, random) in seededCases(2000) {
        var random = random
        var bytes = requests[Int(random.below(UInt64(requests.count)))].bytes(stream: 1)
        for _ in 0..<(1 + random.below(6)) {
            bytes[9 + Int(random.below(UInt64(bytes.count - 9)))] = UInt8(random.below(256))
        }
        let session = LabSession(node: node)
        _ = session.receive(CQLProtocol.Request.startup(driverVersion: "0").bytes(stream: 0), now: now)
        answered += replies(session.receive(bytes, now: now)).count
    }
    #expect(answered == 2000)
}

@Test func columnsThatChangedAreSaidOnceToWhoKnowsOthers() throws {
    let node = LabNode(.new)
    let client = TestClient(node, .v5)
    _ = client.query("CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
    func schema(_ columns: String) {
        _ = client.query("CREATE TABLE k.t (a int PRIMARY KEY, \(columns))")
        _ = client.query("INSERT INTO k.t (a, b) VALUES (1, 2)")
    }
    schema("b int")
    let before = try #require(client.prepare("SELECT * FROM k.t").prepared)
    _ = client.query("DROP TABLE k.t")
    schema("b int, c text")
    let after = try #require(TestClient(node, .v5).prepare("SELECT * FROM k.t").prepared)
    #expect(before.id == after.id && before.metadataID != after.metadataID && after.metadataID.count == 16)
    func execute(_ metadataID: [UInt8]) -> ResultMetadata? {
        client.ask(.execute(id: after.id, metadataID: metadataID, .init(skipMetadata: true))).metadata
    }
    let told = execute(before.metadataID)
    #expect(told?.changedID == after.metadataID && told?.columns.map(\.name) == ["a", "b", "c"])
    #expect(execute(after.metadataID) == ResultMetadata(columnCount: 3, columns: []))
}

@Test func aKeyspaceMayComeWithTheRequestInVersion5() throws {
    let client = TestClient(LabNode(.new), .v5)
    _ = client.query("CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
    _ = client.query("CREATE TABLE k.t (a int PRIMARY KEY)")
    #expect(client.query("SELECT a FROM t").error != nil)
    #expect(client.query("SELECT a FROM t", .init(keyspace: "k", nowInSeconds: 7)).integers == [])
    #expect(client.ask(.prepare("SELECT a FROM t", keyspace: "k")).prepared?.result.columnCount == 1)
    let write = BatchStatement(.cql("INSERT INTO t (a) VALUES (1)"))
    #expect(client.ask(.batch(Batch(.unlogged, [write], keyspace: "k"))).response == .result(.void))
    #expect(client.query("SELECT a FROM k.t").integers == [1])
}
