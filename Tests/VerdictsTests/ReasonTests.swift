// What reasons say: numbers that can be read, bounds by their name, and advice that would come true.

import Comparisons
import Glibc
import Quantities
import Recordings
import RunSupport
import Testing
import Verdicts

private let slow: Recording = {
    var sketch = RunSketch()
    sketch.rounds = 12
    return reference(sketch, count: 300) { _ in 1.25 }
}()

/// A tolerance that lies so many standard errors below the mean's change in `slow`.
private func below(_ errors: Double) throws -> String {
    let estimate = try #require(compare(slow).effect(Measure(.mean), of: .workload)?.estimate)
    return "\(decimal(expm1(estimate.log - errors * estimate.standardError) * 100, places: 6)) %"
}

private func mean(_ allow: String) -> String {
    "id: mean, measure: mean of response time, of: the workload, allow: \(allow)"
}

/// Criteria that `slow` meets by far.
private func easy(_ keys: String = "", count: Int = 30) -> [String] {
    (0..<count).map { "id: easy\($0), measure: mean of response time, of: the workload, allow: 900 %\(keys)" }
}

private func first(_ lines: [String]) throws -> Verdict {
    let text = "criteria: 1\nname: x\nperformance:\n" + lines.map { "  - {\($0)}\n" }.joined()
    return judged(slow, try Criteria.read(text, file: "x")).verdicts[0]
}

@Test func wildNumbersStayShort() throws {
    // New takes a microsecond for most of the run, and then most of an hour.
    var sketch = RunSketch()
    sketch.timeOut = .seconds(3600)
    let recording = sketch.recording { operation in
        let old = operation.side == .old
        operation.take(old ? 500_000 : operation.round < 20 ? 0.001 : 3_000_000, count: 1000)
    }
    let judgement = try judged(
        recording,
        criteria(
            mean("+5 %") + ", confidence: 99.99 %",
            "id: slo, measure: mean of response time, of: the workload, at_most: 50 ms, confidence: 99.99 %"))
    #expect(judgement.verdicts[0].reason.contains(", over ×1000] (99.98 % interval)"))
    #expect(judgement.verdicts[0].reason.contains("this run finds a change of over ×1000 four times in five"))
    #expect(judgement.verdicts[1].reason.contains(", over 1 h] (99.98 % interval)"))
    for verdict in judgement.verdicts { #expect(verdict.reason.count < 400, "\(verdict.reason)") }
}

@Test func noChangeIsNotNegative() throws {
    let recording = RunSketch().recording { $0.take($0.side == .new ? 2.9999 : 3, count: 1000) }
    let reason = try judged(recording, criteria(mean("+5 %"))).verdicts[0].reason
    #expect(reason.hasPrefix("mean of the workload +0.0 % ["))
}

@Test func advisoryTestsAreAFamilyOfTheirOwn() throws {
    let line = try mean(below(3))
    #expect(try first([line]).finding == .fail)
    #expect(try first([line] + easy(", advisory: true")).finding == .fail)
    #expect(try first([line] + easy()).finding == .undecided)
    #expect(try first([line + ", advisory: true"] + easy()).finding == .fail)
}

@Test func adviceIsForTheVerdictThatWouldCome() throws {
    func minutes(_ verdict: Verdict) throws -> Int {
        #expect(verdict.finding == .undecided)
        let found = try #require(verdict.reason.firstMatch(of: #/a run of about ([0-9,]+) minutes would decide/#))
        return try #require(Int(found.1.replacing(",", with: "")))
    }
    // Above the limit a failure would come, which must stand among all; below it a pass, which stands by itself.
    #expect(try minutes(first([mean(below(1.9))] + easy(count: 3))) > minutes(first([mean(below(1.9))])))
    #expect(try minutes(first([mean(below(-1.9))] + easy(count: 3))) == minutes(first([mean(below(-1.9))])))
    let reason = try first([mean(below(1.9))]).reason
    #expect(reason.contains("this run finds a change of +"))
    #expect(reason.hasSuffix("would decide four times in five if the truth is as estimated"))
}

@Test func aLimitIsNoChange() throws {
    let new = try #require(compare(slow).level(Measure(.mean), of: .workload, on: .new)?.milliseconds)
    let limit = "\(decimal(new * 0.999, places: 4)) ms"
    let verdict = try first(["id: slo, measure: mean of response time, of: the workload, at_most: \(limit)"])
    #expect(verdict.finding == .undecided)
    #expect(!verdict.reason.contains("this run finds"))
}

@Test func boundsOfErrorsAreNamed() throws {
    let line = "id: errors, measure: error rate, of: the workload, at_most: 0.1 %, confidence: 99 %"
    #expect(
        try first([line]).reason.contains(
            "(one-sided 99 % bounds, for errors that come up to 50 at a time), limit 0.100 %"))
    let failing = RunSketch().recording { operation in
        operation.take(1, count: 1000)
        operation.fail()
    }
    #expect(try judged(failing, criteria(line)).verdicts[0].reason.contains("(one-sided 99 % bounds), limit"))
}

@Test func aMeanOfTimeOutsNeverPasses() throws {
    func verdict(_ failures: Int, allow: String) throws -> Verdict {
        let recording = RunSketch().recording { operation in
            operation.take(100, count: 1000)
            if operation.round % 3 == 0 { for _ in 0..<failures { operation.fail() } }
        }
        return try judged(recording, criteria(mean(allow))).verdicts[0]
    }
    // One failure of 10 s to 3000 operations of 100 ms is 3.2 % of the time.
    #expect(try verdict(1, allow: "+5 %").finding == .pass)
    let dominated = try verdict(4, allow: "+5 %")
    #expect(dominated.finding == .undecided)
    #expect(dominated.reason.contains("are 11.8 % of the sum of times on a side, more than the tolerance"))
    #expect(try verdict(4, allow: "+15 %").finding == .pass)
}
