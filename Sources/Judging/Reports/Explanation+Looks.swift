// The looks of a run at one verdict: what each saw, what it had to be below, and what it came to.

import Comparisons
import Quantities
import Verdicts

extension Explanation {
    func looks(_ way: VerdictTrace) -> [String] {
        guard way.steps.contains(where: { $0.passProbability != nil || $0.failProbability != nil }) else { return [] }
        let head = [
            "look", "minutes", "rounds", "fraction", "spends", "spent", "theta", "se", "p of a pass", "needs below",
            "p of a failure", "needs below", "found"
        ]
        var out = entry("looks", table: aligned([head] + way.steps.map(row), toTheLeft: [11, 12]))
        if way.steps.count > 1 {
            out += entry(
                "spending",
                "alpha (1 - exp(2 f)) / (1 - exp(2)) is spent when the fraction f of the plan is there (Hwang, Shih and"
                    + " DeCani, gamma -2); a pass has to be below the nominal level that this gives at a look")
        }
        if let rule = rule(way) { out += entry("failures", rule) }
        return out
    }

    private func row(_ step: TraceStep) -> [String] {
        let estimate = estimate(step.evidence)
        func number(_ value: Double?) -> String { value.map(sixDigits) ?? nothing }
        return [
            step.isBoost ? "boost" : step.look.map(String.init) ?? "end", sixDigits(step.minutes), "\(step.rounds)",
            sixDigits(step.fraction),
            sixDigits(step.increment), sixDigits(step.spent), number(estimate?.log), number(estimate?.standardError),
            number(step.passProbability), number(step.ruling?.passBelow), number(step.failProbability),
            step.ruling.map { below($0.failure) } ?? nothing, found(step)
        ]
    }

    private func found(_ step: TraceStep) -> String {
        guard let finding = step.finding else {
            return step.ruling == nil ? "not asked: decided, or not a look" : nothing
        }
        return finding.rawValue
            + (step.blocked != nil ? ", blocked" : step.forbidden.isEmpty ? "" : ", no pass allowed")
    }

    private func below(_ rule: RulingTrace.FailureRule) -> String {
        switch rule {
        case .alone(let level), .bonferroni(let level, _): sixDigits(level)
        case .holm(let adjusted, _, _): "Holm \(sixDigits(adjusted)) < 1"
        case .untested: nothing
        }
    }

    /// How the last failure that was asked for had to stand among others.
    private func rule(_ way: VerdictTrace) -> String? {
        switch way.steps.compactMap({ $0.ruling?.failure }).last(where: { $0 != .untested }) {
        case .alone?: return "this is the only test, so a failure has the level of a pass"
        case .bonferroni(let level, let tests)?:
            return "Bonferroni before the end: what the look spends over \(tests) tests, \(sixDigits(level))"
        case .holm(let adjusted, let rank, let left)?:
            return
                "Holm at the end: p over what the last look spends is number \(rank) from below of \(left) that are"
                + " left, so it counts \(left - rank + 1) times, and no less than those before it:"
                + " \(sixDigits(adjusted)), which has to be below 1"
        case .untested?, nil: return nil
        }
    }

    private func estimate(_ evidence: Evidence) -> Estimate? {
        switch evidence {
        case .effect(let effect): effect.estimate
        case .level(let level): level.estimate
        case .errorRate, .observations, .none: nil
        }
    }
}
