// The world as it is: TCP and the monotonic clock.

import Quantities
import Reactor

public final class SocketWorld: World {
    private struct Slot {
        var socket: Socket?
        var generation: UInt64 = 0
        var watchingWrites = false
        /// Which of the endpoint's addresses is tried.
        var address = 0
    }

    private let poller: Poller
    private var slots: [Slot] = []
    /// Resolved when first connected to, which is before the run; a name server that hangs later must not hold up sends.
    private var addresses: [Endpoint: [ResolvedAddress]] = [:]

    /// The last stretch of a wait that is spent asking, not asleep: the kernel wakes sleepers some microseconds late.
    private let spin: Nanoseconds

    public init(spin: Nanoseconds = .zero) throws(SystemError) {
        poller = try Poller()
        self.spin = spin
    }

    deinit {
        for slot in slots { slot.socket?.close() }
    }

    public func now() -> Instant { Clock.now() }
    public func workerCPU() -> Nanoseconds { Clock.threadCPU() }
    public func runQueueDelay() -> Nanoseconds? { WorkerThread.runQueueDelay() }

    /// Link and generation: an event of a connection that is gone is recognised by its old generation.
    private func token(_ link: Int) -> UInt64 { slots[link].generation << 16 | UInt64(link) }

    public func connect(_ link: Int, to endpoint: Endpoint) throws(SystemError) {
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
        slots[link].generation += 1
        slots[link].watchingWrites = true
        try poller.add(socket.descriptor, token: token(link), read: true, write: true)
    }

    public func connectError(_ link: Int) -> Int32 {
        let code = slots[link].socket?.connectError ?? 0
        if code != 0 { slots[link].address += 1 }
        return code
    }

    public func send(_ link: Int, _ bytes: UnsafeRawBufferPointer) -> TransferResult {
        slots[link].socket?.send(bytes) ?? .closed
    }

    public func receive(_ link: Int, into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        slots[link].socket?.receive(into: buffer) ?? .closed
    }

    public func watchWrites(_ link: Int, _ on: Bool) {
        guard let socket = slots[link].socket, slots[link].watchingWrites != on else { return }
        slots[link].watchingWrites = on
        do {
            try poller.change(socket.descriptor, token: token(link), read: true, write: on)
        } catch {
            preconditionFailure("a watched descriptor is watched: \(error)")
        }
    }

    public func close(_ link: Int) {
        guard let socket = slots[link].socket else { return }
        poller.remove(socket.descriptor)
        socket.close()
        slots[link].socket = nil
    }

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
                    let link = Int(event.token & 0xFFFF)
                    guard slots[link].generation == event.token >> 16, slots[link].socket != nil else { return }
                    var event = event
                    event.token = UInt64(link)
                    ready(event)
                }
            } while spin > .zero && !isOver
        } catch {
            preconditionFailure("waiting on our own epoll set cannot fail: \(error)")
        }
    }
}
