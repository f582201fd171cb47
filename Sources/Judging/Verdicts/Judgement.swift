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
    /// All waivers of the criteria as they stood at the end of the run, whether something needed them or not.
    public let waivers: [AppliedWaiver]
    /// Whether the criteria were fixed before the run.
    public let standing: Standing

    /// Verdicts that more rounds of the same kind might still decide.
    public let open: [String]
    /// Those of them that the boost rounds of the plan might decide.
    public let openToBoost: [String]

    /// Outcome and score follow from the verdicts by the one rule: void, else a gating failure, else a gating doubt.
    /// Waived failures do not gate, and count as not passed. Nothing qualifies by criteria that were not fixed before
    /// the run.
    public init(
        criteria: String, verdicts: [Verdict], voidReasons: [String], caveats: [Caveat], waivers: [AppliedWaiver] = [],
        standing: Standing = Standing(), open: [String] = [], openToBoost: [String] = []
    ) {
        self.criteria = criteria
        self.verdicts = verdicts
        self.voidReasons = voidReasons
        self.caveats = caveats
        self.waivers = waivers
        self.standing = standing
        self.open = open
        self.openToBoost = openToBoost
        let gating = verdicts.filter(\.gates)
        if !voidReasons.isEmpty {
            outcome = .void
        } else if gating.contains(where: { $0.finding == .fail }) {
            outcome = .notQualified
        } else if gating.isEmpty || standing.postHoc != nil || gating.contains(where: { $0.finding == .undecided }) {
            // Where nothing gates, nothing was shown.
            outcome = .undecided
        } else {
            outcome = .qualified
        }
        let all = verdicts.reduce(0) { $0 + $1.weight }
        let passed = verdicts.filter { $0.finding == .pass }.reduce(0) { $0 + $1.weight }
        score = all > 0 ? (passed / all * 1000).rounded() / 10 : 0
    }

    /// The same judgement with a further reservation, which comes first.
    public func with(_ caveat: Caveat) -> Judgement {
        Judgement(
            criteria: criteria, verdicts: verdicts, voidReasons: voidReasons, caveats: [caveat] + caveats,
            waivers: waivers, standing: standing, open: open, openToBoost: openToBoost)
    }

    /// The same judgement by criteria of this standing; what is post hoc is a reservation of its own.
    public func by(_ standing: Standing) -> Judgement {
        let doubts = standing.postHoc.map { [Caveat(.postHoc, "post hoc: \($0)")] } ?? []
        return Judgement(
            criteria: criteria, verdicts: verdicts, voidReasons: voidReasons, caveats: doubts + caveats,
            waivers: waivers, standing: standing, open: open, openToBoost: openToBoost)
    }

    public func verdicts(_ finding: Finding) -> [Verdict] { verdicts.filter { $0.finding == finding } }

    /// What the outcome rests on, in a sentence.
    public var summary: String {
        let gating = verdicts.filter(\.gates)
        func names(_ finding: Finding) -> String {
            gating.filter { $0.finding == finding }.map(\.id).joined(separator: ", ")
        }
        let waived = verdicts.filter { $0.isWaived && !$0.advisory }
        let besides =
            waived.isEmpty
            ? ""
            : "; waived: "
                + waived.map { "\($0.id) until \($0.waiver.map { "\($0.waiver.until)" } ?? "")" }.joined(
                    separator: ", ")
        switch outcome {
        case .void: return "void: " + voidReasons.joined(separator: "; ")
        case .notQualified: return "not qualified: failed on \(names(.fail))" + besides
        case .undecided where gating.isEmpty && !waived.isEmpty:
            return "undecided: all that gates are failures that are waived, so nothing was shown" + besides
        case .undecided where gating.isEmpty: return "undecided: no criterion gates"
        case .undecided:
            let open = names(.undecided)
            guard open.isEmpty else { return "undecided: no failure, and no verdict yet on \(open)" + besides }
            return "undecided: all \(gating.count) gating verdicts passed, but \(standing.postHoc ?? "")" + besides
        case .qualified: return "qualified: all \(gating.count) gating verdicts passed" + besides
        }
    }
}

extension Verdict {
    /// Whether it has a say in the outcome.
    fileprivate var gates: Bool { !advisory && !isWaived }
}
