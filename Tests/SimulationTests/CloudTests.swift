// Whole runs of 30 minutes on a noisy cloud: how often the verdict is wrong, and how soon it is there. Each share has
// its binomial bounds (Clopper and Pearson, one-sided, 95 %).
//
// `make simulate` runs two thousand of them, and demands that none of the bounds refutes its gate. `make test` runs 40, with the
// one floor and the changes that have gates, and holds them to bounds of 99.9 %.

import Comparisons
import Foundation
import Quantities
import Recordings
import Statistics
import Testing
import Verdicts

/// Half the number of whole runs; the table is for those who ask for it.
private let repetitions = ProcessInfo.processInfo.environment["ASSAY_REPETITIONS"].flatMap(Int.init)

/// What `make test` runs; code that is not optimised takes too long for more than a glance.
#if DEBUG
    private let quickly = 8
#else
    private let quickly = 40
#endif

/// What a share of runs may be.
private enum ShareGate {
    case atMost(Double), atLeast(Double)
}

/// Runs of one change under one floor.
private struct CloudRow {
    let title: String
    let runs: [[String: CloudVerdict]]

    /// Puts down the share of runs of which `holds` is true, and holds it to its gate.
    func share(_ figure: String, _ gate: ShareGate? = nil, goal: String = "", _ holds: ([String: CloudVerdict]) -> Bool)
    {
        let count = runs.count(where: holds)
        func bounds(_ alpha: Double) -> (lower: Double, upper: Double) {
            clopperPearson(successes: Double(count), trials: Double(runs.count), alpha: alpha)
        }
        let shown = bounds(0.05)
        let held = repetitions == nil ? bounds(0.001) : shown
        let found = Double(count) / Double(runs.count)
        var words = goal
        var isKept = true
        switch gate {
        case .atMost(let most):
            words = "at most \(most)"
            isKept = held.lower <= most
        case .atLeast(let least):
            words = "at least \(least)"
            isKept = held.upper >= least
        case nil: break
        }
        put(figure, String(format: "%.4f", found), String(format: "%.4f to %.4f", shown.lower, shown.upper), words)
        #expect(isKept, "\(title): \(figure) \(found), \(count) of \(runs.count), must be \(words)")
    }

    func share(_ finding: Finding, _ id: String, _ gate: ShareGate? = nil) {
        share("\(finding.rawValue.uppercased()) of \(id)", gate) { $0[id]?.finding == finding }
    }

    /// The mean of what `value` has in each run.
    func mean(_ figure: String, goal: String, _ value: ([String: CloudVerdict]) -> Double) {
        let values = runs.map(value)
        put(figure, String(format: "%.1f", values.reduce(0, +) / Double(values.count)), "", goal)
    }

    /// The standard deviation of the estimate of `id` around no change.
    func deviation(_ id: String, goal: String) {
        let logs = runs.compactMap { $0[id]?.estimate?.log }
        let spread = (logs.reduce(0) { $0 + $1 * $1 } / Double(logs.count)).squareRoot()
        put("sd of ln \(id)", String(format: "%.3f", spread), "", goal)
    }

    func put(_ figure: String, _ found: String, _ bounds: String, _ gate: String) {
        if repetitions != nil { print("| cloud | \(title) | \(figure) | \(found) | \(bounds) | \(gate) |") }
    }
}

extension [String: CloudVerdict] {
    /// Whether a verdict on one of `operations`, or on any, has this finding.
    fileprivate func has(_ finding: Finding, _ operations: [CloudOperation] = CloudOperation.allCases) -> Bool {
        operations.contains { operation in
            contains { $0.key.hasSuffix("/\(operation)") && $0.value.finding == finding }
        }
    }

    /// When the first failure of `operation` was taken; the end of the run where it has none.
    fileprivate func minutes(toFail operation: CloudOperation) -> Double {
        let all = filter { $0.key.hasSuffix("/\(operation)") }.values
        return all.filter { $0.finding == .fail }.map(\.minutes).min() ?? all.map(\.minutes).max() ?? 0
    }

    /// Whether the interval of 90 % around the estimate of `id` holds no change.
    fileprivate func covers(_ id: String) -> Bool {
        guard let interval = self[id]?.estimate?.interval(confidence: 0.9) else { return false }
        return interval.low <= 0 && interval.high >= 0
    }
}

private let ids = ["p99", "mean"].flatMap { measure in CloudOperation.allCases.map { "\(measure)/\($0)" } }

private func holdNoChange(_ row: CloudRow) {
    row.share("any FAIL of \(ids.count)", .atMost(0.01)) { $0.has(.fail) }
    for id in ids { row.share(.pass, id) }
    for id in ids { row.share("interval of 90 % of \(id) holds 0", goal: "goal 0.87 to 0.94") { $0.covers(id) } }
    row.deviation("p99/point", goal: "the evidence: 0.029")
    row.deviation("p99/rare", goal: "the evidence: 0.030")
    row.deviation("p99/multi", goal: "")
    row.mean("minutes to a verdict on p99/point", goal: "the evidence: 27") { $0["p99/point"]!.minutes }
}

private func holdTolerance(_ row: CloudRow) {
    for id in ids { row.share(.pass, id, .atMost(0.06)) }
    row.share("any FAIL of \(ids.count)", goal: "goal at most 0.05") { $0.has(.fail) }
}

private func holdSlower(_ row: CloudRow, _ operation: CloudOperation) {
    row.share("FAIL of \(operation), by p99 or mean") { $0.has(.fail, [operation]) }
    row.share(.fail, "p99/\(operation)")
    row.share(.fail, "mean/\(operation)")
    let others = CloudOperation.allCases.filter { $0 != operation }
    row.share("any FAIL of others", .atMost(0.01)) { $0.has(.fail, others) }
    row.mean("minutes to the first FAIL of \(operation)", goal: "goal at most 14") { $0.minutes(toFail: operation) }
}

/// What was found of one run: with its floor, and without where it was asked for.
private struct CloudResult {
    var calibrated: [CloudChange: [String: CloudVerdict]] = [:]
    var uncalibrated: [CloudChange: [String: CloudVerdict]] = [:]
    /// Of the slower operation, judged by p99 alone, which is what the gate on power is about: with a floor from windows
    /// as long as the run, and with the usual one from windows of 10 minutes, which a longer run does not make smaller.
    var alone: [CloudChange: [String: CloudVerdict]] = [:]
    var aloneUsually: [CloudChange: [String: CloudVerdict]] = [:]
}

@Test func verdictsOnANoisyCloudAreAsRightAsPromised() throws {
    let count = repetitions.map { 2 * $0 } ?? quickly
    let criteria = try Criteria.read(CloudPlan.criteria, file: "criteria.yaml")
    let alone = try Criteria.read(CloudPlan.tail, file: "criteria.yaml")
    // Eight of these, drawn for each run, are its calibration: A/A with noise of its own, as long as `assay calibrate`
    // makes them.
    let pool = max(quickly, count / 10)
    let windows = cloudRuns(pool, "windows") { _, seed in CloudPlan(minutes: 10).window(seed: seed) }
    let longWindows = cloudRuns(pool, "long windows") { _, seed in CloudPlan(minutes: 30).window(seed: seed) }
    let runs = cloudRuns(count, "runs") { number, seed -> CloudResult? in
        // What has no gate of its own is asked of every fourth run.
        let asksMore = repetitions != nil && number % 4 == 0
        let changes = [CloudChange.none, .atTolerance, .rareSlower] + (asksMore ? [.multiSlower] : [])
        guard let recordings = try? CloudPlan(minutes: 30).recordings(seed: seed, changes) else { return nil }
        var random = SeededRandom(seed: SeededRandom.derive(seed, "floor"))
        func floor(_ windows: [FloorWindow]) -> NoiseFloor? {
            NoiseFloor(
                (0..<NoiseFloor.calibratedWindows).map { _ in windows[Int(random.below(UInt64(windows.count)))] })
        }
        let (usual, long) = (floor(windows), floor(longWindows))
        var found = CloudResult()
        for (change, recording) in recordings {
            var recording = recording
            recording.floor = usual
            found.calibrated[change] = CloudPlan.verdicts(recording, criteria)
            if let slower = change.slower {
                var single = recording.only(slower)
                found.aloneUsually[change] = CloudPlan.verdicts(single, alone)
                single.floor = long
                found.alone[change] = CloudPlan.verdicts(single, alone)
            }
            guard asksMore else { continue }
            recording.floor = nil
            found.uncalibrated[change] = CloudPlan.verdicts(recording, criteria)
        }
        return found
    }
    try #require(runs.count == count)
    func row(
        _ change: CloudChange, _ title: String, _ kind: KeyPath<CloudResult, [CloudChange: [String: CloudVerdict]]>
    )
        -> CloudRow
    {
        CloudRow(title: title, runs: runs.compactMap { $0[keyPath: kind][change] })
    }
    holdNoChange(row(.none, "A/A", \.calibrated))
    holdTolerance(row(.atTolerance, "+5 %", \.calibrated))
    let title = "+25 % on rare, p99 of it the only criterion"
    let rare = row(.rareSlower, "\(title), windows of 30 minutes", \.alone)
    rare.share(.fail, "p99/rare", .atLeast(0.99))
    rare.mean("minutes to FAIL of p99/rare", goal: "goal at most 14") { $0.minutes(toFail: .rare) }
    let usually = row(.rareSlower, "\(title), windows of 10 minutes", \.aloneUsually)
    usually.share(.fail, "p99/rare")
    usually.mean("minutes to FAIL of p99/rare", goal: "goal at most 14") { $0.minutes(toFail: .rare) }
    holdSlower(row(.rareSlower, "+25 % on rare", \.calibrated), .rare)
    guard repetitions != nil else { return }
    holdSlower(row(.multiSlower, "+25 % on multi", \.calibrated), .multi)
    holdNoChange(row(.none, "A/A, uncalibrated", \.uncalibrated))
    holdTolerance(row(.atTolerance, "+5 %, uncalibrated", \.uncalibrated))
    holdSlower(row(.rareSlower, "+25 % on rare, uncalibrated", \.uncalibrated), .rare)
    holdSlower(row(.multiSlower, "+25 % on multi, uncalibrated", \.uncalibrated), .multi)
}
