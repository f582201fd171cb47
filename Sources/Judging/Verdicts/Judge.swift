// Criteria put to a comparison: the one place where good and bad are decided.

import Comparisons
import Quantities
import Recordings
import Statistics

/// Judges a comparison by criteria that were fixed before the run, at one final look.
///
/// A pass needs its own evidence only, since all must pass; failures that gate are tested together (Holm), so that many
/// criteria do not make a false alarm likely. What is not shown is undecided. `recording` is that of the comparison:
/// figures that the criteria ask for and the comparison does not hold are taken from it.
public func judge(
    _ comparison: Comparison, by criteria: Criteria, recording: Recording, observations: Observations
) -> Judgement {
    let held = Set(comparison.effects.map(\.measure))
    let missing = criteria.measures.filter { !held.contains($0) }
    let further = missing.isEmpty ? nil : compare(recording, measures: missing)
    let court = Court(comparison: comparison, further: further, observations: observations)
    var trials = criteria.criteria.flatMap(court.trials)
    if let unexpected = court.unlistedParity(criteria) { trials.append(unexpected) }
    if comparison.validity.isVoid {
        let reason = "the run is void: " + comparison.validity.reasons.joined(separator: "; ")
        for index in trials.indices { trials[index].blocked = reason }
    }
    if comparison.run.interrupted {
        for index in trials.indices where trials[index].isTested { trials[index].neverPass.append(endedEarly) }
    }
    let waivers = criteria.waivers(at: recording.ended)
    return Judgement(
        criteria: criteria.name, verdicts: waived(joined(decided(trials)), by: waivers),
        voidReasons: comparison.validity.reasons, caveats: runCaveats(comparison), waivers: waivers)
}

/// A run that is stopped when it looks good passes too easily; a failure costs a repetition at most, so it may stand.
private let endedEarly =
    "the run was ended before its plan, and whoever stops when it looks good passes too easily; run it whole"

/// Advisory tests are a family of their own: more of them must not make it harder for what gates to fail.
private func decided(_ trials: [Trial]) -> [Verdict] {
    var adjusted = [Double?](repeating: nil, count: trials.count)
    var tested: [Bool: Int] = [:]
    for advisory in [false, true] {
        let family = trials.indices.filter { trials[$0].isTested && trials[$0].criterion.advisory == advisory }
        let values = holmAdjusted(family.map { (trials[$0].failProbability ?? 1) / trials[$0].criterion.alpha })
        for (index, value) in zip(family, values) { adjusted[index] = value }
        tested[advisory] = family.count
    }
    return trials.indices.map {
        trials[$0].verdict(adjusted: adjusted[$0], tested: tested[trials[$0].criterion.advisory] ?? 0)
    }
}

/// Reservations that hold for the run, each once.
private func runCaveats(_ comparison: Comparison) -> [Caveat] {
    let codes: [Caveat.Code] = [.uncalibrated, .sharedHost, .shortWarmUp, .voidRounds, .interrupted]
    var found: [Caveat] = []
    for caveat in comparison.effects.flatMap(\.caveats) where codes.contains(caveat.code) && !found.contains(caveat) {
        found.append(caveat)
    }
    return found
}

/// The evidence, and how each criterion is put to it.
struct Court {
    let comparison: Comparison
    let further: Comparison?
    let observations: Observations

    func trials(of criterion: Criterion) -> [Trial] {
        guard let target = criterion.target else { return [unmeasured(criterion)] }
        let parts = parts(of: target)
        if parts.isEmpty { return [.blocked(criterion, part: nil, .none, "the recording holds no operation")] }
        return parts.flatMap { part in
            criterion.requirement.limits.map { measured(criterion, $0, part.scope, part: part.name) }
        }
    }

    /// What `target` speaks of, with the names by which its parts are told apart; nil where there is one part alone.
    private func parts(of target: Target) -> [(scope: Scope, name: String?)] {
        switch target {
        case .one(let scope): [(scope, nil)]
        case .eachOperation: comparison.operations.map { (.operation($0), $0) }
        case .eachShape:
            comparison.scopes.compactMap { if case .shape(let shape) = $0 { ($0, shape.rawValue) } else { nil } }
        case .eachKeyspace:
            comparison.scopes.compactMap { if case .keyspace(let name) = $0 { ($0, name) } else { nil } }
        }
    }

    private func effect(_ measure: Measure, _ scope: Scope) -> Effect? {
        comparison.effect(measure, of: scope) ?? further?.effect(measure, of: scope)
    }

    private func measured(
        _ criterion: Criterion, _ requirement: Requirement, _ scope: Scope, part: String?
    ) -> Trial {
        let run = comparison.run
        let absent = Trial.blocked(criterion, part: part, .none, "the recording holds nothing on \(scope.text)")
        switch requirement {
        case .change(let measure, _, let allow) where measure.isLatency:
            guard let effect = effect(measure, scope) else { return absent }
            return .change(criterion, part: part, effect, allow: allow, run)
        case .timeLimit(let measure, _, let side, let atMost):
            guard
                let level = comparison.level(measure, of: scope, on: side)
                    ?? further?.level(measure, of: scope, on: side)
            else { return absent }
            if measure.metric == .max {
                return .largestLimit(
                    criterion, part: part, level, effect(measure, scope),
                    seen: comparison.errorRate(of: scope, on: side),
                    atMost: atMost, run)
            }
            return .timeLimit(criterion, part: part, level, effect(measure, scope), atMost: atMost, run)
        case .errorLimit(let measure, _, let side, let atMost):
            guard let rate = comparison.share(measure, of: scope, on: side) else { return absent }
            return .errorLimit(criterion, part: part, rate, atMost: atMost, run)
        case .change(let measure, _, let allow):
            guard let effect = effect(measure, scope) else { return absent }
            return .throughputChange(criterion, part: part, effect, allow: allow, run)
        case .throughputLimit(_, let side, let atLeast):
            let measure = Measure(.throughput)
            return .throughputLimit(
                criterion, part: part, comparison.level(measure, of: scope, on: side), effect(measure, scope),
                atLeast: atLeast, run)
        case .both, .parity, .notCollected: return unmeasured(criterion)
        }
    }

    private func unmeasured(_ criterion: Criterion) -> Trial {
        switch criterion.requirement {
        case .parity(let atMost): parity(criterion, atMost: atMost)
        case .notCollected(let what):
            .blocked(criterion, part: nil, .none, "this version collects no evidence for \(what)")
        case .change, .timeLimit, .errorLimit, .throughputLimit, .both:
            preconditionFailure("a criterion of performance has a target, and its limits are tested one by one")
        }
    }
}
