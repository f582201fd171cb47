// A run that is judged at planned looks: the first decision stands, costs what it must, and is the same whenever it is judged again.

import Comparisons
import Glibc
import Quantities
import Recordings
import RunSupport
import Statistics
import Testing
import Verdicts

private let tail = "id: p99, measure: p99 of response time, of: each operation, allow: +5 %"
private let mean = "id: mean, measure: mean of response time, of: each operation, allow: +5 %"

private func run(_ factor: Double, rounds: Int = 60, seed: UInt64 = 1, looks: Int = 6) -> Recording {
    var sketch = RunSketch()
    sketch.rounds = rounds
    sketch.seed = seed
    sketch.slice = .seconds(10)
    var recording = reference(sketch) { _ in factor }
    recording.looks = Looks(looks, over: rounds)
    return recording
}

@Test func looksAreSpreadOverTheRounds() {
    #expect(Looks(6, over: 60).afterRounds == [10, 20, 30, 40, 50, 60])
    #expect(Looks(6, over: 55).afterRounds == [10, 18, 28, 36, 46, 55])
    #expect(Looks(6, over: 5).afterRounds == [2, 4, 5])
    #expect(Looks(1, over: 9).afterRounds == [9])
}

@Test func aLargeChangeIsDecidedEarlyAndSaysWhen() throws {
    let verdict = try judged(run(1.5), criteria(tail)).verdicts[0]
    let look = try #require(verdict.look)
    #expect(verdict.finding == .fail && look.number == 2 && look.planned == 6)
    let levels = SequentialPlan(fractions: [1.0 / 6, 2.0 / 6, 1], alpha: 0.05)
    #expect(abs(look.level - levels.nominal[1]) < 1e-12)
    #expect(verdict.reason.contains("look 2 of 6"))
}

/// What is judged while a run lasts is what is judged of it ever after.
@Test func aVerdictOnceTakenStands() throws {
    for seed in 1...6 as ClosedRange<UInt64> {
        let whole = run(1, seed: seed)
        var earlier: Verdict?
        for number in 1...6 {
            var seen = whole.upTo(measuredRounds: whole.looks!.afterRounds[number - 1])
            if number < 6 { seen.looks?.stoppedAt = number }
            let verdict = try judged(seen, criteria(tail)).verdicts[0]
            if let earlier { #expect(verdict.finding == earlier.finding && verdict.look == earlier.look) }
            if verdict.finding != .undecided { earlier = verdict }
        }
    }
}

@Test func aRunThatEndedItselfDecidesNothingAfterItsLook() throws {
    // Ten rounds are no evidence; with those after the look they would be.
    var recording = run(1.5).upTo(measuredRounds: 24)
    recording.looks?.stoppedAt = 1
    let judgement = try judged(recording, criteria(tail))
    #expect(judgement.verdicts[0].finding == .undecided && judgement.open == ["p99/read"])
    recording.looks = nil
    #expect(try judged(recording, criteria(tail)).verdicts[0].finding == .fail)
}

@Test func laterEvidenceAgainstAVerdictIsPrinted() throws {
    // As before for a third of the run, and much slower after that.
    var recording = run(1)
    let slower = run(1.6)
    for index in 20..<60 { recording.rounds[index] = slower.rounds[index] }
    let verdict = try judged(recording, criteria(mean)).verdicts[0]
    #expect(verdict.finding == .pass && (verdict.look?.number ?? 6) <= 3)
    #expect(try #require(verdict.contradiction).contains("the whole run says otherwise"))
    #expect(verdict.reason.hasSuffix(verdict.contradiction!))
}

/// A failure before the end has to stand among all tests; one that would do alone does not.
@Test func failuresStandAmongAllTestsAtEachLook() throws {
    var sketch = RunSketch((0..<8).map { ("op\($0)", .point) })
    sketch.rounds = 24
    sketch.slice = .seconds(10)
    var recording = reference(sketch, count: 250) { $0 == 0 ? 1.12 : 1 }
    recording.looks = Looks(2, over: 24)
    let judgement = try judged(recording, criteria(mean))
    for verdict in judgement.verdicts where verdict.finding == .fail {
        let look = try #require(verdict.look)
        let plan = SequentialPlan(fractions: [0.5, 1], alpha: 0.05)
        if look.number == 1 { #expect(abs(look.level - plan.increments[0] / 8) < 1e-12) }
    }
    #expect(judgement.verdicts.dropFirst().allSatisfy { $0.finding != .fail })
}

@Test func voidRoundsMakeALookPoorer() throws {
    var sketch = RunSketch()
    sketch.rounds = 60
    sketch.slice = .seconds(10)
    sketch.faults = [3: .old, 7: .new, 11: .old]
    var recording = reference(sketch) { _ in 1.5 }
    recording.looks = Looks(6, over: 60)
    let look = try #require(try judged(recording, criteria(tail)).verdicts[0].look)
    // 17 rounds have too few operations beyond p99.
    let plan = SequentialPlan(fractions: [8.0 / 60, 17.0 / 60, 27.0 / 60, 1], alpha: 0.05)
    #expect(look.number == 3 && abs(look.level - plan.nominal[2]) < 1e-12)
}

@Test func oneLookIsTheJudgementAtTheEnd() throws {
    for factor in [0.96, 1.0, 1.05, 1.1] {
        var recording = run(factor, rounds: 24, looks: 1)
        let planned = try judged(recording, criteria(tail, mean))
        recording.looks = nil
        #expect(try judged(recording, criteria(tail, mean)).verdicts.map(\.reason) == planned.verdicts.map(\.reason))
        #expect(planned.verdicts.allSatisfy { $0.look == nil })
    }
}

/// Swapping the sides turns every effect around and leaves every interval as wide as it is.
@Test func swappedSidesGiveTheOppositeEffect() throws {
    let recording = run(1.07, rounds: 24)
    var swapped = recording
    swapped.rounds = recording.rounds.map {
        RoundRecord(index: $0.index, first: $0.first.other, old: $0.new, new: $0.old)
    }
    let (one, other) = (compare(recording), compare(swapped))
    for (a, b) in zip(one.effects, other.effects) where a.measure.isLatency {
        guard let a = a.estimate, let b = b.estimate else { continue }
        #expect(abs(a.log + b.log) < 1e-12 && abs(a.standardError - b.standardError) < 1e-12)
    }
}

/// Rows that turn out to differ later forbid a pass that was taken before; a failure stays.
@Test func whatForbidsAPassTakesItBack() throws {
    func late(_ factor: Double) throws -> Verdict {
        var recording = run(factor)
        for index in 40..<60 { recording.rounds[index].new.operations[0].rows = 7 }
        return try judged(recording, criteria(mean)).verdicts[0]
    }
    #expect(try judged(run(1), criteria(mean)).verdicts[0].finding == .pass)
    #expect(try late(1).finding == .undecided)
    #expect(try late(1.5).finding == .fail)
}

/// What is not looked at before the end counts among the tests all the same.
@Test func theNumberOfTestsDoesNotHangOnTheEvidence() throws {
    var sketch = RunSketch([("often", .point), ("seldom", .range)])
    sketch.rounds = 24
    sketch.slice = .seconds(10)
    let noise = ReferenceNoise(rounds: 24, seed: 1)
    var recording = sketch.recording { operation in
        let level = 4 * exp(noise.level(operation.round, operation.side)) * (operation.side == .new ? 1.5 : 1)
        for _ in 0..<(operation.operation == 0 ? 500 : 1) { operation.take(level) }
    }
    recording.looks = Looks(2, over: 24)
    let verdict = try judged(recording, criteria(mean)).verdicts[0]
    let plan = SequentialPlan(fractions: [0.5, 1], alpha: 0.05)
    let look = try #require(verdict.look)
    #expect(look.number == 1 && abs(look.level - plan.increments[0] / 2) < 1e-12)
}

@Test func aLookSeesAllThatItsCriteriaAskFor() throws {
    let criteria = try criteria(
        tail, "id: shapes, measure: mean of response time, of: each shape, allow: +5 %",
        "id: whole, measure: p50 of service time, of: the workload, allow: +5 %",
        "id: slo, measure: p99 of response time, of: shape point, side: new, at_most: 50 ms",
        "id: both, measure: p99.9 of response time, of: read, allow: +5 %, side: new, at_most: 90 ms",
        "id: top, measure: max of response time, of: each keyspace, side: new, at_most: 90 ms")
    let recording = run(1.1)
    let (all, asked) = (compare(recording, measures: criteria.measures), compare(recording, for: criteria))
    let judgements = [all, asked].map { judge($0, by: criteria, recording: recording, observations: alike) }
    #expect(judgements[0] == judgements[1])
    #expect(asked.effects.count < all.effects.count)
}
