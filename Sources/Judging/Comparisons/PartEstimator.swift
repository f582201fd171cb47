// One part of the workload: its figures on both sides, their ratio, and the error of both.

import Glibc
import Histograms
import Quantities
import Recordings
import Statistics

/// Estimates for one operation, one shape, one keyspace or the whole.
struct PartEstimator {
    let part: WorkloadPart
    let evidence: RunEvidence
    let rows: [RowComparison]
    /// Failed and intended operations, by side.
    private let failed: [Int]
    private let intended: [Int]
    /// Why the sides cannot be compared here, since they were not asked the same; nil where they were.
    let mismatch: String?

    init(_ part: WorkloadPart, _ evidence: RunEvidence, rows: [RowComparison]) {
        self.part = part
        self.evidence = evidence
        self.rows = rows
        func sum(_ side: Side, _ counts: (Tally) -> [Int]) -> Int {
            part.members.reduce(0) { $0 + counts(evidence.tally($1, side)).reduce(0, +) }
        }
        failed = Side.allCases.map { sum($0, \.failed) }
        intended = Side.allCases.map { sum($0, \.intended) }
        mismatch = evidence.mismatch(part.members)
    }

    /// For each measure the effect, and the level of each side.
    func estimates(_ measures: [Measure]) -> [(effect: Effect, levels: [Level])] {
        // Measures share histograms and, where their units are alike, pooled series: most of the work is done once. Series are
        // large, so there is one at a time.
        var found: [Measure: (effect: Effect, levels: [Level])] = [:]
        for timing in Timing.allCases {
            let timed = measures.filter { $0.timing == timing }
            if timed.isEmpty { continue }
            let rounds = Side.allCases.map { side in evidence.rounds.map { histograms(of: $0[side], timing) } }
            let counts = rounds.map { $0.joined().reduce(0) { $0 + $1.count } }
            let fewest = counts.min() ?? 0
            var plans: [Int: [(measure: Measure, plan: UnitPlan)]] = [:]
            for measure in timed {
                if fewest == 0 {
                    found[measure] = missing(measure, counts)
                } else if let mismatch {
                    found[measure] = nothing(measure, mismatch)
                } else if measure.metric == .max {
                    found[measure] = largest(measure, rounds)
                } else {
                    let plan = UnitPlan(measure, count: fewest, evidence)
                    plans[plan.roundsPerUnit, default: []].append((measure, plan))
                }
            }
            for (roundsPerUnit, planned) in plans {
                let ranges = evidence.units(of: roundsPerUnit)
                let figures = rounds.map { side in
                    let series = pooled(side, ranges)
                    return planned.map { PooledFigure(series, $0.measure, hasValues: isEstimable($0.plan)) }
                }
                for (place, (measure, plan)) in planned.enumerated() {
                    found[measure] = estimate(measure, plan, figures.map { $0[place] }, ranges)
                }
            }
        }
        return measures.map { found[$0]! }
    }

    private func isEstimable(_ plan: UnitPlan) -> Bool { evidence.isComparable && plan.shortage == nil }

    /// `figures` are those of the old side and the new.
    private func estimate(
        _ measure: Measure, _ plan: UnitPlan, _ figures: [PooledFigure], _ ranges: [Range<Int>]
    ) -> (effect: Effect, levels: [Level]) {
        let wholes = figures.map(\.log)
        var unavailable = evidence.isComparable ? plan.shortage : duetOnOneMachine
        let values = figures.compactMap(\.values)
        if unavailable == nil && values.count < 2 {
            unavailable = "all operations fall into one unit of time: nothing to tell noise by"
        }
        let estimable = unavailable == nil
        let atTimeOut = wholes.map(isAtTimeOut)
        let levels = Side.allCases.map { side in
            let log = wholes[side.index]
            return Level(
                measure: measure, scope: part.scope, side: side,
                milliseconds: log.map(milliseconds(ofLogNanoseconds:)),
                estimate: estimable ? log.map { make(measure, $0 - logMillisecond, values[side.index], plan) } : nil,
                unavailable: unavailable, isAtTimeOut: atTimeOut[side.index])
        }
        var ratio: Estimate?
        var signs = caveats(measure, plan, atTimeOut: atTimeOut)
        if estimable, let old = wholes[0], let new = wholes[1] {
            let ratios = zip(values[1], values[0]).map { $0 - $1 }
            ratio = make(measure, new - old, ratios, plan)
            signs += diagnostics(
                ofRatios: ratios, newFirst: evidence.newFirst(in: ranges), evidence.recording.mode)
            signs += carryOver(part.members, in: ranges.map { evidence.rounds[$0] }, evidence.recording.mode)
        }
        let effect = Effect(
            measure: measure, scope: part.scope, shape: part.shape, keyspace: part.keyspace,
            oldMilliseconds: levels[0].milliseconds, newMilliseconds: levels[1].milliseconds, estimate: ratio,
            unavailable: unavailable, caveats: signs, failedShare: failedShare(measure, wholes))
        return (effect, levels)
    }

    /// `wholes` are the logs of both sides' figures in nanoseconds.
    private func failedShare(_ measure: Measure, _ wholes: [Double?]) -> Double {
        guard measure.metric == .mean else { return 0 }
        let timeOut = Double(evidence.recording.timeOut.count)
        return Side.allCases.map { side in
            guard let log = wholes[side.index], failed[side.index] > 0 else { return 0 }
            return min(1, Double(failed[side.index]) * timeOut / (exp(log) * Double(intended[side.index])))
        }.max() ?? 0
    }

    /// Nothing was measured on a side, or on both.
    private func missing(_ measure: Measure, _ counts: [Int]) -> (Effect, [Level]) {
        let reason: String
        if evidence.rounds.isEmpty {
            reason = "no round counts: nothing was measured, or all rounds are void"
        } else {
            let sides = Side.allCases.filter { counts[$0.index] == 0 }.map { "the \($0) side" }
            reason = "no operation of \(part.scope.text) was measured on " + sides.joined(separator: " or ")
        }
        return nothing(measure, reason)
    }

    private func nothing(_ measure: Measure, _ reason: String) -> (Effect, [Level]) {
        let effect = Effect(
            measure: measure, scope: part.scope, shape: part.shape, keyspace: part.keyspace, oldMilliseconds: nil,
            newMilliseconds: nil, estimate: nil, unavailable: reason, caveats: evidence.caveats)
        let levels = Side.allCases.map {
            Level(
                measure: measure, scope: part.scope, side: $0, milliseconds: nil, estimate: nil, unavailable: reason,
                isAtTimeOut: false)
        }
        return (effect, levels)
    }

    private func make(_ measure: Measure, _ log: Double, _ values: [Double], _ plan: UnitPlan) -> Estimate {
        evidence.noise(measure, part.scope).estimate(
            log, values, exceedances: plan.exceedances, rounds: evidence.units(of: plan.roundsPerUnit).map(\.count),
            least: evidence.roundsPerUnit, wanted: plan.roundsPerUnit)
    }

    func isAtTimeOut(_ log: Double?) -> Bool {
        let bin = BucketLayout.bin(of: evidence.recording.timeOut.count)
        guard let log, evidence.recording.timeOut > .zero else { return false }
        return log >= BinTable.logLow[bin]
    }

    /// A failed operation is never fast: service times know only completed ones, so the failed enter at the time-out.
    private func histograms(of slice: SliceRecord, _ timing: Timing) -> [Histogram] {
        part.members.flatMap { member in
            let record = slice.operations[member]
            if timing == .response { return [record.response] }
            if record.failed == 0 { return [record.service] }
            var failed = Histogram()
            failed.record(evidence.recording.timeOut.count, count: record.failed)
            return [record.service, failed]
        }
    }

    /// Failures of one side, in units of time: all of them, or for `.timeOuts` those without an answer in time.
    func share(_ measure: Measure, on side: Side) -> ErrorRate {
        let isTimeOuts = measure.metric != .errorRate
        let ranges = evidence.units(of: evidence.roundsPerUnit)
        let tallies = part.members.map { evidence.tally($0, side) }
        func perUnit(_ counts: (Tally) -> [Int]) -> [Int] {
            var sums = [Int](repeating: 0, count: ranges.count)
            for tally in tallies {
                let counts = counts(tally)
                for (place, range) in ranges.enumerated() { sums[place] += counts[range].reduce(0, +) }
            }
            return sums
        }
        var classes: [String: Int] = [:]
        for tally in tallies { classes.merge(tally.classes, uniquingKeysWith: +) }
        if isTimeOuts { classes = classes.filter { $0.key == timeOutClass } }
        return ErrorRate(
            measure: measure, scope: part.scope, side: side,
            evidence: ErrorEvidence(
                errors: perUnit(isTimeOuts ? \.timedOut : \.failed), operations: perUnit(\.intended)),
            classes: classes, unavailable: mismatch,
            caveats: rows.filter { $0.finding == .differ }.map { Caveat(.rowsDiffer, $0.sentence) })
    }

    /// `plan` is that of the units, where there are any.
    func caveats(_ measure: Measure, _ plan: UnitPlan?, atTimeOut: [Bool]) -> [Caveat] {
        var found = evidence.caveats
        if let doubt = evidence.floorCaveat(measure, part.scope) { found.append(doubt) }
        if let shortage = plan?.shortage { found.append(Caveat(.tooFewUnits, shortage)) }
        let timeOut = evidence.recording.timeOut
        for side in Side.allCases {
            if failed[side.index] > 0 {
                found.append(
                    Caveat(
                        .failures,
                        "\(grouped(failed[side.index])) of \(grouped(intended[side.index])) operations failed on the"
                            + " \(side) side and count as \(timeOut) each"))
            }
            if atTimeOut[side.index] {
                found.append(
                    Caveat(
                        .atTimeOut,
                        "\(measure.short) of the \(side) side lies at the time-out of \(timeOut):"
                            + " the truth is there or beyond"
                    ))
            }
        }
        return found
            + rows.filter { $0.finding != .same }.map {
                Caveat($0.finding == .differ ? .rowsDiffer : .rowsNotCompared, $0.sentence)
            }
    }
}

/// One figure of one side, on the log scale.
private struct PooledFigure {
    /// nil where nothing was measured.
    let log: Double?
    /// What each unit of time adds; nil where that was not asked for, or a unit holds all that there is.
    let values: [Double]?

    init(_ series: BinnedSeries, _ measure: Measure, hasValues: Bool) {
        func logarithm(_ without: Int?) -> Double? {
            if case .quantile(let p) = measure.metric { return series.logQuantile(p, without: without) }
            return series.logMean(without: without)
        }
        log = logarithm(nil)
        values = hasValues ? series.pseudoValues(of: logarithm)?.values : nil
    }
}

/// Why a duet on a shared machine says nothing.
public let duetOnOneMachine =
    "both sides were measured at once on a shared machine: they slow each other down at the same instants, and their"
    + " ratio goes to 1; use interleaved slices there, or machines of their own"
