// Operating errors of the kernel as values: what was tried, on what, and what the kernel said.

import Glibc

/// A system call that failed for a reason that is not a defect of ours.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    public var code: Int32
    /// What was tried and on what, such as "connect to 127.0.0.1:9042".
    public var attempt: String

    public init(code: Int32 = errno, _ attempt: String) {
        self.code = code
        self.attempt = attempt
    }

    public var reason: String { String(cString: strerror(code)) }
    public var description: String { "cannot \(attempt): \(reason)" }
}

/// Repeats `call` while it is interrupted by a signal.
@inline(__always)
func retrying<T: FixedWidthInteger & SignedInteger>(_ call: () -> T) -> T {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}
