// Criteria put to a comparison: the one place where good and bad are decided.

import Comparisons
import Quantities
import Recordings
import Statistics

/// Judges a comparison by criteria that were fixed before the run, at the looks that were planned.
///
/// A pass needs its own evidence only, since all must pass; failures that gate are tested together (Bonferroni at a look before the end,
/// Holm at the end), so that many criteria do not make a false alarm likely. A verdict once taken stands. What is not shown is undecided. `recording` is that of the comparison:
/// figures that the criteria ask for and the comparison does not hold are taken from it.
public func judge(
    _ comparison: Comparison, by criteria: Criteria, recording: Recording, observations: Observations
) -> Judgement {
    traced(comparison, by: criteria, recording: recording, observations: observations).judgement
}

/// As `judge`, with the way to each verdict: in the order of the verdicts, two where a criterion has a tolerance and a limit.
public func traced(
    _ comparison: Comparison, by criteria: Criteria, recording: Recording, observations: Observations
) -> (judgement: Judgement, traces: [VerdictTrace]) {
    let session = Session(recording, comparison, criteria) { found, seen in
        let held = Set(found.effects.map(\.measure))
        let missing = criteria.measures.filter { !held.contains($0) }
        let further = missing.isEmpty ? nil : compare(seen, measures: missing)
        let court = Court(comparison: found, further: further, observations: observations, boost: seen.boost)
        var trials = criteria.criteria.flatMap(court.trials)
        if let unexpected = court.unlistedParity(criteria) { trials.append(unexpected) }
        // Whether the run can be evidence, and came to its end, is known at the end only, and holds for all of it.
        if comparison.validity.isVoid {
            let reason = "the run is void: " + comparison.validity.reasons.joined(separator: "; ")
            for index in trials.indices { trials[index].blocked = reason }
        }
        if let nothing = nothingMeasured(comparison), !comparison.validity.isVoid {
            for index in trials.indices where trials[index].blocked == nil { trials[index].blocked = nothing }
        }
        if comparison.run.interrupted {
            for index in trials.indices where trials[index].isTested { trials[index].neverPass.append(endedEarly) }
        }
        return trials
    }
    let waivers = criteria.waivers(at: recording.ended)
    let boost = BoostSitting(recording, comparison, by: criteria, observations)
    let (traces, open, openToBoost) = decided(session, boost)
    let verdicts = waived(joined(traces.map(\.verdict)), by: waivers)
    func isOpen(_ id: String) -> Bool { verdicts.contains { $0.id == id && $0.finding == .undecided } }
    let judgement = Judgement(
        criteria: criteria.name, verdicts: verdicts, voidReasons: comparison.validity.reasons,
        caveats: runCaveats(comparison), waivers: waivers,
        open: open.filter(isOpen), openToBoost: comparison.validity.isVoid ? [] : openToBoost.filter(isOpen))
    return (judgement, traces)
}

/// A run that is stopped when it looks good passes too easily; a failure costs a repetition at most, so it may stand.
let endedEarly =
    "the run was ended before its plan, and whoever stops when it looks good passes too easily; run it whole"

/// Why a run says nothing at all, not even where a verdict rests on something else; nil where both sides were measured.
private func nothingMeasured(_ comparison: Comparison) -> String? {
    if comparison.run.countedRounds == 0 { return "no round counts: nothing was measured" }
    let empty = Side.allCases.filter { comparison.errorRate(of: .workload, on: $0).map { $0.operations == 0 } ?? true }
    if empty.isEmpty { return nil }
    return "nothing was measured on " + empty.map { "the \($0) side" }.joined(separator: " or ")
}

/// Reservations that hold for the run, each once.
private func runCaveats(_ comparison: Comparison) -> [Caveat] {
    let codes: [Caveat.Code] = [
        .uncalibrated, .provisionalFloor, .sharedHost, .shortWarmUp, .voidRounds, .interrupted, .generatorNearLimit,
        .oneDeployment
    ]
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
    /// Boost rounds that were planned.
    let boost: Boost?

    func trials(of criterion: Criterion) -> [Trial] {
        guard let target = criterion.target else { return [unmeasured(criterion)] }
        let parts = parts(of: target)
        if parts.isEmpty { return [.blocked(criterion, part: nil, .none, "the recording holds no operation")] }
        return parts.flatMap { part in
            criterion.requirement.limits.map { limit in
                guard isBoosted(limit, part.scope) else {
                    return measured(criterion, limit, part.scope, part: part.name)
                }
                var trial = measured(criterion.halved, limit, part.scope, part: part.name)
                trial.isBoosted = true
                return trial
            }
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
