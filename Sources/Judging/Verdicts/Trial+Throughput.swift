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
        let interval = estimate.interval(confidence: 1 - 2 * criterion.alpha)
        trial.passProbability = estimate.probabilityAbove(limit)
        trial.failProbability = estimate.probabilityBelow(limit)
        trial.statement =
            "\(effect.title) \(changeText(log: estimate.log))"
            + " [\(changeText(log: interval.low)), \(changeText(log: interval.high))]"
            + " \(intervalName(criterion)), tolerance \(signedPercent(allow.value))"
        trial.failWords = "lower beyond it"
        trial.passWords = "within it"
        if interval.low > 0 { trial.passWords += ", and higher" }
        if interval.high < 0 { trial.passWords += ", though lower" }
        trial.heedRows(effect)
        trial.advice = { [trial] tested in
            let level = trial.level(isAbove: estimate.log < limit, tested: tested)
            let resolved = changeText(log: log1p(estimate.detectable(alpha: level)))
            return "these rounds of saturation find a change of \(resolved) four times in five; "
                + saturationTime(to: limit, estimate, alpha: level, run)
        }
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
        let interval = estimate.interval(confidence: 1 - 2 * criterion.alpha)
        trial.passProbability = estimate.probabilityAbove(limit)
        trial.failProbability = estimate.probabilityBelow(limit)
        func rate(_ log: Double) -> Rate { Rate(perSecond: exp(log)) }
        trial.statement =
            "\(level.title) \(rate(estimate.log)) [\(rate(interval.low)), \(rate(interval.high))]"
            + " \(intervalName(criterion)), required \(atLeast)"
        trial.passWords = "above it"
        trial.failWords = "below it"
        if let effect { trial.heedRows(effect) }
        trial.advice = { [trial] tested in
            saturationTime(
                to: limit, estimate, alpha: trial.level(isAbove: estimate.log < limit, tested: tested), run)
        }
        return trial
    }
}

/// How long rounds of saturation would have to be to decide on what these saw.
private func saturationTime(to limit: Double, _ estimate: Estimate, alpha: Double, _ run: RunFacts) -> String {
    guard let needed = estimate.needed(for: limit, alpha: alpha, duration: run.saturationMinutes) else {
        return hiddenByFloor(estimate)
    }
    let enough = max(needed, run.saturationMinutes * 1.5).rounded(.up)
    let length = enough > 1440 ? "more than a day of them" : "--saturation \(max(1, Int(enough)))m"
    return length + " would decide four times in five if the truth is as estimated"
}
