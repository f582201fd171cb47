// Was the generator itself the bottleneck? Its own limits void a round on both sides; nothing that a side does can.

import Quantities
import Recordings

/// The limits beyond which a round is void (docs/measuring.md). They look at what the generator did, never at an answer.
public struct SelfCheckLimits: Equatable, Sendable {
    /// Least share of the operations due that was dispatched while their slice lasted.
    public var dispatchedShare: Double
    /// Longest lateness at p99 from the intended start to the send.
    public var latenessP99: Nanoseconds
    /// Where a side is driven to its limit: the greatest share of a slice in which a worker works or waits for a CPU. A worker that is
    /// idle for the rest cannot be what holds the side back.
    public var busyShare: Double

    public init(
        dispatchedShare: Double = SelfCheckRecord.leastDispatchedShare,
        latenessP99: Nanoseconds = SelfCheckRecord.mostLatenessP99, busyShare: Double = SelfCheckRecord.mostBusyShare
    ) {
        self.busyShare = busyShare
        self.dispatchedShare = dispatchedShare
        self.latenessP99 = latenessP99
    }

    /// `busyShare` is that of the busiest worker, nil where no side is driven to its limit.
    func faults(of check: SelfCheckRecord, busyShare busy: Double? = nil) -> [String] {
        var faults: [String] = []
        if let busy, busy > busyShare {
            faults.append(
                "the generator was busy or waited for a CPU for \(decimal(100 * busy, places: 0)) % of the slice, limit"
                    + " \(decimal(100 * busyShare, places: 0)) %: it and not the side may be the limit")
        }
        if Double(check.dispatched) < dispatchedShare * Double(check.due) {
            let share = decimal(100 * Double(check.dispatched) / Double(check.due), places: 1)
            faults.append("the generator dispatched \(share) % of the \(check.due) operations that were due")
        }
        if check.latenessP99 > latenessP99 {
            faults.append("sends were \(check.latenessP99) late at p99, limit \(latenessP99)")
        }
        return faults
    }
}
