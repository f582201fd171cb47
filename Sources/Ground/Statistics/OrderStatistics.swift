// How well a sample pins its own quantile, by ranks alone.

/// The ranks, from 1, of the order statistics that bound the `p` quantile of `count` independent values.
///
/// Each bound misses with probability (1 - confidence) / 2 at most; nil where the sample is too small for it.
/// Sampling error only: values that come in bursts vary more than this says.
public func quantileRanks(
    count: Int, p: Double, confidence: Double
) -> (lower: Int?, upper: Int?, coverage: Double) {
    precondition(count > 0 && p > 0 && p < 1, "a quantile of a sample that is not empty")
    let alpha = (1 - confidence) / 2
    func atMost(_ k: Int) -> Double {
        k < 0 ? 0 : k >= count ? 1 : Beta.cumulative(1 - p, Double(count - k), Double(k + 1))
    }
    func atLeast(_ k: Int) -> Double {
        k <= 0 ? 1 : k > count ? 0 : Beta.cumulative(p, Double(k), Double(count - k + 1))
    }
    // Both conditions are monotone in the rank: halve.
    func first(_ low: Int, _ high: Int, _ reached: (Int) -> Bool) -> Int {
        var (below, above) = (low, high)
        while below < above {
            let middle = (below + above) / 2
            if reached(middle) { above = middle } else { below = middle + 1 }
        }
        return above
    }
    let lower = first(0, count) { atMost($0) > alpha }
    let upper = first(0, count) { atLeast($0 + 1) <= alpha } + 1
    let missedBelow = lower >= 1 ? atMost(lower - 1) : 0
    let missedAbove = upper <= count ? atLeast(upper) : 0
    return (lower >= 1 ? lower : nil, upper <= count ? upper : nil, 1 - missedBelow - missedAbove)
}
