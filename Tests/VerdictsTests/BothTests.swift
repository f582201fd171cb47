// A tolerance and a limit in one criterion: each tested by itself, one verdict.

import Comparisons
import Documents
import Glibc
import Quantities
import Recordings
import RunSupport
import Testing
import Verdicts

/// The mean of new is 4 ms times `factor`; that of old is 4 ms.
private func verdict(factor: Double, _ limits: String, noise: Bool = false) throws -> Verdict {
    let recording: Recording
    if noise {
        recording = reference(RunSketch(), count: 300) { _ in factor }
    } else {
        recording = RunSketch().recording { operation in
            let scale = operation.side == .new ? factor : 1
            for step in 0..<50 { operation.take(scale * (3.5 + Double(step) / 49), count: 20) }
        }
    }
    return try judged(
        recording, criteria("id: mean, measure: mean of response time, of: the workload, \(limits)")
    ).verdicts[0]
}

@Test func bothMustHold() throws {
    let cases: [(Double, String, Finding, String)] = [
        (1, "allow: +5 %, at_most: 5 ms", .pass, "the tolerance is kept: "),
        (1.2, "allow: +5 %, at_most: 5 ms", .fail, "the tolerance is broken: "),
        (1, "allow: +5 %, at_most: 3 ms", .fail, "the limit is broken: "),
        (1.2, "allow: +5 %, at_most: 3 ms", .fail, "the tolerance is broken: ")
    ]
    for (factor, limits, finding, words) in cases {
        let found = try verdict(factor: factor, limits)
        #expect(found.finding == finding && found.reason.hasPrefix(words), "\(limits): \(found.reason)")
        #expect(found.id == "mean" && found.tests.count == 2)
        #expect(found.reason.contains("tolerance +5.0 %") && found.reason.contains("limit "))
    }
    let other = try verdict(factor: 1, "allow: +5 %, at_most: 3 ms, side: old")
    #expect(other.finding == .fail && other.reason.contains("on the old side"))
}

@Test func oneThatIsOpenLeavesBothOpen() throws {
    // The level of this run is known to some per cent, and its change much better.
    let open = try verdict(factor: 1, "allow: +20 %, at_most: 4.55 ms", noise: true)
    #expect(open.tests.map(\.finding) == [.pass, .undecided])
    #expect(open.finding == .undecided && open.reason.hasPrefix("the limit is undecided: "))
    #expect(open.passProbability == open.tests.compactMap(\.passProbability).max())
    let broken = try verdict(factor: 1.5, "allow: +20 %, at_most: 6.8 ms", noise: true)
    #expect(broken.tests.map(\.finding) == [.fail, .undecided] && broken.finding == .fail)
}

@Test func eachCountsAsATestOfItsOwn() throws {
    let slow = reference(RunSketch(), count: 300) { _ in 1.25 }
    let estimate = try #require(compare(slow).effect(Measure(.mean), of: .workload)?.estimate)
    // A tolerance that is broken by itself at 5 %, but not at half of that.
    var (low, high) = (0.0, estimate.log)
    for _ in 0..<60 {
        let middle = (low + high) / 2
        if estimate.probabilityAbove(middle) < 0.035 { low = middle } else { high = middle }
    }
    let allow = "allow: \(decimal(expm1(low) * 100, places: 9)) %"
    let mean = "id: mean, measure: mean of response time, of: the workload, \(allow)"
    #expect(try judged(slow, criteria(mean)).verdicts[0].finding == .fail)
    let joined = try judged(slow, criteria(mean + ", at_most: 1 s")).verdicts[0]
    #expect(joined.finding == .undecided && joined.reason.contains("among 2 tests together (Holm)"), "\(joined.reason)")
}

@Test func theFileSaysBoth() throws {
    let found = try verdict(factor: 1.2, "allow: +5 %, at_most: 5 ms")
    let text = found.json().text()
    for key in ["\"effect\": {", "\"level\": {", "\"tests\": [", "\"test\": \"allow\"", "\"test\": \"limit\""] {
        #expect(text.contains(key), "\(key)")
    }
    let plain = try verdict(factor: 1.2, "allow: +5 %").json().text()
    #expect(!plain.contains("\"tests\"") && plain.contains("\"waiver\": null") && plain.contains("\"waived\": false"))
}

@Test func whatNeitherCanKnowIsSaidOnce() throws {
    var sketch = RunSketch()
    sketch.faults = [1: .old, 5: .old, 9: .new]
    let recording = sketch.recording { $0.take(1, count: 1000) }
    let found = try judged(
        recording, criteria("id: p99, measure: p99 of response time, of: each operation, allow: +5 %, at_most: 5 ms")
    ).verdicts
    #expect(found.count == 1 && found[0].finding == .undecided && found[0].reason.hasPrefix("the run is void: "))
}

@Test func throughputTakesBothToo() throws {
    let recording = RunSketch().recording { $0.take(1, count: 1000) }
    let found = try judged(
        recording, criteria("id: tp, measure: throughput, of: the workload, allow: -3 %, at_least: 4000/s, side: old"))
    #expect(found.verdicts.map(\.id) == ["tp"] && found.verdicts[0].finding == .undecided)
    #expect(found.verdicts[0].reason == throughputUnavailable)
}
