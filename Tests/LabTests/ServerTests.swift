// The server on real sockets: answers that come when due, broken connections, and a port that isn't there any more.

import Bytes
import CQLProtocol
import Lab
import Quantities
import Reactor
import Testing

private func server(_ dials: LabDials = LabDials(.new)) throws -> LabServer {
    let server = try LabServer(listening: Endpoint(host: "127.0.0.1", port: 0), node: LabNode(side: .new, dials: dials))
    server.start()
    return server
}

private let startup = CQLProtocol.Request.startup(driverVersion: "0").bytes(stream: 0)

@Test func answersComeWhenTheyAreDueAndNotInOrder() throws {
    var dials = LabDials(.new)
    dials.base[.range] = LabDials.ServiceTime(median: .milliseconds(120), sigma: 0)
    dials.base[.point] = LabDials.ServiceTime(median: .milliseconds(40), sigma: 0)
    let server = try server(dials)
    defer { server.stop() }
    let client = try SocketClient(server)
    client.send(startup)
    #expect(client.frame()?.response == .ready)
    for text in [
        "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
        "CREATE TABLE k.t (a int, b int, PRIMARY KEY (a, b))"
    ] {
        client.send(CQLProtocol.Request.query(text, .init()).bytes(stream: 1))
        #expect(client.frame()?.error == nil)
    }
    let sent = Clock.now()
    client.send(
        CQLProtocol.Request.query("SELECT * FROM k.t WHERE a = 1", .init()).bytes(stream: 10)
            + CQLProtocol.Request.query("SELECT * FROM k.t WHERE a = 1 LIMIT 1", .init()).bytes(stream: 11)
            + CQLProtocol.Request.query("SELECT key FROM system.local", .init()).bytes(stream: 12))
    let replies = (0..<3).compactMap { _ in client.frame() }
    #expect(replies.map(\.stream) == [12, 11, 10])
    // Never early; how late depends on the machine.
    #expect(replies[1].due - sent >= .milliseconds(40) && replies[2].due - sent >= .milliseconds(120))
    #expect(replies[2].due - sent < .seconds(2))
}

@Test func largeAnswersGoThroughThoughNobodyReadsForAWhile() throws {
    let server = try server()
    defer { server.stop() }
    let filler = TestClient(schema: "CREATE TABLE t (a int, b int, c text, PRIMARY KEY (a, b))", node: server.node!)
    let text = String(repeating: "x", count: 10_000)
    for b in 0..<200 { _ = filler.query("INSERT INTO t (a, b, c) VALUES (1, \(b), '\(text)')") }
    let client = try SocketClient(server)
    client.send(startup)
    #expect(client.frame()?.response == .ready)
    for stream in 0..<10 {
        client.send(CQLProtocol.Request.query("SELECT c FROM k.t WHERE a = 1", .init()).bytes(stream: Int16(stream)))
    }
    Clock.sleep(.milliseconds(100))
    let replies = (0..<10).compactMap { _ in client.frame() }
    #expect(replies.count == 10 && replies.allSatisfy { $0.rows?.count == 200 && $0.rows?.last?[0]?.count == 10_000 })
}

@Test func connectionsThatBreakAreForgottenAndNewOnesTaken() throws {
    let server = try server()
    defer { server.stop() }
    let first = try SocketClient(server)
    first.send(startup)
    #expect(first.frame()?.response == .ready && server.connectionCount == 1)
    server.killConnections()
    #expect(first.frame() == nil && first.isClosed)
    let second = try SocketClient(server)
    second.send(startup)
    #expect(second.frame()?.response == .ready)
    // A client that goes while its answer is still due does no harm.
    do {
        let third = try SocketClient(server)
        third.send(startup + CQLProtocol.Request.query("SELECT * FROM k.t", .init()).bytes(stream: 4))
        #expect(third.frame() != nil)
    }
    second.send(CQLProtocol.Request.options.bytes(stream: 9))
    #expect(second.frame()?.stream == 9)
    let deadline = Clock.now() + .seconds(5)
    while server.connectionCount != 1 && Clock.now() < deadline { Clock.sleep(.milliseconds(5)) }
    #expect(server.connectionCount == 1)
    server.stop()
    #expect(second.frame() == nil && second.isClosed)
}

@Test func aProtocolErrorIsSentBeforeTheConnectionCloses() throws {
    let server = try server()
    defer { server.stop() }
    let client = try SocketClient(server)
    var bytes = startup
    bytes[0] = 6
    client.send(bytes)
    #expect(client.frame()?.error?.outcome == .protocolError)
    #expect(client.frame() == nil && client.isClosed)
}

@Test func aPortThatIsTakenIsRefusedByName() throws {
    let server = try server()
    defer { server.stop() }
    let taken = Endpoint(host: "127.0.0.1", port: server.port)
    #expect(throws: SystemError.self) { try LabServer(listening: taken, node: LabNode(.old)) }
}
