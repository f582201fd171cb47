// Student's paired test on the logarithms of ratios: the textbook's answer, for display and for cross-checks.

import Glibc

/// How much larger the new values of pairs are than the old, as ratios: mean, error and tests by Student's t.
///
/// Takes the pairs for independent, which rounds of a run that drifts are not; see `LongRunError`.
public struct PairedT: Equatable, Sendable {
    /// The mean of ln(new / old).
    public let mean: Double
    /// The standard error of the mean.
    public let error: Double
    /// Pairs less one.
    public let df: Double

    /// Positive values, pair by pair, of two pairs at least.
    public init(old: [Double], new: [Double]) {
        precondition(old.count == new.count && old.count >= 2, "a paired test needs two pairs at least")
        let logs = zip(old, new).map { old, new in
            precondition(old > 0 && new > 0, "a ratio is of positive values")
            return log(new / old)
        }
        let count = Double(logs.count)
        let mean = logs.reduce(0, +) / count
        let squares = logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.mean = mean
        error = (squares / (count - 1) / count).squareRoot()
        df = count - 1
    }

    /// The mean over its error; infinite where the ratios are all the same and not 1.
    public var statistic: Double { over(mean) }

    /// The probability of a mean so far from 0 if the ratios were 1 on average, two-sided.
    public var probability: Double { min(1, 2 * StudentT.upperTail(abs(statistic), df: df)) }

    /// The two-sided interval of the mean of ln(new / old) at this `confidence`.
    public func interval(confidence: Double) -> (lower: Double, upper: Double) {
        let reach = StudentT.quantile(1 - (1 - confidence) / 2, df: df) * error
        return (mean - reach, mean + reach)
    }

    /// Whether new is at most the share `tolerance` (0.05 is 5 %) above old, tested each way.
    ///
    /// `passProbability` is small where the ratio is shown to be below 1 + tolerance, `failProbability` where it is
    /// shown to be above.
    public func nonInferiority(
        tolerance: Double
    ) -> (statistic: Double, passProbability: Double, failProbability: Double) {
        precondition(tolerance > -1, "a tolerance of -1 leaves nothing")
        let statistic = over(log1p(tolerance) - mean)
        return (statistic, StudentT.upperTail(statistic, df: df), StudentT.upperTail(-statistic, df: df))
    }

    private func over(_ distance: Double) -> Double { distance == 0 ? 0 : distance / error }
}
