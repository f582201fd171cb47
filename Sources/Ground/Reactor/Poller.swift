// epoll: which descriptors are ready, and a nap of nanosecond grain until one is or until it is time.

import CLinux
import Glibc
import Quantities

/// A descriptor that is ready, named by the token it was registered with.
public struct Readiness: Sendable {
    public var token: UInt64
    public var canRead: Bool
    public var canWrite: Bool
    /// Error or hang-up: read to learn which.
    public var failed: Bool

    public init(token: UInt64, canRead: Bool, canWrite: Bool, failed: Bool) {
        self.token = token
        self.canRead = canRead
        self.canWrite = canWrite
        self.failed = failed
    }
}

/// One epoll set. Used by one thread; `wake` may be called from any.
public final class Poller {
    private let epoll: Int32
    private let wakeup: Int32
    private let events: UnsafeMutablePointer<epoll_event>
    private let capacity: Int32
    private static let wakeupToken = UInt64.max

    public init(capacity: Int = 256) throws(SystemError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw SystemError("create an epoll set") }
        wakeup = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wakeup >= 0 else { throw SystemError("create an eventfd") }
        self.capacity = Int32(capacity)
        events = .allocate(capacity: capacity)
        try add(wakeup, token: Poller.wakeupToken, read: true, write: false)
    }

    deinit {
        close(wakeup)
        close(epoll)
        events.deallocate()
    }

    /// Level-triggered. `token` comes back in `Readiness`; put a generation into it where descriptors are recycled.
    public func add(_ descriptor: Int32, token: UInt64, read: Bool, write: Bool) throws(SystemError) {
        try control(EPOLL_CTL_ADD, descriptor, token, read, write)
    }

    public func change(_ descriptor: Int32, token: UInt64, read: Bool, write: Bool) throws(SystemError) {
        try control(EPOLL_CTL_MOD, descriptor, token, read, write)
    }

    /// Call before closing the descriptor.
    public func remove(_ descriptor: Int32) {
        var event = epoll_event()
        _ = epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
    }

    private func control(_ what: Int32, _ descriptor: Int32, _ token: UInt64, _ read: Bool, _ write: Bool)
        throws(SystemError)
    {
        var event = epoll_event()
        event.events = (read ? EPOLLIN.rawValue : 0) | (write ? EPOLLOUT.rawValue : 0)
        event.data.u64 = token
        if epoll_ctl(epoll, what, descriptor, &event) != 0 { throw SystemError("watch descriptor \(descriptor)") }
    }

    /// Waits until something is ready, `wake` is called, or `timeout` is over (nil: no limit), and hands over what is ready.
    public func wait(_ timeout: Nanoseconds?, _ ready: (Readiness) -> Void) throws(SystemError) {
        let nanoseconds = timeout.map { max(0, $0.count) } ?? -1
        let count = clinux_epoll_wait_ns(epoll, events, capacity, nanoseconds)
        if count < 0 {
            if errno == EINTR { return }
            throw SystemError("wait for events")
        }
        for index in 0..<Int(count) {
            let event = events[index]
            if event.data.u64 == Poller.wakeupToken {
                var counter: UInt64 = 0
                _ = read(wakeup, &counter, 8)
                continue
            }
            let bits = event.events
            ready(
                Readiness(
                    token: event.data.u64, canRead: bits & EPOLLIN.rawValue != 0,
                    canWrite: bits & EPOLLOUT.rawValue != 0,
                    failed: bits & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0))
        }
    }

    /// Ends a `wait` of another thread.
    public func wake() {
        var one: UInt64 = 1
        _ = write(wakeup, &one, 8)
    }
}
