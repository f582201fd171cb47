// The blocking session against scripted nodes: what goes well, and one clear line for each way it does not.

import Bytes
import CQLClient
import CQLProtocol
import Quantities
import Reactor
import Testing

private func frame(_ opcode: Opcode, _ body: (inout ByteWriter) -> Void = { _ in }) -> [UInt8] {
    var writer = ByteWriter()
    let start = writer.beginFrame(opcode, stream: 0, direction: .response)
    body(&writer)
    writer.endFrame(start)
    return writer.array
}

private func error(_ code: Int32, _ message: String) -> [UInt8] {
    frame(.error) {
        $0.put(code)
        $0.put(string: message)
    }
}

private func page(_ numbers: [Int32], pagingState: [UInt8]?) -> [UInt8] {
    let column = ColumnDescription(keyspace: "shop", table: "orders", name: "number", type: .int)
    return frame(.result) {
        $0.put(Int32(2))
        $0.put(metadata: ResultMetadata(columnCount: 1, columns: [column], pagingState: pagingState))
        $0.put(Int32(numbers.count))
        for number in numbers {
            $0.put(Int32(4))
            $0.put(number)
        }
    }
}

private let supported = Line.answer(frame(.supported) { $0.put(stringMultimap: ["CQL_VERSION": ["3.4.4"]]) })
private let ready = Line.answer(frame(.ready))
private let authenticate = Line.answer(frame(.authenticate) { $0.put(string: "PasswordAuthenticator") })
/// Long enough for a busy machine, short enough for the tests that wait for it.
private let limit = Nanoseconds.seconds(1)
private let pair = Credentials(user: "assay", password: "s3cret")

private func session(_ script: [Line], _ credentials: Credentials? = nil) throws -> SimpleSession {
    let node = try ScriptedNode(script)
    let access = SideAccess(.old, [node.endpoint], credentials: credentials)
    return try SimpleSession(access, node.endpoint, timeOut: limit)
}

@Test func pagesAreFollowedToTheLast() throws {
    let session = try session([
        supported, ready, .answer(page([1, 2], pagingState: [9])), .answer(page([], pagingState: [8])),
        .answer(page([3], pagingState: nil)), .answer(frame(.result) { $0.put(Int32(1)) })
    ])
    let rows = try session.query("SELECT number FROM shop.orders")
    #expect(rows.all.map { $0["number"] } == [.integer(1), .integer(2), .integer(3)])
    #expect(rows[0]["absent"] == .null && rows[0].text("absent") == nil && rows[2].text("number") == "3")
    #expect(try session.query("INSERT …").isEmpty)
}

@Test(
    arguments: [
        (
            [Line.say(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))], nil,
            "does not speak CQL (it answered 'HTTP/1.1 400 Bad Request')"
        ),
        (
            [supported, authenticate], nil,
            "asks for credentials and the pair names none; ASSAY_OLD, ~/.cassandra/credentials and ~/.cassandra/cqlshrc hold none"
        ),
        (
            [.say([0x15, 3, 3, 0, 2, 2, 80, 0, 0])], nil,
            "wants TLS, and the pair names none for this side (tls: {ca: ca.pem})"
        ),
        (
            [supported, .answer(frame(.authenticate) { $0.put(string: "a.KerberosAuthenticator") })], pair,
            "wants a login by a.KerberosAuthenticator, which takes more than a user and a password: SASL PLAIN is all there is here"
        ),
        (
            [supported, authenticate, .answer(error(0x100, "Bad password"))], pair,
            "refused the credentials of user assay: Bad password"
        ),
        (
            [.answer(error(0x0A, "Unsupported version 4"))], nil,
            "does not take v4 of the CQL protocol: Unsupported version 4"
        ),
        ([supported, .close], nil, "closed the connection at once: it may want TLS, or not speak CQL"),
        ([], nil, "takes connections but did not answer within \(limit): is it a CQL port?"),
        (
            [supported, .answer(error(0x1002, "Bootstrapping"))], nil,
            "refused the connection: bootstrapping: Bootstrapping"
        )
    ] as [([Line], Credentials?, String)]) func connectFailuresAreOneClearLine(
        script: [Line], credentials: Credentials?, words: String
    ) throws
{
    let node = try ScriptedNode(script)
    let failure = #expect(throws: ConnectFailure.self) {
        _ = try SimpleSession(
            SideAccess(.old, [node.endpoint], credentials: credentials), node.endpoint, timeOut: limit)
    }
    #expect(failure?.description == "old side \(node.endpoint) \(words)")
}

@Test func aPortThatNobodyListensOn() throws {
    let listener = try Socket.listening(on: Endpoint(host: "127.0.0.1", port: 0))
    let endpoint = Endpoint(host: "127.0.0.1", port: listener.localPort)
    listener.close()
    let failure = #expect(throws: ConnectFailure.self) {
        _ = try SimpleSession(SideAccess(.new, [endpoint]), endpoint, timeOut: .seconds(1))
    }
    #expect(failure?.description == "new side \(endpoint) cannot be reached: connection refused")
}

@Test(
    arguments: [
        (
            Line.answer(error(0x2000, "line 1:0 no viable alternative")),
            "answered syntax_error: line 1:0 no viable alternative, to: SELEKT"
        ),
        (.close, "closed the connection instead of answering, to: SELEKT"),
        (
            .answer(Array(page([1], pagingState: nil).dropLast(2)) + [0x84]),
            "gave no answer within \(limit), to: SELEKT"
        ),
        (
            .answer(frame(.result) { $0.put(Int32(2)) }),
            "sent a corrupt answer (a message ended early: it needs 4 bytes, has 0), to: SELEKT"
        ),
        (.answer(frame(.ready)), "gave an answer of another kind, to: SELEKT")
    ] as [(Line, String)]) func requestFailuresAreOneClearLine(line: Line, words: String) throws
{
    let session = try session([supported, ready, line])
    let failure = #expect(throws: RequestFailure.self) { try session.query("SELEKT") }
    #expect(failure?.description == "\(session.target) \(words)")
}

@Test func preparedStatementsAreRun() throws {
    let column = ColumnDescription(keyspace: "shop", table: "orders", name: "customer", type: .int)
    let statement = PreparedStatement(
        id: [7], binds: [column], partitionKeyIndices: [0], result: ResultMetadata(columnCount: 1, columns: [column]))
    let prepared = frame(.result) {
        $0.put(Int32(4))
        $0.put(prepared: statement)
    }
    let session = try session([supported, ready, .answer(prepared), .answer(page([5], pagingState: nil))])
    let made = try session.prepare("SELECT number FROM shop.orders WHERE customer = ?")
    #expect(made == statement)
    #expect(try session.execute(made, [.integer(3)], cql: "SELECT …").values == [[.integer(5)]])
    #expect(throws: RequestFailure.self) { try session.execute(made, [.text("three")], cql: "SELECT …") }
}

/// Nodes as system tables name them: data centre, release and schema version of each.
private func nodes(_ rows: [(String?, String, String?)]) -> Line {
    let columns = ["data_center", "release_version", "schema_version"].map {
        ColumnDescription(keyspace: "system", table: "local", name: $0, type: .text)
    }
    return .answer(
        frame(.result) {
            $0.put(Int32(2))
            $0.put(metadata: ResultMetadata(columnCount: 3, columns: columns))
            $0.put(Int32(rows.count))
            for row in rows {
                for text in [row.0, row.1, row.2] { $0.put(cell: text.map { Array($0.utf8) }) }
            }
        })
}

@Test func agreementIsThatOfAllNodesThatNameASchema() throws {
    let session = try session([
        supported, ready, nodes([("dc1", "3.11.19", "a")]), nodes([("dc1", "3.11.19", "b"), ("dc1", "3.11.19", nil)]),
        nodes([("dc1", "3.11.19", "b")]), nodes([(nil, "3.11.19", "a"), ("dc1", "3.11.19", "b")])
    ])
    #expect(try session.awaitSchemaAgreement(.seconds(5)))
}

@Test func aProxyWithoutThePeersOfItsVersionIsReadAllTheSame() throws {
    let session = try session([
        supported, ready, nodes([("dc1", "4.0.11", "a")]), .answer(error(0x2200, "table peers_v2 does not exist")),
        nodes([("dc1", "4.0.11", "b")]), .answer(page([], pagingState: nil))
    ])
    let topology = try session.topology()
    #expect(topology.nodes.count == 2 && topology.schemaVersions == ["a", "b"])
    #expect(topology.nodes[0].endpoint == session.target.endpoint)
}
