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
    /// The probability of such evidence if the limit were just missed, and if it were just met.
    var passProbability: Double?
    var failProbability: Double?
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

    /// Decides. `adjusted` is Holm's value of failProbability / alpha: below 1, a failure stands among `tested` tests.
    func verdict(adjusted: Double?, tested: Int) -> Verdict {
        let alpha = criterion.alpha
        let passes = passProbability.map { $0 < alpha } ?? false
        let finding: Finding
        let reason: String
        if let blocked {
            (finding, reason) = (.undecided, blocked)
        } else if let adjusted, adjusted < 1 {
            (finding, reason) = (.fail, "\(statement): \(failWords)")
        } else if passes, neverPass.isEmpty {
            (finding, reason) = (.pass, "\(statement): \(passWords)")
        } else if !neverPass.isEmpty {
            (finding, reason) = (.undecided, "\(statement): \(neverPass.joined(separator: "; "))")
        } else if let failProbability, failProbability < alpha {
            (finding, reason) = (
                .undecided,
                "\(statement): \(failWords) by itself, but not beyond doubt among \(tested) tests together (Holm);"
                    + " \(advice(tested))"
            )
        } else {
            (finding, reason) = (.undecided, "\(statement): not resolved; \(advice(tested))")
        }
        return Verdict(
            id: part.map { "\(criterion.id)/\($0)" } ?? criterion.id, criterion: criterion.id, family: criterion.family,
            finding: finding, reason: reason, evidence: evidence, advisory: criterion.advisory,
            weight: criterion.weight,
            passProbability: blocked == nil ? passProbability : nil,
            failProbability: blocked == nil ? failProbability : nil)
    }
}
