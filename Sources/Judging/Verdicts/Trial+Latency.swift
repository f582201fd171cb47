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
            trial.blocked = "\(effect.title): \(reasons(effect.unavailable, effect))"
            return trial
        }
        let limit = log1p(allow.value)
        let interval = trial.hold(
            estimate, .atMost, limit, effect.title, changeText(log:), "tolerance \(signedPercent(allow.value))")
        trial.failWords = "slower beyond it"
        trial.passWords = "within it"
        if interval.high < 0 { trial.passWords += ", and faster" }
        if interval.low > 0 { trial.passWords += ", though slower" }
        if effect.has(.atTimeOut) { trial.neverPass.append(sentences(effect, .atTimeOut)) }
        if effect.failedShare > allow.value {
            trial.neverPass.append(
                "failed operations, at the time-out each, are \(decimal(effect.failedShare * 100, places: 1)) % of the sum"
                    + " of times on a side, more than the tolerance: the mean tells of the time-out; see the error rate"
            )
        }
        trial.heedRows(effect)
        trial.advise(
            estimate, .atMost, limit, .latency(run), finds: run.isBoost ? "these boost rounds find" : "this run finds")
        return trial
    }

    /// A latency of one side that has a limit of its own. `effect` is the same figure on both sides, for its caveats.
    static func timeLimit(
        _ criterion: Criterion, part: String?, _ level: Level, _ effect: Effect?, atMost: Nanoseconds, _ run: RunFacts
    ) -> Trial {
        var trial = Trial(criterion, part: part, .level(level))
        guard let estimate = level.estimate else {
            trial.blocked = "\(level.title): \(reasons(level.unavailable, effect))"
            return trial
        }
        let limit = log(atMost.milliseconds)
        trial.hold(estimate, .atMost, limit, level.title, timeText(logMilliseconds:), "limit \(atMost)")
        trial.passWords = "below it"
        trial.failWords = "above it"
        if level.isAtTimeOut { trial.neverPass.append("it lies at the time-out, so the truth is there or beyond") }
        if let effect { trial.heedRows(effect) }
        trial.advise(estimate, .atMost, limit, .latency(run))
        return trial
    }

    /// Failures stand at the time-out, so they cannot make a side look fast; but a pass needs answers that were compared.
    mutating func heedRows(_ effect: Effect) {
        if effect.has(.rowsNotCompared) { neverPass.append(sentences(effect, .rowsNotCompared)) }
        if effect.has(.rowsDiffer) { blocked = "\(statement): \(sentences(effect, .rowsDiffer))" }
    }
}

/// A confidence as it was written: `95 %`, `99.9 %`.
func percent(_ share: Double) -> String {
    var digits = decimal(share * 100, places: 2)
    while digits.last == "0" { digits.removeLast() }
    return (digits.last == "." ? String(digits.dropLast()) : digits) + " %"
}

private func sentences(_ effect: Effect, _ code: Caveat.Code) -> String {
    effect.caveats.filter { $0.code == code }.map(\.sentence).joined(separator: "; ")
}

/// Why there is no estimate, and what would stand against one: more of the same run would not help where rows differ.
private func reasons(_ unavailable: String?, _ effect: Effect?) -> String {
    let rows = effect.map { sentences($0, .rowsDiffer) } ?? ""
    return (unavailable ?? "no estimate") + (rows.isEmpty ? "" : "; \(rows)")
}
