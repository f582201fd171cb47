// Which side is called old is a matter of words, and so is the unit of time: effects of every kind turn their sign, or stay.

import Comparisons
import Glibc
import Quantities
import Recordings
import RunSupport
import TestSupport
import Testing

private let measures: [Measure] =
    [1, 25, 50, 90, 95, 99].flatMap { percent in Timing.allCases.map { Measure.p(percent, of: $0) } }
    + Timing.allCases.flatMap { [Measure(.mean, of: $0), Measure(.max, of: $0)] }

/// Two operations with noise, some failures, and rounds of saturation; all that is measured twice as long with `scale` 2.
private func recording(scale: Double = 1) -> Recording {
    var sketch = RunSketch([("a", .point), ("b", .range)])
    sketch.operations[1].keyspace = "audit"
    sketch.timeOut = .seconds(10 * scale)
    let noise = ReferenceNoise(rounds: sketch.rounds, seed: 3)
    var recording = sketch.recording { operation in
        let level = exp(noise.level(operation.round, operation.side)) * (operation.side == .new ? 1.07 : 1)
        for _ in 0..<900 {
            // To whole bins, so that twice the value is exactly an octave of bins higher.
            let nanoseconds = (4e6 * level * exp(0.5 * operation.random.normal()) / 4096).rounded() * 4096
            operation.take(nanoseconds / 1e6 * scale)
        }
        if operation.operation == 0 && operation.round % (operation.side == .new ? 4 : 6) == 0 { operation.fail() }
    }
    var random = SeededRandom(seed: 9)
    recording.addRounds(17) { _, side in
        let rate = 20_000 * (side == .new ? 0.93 : 1) * exp(0.02 * random.normal())
        return SaturationSketch(.inFlight(64), completed: Int(rate))
    }
    return recording
}

private func swapped(_ recording: Recording) -> Recording {
    var swapped = recording
    for index in recording.rounds.indices {
        let round = recording.rounds[index]
        swapped.rounds[index] = RoundRecord(
            index: round.index, purpose: round.purpose, first: round.first.other, old: round.new, new: round.old)
    }
    return swapped
}

@Test func swappingSidesNegatesEveryEffectAndKeepsEveryWidth() throws {
    let one = recording()
    let (plain, other) = (compare(one, measures: measures), compare(swapped(one), measures: measures))
    var estimated: Set<Metric> = []
    for effect in plain.effects {
        let mirror = try #require(other.effect(effect.measure, of: effect.scope))
        #expect(effect.oldMilliseconds == mirror.newMilliseconds && effect.newMilliseconds == mirror.oldMilliseconds)
        #expect(effect.oldPerSecond == mirror.newPerSecond && effect.newPerSecond == mirror.oldPerSecond)
        guard let a = effect.estimate, let b = mirror.estimate else {
            #expect(effect.unavailable == mirror.unavailable && effect.measure.metric == .max, "\(effect.title)")
            continue
        }
        estimated.insert(effect.measure.metric)
        #expect(a.log != 0 && abs(a.log + b.log) < 1e-12, "\(effect.title)")
        let (left, right) = (a.interval(), b.interval())
        #expect(close(left.high - left.low, right.high - right.low, relative: 1e-9), "\(effect.title)")
        #expect(abs(left.low + right.high) < 1e-9 && abs(left.high + right.low) < 1e-9)
    }
    #expect(estimated.contains(.throughput) && estimated.contains(.mean) && estimated.contains(.quantile(0.99)))
    #expect(plain.effects.contains { $0.measure.metric == .max && $0.oldMilliseconds != $0.newMilliseconds })
    for level in plain.levels {
        let mirror = try #require(other.level(level.measure, of: level.scope, on: level.side.other))
        #expect(level.milliseconds == mirror.milliseconds && level.estimate == mirror.estimate, "\(level.title)")
    }
    for rate in plain.errorRates + plain.timeOuts {
        let mirror = try #require(other.share(rate.measure, of: rate.scope, on: rate.side.other))
        #expect(rate.evidence == mirror.evidence && rate.classes == mirror.classes, "\(rate.title)")
    }
    #expect(plain.errorRate(of: .workload, on: .old)?.errors != plain.errorRate(of: .workload, on: .new)?.errors)
}

@Test func scalingBothSidesChangesNoEffect() throws {
    let (plain, scaled) = (compare(recording(), measures: measures), compare(recording(scale: 2), measures: measures))
    for effect in plain.effects {
        let other = try #require(scaled.effect(effect.measure, of: effect.scope))
        guard let a = effect.estimate, let b = other.estimate else {
            #expect(effect.unavailable == other.unavailable)
            #expect(
                close(try #require(other.newMilliseconds), 2 * (try #require(effect.newMilliseconds)), relative: 1e-3))
            continue
        }
        // The middle of a bin is known to half a nanosecond.
        #expect(abs(a.log - b.log) < 1e-7, "\(effect.title)")
        #expect(close(a.standardError, b.standardError, relative: 1e-6), "\(effect.title)")
    }
    #expect(plain.errorRates == scaled.errorRates && plain.timeOuts == scaled.timeOuts)
}

/// As much more completed on both sides is no change of throughput.
@Test func scalingBothThroughputsChangesNoEffect() throws {
    func estimate(_ factor: Int) throws -> Estimate {
        var recording = RunSketch().recording { $0.take(3, count: 1000) }
        var random = SeededRandom(seed: 9)
        recording.addRounds(17) { _, side in
            let rate = Int(20_000 * (side == .new ? 0.93 : 1) * exp(0.02 * random.normal()))
            return SaturationSketch(.inFlight(64), completed: factor * rate)
        }
        return try #require(compare(recording).effect(Measure(.throughput), of: .workload)?.estimate)
    }
    let (one, three) = (try estimate(1), try estimate(3))
    #expect(abs(one.log - three.log) < 1e-12 && close(one.standardError, three.standardError, relative: 1e-9))
}
