// B against A, one figure of one operation, where the two were not measured in pairs.

import Glibc
import Statistics

/// A ratio with the errors that each run's own variation gives it, and with nothing for what lies between the runs.
public struct UnpairedEstimate: Equatable, Sendable {
    /// The natural logarithm of B over A.
    public let log: Double
    /// Standard errors of each run's figure, on the log scale.
    public let errorA: Double
    public let errorB: Double
    /// What the widths of both figures' bins hide, together.
    public let binError: Double
    /// By Satterthwaite (1946) and Welch (1947), and no more than those of both runs together.
    public let degreesOfFreedom: Double

    init(log: Double, a: SideFigure, b: SideFigure, errorA: Double, errorB: Double) {
        self.log = log
        self.errorA = errorA
        self.errorB = errorB
        binError = (a.binError * a.binError + b.binError * b.binError).squareRoot()
        let (varianceA, varianceB) = (errorA * errorA, errorB * errorB)
        let sum = varianceA + varianceB + binError * binError
        let (dfA, dfB) = (Double(a.degreesOfFreedom), Double(b.degreesOfFreedom))
        let weighted = varianceA * varianceA / dfA + varianceB * varianceB / dfB
        degreesOfFreedom = weighted > 0 ? min(sum * sum / weighted, dfA + dfB) : dfA + dfB
    }

    /// The errors of both runs, and that of the bins: they have nothing to do with each other, so their squares add up.
    public var standardError: Double { (errorA * errorA + errorB * errorB + binError * binError).squareRoot() }

    /// The two-sided interval, on the log scale. It holds what varies within the runs; what two runs differ by anyway is not in it.
    public func interval(confidence: Double) -> (low: Double, high: Double) {
        let reach = StudentT.quantile((1 + confidence) / 2, df: degreesOfFreedom) * standardError
        return (log - reach, log + reach)
    }
}

/// B against A in one figure.
public struct UnpairedEffect: Equatable, Sendable {
    public let metric: Metric
    public let a: SideFigure
    public let b: SideFigure
    /// The logarithm of B over A; nil where a run has no such figure.
    public let logRatio: Double?
    /// nil exactly where `unavailable` says why.
    public let estimate: UnpairedEstimate?
    public let unavailable: String?
    /// Those of the runs and of the operation, and its own.
    public let caveats: [Caveat]

    public func has(_ code: Caveat.Code) -> Bool { caveats.contains { $0.code == code } }
}

/// Everything about one tag of A and its partner in B.
public struct UnpairedOperation: Equatable, Sendable {
    public let tagA: String
    public let tagB: String
    /// The operation's name; both where they differ: `read / latest_order`.
    public let name: String
    /// nil where a tag does not tell, or the two differ.
    public let timing: Timing?
    public let countA: Int
    public let countB: Int
    /// While it was measured; nil where that was no time.
    public let perSecondA: Double?
    public let perSecondB: Double?
    /// Largest values as they were seen, to their bins: nothing is inferred from them. nil where there are no values.
    public let maximumMillisecondsA: Double?
    public let maximumMillisecondsB: Double?
    public let effects: [UnpairedEffect]

    /// `p99 of latest_order`
    public func title(_ figure: String) -> String {
        timing == .service ? "\(figure) of service time of \(name)" : "\(figure) of \(name)"
    }

    public func effect(_ metric: Metric) -> UnpairedEffect? { effects.first { $0.metric == metric } }
}
