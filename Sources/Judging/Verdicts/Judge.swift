// Criteria put to a comparison: the one place where good and bad are decided.

import Comparisons
import Quantities
import Recordings
import Statistics

/// Judges a comparison by criteria that were fixed before the run, at one final look.
///
/// A pass needs its own evidence only, since all must pass; failures are tested together (Holm), so that many criteria
/// do not make a false alarm likely. What is not shown is undecided. `recording` is that of the comparison: figures
/// that the criteria ask for and the comparison does not hold are taken from it.
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
    let tested = trials.indices.filter { trials[$0].isTested }
    let adjusted = holmAdjusted(
        tested.map { (trials[$0].failProbability ?? 1) / trials[$0].criterion.alpha })
    let standing = Dictionary(uniqueKeysWithValues: zip(tested, adjusted))
    let verdicts = trials.indices.map { trials[$0].verdict(adjusted: standing[$0], tested: tested.count) }
    return Judgement(
        criteria: criteria.name, verdicts: verdicts, voidReasons: comparison.validity.reasons,
        caveats: runCaveats(comparison))
}

/// Reservations that hold for the run, each once.
private func runCaveats(_ comparison: Comparison) -> [Caveat] {
    let codes: [Caveat.Code] = [.uncalibrated, .sharedHost, .voidRounds, .interrupted]
    var found: [Caveat] = []
    for caveat in comparison.effects.flatMap(\.caveats) where codes.contains(caveat.code) && !found.contains(caveat) {
        found.append(caveat)
    }
    return found
}

/// The evidence, and how each criterion is put to it.
private struct Court {
    let comparison: Comparison
    let further: Comparison?
    let observations: Observations

    func trials(of criterion: Criterion) -> [Trial] {
        guard let target = criterion.target else { return [unmeasured(criterion)] }
        switch target {
        case .one(let scope): return [measured(criterion, scope, part: nil)]
        case .eachOperation:
            if comparison.operations.isEmpty {
                return [.blocked(criterion, part: nil, .none, "the recording holds no operation")]
            }
            return comparison.operations.map { measured(criterion, .operation($0), part: $0) }
        }
    }

    private func effect(_ measure: Measure, _ scope: Scope) -> Effect? {
        comparison.effect(measure, of: scope) ?? further?.effect(measure, of: scope)
    }

    private func measured(_ criterion: Criterion, _ scope: Scope, part: String?) -> Trial {
        let run = comparison.run
        let absent = Trial.blocked(criterion, part: part, .none, "the recording holds nothing on \(scope.text)")
        switch criterion.requirement {
        case .change(let measure, _, let allow) where measure.isLatency:
            guard let effect = effect(measure, scope) else { return absent }
            return .change(criterion, part: part, effect, allow: allow, run)
        case .timeLimit(let measure, _, let side, let atMost):
            guard
                let level = comparison.level(measure, of: scope, on: side)
                    ?? further?.level(measure, of: scope, on: side)
            else { return absent }
            return .timeLimit(criterion, part: part, level, effect(measure, scope), atMost: atMost, run)
        case .errorLimit(_, let side, let atMost):
            guard let rate = comparison.errorRate(of: scope, on: side) else { return absent }
            return .errorLimit(criterion, part: part, rate, atMost: atMost, run)
        case .change, .throughputLimit:
            let evidence = effect(Measure(.throughput), scope).map { Evidence.effect($0) } ?? .none
            return .blocked(criterion, part: part, evidence, throughputUnavailable)
        case .parity, .notCollected: return unmeasured(criterion)
        }
    }

    private func unmeasured(_ criterion: Criterion) -> Trial {
        switch criterion.requirement {
        case .parity(let atMost): parity(criterion, atMost: atMost)
        case .notCollected(let what):
            .blocked(criterion, part: nil, .none, "this version collects no evidence for \(what)")
        case .change, .timeLimit, .errorLimit, .throughputLimit:
            preconditionFailure("a criterion of performance has a target")
        }
    }

    private var differences: [Observation] {
        observations.observations.filter { $0.kind == "parity" && $0.differs && !$0.expected }
    }

    private func parity(_ criterion: Criterion, atMost: Int) -> Trial {
        let found = differences
        guard observations.probed.contains("parity") else {
            return .blocked(
                criterion, part: nil, .observations(found),
                "whether both sides are set up alike was not looked at to the end; run 'assay check' on the pair"
            )
        }
        if found.count > atMost {
            return .blocked(criterion, part: nil, .observations(found), describe(found))
        }
        let expected = observations.observations.count { $0.kind == "parity" && $0.differs && $0.expected }
        var trial = Trial(criterion, part: nil, .observations(found))
        trial.passProbability = 0
        trial.statement =
            "\(found.count) differences of parity, \(expected) more that the pair file expects, limit \(atMost)"
        trial.passWords = "both sides are set up alike"
        return trial
    }

    private func describe(_ found: [Observation]) -> String {
        let shown = found.prefix(8).map { "\($0.subject) (old \($0.old), new \($0.new))" }
        let more = found.count > shown.count ? " and \(found.count - shown.count) more" : ""
        return "\(found.count) differences of parity that the pair file does not expect: "
            + shown.joined(separator: "; ")
            + more + "; make the sides alike, or name what is meant to differ under 'expected' in the pair file"
    }

    /// Unexpected differences leave a run undecided even where no criterion asks for parity.
    func unlistedParity(_ criteria: Criteria) -> Trial? {
        let found = differences
        let isAsked = criteria.criteria.contains { if case .parity = $0.requirement { true } else { false } }
        guard !found.isEmpty, !isAsked, let first = criteria.criteria.first else { return nil }
        let implied = Criterion(
            id: "unexpected-parity", family: .functional, requirement: .parity(atMost: 0), confidence: 0.95, weight: 1,
            advisory: false, position: first.position, targetPosition: first.position)
        return .blocked(implied, part: nil, .observations(found), describe(found))
    }
}
