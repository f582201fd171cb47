// A proxy in front of one node that holds back the answers to one statement: a plant of known size, for trying whether it is found.

import Glibc
import Quantities
import Reactor
import Synchronization

private final class HoldingSignals: Sendable {
    let isStopping = Atomic<Bool>(false)
    let seconds = Mutex<[HeldSecond]>([])
}

/// Passes CQL on to a node, message by message. Without a rule it holds nothing: put one before the other side, that both pay the same way.
public final class HoldingProxy: @unchecked Sendable {
    /// Where it listens, with the port that the system gave where 0 was asked for.
    public let endpoint: Endpoint

    private let upstream: Endpoint
    private let rule: HoldRule?
    private let listener: Socket
    private let poller: Poller
    private let signals = HoldingSignals()
    // Set by `start` alone; `start` and `stop` are for one thread at a time.
    private var thread: WorkerThread?

    public init(listening endpoint: Endpoint, upstream: Endpoint, rule: HoldRule?) throws(SystemError) {
        self.upstream = upstream
        self.rule = rule
        listener = try Socket.listening(on: endpoint)
        poller = try Poller()
        self.endpoint = Endpoint(host: endpoint.host, port: listener.localPort)
        try poller.add(listener.descriptor, token: HoldingLoop.listenerToken, read: true, write: false)
    }

    deinit {
        stop()
        listener.close()
    }

    /// Starts the thread, ahead of other threads of the machine where that is permitted: a hold is to be as long as it is said to be.
    public func start() throws(SystemError) {
        precondition(thread == nil, "a holding proxy starts once")
        nonisolated(unsafe) let loop = try HoldingLoop(
            rule: rule, upstream: upstream, listener: listener, poller: poller)
        let signals = signals
        thread = WorkerThread(name: "holding") {
            _ = WorkerThread.prioritise()
            while !signals.isStopping.load(ordering: .acquiring) {
                loop.turn()
                if let held = loop.takeLog() { signals.seconds.withLock { $0 += held } }
            }
            loop.closeAll()
            if let held = loop.takeLog(all: true) { signals.seconds.withLock { $0 += held } }
        }
    }

    /// Closes all connections and ends the thread.
    public func stop() {
        signals.isStopping.store(true, ordering: .releasing)
        poller.wake()
        thread?.join()
    }

    /// Seconds that are over and were not handed out before; after `stop`, all of them.
    public func takeSeconds() -> [HeldSecond] {
        signals.seconds.withLock { seconds in
            defer { seconds = [] }
            return seconds
        }
    }
}
