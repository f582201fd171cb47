// How often an interval without pairs holds the truth: where nothing drifts as often as it says, where runs see different minutes far less.

import Comparisons
import Glibc
import Quantities
import Recordings
import RunSupport
import Testing

/// The share of pairs of unchanged runs whose 90 % interval holds 0.
///
/// A run has rounds of ten seconds; its level is an autoregressive process of standard deviation `drift` that forgets within `memory` seconds.
private func coverage(_ pairs: Int, rounds: Int, drift: Double, memory: Double) throws -> [Metric: Double] {
    var sketch = RunSketch()
    sketch.rounds = rounds
    let spread = { () -> [Double] in
        var random = SeededRandom(seed: 5)
        return (0..<65_536).map { _ in exp(0.5 * random.normal()) }
    }()
    func measured(_ seed: UInt64) -> MeasuredRun {
        var random = SeededRandom(seed: SeededRandom.derive(seed, "levels"))
        let keep = exp(-10 / memory)
        var level = drift * random.normal()
        let levels = (0..<rounds).map { _ in
            level = keep * level + drift * (1 - keep * keep).squareRoot() * random.normal()
            return exp(level)
        }
        sketch.seed = seed
        let recording = sketch.recording { operation in
            guard operation.side == .new else { return }
            for _ in 0..<600 {
                operation.take(4 * levels[operation.round] * spread[Int(operation.random.next() >> 48)])
            }
        }
        return run(recording, name: "\(seed)")
    }
    var held: [Metric: Int] = [:]
    for pair in 0..<UInt64(pairs) {
        let comparison = try compareUnpaired(measured(2 * pair), measured(2 * pair + 1))
        for effect in try #require(comparison.operations.first).effects {
            guard let interval = effect.estimate?.interval(confidence: 0.9) else { continue }
            held[effect.metric, default: 0] += interval.low <= 0 && 0 <= interval.high ? 1 : 0
        }
    }
    return held.mapValues { Double($0) / Double(pairs) }
}

/// 120 pairs: bounds leave room for chance (the standard error of a share is 0.02 to 0.05).
@Test func anIntervalWithoutPairsKnowsOnlyWhatItsRunsSaw() throws {
    let steady = try coverage(120, rounds: 60, drift: 0.02, memory: 1)
    for metric in [Metric.quantile(0.5), .quantile(0.99), .mean] {
        #expect(try #require(steady[metric]) > 0.82, "\(metric)")
    }
    // Ten minutes each, of a machine whose level changes within half an hour: most intervals miss.
    let drifting = try coverage(120, rounds: 60, drift: 0.06, memory: 1_800)
    #expect(try #require(drifting[.quantile(0.5)]) < 0.6)
    #expect(try #require(drifting[.mean]) < 0.6)
}
