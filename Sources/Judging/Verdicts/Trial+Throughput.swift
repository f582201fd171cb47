// Criteria on throughput: how much new does at its limit, against old or against a rate.

import Comparisons
import Glibc
import Quantities

extension Trial {
    /// A throughput that may fall by a share: the mirror of a latency that may grow.
    static func throughputChange(
        _ criterion: Criterion, part: String?, _ effect: Effect, allow: Ratio, _ run: RunFacts
    ) -> Trial {
        var trial = Trial(criterion, part: part, .effect(effect))
        guard let estimate = effect.estimate else {
            trial.blocked = effect.unavailable ?? "no estimate"
            return trial
        }
        let limit = log1p(allow.value)
        let interval = trial.hold(
            estimate, .atLeast, limit, effect.title, changeText(log:), "tolerance \(signedPercent(allow.value))")
        trial.failWords = "lower beyond it"
        trial.passWords = "within it"
        if interval.low > 0 { trial.passWords += ", and higher" }
        if interval.high < 0 { trial.passWords += ", though lower" }
        trial.heedRows(effect)
        trial.advise(estimate, .atLeast, limit, .saturation(run), finds: "these rounds of saturation find")
        return trial
    }

    /// A throughput of one side that must reach a rate. `effect` is that of both sides, for its caveats.
    static func throughputLimit(
        _ criterion: Criterion, part: String?, _ level: Level?, _ effect: Effect?, atLeast: Rate, _ run: RunFacts
    ) -> Trial {
        guard let level, let estimate = level.estimate else {
            let evidence: Evidence = level.map { .level($0) } ?? effect.map { .effect($0) } ?? .none
            let reason = level?.unavailable ?? effect?.unavailable ?? throughputUnavailable
            return .blocked(criterion, part: part, evidence, reason)
        }
        var trial = Trial(criterion, part: part, .level(level))
        let limit = log(atLeast.perSecond)
        func rate(_ log: Double) -> String { "\(Rate(perSecond: exp(log)))" }
        trial.hold(estimate, .atLeast, limit, level.title, rate, "required \(atLeast)")
        trial.passWords = "above it"
        trial.failWords = "below it"
        if let effect { trial.heedRows(effect) }
        trial.advise(estimate, .atLeast, limit, .saturation(run))
        return trial
    }
}
