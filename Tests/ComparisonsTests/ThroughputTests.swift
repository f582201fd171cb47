// Throughput out of rounds of saturation: the ratio with its error, what makes it no evidence, and that it touches nothing else.

import Glibc
import Quantities
import Recordings
import RunSupport
import TestSupport
import Testing

@testable import Comparisons

private func base() -> Recording {
    RunSketch().recording { operation in
        for step in 0..<50 { operation.take(3 + Double(step) / 50, count: 20) }
    }
}

/// A closed loop of 64: old does 5,000/s and new `factor` times as many, each round with a few percent of noise of its own.
private func saturated(_ rounds: Int = 17, factor: Double, seed: UInt64 = 1, noise: Double = 0.02) -> Recording {
    var recording = base()
    var random = SeededRandom(seed: seed)
    recording.addRounds(rounds) { _, side in
        let rate = 5000 * (side == .new ? factor : 1) * exp(noise * random.normal())
        return SaturationSketch(.inFlight(64), completed: Int(rate * 5))
    }
    return recording
}

private func throughput(_ recording: Recording) throws -> Effect {
    try #require(compare(recording).effect(Measure(.throughput), of: .workload))
}

@Test func theRatioOfThroughputsIsFoundWithItsInterval() throws {
    let effect = try throughput(saturated(factor: 0.9))
    let estimate = try #require(effect.estimate)
    let interval = estimate.interval()
    #expect(interval.low < log(0.9) && log(0.9) < interval.high)
    #expect(interval.high - interval.low < 0.06)
    #expect(estimate.units == 17)
    #expect(close(try #require(effect.oldPerSecond), 5000, relative: 0.02))
    #expect(close(try #require(effect.newPerSecond), 4500, relative: 0.02))
    #expect(effect.unavailable == nil && effect.oldMilliseconds == nil)
    let level = try #require(compare(saturated(factor: 0.9)).level(Measure(.throughput), of: .workload, on: .new))
    #expect(close(try #require(level.estimate).value, 4500, relative: 0.02))
}

/// Pooled over rounds, with the jackknife: for slices of one length it is the ratio of sums.
@Test func theEstimateIsThatOfAllOperationsOverAllTime() throws {
    let recording = saturated(factor: 0.97, noise: 0.05)
    let sums = Side.allCases.map { side in recording.saturationRounds.reduce(0) { $0 + $1[side].completed } }
    let estimate = try #require(try throughput(recording).estimate)
    #expect(close(estimate.log, log(Double(sums[1]) / Double(sums[0]))))
}

@Test func theIntervalCoversTheTruthAsOftenAsItSays() throws {
    var held = 0
    for seed in 1...200 as ClosedRange<UInt64> {
        let interval = try #require(try throughput(saturated(factor: 0.9, seed: seed)).estimate).interval()
        if interval.low < log(0.9) && log(0.9) < interval.high { held += 1 }
    }
    // 90 % of 200, and four standard deviations; the assumed floor and the larger of two errors make it rather more.
    #expect(held >= 163, "\(held) of 200")
}

@Test func swappingTheSidesTurnsTheSign() throws {
    let recording = saturated(factor: 0.9)
    var swapped = recording
    for index in swapped.rounds.indices {
        let round = recording.rounds[index]
        (swapped.rounds[index].old, swapped.rounds[index].new) = (round.new, round.old)
    }
    let (one, other) = (
        try #require(try throughput(recording).estimate), try #require(try throughput(swapped).estimate)
    )
    #expect(close(one.log, -other.log) && close(one.standardError, other.standardError, relative: 1e-6))
}

@Test func saturationChangesNoOtherFigure() {
    func others(_ recording: Recording) -> [Effect] {
        compare(recording).effects.filter { $0.measure.isLatency }
    }
    var plain = base()
    plain.ended = plain.started + .seconds(11 * 24)
    var driven = plain
    driven.addRounds(3, .curve) { _, _ in SaturationSketch(.inFlight(1), completed: 10, failed: 400) }
    driven.addRounds(12) { _, _ in SaturationSketch(.inFlight(64), completed: 10, failed: 400, faults: ["busy"]) }
    #expect(others(plain) == others(driven))
    let (before, after) = (compare(plain), compare(driven))
    #expect(before.errorRates == after.errorRates && before.levels == after.levels.filter { $0.measure.isLatency })
    #expect(before.rows == after.rows && before.validity == after.validity)
    #expect(before.run.countedRounds == after.run.countedRounds)
}

@Test func tooFewRoundsSayHowLongItTakes() throws {
    let effect = try throughput(saturated(5, factor: 0.5))
    #expect(effect.estimate == nil)
    #expect(effect.unavailable?.contains("5 units of time of the 12") == true)
    #expect(effect.unavailable?.contains("--saturation 3m") == true)
    #expect(effect.oldPerSecond != nil, "what was seen is shown all the same")
}

@Test func aGeneratorAtItsLimitIsNoEvidence() throws {
    var few = base()
    few.addRounds(20) { number, side in
        SaturationSketch(.inFlight(64), completed: 25_000, faults: number == 7 && side == .old ? ["busy"] : [])
    }
    let some = try throughput(few)
    #expect(some.estimate?.units == 19 && some.has(.generatorLimit))
    var many = base()
    many.addRounds(20) { number, side in
        SaturationSketch(.inFlight(64), completed: 25_000, faults: number < 3 && side == .old ? ["busy"] : [])
    }
    let none = try throughput(many)
    #expect(none.estimate == nil && none.unavailable?.contains("in 3 of 20 rounds") == true)
    // The run's own validity is about latency, which was measured before.
    #expect(!compare(many).validity.isVoid)
    var noStep = base()
    noStep.addRounds(1, .curve) { _, _ in SaturationSketch(.inFlight(1), completed: 9, faults: ["busy all the time"]) }
    #expect(try throughput(noStep).unavailable?.contains("busy all the time") == true)
}

@Test func failuresAreNoCompletions() throws {
    var recording = base()
    recording.addRounds(17) { number, side in
        SaturationSketch(
            .inFlight(64), completed: side == .new ? 20_000 + number : 25_000 + number,
            failed: side == .new ? 5_000 : 0)
    }
    let effect = try throughput(recording)
    #expect(close(try #require(effect.estimate).value, 0.8, relative: 1e-3))
    #expect(effect.caveats.contains { $0.code == .failures && $0.sentence.contains("85,000 of") })
}

@Test func aSideThatCompletesNothingHasNoRatio() throws {
    var recording = base()
    recording.addRounds(17) { _, side in SaturationSketch(.inFlight(8), completed: side == .new ? 0 : 100, failed: 3) }
    let effect = try throughput(recording)
    #expect(effect.estimate == nil && effect.unavailable?.contains("new side completed next to nothing") == true)
}

@Test func aSearchComparesTheRatesThatWereTried() throws {
    var recording = base()
    var random = SeededRandom(seed: 9)
    recording.addRounds(24) { _, side in
        let rate = (side == .new ? 4500 : 5000) * (random.below(2) == 0 ? 1.01 : 0.99)
        return SaturationSketch(.rate(Rate(perSecond: rate), missed: nil), completed: 1000)
    }
    let interval = try #require(try throughput(recording).estimate).interval()
    #expect(interval.low < log(0.9) && log(0.9) < interval.high && interval.high - interval.low < 0.04)
}

@Test func whatIsNotKnownOfTheLimitIsSaid() throws {
    var given = base()
    given.addRounds(12) { number, _ in SaturationSketch(.inFlight(8), completed: 1000 + number) }
    #expect(
        try throughput(given).caveats.contains { $0.code == .notSaturated && $0.sentence.contains("was given (8)") })
    var apart = base()
    apart.addRounds(2, .curve) { number, _ in SaturationSketch(.inFlight(8 << number), completed: 1000) }
    apart.addRounds(12) { number, side in
        SaturationSketch(.inFlight(side == .old ? 8 : 16), completed: 1000 + number)
    }
    let effect = try throughput(apart)
    #expect(effect.has(.unequalInFlight) && !effect.has(.notSaturated))
    var growing = base()
    growing.addRounds(2, .curve) { number, _ in SaturationSketch(.inFlight(512 << number), completed: 1000 << number) }
    growing.addRounds(12) { number, _ in SaturationSketch(.inFlight(1024), completed: 2000 + number) }
    let unknown = try throughput(growing)
    #expect(unknown.estimate == nil && unknown.unavailable?.contains("its limit was not reached") == true)
}

@Test func aSideThatCannotBeDrivenToItsLimitIsNamed() throws {
    var nothing = base()
    nothing.addRounds(3, .curve) { number, side in
        SaturationSketch(.inFlight(1 << number), completed: side == .old ? 100 : 0, failed: 3)
    }
    #expect(try throughput(nothing).unavailable?.contains("the new side completed nothing") == true)
    var hopeless = base()
    hopeless.objective = "p99 of the workload <= 5.00 ms"
    hopeless.addRounds(3, .curve) { _, side in
        SaturationSketch(.rate(Rate(perSecond: 1), missed: side == .old ? "p99 80.0 ms" : nil), completed: 5)
    }
    let reason = try #require(try throughput(hopeless).unavailable)
    #expect(reason.hasPrefix("the old side kept p99 of the workload <= 5.00 ms at no rate"))
}
