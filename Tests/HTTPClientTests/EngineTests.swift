// Requests to a gateway that answers as it should.

import Documents
import Lab
import Quantities
import Reactor
import Testing

@testable import HTTPClient

@Suite(.timeLimit(.minutes(2))) struct EngineTests {
    @Test func aRequestIsAnswered() throws {
        let server = try gateway()
        defer { server.stop() }
        var operation = HTTPOperation()
        operation.expected.isJSON = true
        operation.expected.values = [.init(path: JSONPath("$.key")!, text: "17")]
        operation.expected.headers = [.init(name: "content-type", value: "application/json")]
        let client = try Client(access(server), operation)
        let ending = try client.ask("/items/17")
        #expect(ending.failure == nil, "\(ending)")
        #expect(ending.bytes > 80 && ending.rows == 0)
        #expect(ending.phases.connections == 1 && ending.phases.tls == .zero)
        #expect(try client.ask("/items/18").failure == .checkFailed)
    }

    @Test func connectionsAreKeptAndCounted() throws {
        let server = try gateway()
        defer { server.stop() }
        let client = try Client(access(server) { $0.connections = 3 })
        for item in 0..<200 { client.begin("/items/\(item)") }
        #expect(client.engine.count == 200)
        try client.run()
        #expect(client.endings.count == 200 && client.endings.allSatisfy { $0.failure == nil })
        #expect(client.endings.reduce(0) { $0 + $1.phases.connections } == 3)
        #expect(server.connectionCount == 3)
        for ending in client.endings where ending.phases.connections == 0 {
            #expect(ending.phases.resolve == .zero && ending.phases.connect == .zero)
        }
        client.engine.close()
    }

    @Test func rowsAreCountedAndBodiesSent() throws {
        let server = try gateway()
        defer { server.stop() }
        var operation = HTTPOperation(
            method: "POST", hasBody: true, headers: ["Content-Type: application/json"])
        operation.expected.rows = JSONPath("$.rows")
        let client = try Client(access(server, path: "/items"), operation)
        client.body = #"{"keys": [1, 2, 3, 4]}"#
        client.ownHeader = "X-Key: 7"
        let ending = try client.ask("/search")
        #expect(ending.failure == nil && ending.rows == 4, "\(ending)")
        client.body = "no JSON"
        #expect(try client.ask("/search").failure == .status400)
        operation.expected.statuses = [400]
        operation.expected.rows = nil
        let other = try Client(access(server), operation)
        other.body = "no JSON"
        #expect(try other.ask("/items").failure == nil)
    }

    @Test func methodsGoOutAsTheyAre() throws {
        let server = try gateway()
        defer { server.stop() }
        for (method, status) in [("HEAD", nil), ("GET", nil), ("PUT", OutcomeClass.status404), ("DELETE", .status404)] {
            let client = try Client(
                access(server), HTTPOperation(method: method, hasBody: method == "PUT"))
            client.body = "{}"
            #expect(try client.ask("/health").failure == status, "\(method)")
        }
    }

    @Test func whatIsGivenUpMakesRoom() throws {
        let server = try gateway()
        defer { server.stop() }
        let client = try Client(access(server) { $0.connections = 2 })
        let stuck = (0..<2).map { _ in client.begin("/faults/no-answer") }
        let waiting = client.begin("/items/1")
        let last = client.begin("/items/2")
        try client.run(atMost: .milliseconds(200))
        #expect(client.engine.count == 4 && client.endings.isEmpty)
        client.engine.giveUp(waiting)
        for tag in stuck { client.engine.giveUp(tag) }
        #expect(client.engine.count == 1)
        try client.run()
        #expect(client.endings.map(\.tag) == [last] && client.endings[0].failure == nil)
    }

    @Test func aSideThatIsNotThereIsNotConnected() throws {
        let server = try gateway()
        let access = access(server)
        server.stop()
        let free = try Socket.listening(on: Endpoint(host: "127.0.0.1", port: 0))
        let port = free.localPort
        free.close()
        var other = access
        other.bases[0].endpoint = Endpoint(host: "127.0.0.1", port: port)
        #expect(try Client(other).ask("/health").failure == .notConnected)
        other.bases[0].endpoint = Endpoint(host: "no-such-host.invalid", port: port)
        let ending = try Client(other).ask("/health")
        #expect(ending.failure == .notConnected && !ending.words.isEmpty)
    }

    @Test func basesTakeTurns() throws {
        let servers = [try gateway(), try gateway()]
        defer { for server in servers { server.stop() } }
        var both = access(servers[0])
        both.bases.append(HTTPBase(isSecured: false, endpoint: servers[1].endpoint))
        let client = try Client(both)
        for item in 0..<10 { client.begin("/items/\(item)") }
        try client.run()
        #expect(client.endings.count { $0.base == 0 } == 5 && client.endings.count { $0.base == 1 } == 5)
        #expect(client.engine.names == servers.map { "http://\($0.endpoint)" })
    }
}
