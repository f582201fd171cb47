// An engine with a poller of its own, and a gateway of the lab to ask.

import Bytes
import Lab
import Quantities
import Reactor

@testable import HTTPClient

/// Sockets of the engine in an epoll set that nobody else uses.
final class Watch: SocketWatcher {
    let poller: Poller
    private var sockets = WatchedSockets()
    init() throws { poller = try Poller() }
    func watch(_ descriptor: Int32, owner: Int, read: Bool, write: Bool) {
        sockets.watch(descriptor, owner: owner, read: read, write: write, in: poller)
    }
    func unwatch(_ descriptor: Int32) { sockets.unwatch(descriptor, in: poller) }
}

/// What one run of requests came to.
final class Client {
    let watch: Watch
    let engine: HTTPEngine
    /// In the order in which they ended.
    var endings: [HTTPEnding] = []
    private var targets: [String] = []
    private var next: Int32 = 0
    var body = ""
    var ownHeader = ""

    init(_ access: HTTPAccess, _ operation: HTTPOperation = HTTPOperation()) throws {
        watch = try Watch()
        engine = try HTTPEngine(access, operations: [operation], tags: 100_000, watcher: watch)
        engine.onEnd = { [unowned self] in endings.append($0) }
        engine.compose = { [unowned self] tag, request in
            request.target.put(utf8: targets[Int(tag)])
            request.body.put(utf8: body)
            if !ownHeader.isEmpty {
                request.headers.put(utf8: ownHeader)
                request.headers.put(0 as UInt8)
            }
        }
    }

    @discardableResult func begin(_ target: String) -> Int32 {
        targets.append(target)
        defer { next += 1 }
        engine.begin(next, operation: 0)
        return next
    }

    /// Turns until nothing is under way, or until `limit` is over.
    func run(atMost limit: Nanoseconds = .seconds(20)) throws {
        let end = Clock.now() + limit
        while engine.count > 0 && Clock.now() < end { try turn(limit) }
    }

    func turn(_ most: Nanoseconds) throws {
        engine.turn(Clock.now())
        // libcurl may have sent and read all in one go.
        guard engine.count > 0 else { return }
        let due = engine.due.map { $0 - Clock.now() } ?? most
        var events: [Readiness] = []
        try watch.poller.wait(min(max(due, .zero), most)) { events.append($0) }
        for event in events {
            guard let (_, descriptor) = WatchedSockets.socket(event.token) else { continue }
            engine.ready(descriptor, read: event.canRead, write: event.canWrite, failed: event.failed)
        }
    }

    /// One request, alone.
    func ask(_ target: String) throws -> HTTPEnding {
        begin(target)
        try run()
        return endings.last!
    }
}

/// A gateway that answers at once.
func gateway(_ change: (inout LabDials) -> Void = { _ in }) throws -> LabServer {
    var dials = LabDials(.old)
    for shape in Shape.allCases { dials.base[shape] = LabDials.ServiceTime(median: .zero, sigma: 0) }
    change(&dials)
    let server = try LabServer(
        listening: Endpoint(host: "127.0.0.1", port: 0), gateway: LabGateway(side: .old, dials: dials))
    server.start()
    return server
}

func access(_ server: LabServer, path: String = "", _ change: (inout HTTPAccess) -> Void = { _ in }) -> HTTPAccess {
    var access = HTTPAccess(.old, [HTTPBase(isSecured: false, endpoint: server.endpoint, path: path)])
    change(&access)
    return access
}
