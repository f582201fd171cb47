// A number with all that is known of its error, on the log scale.

import Glibc
import Statistics

/// An estimate from jackknifed units of time and its error.
public struct Estimate: Equatable, Sendable {
    /// The natural logarithm of new over old for an effect, of milliseconds for a level.
    public let log: Double
    /// The larger of the cosine and the independent standard error: what a longer run makes smaller.
    public let runError: Double
    /// The standard deviation between identical deployments: what a longer run does not make smaller.
    public let floor: Double
    public let degreesOfFreedom: Int
    /// Units of time that the estimate rests on.
    public let units: Int
    /// Values beyond the quantile on the side that has fewer; for a mean, all values.
    public let exceedancesPerSide: Int
    /// How many times the variance is that of independent units.
    public let varianceInflation: Double
    /// The steps that led to it; nil where it was put together by hand.
    public internal(set) var derivation: Derivation?

    /// Run error and floor together.
    public var standardError: Double { (runError * runError + floor * floor).squareRoot() }
    /// e to `log`: new over old, or milliseconds.
    public var value: Double { exp(log) }
    private var df: Double { Double(degreesOfFreedom) }

    /// The two-sided interval, on the log scale.
    public func interval(confidence: Double = 0.9) -> (low: Double, high: Double) {
        let reach = critical(confidence: confidence) * standardError
        return (log - reach, log + reach)
    }

    /// The probability of an estimate so low if the truth were `limit`: small where the truth is shown to be below.
    public func probabilityBelow(_ limit: Double) -> Double {
        StudentT.upperTail(statistic(limit), df: df)
    }

    /// The probability of an estimate so high if the truth were `limit`: small where the truth is shown to be above.
    public func probabilityAbove(_ limit: Double) -> Double {
        StudentT.upperTail(-statistic(limit), df: df)
    }

    /// How many standard errors `limit` lies above the estimate.
    public func statistic(_ limit: Double) -> Double { (limit - log) / standardError }

    /// How many standard errors a two-sided interval reaches to either side.
    public func critical(confidence: Double) -> Double { StudentT.quantile((1 + confidence) / 2, df: df) }

    /// The relative change that would be found four times in five at level `alpha`.
    public func detectable(alpha: Double = 0.05) -> Double {
        detectableEffect(standardError: standardError, df: df, alpha: alpha)
    }

    /// How long a run would have to be to decide on `limit`, in the unit of `duration`; nil where no time is enough.
    public func needed(for limit: Double, alpha: Double, duration: Double) -> Double? {
        neededDuration(
            distance: limit - log, runError: runError, floor: floor, df: df, alpha: alpha, duration: duration)
    }
}
