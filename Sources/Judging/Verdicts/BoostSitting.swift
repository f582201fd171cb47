// Boost rounds before the court: one more look, at evidence of its own, with the half of alpha that was kept for it.

import Comparisons
import Quantities
import Recordings

/// What boost rounds say to each criterion on a boosted operation.
struct BoostSitting {
    /// In the order of the trials of every other sitting; nil for what boost rounds are no evidence of.
    private let trials: [Trial?]
    /// Of boost rounds, guards included.
    let minutes: Double
    /// That counted.
    private let rounds: Int

    /// nil where there were no boost rounds. `comparison` is that of the whole recording.
    init?(
        _ recording: Recording, _ comparison: Comparison, by criteria: Criteria, _ observations: Observations
    ) {
        guard let found = comparison.boost else { return nil }
        let missing = criteria.measures.filter { measure in !found.effects.contains { $0.measure == measure } }
        let further = missing.isEmpty ? nil : compare(recording, measures: missing).boost
        let court = Court(
            comparison: found.inPlace(of: comparison), further: further?.inPlace(of: comparison),
            observations: observations, boost: recording.boost)
        let reasons = comparison.validity.isVoid ? comparison.validity.reasons : found.validity.reasons
        let void = comparison.validity.isVoid ? "the run is void: " : "the boost rounds are void: "
        trials = criteria.criteria.flatMap(court.trials).map { trial in
            guard trial.isBoosted, let name = trial.boostedOperation(criteria: found.operations) else { return nil }
            var trial = trial
            let condition = boostCondition(name, in: recording).map { "\($0), " } ?? ""
            trial.statement = condition + trial.statement
            trial.blocked = trial.blocked.map { condition + $0 }
            if !reasons.isEmpty { trial.blocked = void + reasons.joined(separator: "; ") }
            if recording.interrupted, trial.isTested { trial.neverPass.append(endedEarly) }
            return trial
        }
        minutes = found.run.minutes
        rounds = found.run.countedRounds
    }

    /// What they say to the trial at this place of every other sitting; nil where they say nothing.
    func trial(at index: Int) -> Trial? { trials.indices.contains(index) ? trials[index] : nil }

    /// What was made of a trial, which has its half of alpha to itself.
    func step(_ trial: Trial, _ ruling: Ruling, _ verdict: Verdict) -> TraceStep {
        TraceStep(
            look: nil, isBoost: true, minutes: minutes, rounds: rounds, fraction: 1,
            increment: trial.criterion.alpha, spent: trial.criterion.alpha, passProbability: trial.passProbability,
            failProbability: trial.failProbability, evidence: trial.evidence, blocked: trial.blocked,
            forbidden: trial.neverPass, ruling: RulingTrace(passBelow: ruling.passBelow, failure: ruling.failure),
            finding: verdict.finding)
    }
}

extension Trial {
    /// The operation that the evidence is of.
    fileprivate func boostedOperation(criteria operations: [String]) -> String? {
        let scope: Scope? =
            switch evidence {
            case .effect(let effect): effect.scope
            case .level(let level): level.scope
            case .errorRate, .observations, .none: nil
            }
        guard case .operation(let name)? = scope, operations.contains(name) else { return nil }
        return name
    }

    /// The boost trial as it is put to the question, beside `usual`, the same on the rounds of the workload's own mix: what speaks against a
    /// pass there speaks against it here.
    func beside(_ usual: Trial) -> Trial {
        var trial = self
        for reason in usual.neverPass where !trial.neverPass.contains(reason) { trial.neverPass.append(reason) }
        if usual.blocked == nil, let against = usual.failProbability, against < criterion.alpha {
            trial.neverPass.append("the rounds of the workload's own mix say otherwise: \(usual.statement)")
        }
        return trial
    }

    /// Whether the sides answered differently.
    var seesRowsDiffer: Bool { if case .effect(let effect) = evidence { effect.has(.rowsDiffer) } else { false } }
}

extension Criterion {
    /// With half of its alpha: the looks at the run have one half, the look at boost rounds has the other.
    var halved: Criterion {
        Criterion(
            id: id, family: family, requirement: requirement, confidence: 1 - alpha / 2, weight: weight,
            advisory: advisory, position: position, targetPosition: targetPosition)
    }
}

extension Court {
    /// Whether boost rounds are evidence of a requirement: of one operation's times, from which something is inferred.
    func isBoosted(_ requirement: Requirement, _ scope: Scope) -> Bool {
        guard case .operation(let name) = scope, boost?.share(of: name) != nil else { return false }
        return requirement.isInferredTime
    }
}

extension Requirement {
    /// Whether it is one limit on times from which something is inferred, and not on the largest that was seen.
    var isInferredTime: Bool {
        switch self {
        case .change(let measure, _, _), .timeLimit(let measure, _, _, _): measure.isLatency && measure.metric != .max
        case .errorLimit, .throughputLimit, .both, .parity, .notCollected: false
        }
    }
}
