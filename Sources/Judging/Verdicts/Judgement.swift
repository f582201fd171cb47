// The end of the way: one outcome for the run, its score, and all verdicts.

import Comparisons

/// One word for the whole run. The command's exit codes 0, 1, 2 and 3.
public enum Outcome: String, CaseIterable, Hashable, Sendable {
    case qualified
    case notQualified = "not_qualified"
    case undecided
    case void
}

/// What the criteria make of a comparison.
public struct Judgement: Equatable, Sendable {
    /// The criteria's name.
    public let criteria: String
    public let outcome: Outcome
    /// Weighted share of passed verdicts, 0 to 100, advisory ones included. For reading and for trends only.
    public let score: Double
    /// In the order of the criteria file, and within a criterion in the order of the workload.
    public let verdicts: [Verdict]
    /// Why the run is void; empty where it is valid.
    public let voidReasons: [String]
    /// Reservations about the run as a whole, each once.
    public let caveats: [Caveat]

    /// What the outcome rests on, in a sentence.
    public let summary: String
}
