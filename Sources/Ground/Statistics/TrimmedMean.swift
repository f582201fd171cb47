// The trimmed mean: what a series is like without its extremes.

/// The mean without the smallest and the largest values, and what each value adds to it.
///
/// For display: a trimmed latency does not measure what a criterion on the tail says.
public struct TrimmedMean: Equatable, Sendable {
    public let mean: Double
    /// The values in the order given, those that are trimmed replaced by the nearest that is not.
    public let winsorised: [Double]

    private let keptShare: Double

    /// Leaves out the whole part of `share` times the count at either end; `share` is below one half.
    public init(_ sample: [Double], share: Double = 0.2) {
        precondition(!sample.isEmpty, "a sample that is not empty")
        precondition(share >= 0 && share < 0.5, "at either end less than half is trimmed")
        let sorted = sample.sorted()
        let trimmed = Int(share * Double(sample.count))
        let kept = sorted[trimmed..<(sorted.count - trimmed)]
        mean = kept.reduce(0, +) / Double(kept.count)
        winsorised = sample.map { min(max($0, sorted[trimmed]), sorted[sorted.count - 1 - trimmed]) }
        keptShare = Double(kept.count) / Double(sample.count)
    }

    /// What each value adds to the trimmed mean (Tukey and McLaughlin, 1963), with the trimmed mean as their mean.
    ///
    /// Their standard error is that of the trimmed mean: `LongRunError(pseudoValues, terms:)` has it, with and without
    /// regard to drift.
    public var pseudoValues: [Double] {
        let centre = winsorised.reduce(0, +) / Double(winsorised.count)
        return winsorised.map { mean + ($0 - centre) / keptShare }
    }
}
