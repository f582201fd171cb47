// A limit on the largest value: an observation may break it, and no observation can show that it will be kept.

import Comparisons
import Glibc
import Histograms
import Quantities

extension Trial {
    /// The largest time of one side against a limit. `effect` is the same figure on both sides, for its caveats; `seen`
    /// counts the operations.
    static func largestLimit(
        _ criterion: Criterion, part: String?, _ level: Level, _ effect: Effect?, seen: ErrorRate?,
        atMost: Nanoseconds, _ run: RunFacts
    ) -> Trial {
        var trial = Trial(criterion, part: part, .level(level))
        guard let largest = level.milliseconds, run.isComparable else {
            trial.blocked = "\(level.title): \(level.unavailable ?? maximumIsSeenAlone)"
            return trial
        }
        trial.held = .atMost(log: log(atMost.milliseconds))
        let time = Nanoseconds(milliseconds: largest)
        let operations = seen.map { " of \(grouped($0.operations)) operations" } ?? ""
        trial.statement = "\(level.title) \(time)\(operations), limit \(atMost)"
        // A histogram knows a value to its bin: only a bin that lies beyond the limit as a whole is beyond doubt.
        let isBeyond = BucketLayout.low(BucketLayout.bin(of: time.count)) > atMost.count
        // Other failures stand at the time-out too, and were not slow.
        let wasSeen = !level.isAtTimeOut || seen?.classes["time_out", default: 0] ?? 0 > 0
        if isBeyond && wasSeen {
            // One operation beyond it refutes the limit, whatever chance had to do with it.
            trial.failProbability = 0
            trial.failWords = "exceeded"
        } else {
            let doubt =
                level.isAtTimeOut
                ? "it lies at the time-out, so the truth is there or beyond"
                : "none was seen beyond it, which does not show that none will be, since a longer run sees larger ones;"
                    + " a limit on p99.99 can be shown to be kept, and a criterion on a maximum that is advisory holds"
                    + " nothing up while it is kept"
            trial.blocked = "\(trial.statement): \(doubt)"
        }
        if let effect { trial.heedRows(effect) }
        return trial
    }
}
