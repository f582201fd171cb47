// One side of the lab on real sockets: one thread, one epoll set, answers held back until they are due.

import Glibc
import Quantities
import Reactor
import Synchronization

/// What other threads tell the loop, and what it tells them.
private final class LabSignals: Sendable {
    let isStopping = Atomic<Bool>(false)
    let killsConnections = Atomic<Bool>(false)
    let openConnections = Atomic<Int>(0)
}

/// A server that real clients can connect to: a CQL node, or a gateway that speaks HTTP.
public final class LabServer: @unchecked Sendable {
    private let service: any LabService
    /// Where it listens, with the port that the system gave where 0 was asked for.
    public let endpoint: Endpoint
    public var port: UInt16 { endpoint.port }

    private let listener: Socket
    private let poller: Poller
    private let signals = LabSignals()
    // Set by `start` alone; `start` and `stop` are for one thread at a time.
    private var thread: WorkerThread?

    /// Opens the socket; connections are accepted from `start` on. Port 0 takes any free one.
    public convenience init(listening endpoint: Endpoint, node: LabNode) throws(SystemError) {
        try self.init(listening: endpoint, service: node)
        node.setAddress(host: endpoint.host, port: port)
    }

    /// The same for HTTP.
    public convenience init(listening endpoint: Endpoint, gateway: LabGateway) throws(SystemError) {
        try self.init(listening: endpoint, service: gateway)
    }

    private init(listening endpoint: Endpoint, service: any LabService) throws(SystemError) {
        self.service = service
        listener = try Socket.listening(on: endpoint)
        poller = try Poller()
        self.endpoint = Endpoint(host: endpoint.host, port: listener.localPort)
        try poller.add(listener.descriptor, token: LabLoop.listenerToken, read: true, write: false)
    }

    /// nil for a gateway.
    public var node: LabNode? { service as? LabNode }

    deinit {
        stop()
        listener.close()
    }

    /// Starts the thread. The node's clock zero is now, unless something set it before. `prioritised`: ahead of other threads of the
    /// machine where that is permitted, so that a busy machine does not slow the lab by more than its dials say.
    public func start(prioritised: Bool = false) {
        precondition(thread == nil, "a lab server starts once")
        service.startClock(Clock.now(), wall: Clock.wall())
        // The thread holds what it needs and not the server, so that letting go of the server ends it.
        nonisolated(unsafe) let loop = LabLoop(service: service, listener: listener, poller: poller)
        let signals = signals
        thread = WorkerThread(name: "lab-\(service.side)") {
            if prioritised { _ = WorkerThread.prioritise() }
            while !signals.isStopping.load(ordering: .acquiring) {
                if signals.killsConnections.exchange(false, ordering: .acquiringAndReleasing) { loop.closeAll() }
                loop.turn()
                signals.openConnections.store(loop.count, ordering: .relaxed)
            }
            loop.closeAll()
        }
    }

    /// Closes all connections and ends the thread. The port stays taken until the server is let go.
    public func stop() {
        signals.isStopping.store(true, ordering: .releasing)
        poller.wake()
        thread?.join()
    }

    /// Breaks all connections, as a crash would; the server goes on and takes new ones.
    public func killConnections() {
        signals.killsConnections.store(true, ordering: .releasing)
        poller.wake()
    }

    /// Connections that are open, as of the last turn of the loop.
    public var connectionCount: Int { signals.openConnections.load(ordering: .relaxed) }
}
