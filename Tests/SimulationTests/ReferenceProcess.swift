// The two reference processes of the method: rounds of latencies with known noise and a known truth, judged by the whole way from
// recording to verdict.

import Comparisons
import Dispatch
import Glibc
import Quantities
import Recordings
import RunSupport
import Statistics
import Synchronization
import Verdicts

/// 60 rounds of 1,000 operations a side, lognormal with sigma 0.5, and noise of the rounds.
enum ReferenceProcess: String, CaseIterable {
    /// Noise of each round by itself.
    case independent = "R1"
    /// A side's noise drifts, and one round in twenty is disturbed by pauses.
    case drifting = "R2"

    static let rounds = 60

    /// New is slower by `factor`.
    func recording(seed: UInt64, factor: Double) -> Recording {
        var sketch = RunSketch()
        sketch.rounds = Self.rounds
        sketch.seed = seed
        sketch.slice = .seconds(10)
        var random = SeededRandom(seed: SeededRandom.derive(seed, rawValue))
        var levels: [[Double]] = []
        var paused: [[Bool]] = []
        var drift = [0.02 * random.normal(), 0.02 * random.normal()]
        for _ in 0..<Self.rounds {
            let shared = 0.05 * random.normal()
            switch self {
            case .independent: drift = [0.02 * random.normal(), 0.02 * random.normal()]
            case .drifting: drift = drift.map { 0.9 * $0 + 0.02 * (1 - 0.81).squareRoot() * random.normal() }
            }
            levels.append(drift.map { shared + $0 })
            paused.append([self == .drifting && random.unit() < 0.05, self == .drifting && random.unit() < 0.05])
        }
        return sketch.recording { operation in
            let side = operation.side.index
            let level = 4 * exp(levels[operation.round][side]) * (operation.side == .new ? factor : 1)
            let isPaused = paused[operation.round][side]
            for _ in 0..<1000 {
                let pause = isPaused && operation.random.unit() < 0.02 ? 8.0 : 1
                operation.take(level * exp(0.5 * operation.random.normal()) * pause)
            }
        }
    }

    /// A floor from eight runs of old against old.
    func floor(seed: UInt64) -> NoiseFloor? {
        let windows = (0..<8 as Range<UInt64>).compactMap { number -> FloorWindow? in
            let window = recording(seed: SeededRandom.derive(SeededRandom.derive(seed, "floor"), number), factor: 1)
            return FloorWindow(
                window, compare(window, measures: [.p(99)]), calibration: window.started, traffic: "", side: .old,
                separateDeployment: true)
        }
        return NoiseFloor(windows)
    }
}

/// What one simulated run came to.
struct SimulatedVerdict {
    var finding: Finding
    /// Rounds at the look at which it was decided; all where it was not.
    var rounds: Int
    /// The estimate of the whole run, and what stood at each look.
    var estimate: Estimate
    var atLooks: [Estimate]

    /// The error that would be without regard to drift.
    static func independentError(_ estimate: Estimate) -> Double {
        estimate.runError / max(1, estimate.varianceInflation.squareRoot())
    }
}

extension ReferenceProcess {
    /// p99 may grow by 5 %; six looks.
    static let criteria = """
        criteria: 1
        name: simulated
        performance: [{id: p99, measure: p99 of response time, of: each operation, allow: +5 %}]
        """

    /// No floor at all, and all cosine terms: what the gates of the method were measured with.
    private static let noFloor = NoiseFloor(
        windows: NoiseFloor.calibratedWindows, windowLength: .seconds(600), separateDeployments: true,
        entries: [NoiseFloor.Entry(measure: "p99 of response time", part: "read", deviation: 0)])

    enum Floor { case none, assumed, measured }

    func verdict(seed: UInt64, factor: Double, floor kind: Floor = .none) throws -> SimulatedVerdict {
        let criteria = try Criteria.read(Self.criteria, file: "criteria.yaml")
        var recording = recording(seed: seed, factor: factor)
        recording.looks = Looks(6, over: Self.rounds)
        recording.floor =
            switch kind {
            case .none: Self.noFloor
            case .assumed: nil
            case .measured: floor(seed: seed)
            }
        let comparison = compare(recording, measures: [.p(99)])
        let verdict = judge(comparison, by: criteria, recording: recording, observations: Observations()).verdicts[0]
        let places = recording.looks!.afterRounds
        return SimulatedVerdict(
            finding: verdict.finding, rounds: verdict.look.map { places[$0.number - 1] } ?? Self.rounds,
            estimate: comparison.effect(.p(99), of: .operation("read"))!.estimate!,
            atLooks: places.compactMap {
                compare(recording.upTo(measuredRounds: $0), measures: [.p(99)]).effect(.p(99), of: .operation("read"))?
                    .estimate
            })
    }

    /// `count` runs with seeds of their own, on all processors.
    func verdicts(_ count: Int, factor: Double, floor: Floor = .none) -> [SimulatedVerdict] {
        let results = Mutex<[Int: SimulatedVerdict]>([:])
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let seed = SeededRandom.derive(UInt64(index), "\(rawValue) \(factor)")
            guard let verdict = try? verdict(seed: seed, factor: factor, floor: floor) else { return }
            results.withLock { $0[index] = verdict }
        }
        return results.withLock { found in (0..<count).compactMap { found[$0] } }
    }
}

extension [SimulatedVerdict] {
    func share(_ finding: Finding) -> Double { share { $0.finding == finding } }
    func share(_ holds: (SimulatedVerdict) -> Bool) -> Double { Double(self.count(where: holds)) / Double(count) }
    var meanRounds: Double { reduce(0) { $0 + Double($1.rounds) } / Double(count) }

    /// How often the final interval holds the truth.
    func coverage(_ confidence: Double, truth: Double) -> Double {
        share {
            let interval = $0.estimate.interval(confidence: confidence)
            return interval.low <= log(truth) && log(truth) <= interval.high
        }
    }

    /// The same for an error bar that takes rounds for independent.
    func independentCoverage(_ confidence: Double, truth: Double) -> Double {
        share {
            let error = SimulatedVerdict.independentError($0.estimate)
            let reach = StudentT.quantile((1 + confidence) / 2, df: Double($0.estimate.units - 1)) * error
            return abs($0.estimate.log - log(truth)) <= reach
        }
    }

    /// How often somebody who looks six times and stops at the first p < 5 % passes a change of `tolerance`.
    func peekedPasses(tolerance: Double) -> Double {
        share { $0.atLooks.contains { $0.probabilityBelow(log1p(tolerance)) < 0.05 } }
    }
}
