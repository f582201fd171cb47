// How much must be measured before there can be any verdict: the counts that estimates rest on, before there are any.

import Glibc
import Statistics

/// The least evidence for a figure of one part of the workload (method: at least 12 units of 10 s, at least 5 values
/// beyond a quantile in each of them on average, at least 200 in all).
public struct EvidenceNeed: Equatable, Sendable {
    /// Rounds that must be measured.
    public let rounds: Int

    /// - Parameters:
    ///   - operationsPerRound: operations of the part, a side and round, as they are expected; above 0.
    ///   - secondsPerRound: measured time of a round: of both slices, or of one where both sides run at once; above 0.
    public init(_ measure: Measure, operationsPerRound: Double, secondsPerRound: Double) {
        let perUnit = RunEvidence.roundsPerUnit(seconds: secondsPerRound)
        let beyond = UnitPlan.share(measure.metric) * operationsPerRound
        func whole(_ rounds: Double) -> Int { Int(min(rounds.rounded(.up), 1e12)) }
        let inUnit = max(perUnit, whole(UnitPlan.fewestInUnit / beyond))
        let least = UnitPlan.fewestUnits * (measure.isLatency ? inUnit : perUnit)
        rounds = measure.isLatency ? max(least, whole(UnitPlan.fewestInAll / beyond)) : least
    }

    /// Operations a side without which there is no estimate, however they are spread over time.
    public static func operations(_ measure: Measure) -> Double {
        UnitPlan.fewestInAll / UnitPlan.share(measure.metric)
    }
}

/// What would be known of the noise between identical deployments: what a longer run does not make smaller, and how
/// sure its error is.
public struct NoiseKnown: Equatable, Sendable {
    /// Standard deviation on the log scale.
    public let floor: Double
    public let degreesOfFreedom: Int

    public init(floor: Double, degreesOfFreedom: Int) {
        self.floor = floor
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// What is assumed where nobody measured it.
    public static let assumed = NoiseKnown(floor: assumedFloor, degreesOfFreedom: uncalibratedTerms)
}

/// Operations a side that tell a change of `tolerance` from none four times in five at level `alpha`, were they
/// independent draws from lognormals whose logarithms have the standard deviation `spread`: the least that any run
/// takes, since drift and pauses come on top.
///
/// For a quantile by the asymptotic variance p (1 - p) / density^2 of order statistics on the log scale, for a mean by
/// the delta method.
/// - Returns: nil where the noise floor hides the change from any run.
public func leastOperations(
    toTell tolerance: Double, by measure: Measure, spread: Double, alpha: Double, _ noise: NoiseKnown
) -> Double? {
    let variance: Double
    if case .quantile(let p) = measure.metric {
        let z = Normal.quantile(p)
        let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
        variance = spread * spread * p * (1 - p) / (density * density)
    } else {
        variance = expm1(spread * spread)
    }
    // One operation a side is a run of duration 1, whose error falls with the square root of their number.
    return neededDuration(
        distance: log1p(tolerance), runError: (2 * variance).squareRoot(), floor: noise.floor,
        df: Double(noise.degreesOfFreedom), alpha: alpha, duration: 1)
}
