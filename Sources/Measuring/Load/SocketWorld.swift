// The world as it is: TCP, secured by TLS or not, and the monotonic clock.

import CQLClient
import Glibc
import Quantities
import Reactor

public final class SocketWorld: World {
    private struct Slot {
        var socket: Socket?
        var generation: UInt64 = 0
        /// Over the socket, where the link is secured.
        var tls: TLSSession?
        /// TCP or TLS is on its way; the worker hears of the link when that is over.
        var isSecuring = false
        /// Reading waits until the socket can be written.
        var readWaitsToWrite = false
        /// What the worker wants to be told.
        var watchingWrites = false
        /// Which of the endpoint's addresses is tried.
        var address = 0
    }

    private let poller: Poller
    /// Those of HTTP.
    private var others = WatchedSockets()
    private var slots: [Slot] = []
    /// Resolved when first connected to, which is before the run; a name server that hangs later must not hold up sends.
    private var addresses: [Endpoint: [ResolvedAddress]] = [:]

    /// The last stretch of a wait that is spent asking, not asleep: the kernel wakes sleepers some microseconds late.
    private var spin: Nanoseconds

    public init(spin: Nanoseconds = .zero) throws(SystemError) {
        poller = try Poller()
        self.spin = spin
    }

    deinit {
        for link in slots.indices { close(link) }
    }

    public func now() -> Instant { Clock.now() }
    public func workerCPU() -> Nanoseconds { Clock.threadCPU() }
    public func runQueueDelay() -> Nanoseconds? { WorkerThread.runQueueDelay() }

    /// Link and generation: an event of a connection that is gone is recognised by its old generation.
    private func token(_ link: Int) -> UInt64 { slots[link].generation << 16 | UInt64(link) }

    public func connect(_ link: Int, to endpoint: Endpoint, tls: TLSContext?) throws(SystemError) {
        while slots.count <= link { slots.append(Slot()) }
        precondition(slots[link].socket == nil, "a link is closed before it is connected again")
        let known: [ResolvedAddress]
        if let found = addresses[endpoint] {
            known = found
        } else {
            known = try ResolvedAddress.all(of: endpoint)
            addresses[endpoint] = known
        }
        let socket = try Socket.connecting(to: known[slots[link].address % known.count], of: endpoint)
        slots[link].socket = socket
        // Not by `map`: in a build for the thread sanitizer its nil came back as a session without a connection.
        if let tls { slots[link].tls = TLSSession(tls, over: socket, to: endpoint) } else { slots[link].tls = nil }
        slots[link].isSecuring = tls != nil
        slots[link].readWaitsToWrite = false
        slots[link].generation += 1
        slots[link].watchingWrites = true
        try poller.add(socket.descriptor, token: token(link), read: true, write: true)
    }

    public func connectError(_ link: Int) -> Int32 {
        if slots[link].tls?.failure != nil { return EPROTO }
        let code = slots[link].socket?.connectError ?? 0
        if code != 0 { slots[link].address += 1 }
        return code
    }

    public func failure(_ link: Int, _ code: Int32, _ attempt: String) -> ConnectFailure.Reason {
        slots[link].tls?.failure.map { .tls($0) } ?? .system(SystemError(code: code, attempt))
    }

    public func send(_ link: Int, _ bytes: UnsafeRawBufferPointer) -> TransferResult {
        if let tls = slots[link].tls { return tls.send(bytes) }
        return slots[link].socket?.send(bytes) ?? .closed
    }

    public func receive(_ link: Int, into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        guard let tls = slots[link].tls else { return slots[link].socket?.receive(into: buffer) ?? .closed }
        let result = tls.receive(into: buffer)
        if tls.readWaitsToWrite && !slots[link].readWaitsToWrite {
            slots[link].readWaitsToWrite = true
            watch(link, write: true)
        }
        return result
    }

    public func watchWrites(_ link: Int, _ on: Bool) {
        guard slots[link].socket != nil, slots[link].watchingWrites != on else { return }
        slots[link].watchingWrites = on
        watch(link, write: on || slots[link].readWaitsToWrite)
    }

    private func watch(_ link: Int, write: Bool) {
        guard let socket = slots[link].socket else { return }
        do {
            try poller.change(socket.descriptor, token: token(link), read: true, write: write)
        } catch {
            preconditionFailure("a watched descriptor is watched: \(error)")
        }
    }

    public func close(_ link: Int) {
        guard let socket = slots[link].socket else { return }
        slots[link].tls?.close()
        slots[link].tls = nil
        slots[link].isSecuring = false
        poller.remove(socket.descriptor)
        socket.close()
        slots[link].socket = nil
    }

    /// Takes what happened to a link on its way to being secured. True when the way is over, for good or bad.
    private func secure(_ link: Int) -> Bool {
        // A socket that could not connect is the worker's to look at.
        guard let tls = slots[link].tls, let socket = slots[link].socket, socket.connectError == 0 else { return true }
        switch tls.handshake() {
        case .waitsToRead:
            watch(link, write: false)
            return false
        case .waitsToWrite:
            watch(link, write: true)
            return false
        case .done, .failed:
            watch(link, write: slots[link].watchingWrites)
            slots[link].isSecuring = false
            return true
        }
    }

    public func watch(_ descriptor: Int32, owner: Int, read: Bool, write: Bool) {
        others.watch(descriptor, owner: owner, read: read, write: write, in: poller)
    }

    public func unwatch(_ descriptor: Int32) { others.unwatch(descriptor, in: poller) }

    public func stopSpinning() { spin = .zero }

    public func wait(until deadline: Instant, _ ready: (Readiness) -> Void) {
        var isOver = false
        do {
            // Without spinning this is one turn.
            repeat {
                let left = deadline == .distantFuture ? Nanoseconds.seconds(3600) : deadline - Clock.now()
                isOver = left <= .zero
                let timeout = spin == .zero ? left : left - spin
                try poller.wait(max(timeout, .zero)) { event in
                    isOver = true
                    guard WatchedSockets.socket(event.token) == nil else { return ready(event) }
                    let link = Int(event.token & 0xFFFF)
                    guard slots[link].generation == event.token >> 16, slots[link].socket != nil else { return }
                    var event = event
                    event.token = UInt64(link)
                    if slots[link].isSecuring {
                        guard secure(link) else { return }
                        event.canWrite = true
                    } else if slots[link].readWaitsToWrite && event.canWrite {
                        event.canRead = true
                        slots[link].readWaitsToWrite = false
                        watch(link, write: slots[link].watchingWrites)
                    }
                    ready(event)
                }
            } while spin > .zero && !isOver
        } catch {
            preconditionFailure("waiting on our own epoll set cannot fail: \(error)")
        }
    }
}
