// Single verdicts: what may never pass, and what the outcome makes of them.

import Comparisons
import Documents
import Quantities
import Recordings
import RunSupport
import Testing
import Verdicts

private let tail = "id: p99, measure: p99 of response time, of: each operation, allow: +5 %"
private let slo = "id: slo, measure: p99 of response time, of: each operation, side: new, at_most: 20 s"
private let mean = "id: mean, measure: mean of response time, of: the workload, allow: +5 %"
private let errors = "id: errors, measure: error rate, of: each operation, side: new, at_most: 1 %"
private let service = "id: service, measure: p99 of service time, of: shape point, allow: +5 %"
private let throughput = "id: throughput, measure: throughput, of: the workload, allow: -3 %"
private let parity = "id: parity, measure: differences of parity, at_most: 0"

/// A run in which both sides always take the same.
private func equal(_ sketch: RunSketch = RunSketch(), count: Int = 1000) -> Recording {
    sketch.recording { operation in
        for step in 0..<50 { operation.take(3 + Double(step) / 50, count: max(1, count / 50)) }
    }
}

@Test func equalSidesPassEverythingThatIsTested() throws {
    let judgement = try judged(equal(), criteria(tail, slo, mean, service, functional: parity))
    #expect(judgement.outcome == .qualified && judgement.score == 100)
    #expect(judgement.verdicts.map(\.id) == ["p99/read", "slo/read", "mean", "service", "parity"])
    #expect(judgement.caveats.map(\.code) == [.uncalibrated, .oneDeployment])
    #expect(judgement.summary == "qualified: all 5 gating verdicts passed")
}

/// Each kind of missing or spoilt evidence.
private func spoilt() -> [(String, Recording)] {
    var short = RunSketch()
    short.rounds = 1
    var none = RunSketch()
    none.rounds = 0
    var void = RunSketch()
    void.faults = Dictionary(uniqueKeysWithValues: (0..<24).map { ($0, Side.old) })
    var duet = RunSketch()
    duet.mode = .duet
    duet.rounds = 60
    duet.sharedHost = true
    var unknown = equal()
    unknown.operations = []
    unknown.rounds = unknown.rounds.map {
        RoundRecord(
            index: $0.index, first: $0.first, old: SliceRecord(start: .zero, length: .seconds(5), operations: []),
            new: SliceRecord(start: .zero, length: .seconds(5), operations: []))
    }
    return [
        ("no samples", RunSketch().recording { _ in }), ("one round", equal(short)), ("no round", equal(none)),
        ("all void", equal(void)), ("few operations", RunSketch().recording { $0.take(1, count: 2) }),
        ("duet on one machine", equal(duet)),
        ("no operations", unknown), ("old side empty", RunSketch().recording { if $0.side == .new { $0.take(1) } }),
        ("new side empty", RunSketch().recording { if $0.side == .old { $0.take(1) } }),
        ("all in one round", RunSketch().recording { if $0.round == 3 { $0.take(1, count: 30_000) } }),
        (
            "all failed",
            RunSketch().recording { operation in
                for _ in 0..<1000 { if operation.side == .new { operation.fail() } else { operation.take(1) } }
            }
        ),
        (
            "time-outs above 1 % on both sides",
            RunSketch().recording { operation in
                for index in 0..<1000 { if index < 20 { operation.fail() } else { operation.take(1) } }
            }
        ),
        (
            "fewer rows",
            RunSketch().recording { operation in
                for _ in 0..<1000 { operation.take(1) }
                if operation.side == .new { operation.rows = 9_000 }
            }
        )
    ]
}

@Test func missingEvidenceNeverPasses() throws {
    let criteria = try criteria(tail, slo, mean, service, throughput)
    for (what, recording) in spoilt() {
        let judgement = judged(recording, criteria)
        #expect(judgement.outcome != .qualified, "\(what)")
        for verdict in judgement.verdicts {
            #expect(verdict.finding != .pass, "\(what): \(verdict.id): \(verdict.reason)")
            #expect(verdict.reason.count > 20)
        }
    }
    let rate = try Verdicts.Criteria.read(
        "criteria: 1\nname: x\nperformance: [{\(errors)}]\n", file: "x")
    for (what, recording) in spoilt() where !["fewer rows", "all in one round", "old side empty"].contains(what) {
        #expect(judged(recording, rate).verdicts.allSatisfy { $0.finding != .pass }, "\(what)")
    }
}

@Test func aSideThatOnlyFailsIsNotQualified() throws {
    let recording = RunSketch().recording { operation in
        for _ in 0..<1000 { if operation.side == .new { operation.fail("overloaded") } else { operation.take(1) } }
    }
    let judgement = try judged(recording, criteria(tail, errors))
    #expect(judgement.outcome == .notQualified)
    let verdict = try #require(judgement.verdicts.first { $0.id == "errors/read" })
    #expect(verdict.finding == .fail)
    #expect(verdict.reason.contains("24,000 of 24,000 operations: 24,000 overloaded"))
}

@Test func fewErrorsAreUndecidedUntilThereIsEnough() throws {
    let limit = "id: errors, measure: error rate, of: each operation, at_most: 0.1 %"
    let few = try judged(equal(count: 2_500), criteria(limit)).verdicts[0]
    #expect(few.finding == .undecided)
    // Zero errors show a rate below 0.1 % at about 50 times 2995 operations.
    #expect(few.reason.contains("0 of 60,000 operations") && few.reason.contains("it would take about 15"))
    #expect(try judged(equal(count: 10_000), criteria(limit)).verdicts[0].finding == .pass)
    let zero = try judged(equal(), criteria("id: errors, measure: error rate, of: each operation, at_most: 0 %"))
    #expect(zero.verdicts[0].reason.contains("no sample can show a rate of exactly 0"))
}

@Test func rowsThatDifferLeaveLatencyUndecidedWithTheNumbers() throws {
    let recording = RunSketch([("a", .point), ("b", .range)]).recording { operation in
        let isFewer = operation.side == .new && operation.operation == 1
        for _ in 0..<1000 { operation.take(isFewer ? 1 : 2) }
        if isFewer { operation.rows = 9_000 }
    }
    let judgement = try judged(recording, criteria(tail, mean))
    #expect(judgement.verdicts.map(\.finding) == [.pass, .undecided, .undecided])
    #expect(judgement.verdicts[1].reason.contains("old 240,000, new 216,000"))
    #expect(judgement.outcome == .undecided)
}

@Test func throughputSaysHowToComeByIt() throws {
    let judgement = try judged(equal(), criteria(tail, throughput + ", advisory: true"))
    #expect(judgement.verdicts[1].finding == .undecided && judgement.verdicts[1].reason.contains("saturation rounds"))
    // Advisory: it does not decide, but it is scored.
    #expect(judgement.outcome == .qualified && judgement.score == 50)
    #expect(try judged(equal(), criteria(throughput + ", advisory: true")).outcome == .undecided)
}

@Test func otherFamiliesAreUndecidedAndSaySo() throws {
    let text = "criteria: 1\nname: x\nsecurity: [{id: tls, require: tls >= 1.2 on both}]\n"
    let judgement = judged(equal(), try Criteria.read(text, file: "x"))
    #expect(judgement.outcome == .undecided)
    #expect(judgement.verdicts[0].reason == "this version collects no evidence for 'tls >= 1.2 on both'")
}

@Test func aVoidRunIsVoidWhateverItShows() throws {
    var sketch = RunSketch()
    sketch.faults = [1: .old, 5: .old, 9: .new]
    let judgement = try judged(equal(sketch), criteria(tail, mean))
    #expect(judgement.outcome == .void && judgement.score == 0)
    #expect(judgement.verdicts.allSatisfy { $0.finding == .undecided && $0.reason.hasPrefix("the run is void: ") })
}

@Test func interruptedRunsMayFailButNeverPass() throws {
    var sketch = RunSketch()
    sketch.interrupted = true
    let criteria = try criteria(tail, slo, errors, functional: parity)
    let judgement = judged(equal(sketch, count: 2_500), criteria)
    #expect(judgement.verdicts.map(\.finding) == [.undecided, .undecided, .undecided, .pass])
    #expect(judgement.verdicts[0].reason.contains("ended before its plan") && judgement.caveats.count == 3)
    #expect(judgement.verdicts[0].reason.hasSuffix("run it whole"))
    let slower = sketch.recording { operation in
        for step in 0..<1000 { operation.take((operation.side == .new ? 2 : 1) * (3 + Double(step) / 1000)) }
    }
    #expect(judged(slower, criteria).verdicts[0].finding == .fail)
}

@Test func allReasonsAgainstAPassAreGiven() throws {
    var sketch = RunSketch()
    sketch.interrupted = true
    let recording = sketch.recording { operation in
        for _ in 0..<2000 { operation.take(1) }
        if operation.side == .old { operation.fail() }
    }
    let reason = try judged(recording, criteria(tail)).verdicts[0].reason
    #expect(reason.contains("row counts of read could not be compared"))
    #expect(reason.contains("; the run was ended before its plan"))
}

@Test func theOneRuleOfOutcomes() {
    func verdict(_ finding: Finding, advisory: Bool = false, weight: Double = 1) -> Verdict {
        Verdict(
            id: "x", criterion: "x", family: .performance, finding: finding, reason: "", advisory: advisory,
            weight: weight)
    }
    func judgement(_ verdicts: Verdict..., void: [String] = []) -> Judgement {
        Judgement(criteria: "c", verdicts: verdicts, voidReasons: void, caveats: [])
    }
    #expect(judgement().outcome == .undecided)
    #expect(judgement(verdict(.pass)).outcome == .qualified)
    #expect(judgement(verdict(.pass), verdict(.undecided)).outcome == .undecided)
    #expect(judgement(verdict(.pass), verdict(.undecided), verdict(.fail)).outcome == .notQualified)
    #expect(judgement(verdict(.pass), verdict(.fail, advisory: true)).outcome == .qualified)
    #expect(judgement(verdict(.pass, advisory: true)).outcome == .undecided)
    #expect(judgement(verdict(.fail), void: ["why"]).outcome == .void)
    #expect(judgement(verdict(.pass, weight: 2), verdict(.fail)).score == 66.7)
}

@Test func verdictsAreTheSameBytes() throws {
    let criteria = try criteria(tail, slo, mean, errors, service, throughput, functional: parity)
    let recording = equal()
    let text = judged(recording, criteria).json().text()
    #expect(text == judged(recording, criteria).json().text())
    #expect(text.contains("\"outcome\": \"undecided\"") && text.contains("\"verdict\": \"pass\""))
    _ = try YAML.read(text, file: "verdict.json")
}
