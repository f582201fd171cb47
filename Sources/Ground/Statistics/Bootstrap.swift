// The bootstrap of a mean with Efron's corrections: for display and for cross-checks, since drift is unknown to it.

import Glibc
import Quantities

/// The bias-corrected and accelerated bootstrap interval of a mean (BCa; Efron, 1987).
///
/// Takes the values for independent. Over rounds of a run that drifts it covers too little, and no verdict rests on it.
public struct BootstrapInterval: Equatable, Sendable {
    /// The mean of the sample.
    public let mean: Double
    /// The correction for bias, z0: the normal quantile of the share of resamples with a smaller mean. Resamples with
    /// the same mean count half.
    public let bias: Double
    /// The acceleration, from the jackknife: a sixth of the skewness of the values' influence.
    public let acceleration: Double
    /// The probabilities at which the resamples' means are read.
    public let lowerLevel: Double
    public let upperLevel: Double
    /// The ends of the interval, by linear interpolation between order statistics.
    public let lower: Double
    public let upper: Double

    /// From given resamples, each a list of as many places of `sample` as it has values.
    ///
    /// Nil where all resamples lie on one side of the mean: there are too few of them to correct anything.
    public init?(_ sample: [Double], resamples: [[Int]], confidence: Double) {
        let means = resamples.map { places in
            precondition(places.count == sample.count, "a resample is as large as the sample")
            return weightedMean(sample, times: counts(of: places, below: sample.count))
        }
        self.init(sample, means: means, confidence: confidence)
    }

    /// From `count` resamples of its own; the same seed gives the same interval.
    public init?(_ sample: [Double], count: Int, seed: UInt64, confidence: Double) {
        var random = SeededRandom(seed: seed)
        let means = (0..<count).map { _ in
            let places = sample.map { _ in Int(random.below(UInt64(sample.count))) }
            return weightedMean(sample, times: counts(of: places, below: sample.count))
        }
        self.init(sample, means: means, confidence: confidence)
    }

    private init?(_ sample: [Double], means: [Double], confidence: Double) {
        precondition(sample.count >= 2 && !means.isEmpty, "a bootstrap needs two values and a resample")
        precondition(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1")
        let mean = weightedMean(sample, times: sample.map { _ in 1 })
        let below = means.count { $0 < mean }
        let level = means.count { $0 == mean }
        let share = (Double(below) + Double(level) / 2) / Double(means.count)
        guard share > 0 && share < 1 else { return nil }
        let bias = Normal.quantile(share)
        // What leaving a value out takes from the mean is in proportion to its distance from the mean.
        let squares = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let cubes = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) }
        let acceleration = squares == 0 ? 0 : cubes / (6 * squares * squares.squareRoot())
        func adjusted(_ level: Double) -> Double? {
            let z = bias + Normal.quantile(level)
            let room = 1 - acceleration * z
            return room > 0 ? Normal.cumulative(bias + z / room) : nil
        }
        guard let lowerLevel = adjusted((1 - confidence) / 2), let upperLevel = adjusted(1 - (1 - confidence) / 2)
        else { return nil }
        let sorted = means.sorted()
        self.mean = mean
        self.bias = bias
        self.acceleration = acceleration
        self.lowerLevel = lowerLevel
        self.upperLevel = upperLevel
        lower = interpolated(sorted, at: lowerLevel)
        upper = interpolated(sorted, at: upperLevel)
    }
}

/// How often each place was drawn.
private func counts(of places: [Int], below count: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: count)
    for place in places { counts[place] += 1 }
    return counts
}

/// Sums in the sample's order, so that a resample that is the sample in another order has the same mean to the bit.
private func weightedMean(_ sample: [Double], times: [Int]) -> Double {
    zip(sample, times).reduce(0) { $0 + $1.0 * Double($1.1) } / Double(sample.count)
}

/// The quantile of sorted values by linear interpolation (type 7 of Hyndman and Fan, 1996).
private func interpolated(_ sorted: [Double], at p: Double) -> Double {
    let place = p * Double(sorted.count - 1)
    let below = min(Int(place), sorted.count - 1)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
}
