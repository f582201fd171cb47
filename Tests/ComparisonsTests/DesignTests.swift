// The design of a run against drift and order, void rounds, and row counts.

import Comparisons
import Glibc
import Quantities
import Recordings
import RunSupport
import TestSupport
import Testing

private let read = Scope.operation("read")

@Test func driftOverTheRunDoesNotBiasTheRatio() throws {
    // Both sides get 20 % slower from the first slice to the last, whichever side a slice belongs to.
    for seed in 1...10 as ClosedRange<UInt64> {
        var sketch = RunSketch()
        sketch.rounds = 60
        sketch.seed = seed
        let comparison = compare(
            sketch.recording { operation in
                let place = Double(operation.round * 2 + (operation.isSecond ? 1 : 0)) / 119
                for step in 0..<200 { operation.take((1 + 0.2 * place) * (1 + Double(step) / 100)) }
            })
        for measure in [Measure.p(50), Measure(.mean)] {
            #expect(abs(try #require(comparison.effect(measure, of: read)?.estimate).log) < 0.002, "seed \(seed)")
        }
    }
}

@Test func orderDoesNotBiasTheRatioAndIsSeen() throws {
    var sketch = RunSketch()
    sketch.rounds = 60
    let comparison = compare(
        sketch.recording { operation in
            for step in 0..<200 {
                operation.take(
                    (operation.isSecond ? 1.03 : 1) * (1 + Double(step) / 100) * (1 + 0.001 * operation.random.unit()))
            }
        })
    let effect = try #require(comparison.effect(Measure(.mean), of: read))
    #expect(abs(try #require(effect.estimate).log) < 0.002)
    #expect(effect.has(.orderEffect) && !effect.has(.drifting))
    let sentence = try #require(effect.caveats.first { $0.code == .orderEffect }).sentence
    #expect(sentence.contains("is +3.0 % against the first"))
}

@Test func aRatioThatMovesIsSeen() throws {
    let comparison = compare(
        RunSketch().recording { operation in
            let growth = operation.side == .new ? 1 + 0.01 * Double(operation.round) : 1
            for step in 0..<200 { operation.take(growth * (1 + Double(step) / 100)) }
        })
    let effect = try #require(comparison.effect(Measure(.mean), of: read))
    #expect(effect.has(.drifting) && !effect.has(.orderEffect))
}

@Test func voidRoundsAreLeftOutOnBothSides() throws {
    var sketch = RunSketch()
    sketch.rounds = 40
    sketch.faults = [3: .old, 17: .new, 30: .old]
    let comparison = compare(
        sketch.recording { operation in
            let slow = [3, 17, 30].contains(operation.round) ? 100.0 : 1
            for _ in 0..<600 { operation.take(slow * 2) }
        })
    #expect(comparison.validity.voidRounds == 3 && comparison.validity.voidOld == 2)
    #expect(!comparison.validity.isVoid)
    let effect = try #require(comparison.effect(.p(99), of: read))
    #expect(effect.has(.voidRounds) && effect.estimate?.units == 37)
    #expect(try #require(effect.oldMilliseconds) < 2.01)
    #expect(comparison.errorRate(of: read, on: .old)?.operations == 37 * 600)
}

@Test func manyOrUnequalFaultsVoidTheRun() {
    var sketch = RunSketch()
    sketch.rounds = 20
    sketch.faults = [1: .old, 2: .new, 3: .old]
    #expect(compare(sketch.recording { $0.take(1) }).validity.reasons.count == 1)
    sketch.faults = [1: .old, 2: .new]
    #expect(!compare(sketch.recording { $0.take(1) }).validity.isVoid)
    // Twelve of 130 are fewer than one in ten, but all of them on one side.
    sketch.rounds = 130
    sketch.faults = Dictionary(uniqueKeysWithValues: (0..<12).map { ($0 * 10, Side.new) })
    let unequal = compare(sketch.recording { $0.take(1) }).validity
    #expect(unequal.isVoid && unequal.reasons.first?.contains("favours a side") == true)
    sketch.faults = Dictionary(uniqueKeysWithValues: (0..<12).map { ($0 * 10, $0 % 2 == 0 ? Side.new : .old) })
    #expect(!compare(sketch.recording { $0.take(1) }).validity.isVoid)
}

@Test func rowsAreComparedWhereNothingFailed() throws {
    let same = compare(RunSketch().recording { for _ in 0..<100 { $0.take(1) } })
    #expect(same.rows.map(\.finding) == [.same])
    #expect(same.rows[0].cleanRounds == 24 && same.rows[0].oldRows == 24_000)

    let fewer = compare(
        RunSketch().recording { operation in
            for _ in 0..<100 { operation.take(1) }
            if operation.side == .new && operation.round == 5 { operation.rows = 990 }
        })
    #expect(fewer.rows[0].finding == .differ)
    #expect(close(fewer.rows[0].difference, 10.0 / 24_000))
    #expect(fewer.effect(.p(50), of: read)?.has(.rowsDiffer) == true)
    #expect(fewer.effect(.p(50), of: .workload)?.has(.rowsDiffer) == true)

    let failing = compare(
        RunSketch().recording { operation in
            for _ in 0..<100 { operation.take(1) }
            if operation.side == .new { operation.fail("overloaded") }
        })
    #expect(failing.rows[0].finding == .notCompared)
}

@Test func rowsThatFailedTooOftenAreNotCompared() {
    func run(failing: Int) -> RowComparison {
        compare(
            RunSketch().recording { operation in
                for _ in 0..<100 { operation.take(1) }
                if operation.side == .new && operation.round < failing { operation.fail("overloaded") }
            }
        ).rows[0]
    }
    #expect(run(failing: 12).finding == .same)
    #expect(run(failing: 13).finding == .notCompared)
    #expect(run(failing: 13).sentence.contains("both sides completed all of it in 11 of 24 rounds"))
}

@Test func whatOldDiffersFromItselfExcusesAsMuchUpToOnePercent() {
    func run(control: Int, on side: Side = .old, new: Int = 998) -> RowComparison {
        var sketch = RunSketch()
        sketch.hasControl = true
        return compare(
            sketch.recording { operation in
                for _ in 0..<100 { operation.take(1) }
                if operation.side == .new { operation.rows = new }
                if operation.isControl && operation.side == side { operation.rows = control }
            }
        ).rows[0]
    }
    #expect(close(run(control: 1003).selfDifference, 0.003))
    #expect(run(control: 1003).finding == .same)
    #expect(run(control: 1003).sentence.contains("old 24,000, new 23,952 in 24 rounds"))
    #expect(run(control: 1001).finding == .differ)
    // New is under test: that it differs from itself excuses nothing.
    #expect(run(control: 950, on: .new).finding == .differ)
    #expect(run(control: 1010, new: 991).finding == .same)
    let unsteady = run(control: 1200, new: 900)
    #expect(unsteady.finding == .notCompared)
    #expect(unsteady.sentence.contains("old differs from itself by 20.000 %"))
}

@Test(arguments: [(0.0, "there was no warm-up;"), (5, "warm-up was 5.00 s a side; JIT and caches"), (60, nil)])
func aShortWarmUpIsSaid(seconds: Double, words: String?) {
    var sketch = RunSketch()
    sketch.warmUp = .seconds(seconds)
    let caveats = compare(sketch.recording { $0.take(1) }).effects[0].caveats.filter { $0.code == .shortWarmUp }
    #expect(caveats.count == (words == nil ? 0 : 1))
    if let words { #expect(caveats.first?.sentence.hasPrefix(words) == true) }
}
