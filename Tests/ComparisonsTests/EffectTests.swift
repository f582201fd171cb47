// Effects from recordings: what must hold of them, and what must hold where there is little or nothing.

import Comparisons
import Documents
import Glibc
import Histograms
import Quantities
import Recordings
import RunSupport
import TestSupport
import Testing

/// Lognormal latencies around 4 ms, new slower by `factor`.
private func noisy(
    _ sketch: RunSketch = RunSketch(), count: Int = 1000, factor: Double = 1, shift: Double = 1
) -> Recording {
    let noise = ReferenceNoise(rounds: sketch.rounds, seed: sketch.seed)
    return sketch.recording { operation in
        let level = exp(noise.level(operation.round, operation.side))
        let scale = shift * (operation.side == .new ? factor : 1)
        for _ in 0..<count { operation.take(4 * scale * level * exp(0.5 * operation.random.normal())) }
    }
}

private let read = Scope.operation("read")

@Test func theEffectIsThatOfThePooledHistograms() throws {
    let recording = noisy(factor: 1.3)
    let comparison = compare(recording)
    for (measure, p) in [(Measure.p(50), 0.5), (.p(99), 0.99), (.p(99.9), 0.999)] {
        let effect = try #require(comparison.effect(measure, of: read))
        let old = recording.whole(.old)[0].response.quantile(p) / 1e6
        let new = recording.whole(.new)[0].response.quantile(p) / 1e6
        #expect(close(try #require(effect.oldMilliseconds), old))
        #expect(close(try #require(effect.newMilliseconds), new))
        if let estimate = effect.estimate { #expect(close(estimate.value, new / old)) }
        let level = try #require(comparison.level(measure, of: read, on: .new))
        #expect(close(try #require(level.milliseconds), new))
    }
    let mean = try #require(comparison.effect(Measure(.mean), of: read))
    #expect(close(try #require(mean.newMilliseconds), recording.whole(.new)[0].response.mean / 1e6))
    let interval = try #require(mean.estimate).interval()
    #expect(interval.low < log(1.3) && log(1.3) < interval.high)
}

@Test func withoutAFloorFewCosinesAreTrusted() throws {
    let estimate = try #require(compare(noisy()).effect(.p(99), of: read)?.estimate)
    #expect(estimate.units == 24)
    #expect(estimate.degreesOfFreedom == 4)
    #expect(estimate.floor == 0.005)
    #expect(estimate.exceedancesPerSide == 240)
    #expect(close(estimate.standardError, hypot(estimate.runError, 0.005)))
}

@Test func everyPartOfTheWorkloadIsLookedAt() {
    let sketch = RunSketch([("a", .point), ("b", .range), ("c", .range)])
    let comparison = compare(noisy(sketch, count: 100))
    let scopes = Set(comparison.effects.map(\.scope))
    #expect(
        scopes == [
            .workload, .keyspace("shop"), .shape(.point), .shape(.range), .operation("a"), .operation("b"),
            .operation("c")
        ])
    #expect(comparison.effect(Measure(.mean), of: .shape(.range))?.keyspace == "shop")
    #expect(comparison.effect(Measure(.throughput), of: .workload)?.unavailable == throughputUnavailable)
}

@Test func swappingSidesNegatesTheEffect() throws {
    let recording = noisy(factor: 1.1)
    var swapped = recording
    swapped.rounds = recording.rounds.map { round in
        RoundRecord(index: round.index, first: round.first.other, old: round.new, new: round.old)
    }
    for (one, other) in zip(compare(recording).effects, compare(swapped).effects) {
        guard let a = one.estimate, let b = other.estimate else {
            #expect(one.unavailable == other.unavailable)
            continue
        }
        #expect(a.log == -b.log)
        #expect(close(a.standardError, b.standardError))
    }
}

@Test func scalingByWholeBinsShiftsByExactlyThat() throws {
    // All values lie above 2048 ns, where twice the value is exactly one octave of bins higher.
    let (plain, both) = (compare(noisy()), compare(noisy(shift: 2)))
    let new = compare(noisy(factor: 2))
    for measure in [Measure.p(50), .p(99)] {
        let base = try #require(plain.effect(measure, of: read)?.estimate)
        let scaled = try #require(both.effect(measure, of: read)?.estimate)
        let shifted = try #require(new.effect(measure, of: read)?.estimate)
        #expect(abs(base.log - scaled.log) < 1e-12)
        #expect(abs(shifted.log - base.log - log(2)) < 1e-12)
        #expect(close(base.runError, scaled.runError) && close(base.runError, shifted.runError))
    }
}

@Test func theSameRecordingGivesTheSameBytes() {
    let recording = noisy(RunSketch([("a", .point), ("b", .range)]), count: 100)
    #expect(compare(recording).json().text() == compare(recording).json().text())
}

@Test func shortSlicesAndRareOperationsAreMerged() throws {
    var duet = RunSketch()
    duet.mode = .duet
    duet.rounds = 48
    #expect(compare(noisy(duet)).effect(.p(50), of: read)?.estimate?.units == 24)
    // 100 operations a slice have one beyond p99: five rounds make a unit.
    var rare = RunSketch()
    rare.rounds = 240
    let estimate = try #require(compare(noisy(rare, count: 100)).effect(.p(99), of: read)?.estimate)
    #expect(estimate.units == 48 && estimate.exceedancesPerSide == 240)
}

@Test func tooLittleEvidenceSaysHowMuchIsMissing() throws {
    var short = RunSketch()
    short.rounds = 5
    let effect = try #require(compare(noisy(short)).effect(.p(50), of: read))
    #expect(effect.estimate == nil && effect.has(.tooFewUnits))
    #expect(effect.oldMilliseconds != nil)
    // Seven rounds of 11 s are missing.
    #expect(try #require(effect.unavailable).contains("about 2 more minutes at this rate would be enough"))
    let thin = try #require(compare(noisy(count: 100)).effect(.p(99), of: read))
    #expect(try #require(thin.unavailable).contains("24 operations beyond p99 a side of the 200"))
    #expect(try #require(thin.unavailable).contains("8.33 times the rate"))
    // Only what is short is named.
    #expect(try !#require(effect.unavailable).contains("operations"))
    let few = try #require(compare(noisy(count: 500)).effect(.p(99), of: read)?.unavailable)
    #expect(few.hasPrefix("too little evidence: 120 operations beyond p99 a side of the 200 that are needed;"))
}

@Test func nothingMeasuredIsNoEffect() throws {
    let empty = compare(RunSketch().recording { _ in })
    #expect(
        empty.effect(.p(99), of: read)?.unavailable
            == "no operation of read was measured on the old side or the new side")
    let oneSided = compare(RunSketch().recording { if $0.side == .old { $0.take(1) } })
    #expect(oneSided.effect(.p(99), of: read)?.unavailable == "no operation of read was measured on the new side")
    var none = RunSketch()
    none.rounds = 0
    let nothing = compare(noisy(none))
    #expect(try #require(nothing.effect(.p(99), of: read)?.unavailable).contains("no round counts"))
    #expect(!nothing.validity.isVoid)
}

@Test func equalLatenciesLeaveTheFloor() throws {
    let estimate = try #require(
        compare(
            RunSketch().recording { for _ in 0..<1000 { $0.take(3) } }
        ).effect(.p(99), of: read)?.estimate)
    #expect(estimate.log == 0 && estimate.runError == 0 && estimate.standardError == 0.005)
}

@Test func aSideThatFailsStandsAtTheTimeOut() throws {
    let comparison = compare(
        RunSketch().recording { operation in
            for index in 0..<1000 {
                if operation.side == .new && index % 50 == 0 { operation.fail() } else { operation.take(3) }
            }
        })
    let effect = try #require(comparison.effect(.p(99), of: read))
    #expect(effect.has(.atTimeOut) && effect.has(.failures))
    #expect(abs(try #require(effect.newMilliseconds) - 10_000) < 10)
    #expect(comparison.level(.p(99), of: read, on: .new)?.isAtTimeOut == true)
    #expect(comparison.level(.p(99), of: read, on: .old)?.isAtTimeOut == false)
    #expect(comparison.effect(.p(50), of: read)?.has(.atTimeOut) == false)
    // Service times know completed operations only; failed ones count there too once they are judged.
    let service = compare(
        RunSketch().recording { operation in
            for index in 0..<1000 {
                if operation.side == .new && index % 50 == 0 { operation.fail() } else { operation.take(3) }
            }
        }, measures: [.p(99, of: .service)])
    #expect(service.effect(.p(99, of: .service), of: read)?.has(.atTimeOut) == true)
    let rate = try #require(comparison.errorRate(of: read, on: .new))
    #expect(rate.errors == 480 && rate.classes == ["time_out": 480] && rate.units == 24)
}

@Test func aDuetOnOneMachineSaysNothing() {
    var duet = RunSketch()
    duet.mode = .duet
    duet.rounds = 48
    duet.sharedHost = true
    let comparison = compare(noisy(duet))
    #expect(!comparison.run.isComparable)
    for effect in comparison.effects where effect.measure.isLatency { #expect(effect.unavailable == duetOnOneMachine) }
    for level in comparison.levels { #expect(level.estimate == nil) }
    var interleaved = RunSketch()
    interleaved.sharedHost = true
    #expect(compare(noisy(interleaved)).effect(.p(99), of: read)?.has(.sharedHost) == true)
}
