// Whether both sides are set up alike: by a criterion, and by implication where none that gates asks for it.

import Comparisons
import Quantities
import Recordings

extension Court {
    /// Differences of parity, those that the pair file expects or those that it does not.
    private func differences(expected: Bool) -> [Observation] {
        observations.observations.filter { $0.kind == "parity" && $0.differs && $0.expected == expected }
    }

    private var isProbed: Bool { observations.probed.contains("parity") }

    func parity(_ criterion: Criterion, atMost: Int) -> Trial {
        let found = differences(expected: false)
        guard isProbed else {
            return .blocked(
                criterion, part: nil, .observations(found),
                "whether both sides are set up alike was not looked at to the end; run 'assay check' on the pair"
            )
        }
        if found.count > atMost {
            return .blocked(
                criterion, part: nil, .observations(found),
                "\(found.count) differences of parity that the pair file does not expect, allowed \(atMost): "
                    + described(found)
                    + "; make the sides alike, or name what is meant to differ under 'expected' in the pair file")
        }
        var trial = Trial(criterion, part: nil, .observations(found))
        trial.neverPass = contradictions
        trial.passProbability = 0
        trial.statement = "both sides were looked at"
        let expected = differences(expected: true)
        trial.passWords =
            found.isEmpty
            ? "no unexpected difference" : "\(found.count) unexpected, allowed \(atMost): " + described(found)
        if !expected.isEmpty { trial.passWords += "; \(expected.count) expected: " + described(expected) }
        return trial
    }

    /// What the run saw that speaks against sides that are alike, whatever was found before it.
    private var contradictions: [String] {
        let unlike = comparison.errorRates.filter { rate in
            if case .operation = rate.scope { rate.side == .new && rate.unavailable != nil } else { false }
        }
        return unlike.compactMap(\.unavailable) + comparison.rows.filter { $0.finding == .differ }.map(\.sentence)
    }

    private func described(_ found: [Observation]) -> String {
        let shown = found.prefix(8).map { "\($0.subject) (old \($0.old), new \($0.new))" }
        let more = found.count > shown.count ? " and \(found.count - shown.count) more" : ""
        return shown.joined(separator: ", ") + more
    }

    /// Sides that differ, or that nobody looked at, leave a run undecided even where no gating criterion asks for parity.
    func unlistedParity(_ criteria: Criteria) -> Trial? {
        let isAsked = criteria.criteria.contains { criterion in
            if case .parity = criterion.requirement { !criterion.advisory } else { false }
        }
        guard !isAsked, !isProbed || !differences(expected: false).isEmpty, let first = criteria.criteria.first else {
            return nil
        }
        let implied = Criterion(
            id: "unexpected-parity", family: .functional, requirement: .parity(atMost: 0), confidence: 0.95, weight: 1,
            advisory: false, position: first.position, targetPosition: first.position)
        return parity(implied, atMost: 0)
    }
}
