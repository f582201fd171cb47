// How often an interval without pairs holds the truth: where nothing drifts as often as it says, where runs see different minutes far less.

import Comparisons
import Glibc
import Quantities
import Recordings
import RunSupport
import Testing

/// A part of what moves a machine's level: autoregressive, on the log scale.
private struct Drift {
    var deviation: Double
    /// Seconds in which it forgets.
    var memory: Double

    func levels(_ rounds: Int, _ random: inout SeededRandom) -> [Double] {
        let keep = exp(-10 / memory)
        var level = deviation * random.normal()
        return (0..<rounds).map { _ in
            level = keep * level + deviation * (1 - keep * keep).squareRoot() * random.normal()
            return level
        }
    }
}

/// A large sample of a lognormal: drawing from it is as good, and costs next to nothing.
private let spread: [Double] = {
    var random = SeededRandom(seed: 5)
    return (0..<65_536).map { _ in exp(0.5 * random.normal()) }
}()

/// One side of a run of rounds that span ten seconds each, 60 operations a second, one round in twenty with a pause.
private func measured(_ seed: UInt64, rounds: Int, _ drifts: [Drift]) -> MeasuredRun {
    var random = SeededRandom(seed: SeededRandom.derive(seed, "levels"))
    let parts = drifts.map { $0.levels(rounds, &random) }
    let levels = (0..<rounds).map { round in exp(parts.reduce(0) { $0 + $1[round] }) }
    let isPaused = (0..<rounds).map { _ in random.below(20) == 0 }
    var sketch = RunSketch()
    sketch.rounds = rounds
    sketch.seed = seed
    let recording = sketch.recording { operation in
        guard operation.side == .new else { return }
        for _ in 0..<600 {
            let draw = operation.random.next()
            let slow = isPaused[operation.round] && draw & 63 == 0 ? 8.0 : 1
            operation.take(4 * levels[operation.round] * slow * spread[Int(draw >> 48)])
        }
    }
    return run(recording, name: "\(seed)")
}

/// The share of pairs of unchanged runs whose 90 % interval holds 0.
private func coverage(_ pairs: Int, rounds: Int, _ drifts: Drift...) throws -> [Metric: Double] {
    var held: [Metric: Int] = [:]
    for pair in 0..<UInt64(pairs) {
        let (a, b) = (measured(2 * pair, rounds: rounds, drifts), measured(2 * pair + 1, rounds: rounds, drifts))
        for effect in try #require(compareUnpaired(a, b).operations.first).effects {
            guard let interval = effect.estimate?.interval(confidence: 0.9) else { continue }
            held[effect.metric, default: 0] += interval.low <= 0 && 0 <= interval.high ? 1 : 0
        }
    }
    return held.mapValues { Double($0) / Double(pairs) }
}

/// 120 pairs where decision 12 has 400: bounds leave room for chance (the standard error of a share is 0.02 to 0.04).
@Test func anIntervalWithoutPairsKnowsOnlyWhatItsRunsSaw() throws {
    let steady = try coverage(120, rounds: 60, Drift(deviation: 0.02, memory: 0.1))
    for metric in [Metric.quantile(0.5), .quantile(0.99), .mean] {
        #expect(try #require(steady[metric]) > 0.86, "\(metric)")
    }
    let drifting = try coverage(
        120, rounds: 60, Drift(deviation: 0.03, memory: 5), Drift(deviation: 0.05, memory: 3_600))
    for metric in [Metric.quantile(0.5), .mean] { #expect(try #require(drifting[metric]) < 0.5, "\(metric)") }
}
