// One criterion put to its evidence: all that is needed to decide, but for how many others are tested with it.

import Comparisons
import Quantities

/// A criterion, one part of the workload, and what the evidence says.
struct Trial {
    let criterion: Criterion
    /// The part of the workload's name where the criterion speaks of several; nil where its own id is enough.
    let part: String?
    let evidence: Evidence
    /// Why nothing can be decided, whatever the numbers are.
    var blocked: String?
    /// Why it may not pass, though it may fail: all reasons.
    var neverPass: [String] = []
    /// Whether boost rounds are planned for it, so that half of its alpha is kept for them.
    var isBoosted = false
    /// The probability of such evidence if the limit were just missed, and if it were just met.
    var passProbability: Double?
    var failProbability: Double?
    /// What both are about.
    var held: Held?
    /// The numbers, as the first half of a sentence.
    var statement = ""
    var passWords = ""
    var failWords = ""
    /// What would decide, among so many tests.
    var advice: (Int) -> String = { _ in "" }

    init(_ criterion: Criterion, part: String?, _ evidence: Evidence) {
        self.criterion = criterion
        self.part = part
        self.evidence = evidence
    }

    static func blocked(_ criterion: Criterion, part: String?, _ evidence: Evidence, _ why: String) -> Trial {
        var trial = Trial(criterion, part: part, evidence)
        trial.blocked = why
        return trial
    }

    /// Whether it takes part in the correction for many tests.
    var isTested: Bool { blocked == nil && failProbability != nil }

    /// The level at which more evidence like this would decide: a failure must stand among all tests, a pass by itself.
    func level(isBeyond: Bool, tested: Int) -> Double {
        isBeyond ? criterion.alpha / Double(max(1, tested)) : criterion.alpha
    }

    /// Whether its evidence grows from look to look; throughput and parity are seen once.
    var isSequential: Bool { criterion.measure.map { $0.metric != .throughput } ?? false }

    /// Whether what is known of it speaks against any pass, whatever the numbers are.
    var forbidsPass: Bool { blocked != nil || !neverPass.isEmpty }

    func verdict(_ ruling: Ruling) -> Verdict {
        let alpha = criterion.alpha
        let passes = passProbability.map { $0 < ruling.passBelow } ?? false
        let finding: Finding
        let reason: String
        if let blocked {
            (finding, reason) = (.undecided, blocked)
        } else if ruling.fails {
            (finding, reason) = (.fail, "\(statement): \(failWords)\(taken(ruling, failProbability))")
        } else if passes, neverPass.isEmpty {
            (finding, reason) = (.pass, "\(statement): \(passWords)\(taken(ruling, passProbability))")
        } else if !neverPass.isEmpty {
            (finding, reason) = (.undecided, "\(statement): \(neverPass.joined(separator: "; "))")
        } else if let failProbability, failProbability < alpha {
            (finding, reason) = (
                .undecided,
                "\(statement): \(failWords) by itself, but not beyond doubt among \(ruling.tested) tests together (Holm)"
                    + "\(spent(ruling)); \(advice(ruling.tested))"
            )
        } else if let passProbability, passProbability < alpha {
            (finding, reason) = (
                .undecided, "\(statement): \(passWords) by itself\(spent(ruling)); \(advice(ruling.tested))"
            )
        } else {
            (finding, reason) = (.undecided, "\(statement): not resolved; \(advice(ruling.tested))")
        }
        return Verdict(
            id: part.map { "\(criterion.id)/\($0)" } ?? criterion.id, criterion: criterion.id, family: criterion.family,
            finding: finding, reason: reason, evidence: evidence, advisory: criterion.advisory,
            weight: criterion.weight,
            passProbability: blocked == nil ? passProbability : nil,
            failProbability: blocked == nil ? failProbability : nil,
            look: finding == .undecided ? nil : ruling.look)
    }

    /// When a verdict was taken, and by what; empty where there was one look only.
    private func taken(_ ruling: Ruling, _ probability: Double?) -> String {
        guard let look = ruling.look, let probability else { return "" }
        let seen = probability < 0.0001 ? "< 0.0001" : "= \(decimal(probability, places: 4))"
        if look.isBoost {
            return
                " (p \(seen), needed below \(decimal(look.level, places: 4)), after \(significant(look.minutes)) minutes of"
                + " boost rounds)"
        }
        return " (p \(seen), needed below \(decimal(look.level, places: 4)), look \(look.number) of \(look.planned),"
            + " after \(significant(look.minutes)) minutes)"
    }

    /// What the looks before the end have used up.
    private func spent(_ ruling: Ruling) -> String {
        guard let look = ruling.look else { return "" }
        if look.isBoost { return ", but half of what may be wrong was kept for the rounds before" }
        return ", but a run with \(look.planned) looks has p < \(decimal(ruling.passBelow, places: 4)) left at its end"
    }

    /// What the whole run says against a verdict that was taken before its end, or `who` against one that rests on other rounds; nil where
    /// that is nothing.
    func contradiction(of verdict: Verdict, _ who: String = "the whole run says") -> String? {
        guard verdict.finding != .undecided, blocked == nil else { return nil }
        let against = verdict.finding == .pass ? failProbability : passProbability
        guard let against, against < criterion.alpha else { return nil }
        return "\(who) otherwise: \(statement)"
    }
}
