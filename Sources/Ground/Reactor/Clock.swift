// The only room that reads a clock. Everything else is handed instants.

import CLinux
import Glibc
import Quantities

public enum Clock {
    /// CLOCK_MONOTONIC.
    @inlinable public static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// CLOCK_REALTIME, UTC.
    public static func wall() -> WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(unixNanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// CPU time that the calling thread has used.
    public static func threadCPU() -> Nanoseconds { Nanoseconds(clinux_thread_cpu_ns()) }

    /// Puts the calling thread to sleep.
    public static func sleep(_ length: Nanoseconds) {
        guard length.count > 0 else { return }
        var left = timespec(tv_sec: Int(length.count / 1_000_000_000), tv_nsec: Int(length.count % 1_000_000_000))
        var remaining = timespec()
        while nanosleep(&left, &remaining) != 0 && errno == EINTR { left = remaining }
    }
}
