// Everything that a worker needs from outside itself: a clock and connections. One world is made of sockets, another of virtual time.

import CQLClient
import Quantities
import Reactor

/// Connections are named by small numbers ("links") that the worker chooses. All calls come from the worker's own thread.
public protocol World: SocketWatcher {
    func now() -> Instant
    /// CPU time that the worker has used.
    func workerCPU() -> Nanoseconds
    /// Time that the worker was ready to run and had no CPU; nil where nobody knows.
    func runQueueDelay() -> Nanoseconds?

    /// Begins to connect, and to shake hands where it is secured by `tls`. The link becomes writable, or fails, when all that is over:
    /// ask `connectError` then.
    func connect(_ link: Int, to endpoint: Endpoint, tls: TLSContext?) throws(SystemError)
    /// errno of the attempt, 0 where it worked.
    func connectError(_ link: Int) -> Int32
    /// Why a link failed with `code`, which connecting, sending or receiving (`attempt`) gave. Asked before it is closed.
    func failure(_ link: Int, _ code: Int32, _ attempt: String) -> ConnectFailure.Reason
    func send(_ link: Int, _ bytes: UnsafeRawBufferPointer) -> TransferResult
    func receive(_ link: Int, into buffer: UnsafeMutableRawBufferPointer) -> TransferResult
    /// Whether `wait` is to end when the link can take more bytes.
    func watchWrites(_ link: Int, _ on: Bool)
    func close(_ link: Int)

    /// From here on `wait` sleeps, and leaves its processor to others.
    func stopSpinning()
    /// Returns at `deadline` or when links are ready, whichever comes first; tokens of `ready` are links, or what `WatchedSockets` makes
    /// of sockets that are not the world's own.
    func wait(until deadline: Instant, _ ready: (Readiness) -> Void)
}

extension World {
    public func stopSpinning() {}

    public func watch(_ descriptor: Int32, owner: Int, read: Bool, write: Bool) {
        preconditionFailure("a world without sockets has none to watch")
    }
    public func unwatch(_ descriptor: Int32) {}

    public func failure(_ link: Int, _ code: Int32, _ attempt: String) -> ConnectFailure.Reason {
        .system(SystemError(code: code, attempt))
    }
}
