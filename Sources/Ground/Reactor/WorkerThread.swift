// A thread of the operating system for a loop of its own.

import CLinux
import Glibc
import Quantities

/// What a thread managed to get from the scheduler; recorded, since it decides how late a send can be.
public enum SchedulingClass: String, Comparable, CaseIterable, Sendable {
    case realtime
    case nice
    case normal

    /// Better ones come first.
    public static func < (a: SchedulingClass, b: SchedulingClass) -> Bool {
        allCases.firstIndex(of: a)! < allCases.firstIndex(of: b)!
    }
}

/// A POSIX thread that runs one closure and can be joined.
public final class WorkerThread: @unchecked Sendable {
    private var thread = pthread_t()
    private var joined = false

    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    /// Starts at once. `name` is cut to 15 bytes, as the kernel wants it.
    public init(name: String, _ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(
            Body {
                _ = clinux_set_thread_name(String(name.prefix(15)))
                run()
            })
        let code = pthread_create(
            &thread, nil,
            { pointer in
                Unmanaged<Body>.fromOpaque(pointer!).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        precondition(code == 0, "the system gave no thread")
    }

    /// A thread that nobody joined goes on by itself, and leaves nothing behind when it ends.
    deinit {
        if !joined { pthread_detach(thread) }
    }

    public func join() {
        guard !joined else { return }
        joined = true
        pthread_join(thread, nil)
    }

    /// For the calling thread: wake-ups without the kernel's usual 50 us slack, and ahead of other threads where that is permitted.
    /// A generator that waits for a CPU measures the wait; real time (or a negative nice) keeps that out of the figures.
    public static func prioritise() -> SchedulingClass {
        _ = clinux_set_timer_slack(1)
        if clinux_set_realtime() == 0 { return .realtime }
        return clinux_set_nice(-15) == 0 ? .nice : .normal
    }

    /// For the calling thread: after all other threads, for work that can wait.
    public static func yieldToOthers() { _ = clinux_set_nice(19) }

    /// Binds the calling thread to one processor; false where the system does not allow it.
    @discardableResult
    public static func pin(to processor: Int) -> Bool { clinux_pin(Int32(processor)) == 0 }

    /// The processors that this process may use, by number.
    public static func usableProcessors() -> [Int] {
        (0..<Int(CLINUX_MOST_PROCESSORS)).filter { clinux_may_use(Int32($0)) == 1 }
    }

    /// For the calling thread: time spent ready to run but waiting for a CPU, from /proc/self/task/…/schedstat; nil where unknown.
    public static func runQueueDelay() -> Nanoseconds? {
        let descriptor = clinux_open("/proc/self/task/\(clinux_thread_id())/schedstat", O_RDONLY, 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 128)
        let n = read(descriptor, &buffer, buffer.count)
        guard n > 0 else { return nil }
        let fields = String(decoding: buffer[..<n], as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? Int64(fields[1]).map { Nanoseconds($0) } : nil
    }
}
