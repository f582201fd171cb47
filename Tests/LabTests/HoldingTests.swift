// The holding proxy: which answers are held and for how long, and that everything else passes as it came.

import Bytes
import CQLProtocol
import Lab
import Quantities
import Reactor
import Testing

@Suite struct HoldingTests {
    private static let schema = [
        "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
        "CREATE TABLE k.t (a int, b int, PRIMARY KEY (a, b))"
    ]
    private static let range = "SELECT * FROM k.t WHERE a = 1"
    private static let point = "SELECT * FROM k.t WHERE a = 1 LIMIT 1"

    /// A lab node whose reads of a range take 40 ms, with a proxy before it and a client of the proxy.
    private func behind(_ rule: HoldRule?) throws -> (server: LabServer, proxy: HoldingProxy, client: SocketClient) {
        var dials = LabDials(.new)
        dials.base[.range] = LabDials.ServiceTime(median: .milliseconds(40), sigma: 0)
        dials.base[.point] = LabDials.ServiceTime(median: .milliseconds(40), sigma: 0)
        let server = try LabServer(
            listening: Endpoint(host: "127.0.0.1", port: 0), node: LabNode(side: .new, dials: dials))
        server.start()
        let proxy = try HoldingProxy(
            listening: Endpoint(host: "127.0.0.1", port: 0), upstream: server.endpoint, rule: rule)
        try proxy.start()
        let client = try SocketClient(port: proxy.endpoint.port)
        return (server, proxy, client)
    }

    @Test func whatIsNamedIsHeldForItsShareAndNothingElse() throws {
        let (server, proxy, client) = try behind(HoldRule(statement: "WHERE  a = 1\n LIMIT", share: 1.5))
        defer { server.stop() }
        client.send(CQLProtocol.Request.startup(driverVersion: "0").bytes(stream: 0))
        #expect(client.frame()?.response == .ready)
        for text in HoldingTests.schema {
            client.send(CQLProtocol.Request.query(text, .init()).bytes(stream: 1))
            #expect(client.frame()?.error == nil)
        }
        var ids: [[UInt8]] = []
        for text in [HoldingTests.range, HoldingTests.point] {
            client.send(CQLProtocol.Request.prepare(text).bytes(stream: 2))
            ids.append(try #require(client.frame()?.prepared).id)
        }
        // The held one is asked first and comes last: 40 ms and 60 ms on top.
        let sent = Clock.now()
        client.send(
            CQLProtocol.Request.execute(id: ids[1], .init()).bytes(stream: 7)
                + CQLProtocol.Request.execute(id: ids[0], .init()).bytes(stream: 8))
        let replies = (0..<2).compactMap { _ in client.frame() }
        #expect(replies.map(\.stream) == [8, 7])
        let last = try #require(replies.last)
        #expect(last.due - sent >= .milliseconds(100))
        proxy.stop()
        let held = proxy.takeSeconds()
        #expect(held.reduce(0) { $0 + $1.answers } == 1)
        let second = try #require(held.first)
        #expect(second.node >= .milliseconds(40))
        #expect(second.held.seconds >= 1.5 * second.node.seconds)
        #expect(second.text == "\(second.unixSecond),1,\(second.node.count),\(second.held.count)\n")
    }

    @Test func withoutARuleEverythingPasses() throws {
        let (server, proxy, client) = try behind(nil)
        defer { server.stop() }
        client.send(CQLProtocol.Request.startup(driverVersion: "0").bytes(stream: 0))
        #expect(client.frame()?.response == .ready)
        for text in HoldingTests.schema + [HoldingTests.point] {
            client.send(CQLProtocol.Request.query(text, .init()).bytes(stream: 1))
            #expect(client.frame()?.error == nil)
        }
        proxy.stop()
        #expect(proxy.takeSeconds().isEmpty)
        #expect(client.frame() == nil && client.isClosed)
    }

    @Test func whatItCouldNotReadIsRefusedInWords() throws {
        let (server, proxy, client) = try behind(HoldRule(statement: "LIMIT", share: 0.5))
        defer {
            proxy.stop()
            server.stop()
        }
        client.send(CQLProtocol.Request.startup(driverVersion: "0", compression: .lz4).bytes(stream: 3))
        let error = try #require(client.frame()?.error)
        #expect(error.message.contains("without compression"))
        #expect(client.frame() == nil && client.isClosed)
    }

    @Test func aNodeThatIsNotThereEndsTheConnection() throws {
        let free = try Socket.listening(on: Endpoint(host: "127.0.0.1", port: 0))
        let gone = Endpoint(host: "127.0.0.1", port: free.localPort)
        free.close()
        let proxy = try HoldingProxy(listening: Endpoint(host: "127.0.0.1", port: 0), upstream: gone, rule: nil)
        try proxy.start()
        defer { proxy.stop() }
        let client = try SocketClient(port: proxy.endpoint.port)
        client.send(CQLProtocol.Request.startup(driverVersion: "0").bytes(stream: 0))
        #expect(client.frame() == nil && client.isClosed)
    }
}
