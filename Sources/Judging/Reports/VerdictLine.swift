// One verdict and what is shown beside it: both sides' values, the change with its interval, and what is allowed.

import Comparisons
import Glibc
import Quantities
import Recordings
import Statistics
import Verdicts

/// The same texts for all reports; a dash where there is nothing to show.
struct VerdictLine {
    let verdict: Verdict
    /// The part of the workload that it speaks of; nil for criteria that speak of none.
    let scope: Scope?
    var old = nothing
    var new = nothing
    /// The estimate: a change, or the value of one side.
    var found = nothing
    /// The interval whose ends were held against the limit, at the criterion's confidence.
    var interval = nothing
    var allowed = nothing
    /// What can be drawn; nil where there is no estimate.
    var gauge: Gauge?

    init(_ verdict: Verdict, _ criterion: Criterion?) {
        self.verdict = verdict
        scope = VerdictLine.scope(verdict, criterion)
        allowed = criterion.map { VerdictLine.allowed($0.requirement) } ?? nothing
        switch verdict.evidence {
        case .effect(let effect): show(effect, criterion)
        case .level(let level): show(level, criterion)
        case .errorRate(let rate): show(rate, criterion)
        case .observations(let observations):
            found = "\(observations.count { $0.differs && !$0.expected })"
        case .none: break
        }
    }

    /// `FAIL`; what does not gate is `fail (advisory)` or `fail (waived)`.
    var word: String {
        if verdict.advisory { return "\(verdict.finding.rawValue) (advisory)" }
        return verdict.isWaived ? "\(verdict.finding.rawValue) (waived)" : verdict.finding.rawValue.uppercased()
    }

    /// Who answers for a failure and until when, or that nobody does any more; nil where no waiver is in play.
    var waiver: String? { verdict.finding == .fail ? verdict.waiver?.sentence : nil }

    /// The reason, and the waiver in play.
    var reason: String { verdict.reason + (waiver.map { "; \($0)" } ?? "") }

    /// The part of the workload, out of `p99/recent_orders`; nil where the criterion speaks of one thing only.
    var subject: String? { VerdictLine.subject(verdict) }

    private static func subject(_ verdict: Verdict) -> String? {
        let prefix = verdict.criterion + "/"
        return verdict.id.hasPrefix(prefix) ? String(verdict.id.dropFirst(prefix.count)) : nil
    }

    private static func scope(_ verdict: Verdict, _ criterion: Criterion?) -> Scope? {
        let subject = subject(verdict)
        return switch criterion?.target {
        case .one(let scope): scope
        case .eachShape: subject.flatMap(Shape.init).map { .shape($0) }
        case .eachKeyspace: subject.map { .keyspace($0) }
        case .eachOperation, nil: subject.map { .operation($0) }
        }
    }

    private mutating func show(_ effect: Effect, _ criterion: Criterion?) {
        (old, new) = bothSides(effect)
        guard let estimate = effect.estimate else { return }
        let range = estimate.interval(confidence: confidence(criterion))
        found = changeText(log: estimate.log)
        interval = changes(range)
        for case .change(_, _, let allow) in criterion?.requirement.limits ?? [] where allow.value > -1 {
            gauge = Gauge(
                low: range.low, point: estimate.log, high: range.high, limit: log(1 + allow.value),
                badIsHigh: allow.value >= 0, axis: .change)
        }
    }

    private mutating func show(_ level: Level, _ criterion: Criterion?) {
        if level.measure.metric == .throughput { return show(throughput: level, criterion) }
        let text = time(milliseconds: level.milliseconds)
        if level.side == .old { old = text } else { new = text }
        // A maximum is shown as it was seen.
        if level.measure.metric == .max { found = text }
        guard let estimate = level.estimate else { return }
        let range = estimate.interval(confidence: confidence(criterion))
        found = time(milliseconds: estimate.value)
        interval = "[\(time(milliseconds: exp(range.low))), \(time(milliseconds: exp(range.high)))]"
        if case .timeLimit(_, _, _, let atMost) = criterion?.requirement {
            gauge = Gauge(
                low: range.low, point: estimate.log, high: range.high, limit: log(atMost.milliseconds), badIsHigh: true,
                axis: .milliseconds)
        }
    }

    private mutating func show(throughput level: Level, _ criterion: Criterion?) {
        let text = rate(level.perSecond)
        if level.side == .old { old = text } else { new = text }
        guard let estimate = level.estimate else { return }
        let range = estimate.interval(confidence: confidence(criterion))
        found = rate(estimate.value)
        interval = "[\(rate(exp(range.low))), \(rate(exp(range.high)))]"
        if case .throughputLimit(_, _, let atLeast) = criterion?.requirement {
            gauge = Gauge(
                low: range.low, point: estimate.log, high: range.high, limit: log(atLeast.perSecond), badIsHigh: false,
                axis: .perSecond)
        }
    }

    private mutating func show(_ rate: ErrorRate, _ criterion: Criterion?) {
        let text = share(rate.evidence.rate)
        if rate.side == .old { old = text } else { new = text }
        found = text
        guard rate.evidence.operations > 0 else { return }
        let bounds = rate.evidence.bounds(alpha: criterion?.alpha ?? 0.05)
        interval = "[\(share(bounds.lower)), \(share(bounds.upper))]"
        if case .errorLimit(_, _, _, let atMost) = criterion?.requirement {
            gauge = Gauge(
                low: bounds.lower, point: rate.evidence.rate, high: bounds.upper, limit: atMost.value, badIsHigh: true,
                axis: .share)
        }
    }

    /// Of the two-sided interval whose ends decide: a verdict at 95 % either way is a 90 % interval against the limit.
    private func confidence(_ criterion: Criterion?) -> Double { 1 - 2 * (criterion?.alpha ?? 0.05) }

    /// The requirement in a few words: `at most +5 %`.
    static func allowed(_ requirement: Requirement) -> String {
        switch requirement {
        case .change(_, _, let allow):
            (allow.value < 0 ? "at least " : "at most ") + (allow.value < 0 ? "" : "+") + roundPercent(allow.value)
        case .timeLimit(_, _, let side, let atMost): "\(side) at most \(time(milliseconds: atMost.milliseconds))"
        case .errorLimit(_, _, let side, let atMost): "\(side) at most \(roundPercent(atMost.value))"
        case .throughputLimit(_, let side, let atLeast): "\(side) at least \(rate(atLeast.perSecond))"
        case .both(let first, let second): "\(allowed(first)), \(allowed(second))"
        case .parity(let atMost): "at most \(atMost)"
        case .notCollected(let words): words
        }
    }
}
