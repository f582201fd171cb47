// The words of the language one by one: what each of them is judged to mean.

import Comparisons
import Documents
import Quantities
import Recordings
import RunSupport
import Testing
import Verdicts

/// Two keyspaces, three operations; new is half as fast again on ranges, which all lie in keyspace `other`.
private let mixed: Recording = {
    var sketch = RunSketch([("a", .point), ("b", .range), ("c", .range)])
    sketch.operations[1].keyspace = "other"
    sketch.operations[2].keyspace = "other"
    return sketch.recording { operation in
        let factor = operation.side == .new && operation.operation > 0 ? 1.5 : 1
        for step in 0..<50 { operation.take(factor * (3 + Double(step) / 50), count: 20) }
    }
}()

private func findings(_ recording: Recording, _ lines: String...) throws -> [String: Finding] {
    let text = "criteria: 1\nname: x\nperformance:\n" + lines.map { "  - {\($0)}\n" }.joined()
    let judgement = judged(recording, try Criteria.read(text, file: "x"))
    return Dictionary(uniqueKeysWithValues: judgement.verdicts.map { ($0.id, $0.finding) })
}

@Test func everyPartHasItsVerdict() throws {
    let found = try findings(
        mixed, "id: shapes, measure: p99 of response time, of: each shape, allow: +5 %",
        "id: keyspaces, measure: mean of response time, of: each keyspace, allow: +5 %",
        "id: one, measure: p50 of response time, of: keyspace other, allow: +60 %",
        "id: whole, measure: p90 of response time, of: the workload, allow: +60 %",
        "id: median, measure: p50 of service time, of: shape range, at_most: 10 ms")
    #expect(
        found == [
            "shapes/point": .pass, "shapes/range": .fail, "keyspaces/shop": .pass, "keyspaces/other": .fail,
            "one": .pass,
            "whole": .pass, "median": .pass
        ])
}

@Test(arguments: [1.0, 10, 50, 90, 99, 99.9, 99.99])
func everyQuantileIsRead(percent: Double) throws {
    let name = percent == percent.rounded() ? "\(Int(percent))" : "\(percent)"
    let line = "id: q, measure: p\(name) of response time, of: the workload, allow: 5 %"
    let criteria = try Criteria.read("criteria: 1\nname: x\nperformance: [{\(line)}]\n", file: "x")
    #expect(criteria.measures == [.p(percent)])
    #expect(criteria.measures[0].text == "p\(name) of response time")
}

@Test func timeOutsHaveALimitOfTheirOwn() throws {
    let recording = RunSketch().recording { operation in
        operation.take(1, count: 1000)
        if operation.side == .new { for _ in 0..<20 { operation.fail("overloaded") } }
        if operation.side == .old { for _ in 0..<20 { operation.fail() } }
    }
    let found = try findings(
        recording, "id: all, measure: error rate, of: each operation, at_most: 1 %",
        "id: late, measure: time-outs, of: each operation, at_most: 1 %",
        "id: before, measure: time-outs, of: the workload, side: old, at_most: 1 %")
    #expect(found["all/read"] == .fail && found["before"] == .fail)
    // Refused is not late.
    #expect(found["late/read"] == .pass)
}

@Test func aMaximumFailsAndNeverPasses() throws {
    func verdict(_ limit: String, _ slowest: Double = 80, timeOut: Bool = false) throws -> Verdict {
        let recording = RunSketch().recording { operation in
            operation.take(1, count: 5000)
            guard operation.round == 4, operation.side == .new else { return }
            if timeOut { operation.fail() } else { operation.take(slowest) }
        }
        let line = "id: max, measure: max of response time, of: each operation, at_most: \(limit)"
        return try judged(recording, criteria(line)).verdicts[0]
    }
    let broken = try verdict("50 ms")
    #expect(broken.finding == .fail && broken.failProbability == 0)
    #expect(broken.reason == "max of read on the new side 80.0 ms of 120,001 operations, limit 50.0 ms: exceeded")
    let kept = try verdict("100 ms")
    #expect(kept.finding == .undecided && kept.failProbability == nil)
    #expect(kept.reason.contains("none was seen beyond it") && kept.reason.contains("p99.99"))
    // Within the bin of the limit nothing is beyond doubt.
    #expect(try verdict("80 ms", 80.01).finding == .undecided)
    #expect(try verdict("5 s", timeOut: true).finding == .fail)
    #expect(try verdict("20 s", timeOut: true).reason.contains("it lies at the time-out"))
}

@Test func aBrokenMaximumWeighsOnNoOtherTest() throws {
    let slow = reference(RunSketch(), count: 300) { _ in 1.25 }
    let estimate = try #require(compare(slow).effect(Measure(.mean), of: .workload)?.estimate)
    let limit = decimal((estimate.value - 1) * 100 - 8, places: 6)
    let line = "id: mean, measure: mean of response time, of: the workload, allow: \(limit) %"
    let alone = try judged(slow, criteria(line)).verdicts[0]
    let beside = try judged(
        slow, criteria(line, "id: max, measure: max of response time, of: the workload, at_most: 1 ms")
    ).verdicts[0]
    #expect(alone.finding == .fail && beside.finding == .fail)
}

@Test func resourcesAreCheckedAndStayUndecided() throws {
    let judgement = try judged(
        mixed,
        criteria(
            "id: cpu, measure: cpu, of: the workload, allow: +10 %, at_most: 70 %, side: new",
            "id: gc, measure: garbage collection, of: the workload, at_most: 2.5 %, side: old",
            "id: memory, measure: memory, of: the workload, allow: +10 %",
            "id: disk, measure: disk, of: the workload, allow: 0 %"))
    #expect(judgement.verdicts.allSatisfy { $0.finding == .undecided } && judgement.outcome == .undecided)
    #expect(
        judgement.verdicts[0].reason
            == "this version collects no evidence for cpu of the sides' machines, at most +10 % from old to new and 70 % on"
            + " the new side (it would take the CPU time of every node of both sides, slice by slice)")
    #expect(
        judgement.verdicts[1].reason.hasSuffix(
            "garbage collection of the sides' machines, at most 2.5 % on the old side (it would take the time that every"
                + " node of both sides spends in collections, slice by slice)"))
}
