// What was decided on one criterion, for one part of the workload, and why.

import Comparisons
import Recordings

/// There is no fourth: what is not shown is undecided.
public enum Finding: String, CaseIterable, Hashable, Sendable {
    case pass
    case fail
    case undecided
}

/// What a verdict rests on.
public enum Evidence: Equatable, Sendable {
    case effect(Effect)
    case level(Level)
    case errorRate(ErrorRate)
    case observations([Observation])
    case none
}

/// A finding with its reason.
public struct Verdict: Equatable, Sendable {
    /// `p99/recent_orders`, or the criterion's own id where it speaks of one thing only.
    public let id: String
    /// The criterion's id.
    public let criterion: String
    public let family: Family
    public let finding: Finding
    /// A sentence with the numbers and what to do about them.
    public let reason: String
    public let evidence: Evidence
    /// Shown and scored, but never decides the outcome.
    public let advisory: Bool
    public let weight: Double
    /// The probability of this evidence if the requirement were only just missed; nil where nothing could be tested.
    public let passProbability: Double?
    /// The probability of this evidence if the requirement were only just met, before Holm; nil as above.
    public let failProbability: Double?
    /// When it was taken; nil where it was not, and where the run had one look only.
    public let look: VerdictLook?
    /// What later evidence says against it; nil where it does not.
    public let contradiction: String?
    /// Where the criterion has a tolerance and a limit: the verdict on each of them by itself, in this order. Empty
    /// otherwise.
    public let tests: [Verdict]
    /// The waiver that covers it, whatever was found.
    public internal(set) var waiver: AppliedWaiver?

    /// Whether it is a failure that somebody answers for: shown as one, and not gating.
    public var isWaived: Bool { finding == .fail && waiver.map { !$0.isExpired } ?? false }

    public init(
        id: String, criterion: String, family: Family, finding: Finding, reason: String, evidence: Evidence = .none,
        advisory: Bool = false, weight: Double = 1, passProbability: Double? = nil, failProbability: Double? = nil,
        look: VerdictLook? = nil, contradiction: String? = nil, tests: [Verdict] = [], waiver: AppliedWaiver? = nil
    ) {
        self.id = id
        self.criterion = criterion
        self.family = family
        self.finding = finding
        self.reason = reason
        self.evidence = evidence
        self.advisory = advisory
        self.weight = weight
        self.passProbability = passProbability
        self.failProbability = failProbability
        self.look = look
        self.contradiction = contradiction
        self.tests = tests
        self.waiver = waiver
    }

    /// The same verdict, which stands, with what speaks against it.
    func contradicted(by later: String) -> Verdict {
        Verdict(
            id: id, criterion: criterion, family: family, finding: finding, reason: "\(reason); \(later)",
            evidence: evidence, advisory: advisory, weight: weight, passProbability: passProbability,
            failProbability: failProbability, look: look, contradiction: later, tests: tests, waiver: waiver)
    }
}
