// Criteria on response and service times: new against old, or one side against a limit.

import Comparisons
import Glibc
import Quantities

extension Trial {
    /// A latency that may grow by a share.
    static func change(
        _ criterion: Criterion, part: String?, _ effect: Effect, allow: Ratio, _ run: RunFacts
    ) -> Trial {
        var trial = Trial(criterion, part: part, .effect(effect))
        guard let estimate = effect.estimate else {
            trial.blocked = "\(effect.title): \(effect.unavailable ?? "no estimate")"
            return trial
        }
        let limit = log1p(allow.value)
        let interval = estimate.interval(confidence: 1 - 2 * criterion.alpha)
        trial.passProbability = estimate.probabilityBelow(limit)
        trial.failProbability = estimate.probabilityAbove(limit)
        trial.statement =
            "\(effect.title) \(signedPercent(expm1(estimate.log)))"
            + " [\(signedPercent(expm1(interval.low))), \(signedPercent(expm1(interval.high)))]"
            + " \(intervalName(criterion)), tolerance \(signedPercent(allow.value))"
        trial.failWords = "slower beyond it"
        trial.passWords = "within it"
        if interval.high < 0 { trial.passWords += ", and faster" }
        if interval.low > 0 { trial.passWords += ", though slower" }
        if effect.has(.atTimeOut) { trial.neverPass = sentences(effect, .atTimeOut) }
        // Failures stand at the time-out, so they cannot make a side look fast; but a pass needs answers that were compared.
        if effect.has(.rowsNotCompared) { trial.neverPass = sentences(effect, .rowsNotCompared) }
        if effect.has(.rowsDiffer) { trial.blocked = "\(trial.statement): \(sentences(effect, .rowsDiffer))" }
        trial.advice = { time(to: limit, estimate, alpha: $0, run) }
        return trial
    }

    /// A latency of one side that has a limit of its own. `effect` is the same figure on both sides, for its caveats.
    static func timeLimit(
        _ criterion: Criterion, part: String?, _ level: Level, _ effect: Effect?, atMost: Nanoseconds, _ run: RunFacts
    ) -> Trial {
        var trial = Trial(criterion, part: part, .level(level))
        guard let estimate = level.estimate else {
            trial.blocked = "\(level.title): \(level.unavailable ?? "no estimate")"
            return trial
        }
        let limit = log(atMost.milliseconds)
        let interval = estimate.interval(confidence: 1 - 2 * criterion.alpha)
        func text(_ logMilliseconds: Double) -> String { Nanoseconds(milliseconds: exp(logMilliseconds)).description }
        trial.passProbability = estimate.probabilityBelow(limit)
        trial.failProbability = estimate.probabilityAbove(limit)
        trial.statement =
            "\(level.title) \(text(estimate.log)) [\(text(interval.low)), \(text(interval.high))]"
            + " \(intervalName(criterion)), limit \(atMost)"
        trial.passWords = "below it"
        trial.failWords = "above it"
        if level.isAtTimeOut { trial.neverPass = "it lies at the time-out, so the truth is there or beyond" }
        if let effect, effect.has(.rowsNotCompared) { trial.neverPass = sentences(effect, .rowsNotCompared) }
        if let effect, effect.has(.rowsDiffer) {
            trial.blocked = "\(trial.statement): \(sentences(effect, .rowsDiffer))"
        }
        trial.advice = { time(to: limit, estimate, alpha: $0, run) }
        return trial
    }
}

private func intervalName(_ criterion: Criterion) -> String {
    var digits = decimal((1 - 2 * criterion.alpha) * 100, places: 2)
    while digits.last == "0" { digits.removeLast() }
    return "(\(digits.last == "." ? String(digits.dropLast()) : digits) % interval)"
}

private func sentences(_ effect: Effect, _ code: Caveat.Code) -> String {
    effect.caveats.filter { $0.code == code }.map(\.sentence).joined(separator: "; ")
}

/// How small an effect this run could have found, and how long a run would decide on the one that it saw.
private func time(to limit: Double, _ estimate: Estimate, alpha: Double, _ run: RunFacts) -> String {
    let resolved =
        "this run finds a change of \(significant(estimate.detectable(alpha: alpha) * 100)) % four times in five"
    guard let needed = estimate.needed(for: limit, alpha: alpha, duration: run.minutes) else {
        return resolved + "; no length of run would decide, since the noise floor of"
            + " \(significant(estimate.floor * 100)) % alone hides the distance to the limit"
    }
    return resolved + "; " + duration(needed, run)
}

/// `about 14 minutes would decide if the truth is as estimated`
func duration(_ minutes: Double, _ run: RunFacts) -> String {
    // One run was not enough: less than another half of it would be no advice.
    let enough = max(minutes, run.minutes * 1.5).rounded(.up)
    let length = enough > 1440 ? "more than a day" : "a run of about \(grouped(max(1, Int(enough)))) minutes"
    return "\(length) would decide if the truth is as estimated"
}
