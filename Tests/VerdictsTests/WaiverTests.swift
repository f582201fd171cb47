// Waivers: a failure that somebody answers for is shown as one, gates again once its day is over, and never becomes a
// pass.

import Comparisons
import Documents
import Quantities
import Recordings
import RunSupport
import Testing
import Verdicts

/// The run begins on 2026-03-01 and ends within the hour.
private func run(slowest: Double = 2) -> Recording {
    RunSketch([("fast", .point), ("slow", .range)]).recording { operation in
        let factor = operation.side == .new && operation.operation == 1 ? slowest : 1
        for step in 0..<50 { operation.take(factor * (3 + Double(step) / 50), count: 20) }
    }
}

private let tail = "{id: p99, measure: p99 of response time, of: each operation, allow: +5 %}"
private let throughput = "{id: tp, measure: throughput, of: the workload, allow: -3 %}"

private func judgement(_ waive: String, performance: [String] = [tail], _ recording: Recording = run()) throws
    -> Judgement
{
    let text = "criteria: 1\nname: x\nperformance: [\(performance.joined(separator: ", "))]\nwaive: \(waive)\n"
    return judged(recording, try Criteria.read(text, file: "x.yaml"))
}

@Test func aWaivedFailureIsShownAndDoesNotGate() throws {
    let found = try judgement("[{id: p99/slow, until: 2026-03-01, by: Jane Doe, why: fixed in 4.1.10}]")
    #expect(found.verdicts.map(\.finding) == [.pass, .fail])
    #expect(found.verdicts.map(\.isWaived) == [false, true])
    #expect(found.outcome == .qualified && found.score == 50)
    #expect(found.summary == "qualified: all 1 gating verdicts passed; waived: p99/slow until 2026-03-01")
    #expect(found.verdicts[1].waiver?.sentence == "waived until 2026-03-01 by Jane Doe: fixed in 4.1.10")
    let text = found.json().text()
    for words in [
        "\"waived\": true", "\"verdict\": \"fail\"", "\"by\": \"Jane Doe\"", "\"why\": \"fixed in 4.1.10\"",
        "\"until\": \"2026-03-01\"", "\"expired\": false", "\"waived\": [\"p99/slow\"]"
    ] { #expect(text.contains(words), "\(words)") }
}

@Test func anExpiredWaiverGatesAgain() throws {
    let found = try judgement("[{id: p99/slow, until: 2026-02-28, by: Jane Doe, why: fixed in 4.1.10}]")
    #expect(found.outcome == .notQualified && !found.verdicts[1].isWaived)
    #expect(found.summary == "not qualified: failed on p99/slow")
    #expect(found.verdicts[1].waiver?.sentence.contains("has expired, so it gates again") == true)
    #expect(found.json().text().contains("\"expired\": true"))
}

@Test func nowIsTheEndOfTheRun() throws {
    var recording = run()
    let waive = "[{id: p99/slow, until: 2026-03-01, by: J, why: w}]"
    recording.ended = WallTime(unixNanoseconds: WallTime(year: 2026, month: 3, day: 2).unixNanoseconds - 1)
    #expect(try judgement(waive, recording).outcome == .qualified)
    recording.ended = WallTime(year: 2026, month: 3, day: 2)
    #expect(try judgement(waive, recording).outcome == .notQualified)
}

@Test func aWholeCriterionIsWaivedByItsID() throws {
    let both = RunSketch([("a", .point), ("b", .range)]).recording { operation in
        for step in 0..<50 { operation.take((operation.side == .new ? 2 : 1) * (3 + Double(step) / 50), count: 20) }
    }
    let found = try judgement("{id: p99, until: 2026-12-31, by: J, why: w}", both)
    #expect(found.verdicts.allSatisfy { $0.isWaived })
    // Nothing that gates is left, so nothing was shown.
    #expect(found.outcome == .undecided && found.score == 0)
    #expect(found.summary.hasPrefix("undecided: all that gates are failures that are waived"))
    let further = try judgement(
        "[{id: p99, until: 2026-12-31, by: J, why: w}, {id: p99/b, until: 2026-01-01, by: K, why: v}]", both)
    #expect(further.verdicts.map { $0.waiver?.waiver.by } == ["J", "J"])
    let own = try judgement(
        "[{id: p99, until: 2026-12-31, by: J, why: w}, {id: p99/b, until: 2026-12-31, by: K, why: v}]", both)
    #expect(own.verdicts.map { $0.waiver?.waiver.by } == ["J", "K"])
}

@Test func aWaiverIsNoEvidence() throws {
    let found = try judgement(
        "[{id: tp, until: 2026-12-31, by: J, why: w}, {id: p99/fast, until: 2026-12-31, by: J, why: w}]",
        performance: [tail, throughput], run(slowest: 1))
    #expect(found.verdicts.map(\.finding) == [.pass, .pass, .undecided])
    #expect(found.verdicts.allSatisfy { !$0.isWaived } && found.outcome == .undecided)
    // Not needed, and still in the file.
    #expect(found.waivers.map(\.waiver.id) == ["tp", "p99/fast"])
    #expect(found.json().text().contains("\"waived\": []"))
}

@Test func oneWaivedFailureHidesNoOther() throws {
    let found = try judgement(
        "[{id: p99/slow, until: 2026-12-31, by: J, why: w}]",
        performance: [tail, "{id: mean, measure: mean of response time, of: each operation, allow: +3 %}"])
    #expect(found.outcome == .notQualified)
    #expect(found.summary == "not qualified: failed on mean/slow; waived: p99/slow until 2026-12-31")
}
