// Throughput: how much each side does at its limit, their ratio, and the error of both (ln(new operations / s) - ln(old operations / s)).

import Glibc
import Quantities
import Recordings
import Statistics

/// Why there is no throughput, and how to come by one.
public let throughputUnavailable =
    "throughput needs saturation rounds, which this run has none of: an open-loop run sends what it was told to,"
    + " however fast a side is; add --saturation 3m to assay run, or saturation: {length: 3m} to the workload's traffic"

/// The throughput of the workload from its rounds of saturation.
struct ThroughputEstimator {
    private let recording: Recording
    private let part: WorkloadPart
    private let evidence: RunEvidence
    private let rows: [RowComparison]
    /// Rounds of saturation, and those of them that are not void.
    private let rounds: [RoundRecord]
    private let counted: [RoundRecord]

    init(_ recording: Recording, _ part: WorkloadPart, _ evidence: RunEvidence, _ rows: [RowComparison]) {
        self.recording = recording
        self.part = part
        self.evidence = evidence
        self.rows = rows
        rounds = recording.saturationRounds
        counted = rounds.filter { $0.voidReason == nil }
    }

    /// The effect, and the level of each side; no levels where there was no saturation.
    func estimate() -> (effect: Effect, levels: [Level]) {
        if rounds.isEmpty { return (effect(nil, unavailable: absence, [:]), []) }
        let wholes = Dictionary(
            uniqueKeysWithValues: Side.allCases.compactMap { side in
                logRate(counted, side).map { (side, $0) }
            })
        let units = evidence.units(of: roundsPerUnit, among: counted.count).map { Array(counted[$0]) }
        var unavailable = evidence.mismatch(part.members) ?? generatorFault ?? beneathLimit ?? shortage(units.count)
        var values: [Side: [Double]] = [:]
        for side in Side.allCases where unavailable == nil {
            values[side] = wholes[side].flatMap { pseudoValues(side, units, whole: $0) }
            if values[side] == nil { unavailable = "the \(side) side completed next to nothing at its limit" }
        }
        let levels = Side.allCases.map { side in
            Level(
                measure: Measure(.throughput), scope: part.scope, side: side, milliseconds: nil,
                estimate: unavailable == nil ? make(wholes[side]!, values[side]!) : nil, unavailable: unavailable,
                isAtTimeOut: false, perSecond: wholes[side].map { exp($0) })
        }
        guard unavailable == nil else { return (effect(nil, unavailable: unavailable, wholes), levels) }
        let ratios = zip(values[.new]!, values[.old]!).map { $0 - $1 }
        let ratio = make(wholes[.new]! - wholes[.old]!, ratios)
        let newFirst = units.map { rounds in Double(rounds.count { $0.first == .new }) / Double(rounds.count) }
        let signs = diagnostics(ofRatios: ratios, newFirst: newFirst, .interleaved)
        return (effect(ratio, unavailable: nil, wholes, signs), levels)
    }

    private func effect(
        _ estimate: Estimate?, unavailable: String?, _ logs: [Side: Double], _ signs: [Caveat] = []
    ) -> Effect {
        Effect(
            measure: Measure(.throughput), scope: part.scope, shape: part.shape, keyspace: part.keyspace,
            oldMilliseconds: nil, newMilliseconds: nil, estimate: estimate, unavailable: unavailable,
            caveats: rounds.isEmpty ? [] : caveats + signs, oldPerSecond: logs[.old].map { exp($0) },
            newPerSecond: logs[.new].map { exp($0) })
    }

    // MARK: Figures

    /// The logarithm of a side's operations a second: all that were completed over all the time, or, in a search, the middle of the
    /// rates that were tried around the limit. nil where nothing was completed.
    private func logRate(_ rounds: [RoundRecord], _ side: Side) -> Double? {
        var (sum, weight, isSearch) = (0.0, 0.0, false)
        for round in rounds {
            let slice = round[side]
            if case .rate(let rate, _) = slice.pressure {
                isSearch = true
                sum += log(rate.perSecond)
                weight += 1
            } else {
                sum += Double(slice.completed)
                weight += slice.length.seconds
            }
        }
        guard weight > 0, sum > 0 else { return nil }
        return isSearch ? sum / weight : log(sum / weight)
    }

    /// What each unit adds; nil where a side completes nothing without one of them.
    private func pseudoValues(_ side: Side, _ units: [[RoundRecord]], whole: Double) -> [Double]? {
        var without: [Double] = []
        for left in units.indices {
            let others = units.indices.filter { $0 != left }.flatMap { units[$0] }
            guard let value = logRate(others, side) else { return nil }
            without.append(value)
        }
        return Statistics.pseudoValues(units: units.count, whole: whole) { without[$0] }
    }

    private func make(_ log: Double, _ values: [Double]) -> Estimate {
        let completed = Side.allCases.map { side in counted.reduce(0) { $0 + $1[side].completed } }
        return evidence.noise(Measure(.throughput), part.scope).estimate(
            log, values, exceedances: completed.min() ?? 0,
            rounds: evidence.units(of: roundsPerUnit, among: counted.count).map(\.count), least: roundsPerUnit,
            wanted: roundsPerUnit)
    }

    // MARK: Whether it is enough

    private var roundsPerUnit: Int {
        let measured = counted.reduce(0.0) { $0 + $1.old.length.seconds + $1.new.length.seconds }
        return RunEvidence.roundsPerUnit(seconds: counted.isEmpty ? 0 : measured / Double(counted.count))
    }

    /// Why there are no rounds at all.
    private var absence: String {
        guard let last = recording.curveRounds.last else { return throughputUnavailable }
        if recording.interrupted { return "the run was ended before its rounds of saturation" }
        if let fault = last.voidReason {
            let sought = recording.objective == nil ? "number of operations in flight" : "rate"
            return
                "no \(sought) was found that the generator could hold: \(fault); give it more workers, or a machine of its own"
        }
        if let objective = recording.objective {
            for side in Side.allCases {
                if case .rate(let rate, let missed?) = last[side].pressure {
                    return "the \(side) side kept \(objective) at no rate: at \(rate) it missed by \(missed)"
                }
            }
        }
        for side in Side.allCases where recording.curveRounds.allSatisfy({ $0[side].completed == 0 }) {
            return "the \(side) side completed nothing, with however few operations in flight"
        }
        return "the way to the sides' limits did not come to its end"
    }

    private func shortage(_ units: Int) -> String? {
        guard units < UnitPlan.fewestUnits else { return nil }
        let length = rounds[rounds.count - 1].end - rounds[0].start
        let seconds = length.seconds / Double(rounds.count) * Double(UnitPlan.fewestUnits * roundsPerUnit) * 1.1
        let minutes = max(1, Int((seconds / 60).rounded(.up)))
        return "too little evidence: \(units) units of time of the \(UnitPlan.fewestUnits) that are needed;"
            + " --saturation \(minutes)m would be enough"
    }

    /// Rounds in which the generator was the limit are no evidence; many of them, or more on one side, leave none at all.
    private var generatorFault: String? {
        let void = rounds.count - counted.count
        guard void > 0, let example = rounds.first(where: { $0.voidReason != nil })?.voidReason else { return nil }
        let (old, new) = (
            rounds.count { !$0.old.selfCheck.faults.isEmpty }, rounds.count { !$0.new.selfCheck.faults.isEmpty }
        )
        let chance = fisherExact(old, rounds.count - old, new, rounds.count - new)
        guard void * 10 > rounds.count || chance < 0.01 else { return nil }
        return "the generator, and not a side, was at its limit in \(void) of \(rounds.count) rounds of saturation"
            + " (first: \(example)); give it more workers, or a machine of its own"
    }

    // MARK: Reservations

    private var caveats: [Caveat] {
        var found = evidence.caveats.filter { ![.voidRounds, .shortWarmUp, .generatorNearLimit].contains($0.code) }
        if let doubt = evidence.floorCaveat(Measure(.throughput), part.scope) { found.append(doubt) }
        if let doubt = generatorNearLimit(recording, counted) { found.append(doubt) }
        let void = rounds.count - counted.count
        if void > 0 {
            found.append(
                Caveat(
                    .generatorLimit,
                    "\(void) of \(rounds.count) rounds of saturation are left out on both sides because the generator"
                        + " was at its limit"))
        }
        for side in Side.allCases {
            let (failed, intended) = counted.reduce((0, 0)) { ($0.0 + $1[side].failed, $0.1 + $1[side].intended) }
            if failed > 0 {
                found.append(
                    Caveat(
                        .failures,
                        "\(grouped(failed)) of \(grouped(intended)) operations failed on the \(side) side at its limit,"
                            + " and are none of those completed"))
            }
        }
        found += saturationDoubts
        return found
            + rows.filter { $0.finding != .same }.map {
                Caveat($0.finding == .differ ? .rowsDiffer : .rowsNotCompared, $0.sentence)
            }
    }

    private func inFlight(_ side: Side) -> Int? {
        if case .inFlight(let count) = rounds.last?[side].pressure { count } else { nil }
    }

    private var saturationDoubts: [Caveat] {
        guard let old = inFlight(.old), let new = inFlight(.new) else { return [] }
        var found: [Caveat] = []
        if old != new {
            found.append(
                Caveat(
                    .unequalInFlight,
                    "each side was driven at its own best, old with \(old) operations in flight and new with \(new),"
                        + " for one of them falls off at the number that the other needs"))
        }
        if recording.curveRounds.isEmpty {
            found.append(
                Caveat(
                    .notSaturated,
                    "the number in flight was given (\(old)): whether the sides are at their limits with it was not looked at"
                ))
        }
        return found
    }

    /// Below a side's limit a closed loop measures its latency over again, and says nothing about what it could take.
    private var beneathLimit: String? {
        guard let side = Side.allCases.first(where: { stillGrows($0) }) else { return nil }
        return
            "the \(side) side still did more at the last step of the curve than at the one before, so its limit was not reached:"
            + " the generator was at its own before, and wants more workers, or a machine of its own"
    }

    /// Whether the last two steps of the curve that count say that a side was not at its limit, though it is driven at the last.
    private func stillGrows(_ side: Side) -> Bool {
        let steps = recording.curveRounds.filter { $0.voidReason == nil }.suffix(2)
        guard steps.count == 2, let before = steps.first?[side], let last = steps.last?[side],
            last.pressure == rounds.last?[side].pressure
        else { return false }
        return last.completedPerSecond > before.completedPerSecond * 1.05
    }
}
