// The properties that the method must have (false alarms, false passes, power, coverage, time to a verdict), on its reference processes.
//
// In `make test` 200 repetitions a row: each gate is widened by what chance does to a share at that number (three standard errors of a
// binomial at the gate). `make simulate` sets ASSAY_REPETITIONS and prints the whole table, for docs/calibration.md.

import Comparisons
import Foundation
import Testing
import Verdicts

/// Repetitions of each row; the whole table is for those who ask for it.
private let repetitions = ProcessInfo.processInfo.environment["ASSAY_REPETITIONS"].flatMap(Int.init)

/// One gate: a share, or a mean number of rounds, and what it may be.
private struct Gate {
    let name: String
    let value: Double
    let allowed: ClosedRange<Double>
    /// Whether it is a share of repetitions, which chance moves.
    var isShare = true

    func holds(_ count: Int) -> Bool {
        guard isShare else { return allowed.contains(value) }
        func slack(_ p: Double) -> Double {
            let p = min(max(p, 0), 1)
            return 3 * (p * (1 - p) / Double(count)).squareRoot() + 0.5 / Double(count)
        }
        return value >= allowed.lowerBound - slack(allowed.lowerBound)
            && value <= allowed.upperBound + slack(allowed.upperBound)
    }
}

private func hold(_ process: ReferenceProcess, _ title: String, _ count: Int, _ gates: [Gate]) {
    for gate in gates {
        let range = "[\(gate.allowed.lowerBound), \(gate.allowed.upperBound)]"
        if repetitions != nil {
            print(
                "| \(process.rawValue) | \(title) | \(gate.name) | \(String(format: "%.3f", gate.value)) | \(range) |")
        }
        #expect(gate.holds(count), "\(process.rawValue), \(title): \(gate.name) \(gate.value), not in \(range)")
    }
}

@Test(arguments: ReferenceProcess.allCases)
func nothingChangedIsFoundAlike(process: ReferenceProcess) {
    let count = repetitions ?? 200
    let runs = process.verdicts(count, factor: 1)
    let isFirst = process == .independent
    hold(
        process, "A/A", count,
        [
            Gate(name: "cov90", value: runs.coverage(0.9, truth: 1), allowed: isFirst ? 0.91...0.97 : 0.85...0.92),
            Gate(name: "cov95", value: runs.coverage(0.95, truth: 1), allowed: isFirst ? 0.96...0.99 : 0.92...0.97),
            Gate(name: "FAIL", value: runs.share(.fail), allowed: 0...(isFirst ? 0.002 : 0.005)),
            Gate(name: "PASS", value: runs.share(.pass), allowed: (isFirst ? 0.94 : 0.55)...1)
        ]
            + (isFirst ? [Gate(name: "rounds", value: runs.meanRounds, allowed: 0...41, isShare: false)] : []))
}

@Test(arguments: ReferenceProcess.allCases)
func atTheToleranceBothErrorsAreAsRareAsPromised(process: ReferenceProcess) {
    let count = repetitions ?? 200
    let runs = process.verdicts(count, factor: 1.05)
    let most = process == .independent ? 0.05 : 0.08
    hold(
        process, "+5 %", count,
        [
            Gate(name: "PASS", value: runs.share(.pass), allowed: 0...most),
            Gate(name: "FAIL", value: runs.share(.fail), allowed: 0...most)
        ])
    guard process == .drifting else { return }
    // The process has teeth: who takes rounds for independent, or looks without paying for it, is wrong on it too often.
    let naive = runs.share {
        let error = SimulatedVerdict.independentError($0.estimate)
        return $0.estimate.log + 1.645 * error < log1p(0.05)
    }
    hold(
        process, "+5 %, naive", count,
        [
            Gate(
                name: "cov90, rounds taken for independent", value: runs.independentCoverage(0.9, truth: 1.05),
                allowed: 0...0.85),
            Gate(name: "PASS, rounds taken for independent", value: naive, allowed: 0.07...1),
            Gate(name: "PASS, uncorrected peeking", value: runs.peekedPasses(tolerance: 0.05), allowed: 0.1...1)
        ])
}

@Test(arguments: ReferenceProcess.allCases)
func changesAreFoundInTime(process: ReferenceProcess) {
    let count = repetitions ?? 200
    let isFirst = process == .independent
    func row(_ factor: Double, _ title: String, _ finding: Finding, _ least: Double, rounds: Double?) {
        let runs = process.verdicts(count, factor: factor)
        var gates = [Gate(name: finding.rawValue.uppercased(), value: runs.share(finding), allowed: least...1)]
        if let rounds {
            gates.append(Gate(name: "rounds", value: runs.meanRounds, allowed: 0...rounds, isShare: false))
        }
        hold(process, title, count, gates)
    }
    // Ten rounds hold 100 operations beyond p99, and 200 are needed: no verdict comes before the second look, after 20.
    row(1.25, "+25 %", .fail, isFirst ? 0.999 : 0.99, rounds: isFirst ? 21 : 24)
    guard repetitions != nil else { return }
    row(1.10, "+10 %", .fail, isFirst ? 0.93 : 0.52, rounds: nil)
    row(1.15, "+15 %", .fail, isFirst ? 0.995 : 0.93, rounds: isFirst ? 26 : nil)
    row(0.96, "-4 %", .pass, isFirst ? 0.995 : 0.93, rounds: isFirst ? 26 : nil)
}

/// Without a calibration the error bar is wider: the same errors at most, and less power, which the table shows.
@Test(
    .enabled(if: repetitions != nil, "the whole table takes minutes: make simulate"),
    arguments: ReferenceProcess.allCases)
func withoutACalibrationItIsMoreCareful(process: ReferenceProcess) {
    let count = repetitions ?? 200
    let same = process.verdicts(count, factor: 1, floor: .assumed)
    hold(
        process, "A/A, uncalibrated", count,
        [
            Gate(name: "cov90", value: same.coverage(0.9, truth: 1), allowed: 0.85...1),
            Gate(name: "FAIL", value: same.share(.fail), allowed: 0...0.005),
            Gate(name: "PASS", value: same.share(.pass), allowed: 0...1)
        ])
    let most = process == .independent ? 0.05 : 0.08
    let at = process.verdicts(count, factor: 1.05, floor: .assumed)
    hold(
        process, "+5 %, uncalibrated", count,
        [
            Gate(name: "PASS", value: at.share(.pass), allowed: 0...most),
            Gate(name: "FAIL", value: at.share(.fail), allowed: 0...most)
        ])
    let slower = process.verdicts(count, factor: 1.25, floor: .assumed)
    hold(
        process, "+25 %, uncalibrated", count,
        [
            Gate(name: "FAIL", value: slower.share(.fail), allowed: 0.99...1),
            Gate(name: "rounds", value: slower.meanRounds, allowed: 0...60, isShare: false)
        ])
}

/// The floor repairs what no run can see of itself: drift that is slower than it.
@Test(.enabled(if: repetitions != nil, "the whole table takes minutes: make simulate"))
func aFloorRepairsSlowDrift() {
    let count = repetitions ?? 200
    let process = ReferenceProcess.drifting
    let same = process.verdicts(count, factor: 1.05, floor: .measured)
    hold(
        process, "+5 %, floor of 8 windows", count,
        [
            Gate(name: "PASS", value: same.share(.pass), allowed: 0...0.06),
            Gate(name: "FAIL", value: same.share(.fail), allowed: 0...0.06)
        ])
    let slower = process.verdicts(count, factor: 1.15, floor: .measured)
    hold(
        process, "+15 %, floor of 8 windows", count,
        [Gate(name: "FAIL", value: slower.share(.fail), allowed: 0.9...1)])
}
