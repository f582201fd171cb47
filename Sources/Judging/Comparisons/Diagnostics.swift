// Signs that a run was not as steady as its ratio pretends. They change no verdict; they tell where to look.

import Quantities
import Recordings
import Statistics

/// Below this, a trend or an effect of order is taken for real. Many effects are looked at, so it is small.
private let suspicious = 0.001

/// Caveats from the units' pseudo-values of the log ratio, in time order, and the share of each unit's rounds that began with the new side.
func diagnostics(ofRatios values: [Double], newFirst: [Double], _ mode: Mode) -> [Caveat] {
    guard values.count == newFirst.count, values.count >= UnitPlan.fewestUnits else { return [] }
    var found: [Caveat] = []
    let places = values.indices.map { Double($0) }
    if let line = StraightLine(x: places, y: values), line.probability < suspicious {
        let end = line.intercept + line.slope * Double(values.count - 1)
        found.append(
            Caveat(
                .drifting,
                "the ratio moved from \(changeText(log: line.intercept)) to \(changeText(log: end))"
                    + " during the run: warm-up, compaction or a leak; repeat with a longer warm-up and look again"))
    }
    guard mode != .duet else { return found }
    // In a round that starts with new, whatever being second does is done to old.
    if let line = StraightLine(x: newFirst, y: values), line.probability < suspicious {
        let second = changeText(log: -line.slope / 2)
        found.append(
            Caveat(
                .orderEffect,
                "the side that is measured second is \(second) against the first: one slice reaches into"
                    + " the next; the random order keeps it out of the ratio"))
    }
    return found
}

/// A ratio that is another in the first half of slices than in the second: a side still feels the slice of the other, or its own pause.
///
/// Of each operation the mean logarithm of its response times in the first half is set against the second, weighted by what it was asked;
/// new less old, unit by unit, is tested against 0 (Student's t). `members` are indices of operations.
func carryOver(_ members: [Int], in units: [ArraySlice<RoundRecord>], _ mode: Mode) -> [Caveat] {
    guard mode != .duet, units.count >= UnitPlan.fewestUnits else { return [] }
    var values: [Double] = []
    for rounds in units {
        guard let old = firstAgainstSecond(members, rounds.map(\.old)),
            let new = firstAgainstSecond(members, rounds.map(\.new))
        else { return [] }
        values.append(new - old)
    }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let error = (variance / count).squareRoot()
    guard mean != 0, error == 0 || 2 * StudentT.upperTail(abs(mean) / error, df: count - 1) < suspicious else {
        return []
    }
    return [
        Caveat(
            .carryOver,
            "carry-over suspected: against old, new is \(changeText(log: mean)) in the first half of slices relative to the"
                + " second: one slice reaches into the next, or a side pays for its pause; repeat with a longer guard")
    ]
}

/// nil where a half holds nothing, or was not recorded.
private func firstAgainstSecond(_ members: [Int], _ slices: [SliceRecord]) -> Double? {
    var (sum, weight) = (0.0, 0.0)
    for member in members {
        var both: SliceHalves?
        for slice in slices {
            guard let halves = slice.operations[member].halves else { return nil }
            both = both.map { $0.adding(halves) } ?? halves
        }
        guard let both, both.first.count > 0, both.second.count > 0 else { continue }
        let count = Double(both.first.count + both.second.count)
        sum += count * (both.first.meanLog - both.second.meanLog)
        weight += count
    }
    return weight > 0 ? sum / weight : nil
}

/// A run in which the generator came close to its own limits in so many of the rounds that count says so.
private let oftenNear = 0.1
/// Of the way to a limit: half of the lateness, and of the operations that may stay behind; nine tenths of the time.
private let nearLate = 0.5
private let nearBusy = 0.9

/// Rounds that count although the generator was close to what would have voided them: what is slow there may be the generator.
func generatorNearLimit(_ recording: Recording, _ rounds: [RoundRecord]) -> Caveat? {
    let signs = rounds.compactMap { round in
        Side.allCases.lazy.compactMap { nearLimit(round[$0].selfCheck, spins: recording.spins) }.first
    }
    guard let first = signs.first, Double(signs.count) >= oftenNear * Double(rounds.count) else { return nil }
    return Caveat(
        .generatorNearLimit,
        "the generator came near its own limits in \(signs.count) of the \(rounds.count) rounds that count (first: \(first)):"
            + " some of what is slow may be the generator; lower the rate, or give it more workers or a machine of its own"
    )
}

private func nearLimit(_ check: SelfCheckRecord, spins: Bool) -> String? {
    let late = SelfCheckRecord.mostLatenessP99
    if check.latenessP99.seconds > nearLate * late.seconds {
        return "sends were \(check.latenessP99) late at p99, limit \(late)"
    }
    let behind = check.due > 0 ? 1 - Double(check.dispatched) / Double(check.due) : 0
    let most = 1 - SelfCheckRecord.leastDispatchedShare
    if behind > nearLate * most {
        return "\(decimal(100 * behind, places: 2)) % of what was due was not dispatched in time, limit"
            + " \(decimal(100 * most, places: 0)) %"
    }
    if let busy = check.busyShare, !spins, busy > nearBusy * SelfCheckRecord.mostBusyShare {
        return "a worker was busy or waited for a CPU for \(decimal(100 * busy, places: 0)) % of the slice"
    }
    return nil
}
