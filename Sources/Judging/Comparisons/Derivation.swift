// The steps between pooled histograms and the error of an estimate, kept as the estimator took them: a derivation is
// read off, never done twice.

import Statistics

/// How an estimate and its error came about.
public struct Derivation: Equatable, Sendable {
    /// Rounds of each unit of time, in order of time.
    public let roundsOfUnits: [Int]
    /// Rounds that a unit needs to span its least time, and for that and its least evidence together.
    public let roundsForTime: Int
    public let roundsPerUnit: Int
    /// What each unit adds to the estimate: of the log ratio for an effect, of the log for a level.
    public let pseudoValues: [Double]
    public let longRun: LongRunError
    /// The most cosine terms that were allowed; nil where the number of units alone decides.
    public let mostTerms: Int?
    public let floor: FloorSource
}

/// Where the standard deviation between identical deployments came from.
public enum FloorSource: Equatable, Sendable {
    /// Nobody measured it.
    case assumed
    /// By so many windows. `deviation` is what they showed, for a run as long as this one, on the log scale; less than
    /// the least that is believed counts as that.
    case measured(deviation: Double, windows: Int, isProvisional: Bool)
}
