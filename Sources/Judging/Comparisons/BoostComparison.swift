// What boost rounds say: the boosted operations alone, new against old under a mix of their own.

import Documents
import Quantities
import Recordings

/// Effects and levels of boosted operations in boost rounds. They are of another condition than the run's: never mixed with it.
public struct BoostComparison: Equatable, Sendable {
    public let run: RunFacts
    /// Whether these rounds can be evidence, by the rules of the others.
    public let validity: RunValidity
    /// In the order of the recording.
    public let operations: [String]
    public let effects: [Effect]
    public let levels: [Level]

    public func effect(_ measure: Measure, of scope: Scope) -> Effect? {
        effects.first { $0.measure == measure && $0.scope == scope }
    }

    public func level(_ measure: Measure, of scope: Scope, on side: Side) -> Level? {
        levels.first { $0.measure == measure && $0.scope == scope && $0.side == side }
    }

    /// In the place of `whole`, for whoever puts the same question to these rounds: what is not here was not seen.
    public func inPlace(of whole: Comparison) -> Comparison {
        Comparison(
            run: run, validity: validity, operations: whole.operations, effects: effects, levels: levels,
            errorRates: whole.errorRates, timeOuts: [], rows: whole.rows)
    }

    var json: JSON {
        .object([
            "counted_rounds": .integer(run.countedRounds),
            "minutes": .number(run.minutes),
            "void": .bool(validity.isVoid),
            "reasons": .array(validity.reasons.map { .string($0) }),
            "void_rounds": .integer(validity.voidRounds),
            "effects": .array(effects.map { $0.json() }),
            "levels": .array(levels.map { $0.json() })
        ])
    }
}

/// The words for a boosted operation's condition: `in boost rounds, where it was 20 % of the traffic`.
///
/// nil where it is not boosted.
public func boostCondition(_ operation: String, in recording: Recording) -> String? {
    recording.boost?.share(of: operation).map { "in boost rounds, where it was \(sharePercent($0)) of the traffic" }
}

/// A share of the traffic: `20 %`, `12.5 %`.
public func sharePercent(_ share: Double) -> String {
    let digits = decimal(share * 100, places: 1)
    return (digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits) + " %"
}

/// `rows` are those of the run: what differs there speaks against a pass here too. nil where there were no boost rounds.
func compareBoosted(_ recording: Recording, rows: [RowComparison], measures: [Measure]) -> BoostComparison? {
    guard let boost = recording.boost, let boosted = recording.boosted else { return nil }
    let evidence = RunEvidence(boosted)
    var effects: [Effect] = []
    var levels: [Level] = []
    let parts = WorkloadPart.all(of: recording)
    for (index, operation) in recording.operations.enumerated() where boost.share(of: operation.name) != nil {
        let again = compareRows(of: index, in: recording, over: evidence.rounds)
        let estimator = PartEstimator(parts[index], evidence, rows: [rows[index], again])
        let condition = boostCondition(operation.name, in: recording) ?? ""
        let usual = recording.usualShare(of: operation.name) ?? 0
        let caveat = Caveat(.boosted, "measured \(condition), and not \(sharePercent(usual))")
        for found in estimator.estimates(measures.filter(\.isLatency)) {
            effects.append(found.effect.with(caveat))
            levels += found.levels
        }
    }
    var facts = evidence.facts
    facts.isBoost = true
    return BoostComparison(
        run: facts, validity: validity(of: boosted),
        operations: boost.members.map(\.operation), effects: effects, levels: levels)
}

extension Effect {
    /// The same effect with a further reservation, which comes first.
    fileprivate func with(_ caveat: Caveat) -> Effect {
        Effect(
            measure: measure, scope: scope, shape: shape, keyspace: keyspace, oldMilliseconds: oldMilliseconds,
            newMilliseconds: newMilliseconds, estimate: estimate, unavailable: unavailable,
            caveats: [caveat] + caveats, failedShare: failedShare)
    }
}
