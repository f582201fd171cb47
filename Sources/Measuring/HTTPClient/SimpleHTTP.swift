// One request after the other, for whoever may wait for the answers: what is looked at before a run.

import Bytes
import Quantities
import Reactor

/// Used by one thread.
public final class SimpleHTTP {
    private final class Watch: SocketWatcher {
        let poller: Poller
        private var sockets = WatchedSockets()

        init() throws(SystemError) { poller = try Poller() }

        func watch(_ descriptor: Int32, owner: Int, read: Bool, write: Bool) {
            sockets.watch(descriptor, owner: owner, read: read, write: write, in: poller)
        }
        func unwatch(_ descriptor: Int32) { sockets.unwatch(descriptor, in: poller) }
    }

    private let watch: Watch
    private let engine: HTTPEngine

    /// `access` was checked before, and found to be possible here.
    public init(_ access: HTTPAccess, _ operations: [HTTPOperation] = [HTTPOperation()]) throws(SystemError) {
        watch = try Watch()
        do throws(HTTPUnavailable) {
            engine = try HTTPEngine(access, operations: operations, tags: 1, watcher: watch)
        } catch {
            preconditionFailure("whoever asks has checked that HTTP can be spoken: \(error)")
        }
    }

    deinit { engine.close() }

    /// One request of an operation. Whatever it comes to is an ending; no answer within `limit` is a time-out.
    public func ask(
        _ operation: Int = 0, within limit: Nanoseconds, _ compose: (inout HTTPRequest) -> Void
    ) throws(SystemError) -> HTTPEnding {
        var ending: HTTPEnding?
        engine.onEnd = { ending = $0 }
        withoutActuallyEscaping(compose) { compose in
            engine.compose = { _, request in compose(&request) }
            engine.begin(0, operation: operation)
            engine.compose = { _, _ in }
        }
        let end = Clock.now() + limit
        while true {
            let now = Clock.now()
            engine.turn(now)
            if let ending { return ending }
            guard now < end else { break }
            var events: [Readiness] = []
            try watch.poller.wait(max(.zero, min(end, engine.due ?? end) - now)) { events.append($0) }
            for event in events {
                guard let socket = WatchedSockets.socket(event.token) else { continue }
                engine.ready(
                    socket.descriptor, read: event.canRead, write: event.canWrite, failed: event.failed)
            }
            if let ending { return ending }
        }
        engine.giveUp(0)
        var given = HTTPEnding(tag: 0, base: 0, started: end)
        given.failure = .timeOut
        given.words = "no answer within \(limit)"
        return given
    }

    /// GET of a path behind the side's base.
    public func get(_ path: String, within limit: Nanoseconds) throws(SystemError) -> HTTPEnding {
        try ask(within: limit) { $0.target.put(utf8: path) }
    }
}
