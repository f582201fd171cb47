// A gateway that misbehaves: each fault is one class of outcome, nothing hangs, and nothing grows without bound.

import Documents
import Lab
import Quantities
import Reactor
import Testing

@testable import HTTPClient

@Suite(.timeLimit(.minutes(2))) struct FaultTests {
    private static let faults: [(String, OutcomeClass)] = [
        ("html", .notJSON), ("truncated", .truncatedBody), ("truncated-chunks", .truncatedBody),
        ("bad-chunk", .malformedAnswer), ("close", .connectionLost), ("garbage", .malformedAnswer),
        ("loop", .redirected), ("once", .redirected), ("elsewhere", .redirected), ("errors", .apiError),
        ("large", .answerTooLarge), ("long-head", .answerTooLarge), ("status/400", .status400),
        ("status/401", .status401), ("status/403", .status403), ("status/404", .status404),
        ("status/409", .status409), ("status/413", .status413), ("status/418", .statusOther),
        ("status/429", .status429), ("status/500", .status500), ("status/502", .status502),
        ("status/503", .status503), ("status/504", .status504), ("status/301", .redirected)
    ]

    private static var operation: HTTPOperation {
        var operation = HTTPOperation()
        operation.expected.isJSON = true
        operation.expected.failure = JSONPath("$.errors")
        return operation
    }

    @Test func eachFaultIsAClass() throws {
        let server = try gateway()
        defer { server.stop() }
        let client = try Client(access(server) { $0.mostBytes = 100_000 }, Self.operation)
        for (fault, outcome) in Self.faults {
            let ending = try client.ask("/faults/\(fault)")
            #expect(ending.failure == outcome, "\(fault): \(ending)")
            #expect(!ending.words.isEmpty, "\(fault)")
        }
        #expect(try client.ask("/faults/no-errors").failure == nil)
    }

    @Test func redirectionsAreFollowedAsFarAsAllowed() throws {
        let server = try gateway()
        defer { server.stop() }
        let client = try Client(access(server) { $0.redirects = 3 }, Self.operation)
        let once = try client.ask("/faults/once")
        #expect(once.failure == nil, "\(once)")
        #expect(try client.ask("/faults/loop").failure == .redirected)
        #expect(try client.ask("/faults/elsewhere").failure == .redirected)
    }

    @Test func oneInAHundredOfEveryFaultLeavesExactCounts() throws {
        let server = try gateway()
        defer { server.stop() }
        let client = try Client(access(server) { $0.mostBytes = 100_000 }, Self.operation)
        var due: [OutcomeClass?: Int] = [:]
        for item in 0..<10_000 {
            // One of the faults in each place of a hundred, the rest as it should be.
            let place = item % 100
            let fault = place < Self.faults.count ? Self.faults[place] : nil
            due[fault?.1, default: 0] += 1
            client.begin(fault.map { "/faults/\($0.0)" } ?? "/items/\(item)")
        }
        try client.run(atMost: .seconds(60))
        #expect(client.endings.count == 10_000 && client.engine.count == 0)
        #expect(Dictionary(grouping: client.endings, by: \.failure).mapValues(\.count) == due)
    }

    @Test func whatHangsEndsWhenItIsGivenUp() throws {
        let server = try gateway()
        defer { server.stop() }
        let client = try Client(access(server))
        let tags = ["no-answer", "half-answer"].map { client.begin("/faults/\($0)") }
        try client.run(atMost: .milliseconds(100))
        #expect(client.engine.count == 2)
        for tag in tags { client.engine.giveUp(tag) }
        #expect(client.engine.count == 0 && client.endings.isEmpty)
        #expect(try client.ask("/items/1").failure == nil)
    }

    @Test(arguments: [
        ("/a", true), ("b/c?x=y:z", true), ("?q", true), ("http://10.0.0.1:80/x", true), ("HTTP://10.0.0.1", true),
        ("http://10.0.0.1?x", true), ("//10.0.0.1/x", true), ("https://10.0.0.1/x", false),
        ("http://10.0.0.1:81/", false),
        ("http://10.0.0.1.evil.example/", false), ("http://10.0.0.1@evil.example/", false), ("//evil.example/", false),
        ("ftp://10.0.0.1/", false), ("http://10.0.0.10/", false), ("mailto:a@b", false)
    ]) func redirectionsStayWithin(place: String, isWithin: Bool) {
        let base = HTTPBase(isSecured: false, endpoint: Endpoint(host: "10.0.0.1", port: 80))
        Array("Location: \(place)\r\n".utf8).withUnsafeBytes {
            #expect(HTTPHeaderLine($0)?.staysWithin(base, named: nil) == isWithin)
        }
    }
}
