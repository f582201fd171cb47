// Times in which a server stands still, and what that does to the answers.

import Quantities

/// A stretch in which the server does nothing, counted from the lab's clock zero.
public enum Stall: Hashable, Sendable {
    case once(at: Nanoseconds, length: Nanoseconds)
    /// Begins at `first`, then every `every`; `length` must be shorter than `every`.
    case repeated(every: Nanoseconds, length: Nanoseconds, first: Nanoseconds)

    /// The frozen interval [start, end) that holds `time`, or else the next one to start.
    fileprivate func interval(at time: Int64) -> (start: Int64, end: Int64)? {
        switch self {
        case .once(let at, let length):
            return time < at.count + length.count && length.count > 0 ? (at.count, at.count + length.count) : nil
        case .repeated(let every, let length, let first):
            guard length.count > 0 else { return nil }
            if time < first.count { return (first.count, first.count + length.count) }
            let start = first.count + (time - first.count) / every.count * every.count
            return time < start + length.count
                ? (start, start + length.count) : (start + every.count, start + every.count + length.count)
        }
    }
}

extension Sequence where Element == Stall {
    /// Whether repeated stalls together leave time in which the server works; else nothing would ever be answered.
    public var leaveTime: Bool {
        var frozenShare = 0.0
        for case .repeated(let every, let length, _) in self {
            frozenShare += every.count > 0 ? length.seconds / every.seconds : 1
        }
        return frozenShare < 1
    }

    /// When a request that arrives at `arrival` and takes `service` is answered, both counted from clock zero: as soon
    /// as so much unfrozen time has passed since it came. Stalls may overlap; `leaveTime` must hold.
    public func answered(arrival: Nanoseconds, service: Nanoseconds) -> Nanoseconds {
        var time = arrival.count
        var left = service.count
        while true {
            var frozenUntil = time
            var nextStart = Int64.max
            for stall in self {
                guard let interval = stall.interval(at: time) else { continue }
                if interval.start <= time {
                    frozenUntil = Swift.max(frozenUntil, interval.end)
                } else {
                    nextStart = Swift.min(nextStart, interval.start)
                }
            }
            if frozenUntil > time {
                time = frozenUntil
            } else if nextStart == .max || left <= nextStart - time {
                return Nanoseconds(time + left)
            } else {
                left -= nextStart - time
                time = nextStart
            }
        }
    }
}
