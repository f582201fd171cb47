// What verdicts must be right about, on simulated runs: few repetitions, so the bounds are wide and the seeds fixed.

import Comparisons
import Glibc
import Quantities
import Recordings
import RunSupport
import Statistics
import Testing
import Verdicts

private let tail = "id: p99, measure: p99 of response time, of: each operation, allow: +5 %"

private func findings(factor: Double, runs: Int) throws -> [Finding: Int] {
    let criteria = try criteria(tail)
    var counts: [Finding: Int] = [:]
    for seed in 1...UInt64(runs) {
        var sketch = RunSketch()
        sketch.rounds = 40
        sketch.seed = seed
        let verdict = judged(reference(sketch) { _ in factor }, criteria).verdicts[0]
        counts[verdict.finding, default: 0] += 1
    }
    return counts
}

@Test func nothingChangedNeverFails() throws {
    let counts = try findings(factor: 1, runs: 12)
    #expect(counts[.fail] == nil)
    #expect(counts[.pass, default: 0] >= 6)
}

@Test func aQuarterSlowerAlwaysFails() throws {
    #expect(try findings(factor: 1.25, runs: 8) == [.fail: 8])
}

@Test func fasterPasses() throws {
    let counts = try findings(factor: 0.96, runs: 8)
    #expect(counts[.fail] == nil && counts[.pass, default: 0] >= 7)
}

@Test func atTheToleranceBothErrorsAreRare() throws {
    // Each has 5 % at most: five of 20 would be a chance of one in a hundred.
    let counts = try findings(factor: 1.05, runs: 20)
    #expect(counts[.pass, default: 0] <= 4 && counts[.fail, default: 0] <= 4)
}

@Test func rareStallsAreNotAveragedAway() throws {
    // New stalls in one round of ten: the p99 of most rounds is as before, that of the run is not.
    for seed in 1...8 as ClosedRange<UInt64> {
        var sketch = RunSketch()
        sketch.rounds = 40
        sketch.seed = seed
        let noise = ReferenceNoise(rounds: 40, seed: seed)
        let recording = sketch.recording { operation in
            let level = exp(noise.level(operation.round, operation.side))
            let stalls = operation.side == .new && operation.round % 10 == 3
            for index in 0..<1000 {
                let stalled = stalls && index < 60
                operation.take(4 * level * exp(0.5 * operation.random.normal()) * (stalled ? 8 : 1))
            }
        }
        #expect(try judged(recording, criteria(tail)).verdicts[0].finding != .pass, "seed \(seed)")
    }
}

@Test func theRegressedOperationFailsAndNoOther() throws {
    var sketch = RunSketch([("latest", .point), ("recent", .range), ("many", .multiPartition), ("place", .write)])
    sketch.rounds = 24
    let recording = reference(sketch) { [0.95, 1.62, 1.65, 0.95][$0] }
    let judgement = try judged(
        recording,
        criteria(
            tail + ", confidence: 99 %", "id: mean, measure: mean of response time, of: each operation, allow: +3 %",
            "id: slo, measure: p99 of response time, of: each operation, side: new, at_most: 50 ms"))
    #expect(judgement.outcome == .notQualified)
    let failed = judgement.verdicts(.fail).map(\.id)
    #expect(failed == ["p99/recent", "p99/many", "mean/recent", "mean/many"])
    #expect(judgement.verdicts.filter { $0.criterion == "mean" }.map(\.finding) == [.pass, .fail, .fail, .pass])
    let reason = try #require(judgement.verdicts.first { $0.id == "p99/recent" }).reason
    #expect(
        reason.hasPrefix("p99 of recent +6") && reason.contains("(98 % interval), tolerance +5.0 %: slower beyond it"))
}

@Test func scaledRunsAreJudgedAlike() throws {
    var sketch = RunSketch()
    sketch.rounds = 30
    let recording = reference(sketch) { _ in 1.02 }
    var doubled = recording
    doubled.rounds = recording.rounds.map { round in
        func twice(_ slice: SliceRecord) -> SliceRecord {
            var slice = slice
            for index in slice.operations.indices {
                slice.operations[index].response = slice.operations[index].response.doubled()
                slice.operations[index].service = slice.operations[index].service.doubled()
            }
            return slice
        }
        return RoundRecord(index: round.index, first: round.first, old: twice(round.old), new: twice(round.new))
    }
    let (plain, scaled) = (try judged(recording, criteria(tail)), try judged(doubled, criteria(tail)))
    #expect(plain.verdicts[0].finding == scaled.verdicts[0].finding)
    #expect(plain.verdicts[0].reason == scaled.verdicts[0].reason)
}

@Test func twelveCriteriaAtTheirTolerancesSeldomFailAny() throws {
    // Twelve operations, all exactly at the tolerance: without Holm nearly half of the runs would have a failure.
    let operations = (0..<12).map { ("op\($0)", Shape.point) }
    let criteria = try criteria("id: mean, measure: mean of response time, of: each operation, allow: +5 %")
    var (some, raw) = (0, 0)
    for seed in 1...20 as ClosedRange<UInt64> {
        var sketch = RunSketch(operations)
        sketch.rounds = 12
        sketch.seed = seed
        // Independent noise of each operation and round, far above the assumed floor.
        let recording = sketch.recording { operation in
            let level = 4 * exp(0.05 * operation.random.normal()) * (operation.side == .new ? 1.05 : 1)
            for step in 0..<20 { operation.take(level * (1 + Double(step) / 40)) }
        }
        let verdicts = judged(recording, criteria).verdicts
        if verdicts.contains(where: { $0.finding == .fail }) { some += 1 }
        if verdicts.contains(where: { ($0.failProbability ?? 1) < 0.05 }) { raw += 1 }
    }
    #expect(some <= 4)
    #expect(raw > some)
}

@Test func errorsInBurstsSeldomPassByLuck() throws {
    // Bursts of 20 errors at a true rate of 0.1 %, the limit: a bound that takes them one by one passes too often.
    var random = SeededRandom(seed: 11)
    var (passed, naive) = (0, 0)
    for _ in 0..<400 {
        let errors = (0..<24).map { _ in (0..<100).count { _ in random.unit() < 0.005 } * 20 }
        let evidence = ErrorEvidence(errors: errors, operations: errors.map { _ in 10_000 })
        if evidence.probabilityBelow(0.001) < 0.05 { passed += 1 }
        if clopperPearson(successes: Double(evidence.errors), trials: 240_000, alpha: 0.05).upper <= 0.001 {
            naive += 1
        }
    }
    #expect(passed <= 32)
    #expect(naive > 100)
}
