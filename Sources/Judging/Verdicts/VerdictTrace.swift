// How a verdict came about, look by look: what the judge held against what, written down while it judged.

import Comparisons

/// The way to one verdict; where a criterion has a tolerance and a limit, to the verdict on one of them.
public struct VerdictTrace: Equatable, Sendable {
    /// As in `Verdict.id`.
    public let id: String
    public let criterion: Criterion
    /// Its alpha is half of what the file says: the other half was kept for boost rounds.
    public let keepsHalfForBoost: Bool
    /// What was tested; nil where there was nothing to test.
    public let held: Held?
    /// In order of time; the last is the end of what was measured.
    public let steps: [TraceStep]
    /// What came to light after a pass was taken, and took it back; nil where nothing did.
    public let takenBack: String?
    /// What would decide, should it be undecided; empty where nothing could be tested.
    public let advice: String
    /// The verdict, as it stood before a waiver was looked for.
    public let verdict: Verdict

    /// The sitting that the verdict rests on: the one at which it was taken, or the end where none was.
    public var decisive: TraceStep? {
        let taken = steps.first { $0.finding == .pass || $0.finding == .fail }
        return takenBack == nil ? taken ?? steps.last : steps.last
    }
}

/// The limit that a figure was held against.
public enum Held: Equatable, Sendable {
    /// The logarithm of what a figure may be at most: of a ratio, of milliseconds, of a rate a second.
    case atMost(log: Double)
    case atLeast(log: Double)
    /// A share of operations.
    case share(Double)
}

/// What one sitting made of one trial.
public struct TraceStep: Equatable, Sendable {
    /// From 1; nil for what is judged after the last look that was taken.
    public let look: Int?
    /// It is that of boost rounds, whose evidence is of another mix.
    public var isBoost = false
    /// Of rounds until then, guards included, and the rounds that counted.
    public let minutes: Double
    public let rounds: Int
    /// Share of the planned evidence.
    public let fraction: Double
    /// Of the one-sided level of the whole run, what may be spent here, and what was spent until then with it.
    public let increment: Double
    public let spent: Double
    public let passProbability: Double?
    public let failProbability: Double?
    public let evidence: Evidence
    /// Why nothing could be decided here; nil where something could.
    public let blocked: String?
    /// Why a pass could not be taken here, whatever the numbers were.
    public let forbidden: [String]
    /// What the probabilities were held against; nil where a verdict had been taken before, or nothing is decided here.
    public let ruling: RulingTrace?
    /// What it came to; nil as above.
    public let finding: Finding?
}

/// What a probability had to be below.
public struct RulingTrace: Equatable, Sendable {
    public let passBelow: Double
    public let failure: FailureRule

    /// How a failure has to stand among other tests.
    public enum FailureRule: Equatable, Sendable {
        /// It is the only test: no correction.
        case alone(below: Double)
        /// Among `tests` planned ones, before the end.
        case bonferroni(below: Double, tests: Int)
        /// Among those that are `left`, at the end: the probability over the increment, by the rank from below, is
        /// adjusted, and has to be below 1.
        case holm(adjusted: Double, rank: Int, left: Int)
        /// It does not stand among them: it was decided, or nothing could be tested.
        case untested
    }
}
