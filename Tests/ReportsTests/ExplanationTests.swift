// The derivation of a verdict: the same verdict as in verdict.json for every kind of criterion, and numbers that can be
// worked through again.

import Comparisons
import Documents
import Glibc
import Quantities
import Recordings
import RunSupport
import Statistics
import Testing
import Verdicts

@testable import Reports

private let criteriaText = """
    criteria: 1
    name: explained
    performance:
      - {id: p99, measure: p99 of response time, of: each operation, allow: +5 %, confidence: 99 %}
      - id: mean
        measure: mean of service time
        of: shape range
        allow: +3 %
        advisory: true
      - {id: slo, measure: p99 of response time, of: each operation, side: new, at_most: 50 ms}
      - {id: both, measure: p50 of response time, of: the workload, allow: +5 %, at_most: 10 ms}
      - {id: errors, measure: error rate, of: the workload, side: new, at_most: 1 %}
      - {id: late, measure: time-outs, of: read, side: new, at_most: 0.001 %}
      - {id: max, measure: max of service time, of: read, side: new, at_most: 8 ms}
      - {id: kept, measure: max of response time, of: the workload, side: old, at_most: 1 min}
      - {id: throughput, measure: throughput, of: the workload, allow: -3 %, at_least: 100/s}
      - {id: cpu, measure: cpu, of: the workload, at_most: 80 %}
    functional:
      - {id: parity, measure: differences of parity, at_most: 0}
      - {id: answers, measure: differing answers, at_most: 0}
    waive: [{id: p99/list, until: 2026-12-31, by: Jane Doe, why: known}]
    """

/// Two operations, of which `list` is slower by half on new; some failures; a saturation; a calibration where
/// `isCalibrated`.
private func recording(isCalibrated: Bool = true) -> Recording {
    var sketch = RunSketch([("read", .point), ("list", .range)])
    sketch.rounds = 60
    sketch.faults = [7: .old]
    let noise = ReferenceNoise(rounds: 60, seed: 3)
    var recording = sketch.recording { operation in
        let factor = operation.side == .new && operation.operation == 1 ? 1.5 : 1
        let level = 3 * factor * exp(noise.level(operation.round, operation.side))
        for _ in 0..<500 { operation.take(level * exp(0.4 * operation.random.normal())) }
        if operation.round % 9 == 0 { operation.fail("unavailable") }
    }
    recording.looks = Looks(6, over: 60)
    recording.addRounds(30) { round, side in
        SaturationSketch(.inFlight(16), completed: (side == .new ? 24_000 : 25_000) + 200 * (round * 7 % 5))
    }
    guard isCalibrated else { return recording }
    let measures = [Measure.p(50), .p(99), Measure(.mean, of: .service), Measure(.throughput)]
    recording.floor = NoiseFloor(
        windows: 8, windowLength: .seconds(600), separateDeployments: true,
        entries: measures.flatMap { measure in
            ["read", "list", "shape range", "the workload"].map {
                NoiseFloor.Entry(measure: measure.text, part: $0, deviation: 0.004)
            }
        })
    return recording
}

private struct Explained {
    let judgement: Judgement
    let traces: [VerdictTrace]
    let explanation: Explanation

    init(_ recording: Recording, _ text: String = criteriaText) throws {
        let criteria = try Criteria.read(text, file: "criteria.yaml")
        let comparison = compare(recording, measures: criteria.measures)
        (judgement, traces) = traced(
            comparison, by: criteria, recording: recording,
            observations: Observations(
                probed: ["parity"],
                observations: [Observation(kind: "parity", subject: "replication.shop", old: "1", new: "3")]))
        explanation = Explanation(judgement, traces, comparison, criteria: text)
    }

    /// The entries of one derivation: names with the texts that stand beside them, in their order.
    func entries(_ id: String) throws -> [(name: String, text: String)] {
        var found: [(name: String, text: String)] = []
        for line in try #require(explanation.text(of: id)).split(separator: "\n") {
            if !line.hasPrefix(" ") {
                let name = line.prefix(14)
                let words = name.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
                found.append((words, String(line.dropFirst(15))))
            } else if !found.isEmpty {
                found[found.count - 1].text += " " + line.drop { $0 == " " }
            }
        }
        return found
    }
}

/// All numbers of a text, in their order.
private func numbers(_ text: some StringProtocol) -> [Double] {
    text.split { !"0123456789.e-".contains($0) }.compactMap { Double($0) }
}

private func near(_ a: Double, _ b: Double, _ scale: Double? = nil) -> Bool {
    // Six digits of each of a few numbers.
    abs(a - b) <= 3e-5 * (scale ?? abs(b)) + 1e-12
}

@Test(arguments: [true, false]) func theDerivationEndsInTheVerdictOfTheFile(isCalibrated: Bool) throws {
    let explained = try Explained(recording(isCalibrated: isCalibrated))
    guard case .object(let keys) = explained.judgement.json(), case .array(let verdicts)? = keys["verdicts"] else {
        Issue.record("verdict.json holds verdicts")
        return
    }
    #expect(verdicts.count == 14)
    var kinds: Set<String> = []
    for verdict in verdicts {
        guard case .object(let verdict) = verdict, case .string(let id)? = verdict["id"],
            case .string(let finding)? = verdict["verdict"], case .string(let reason)? = verdict["reason"]
        else {
            Issue.record("a verdict has an id, a word and a reason")
            continue
        }
        kinds.insert(finding)
        let entries = try explained.entries(id)
        #expect(entries.first?.name == String(id.prefix(14)), "\(id)")
        #expect(entries.last { $0.name == "verdict" }?.text.hasPrefix(finding) == true, "\(id): \(entries)")
        let words = reason.split(separator: " ").joined(separator: " ")
        #expect(entries.last { $0.name == "reason" }?.text == words, "\(id)")
        for (key, place) in [("pass_probability", 0), ("fail_probability", 1)] {
            // A tolerance with a limit has tests of its own, each with its probability.
            guard verdict["tests"] == nil, case .number(let probability)? = verdict[key] else { continue }
            guard let printed = entries.last(where: { $0.name == "p" })?.text else {
                // Nothing is inferred from what was seen alone.
                #expect(["max", "parity"].contains(id))
                continue
            }
            #expect(near(numbers(printed)[place], probability), "\(id): \(printed), \(probability)")
        }
    }
    #expect(kinds == ["pass", "fail", "undecided"])
    #expect(explained.explanation.text(of: "p98/list") == nil)
}

@Test func theNumbersLeadFromOneToTheNext() throws {
    let explained = try Explained(recording())
    for id in ["p99/read", "p99/list", "mean", "slo/read", "both", "throughput"] {
        let entries = try explained.entries(id)
        func first(_ name: String) throws -> [Double] {
            numbers(try #require(entries.first { $0.name == name }?.text, "\(id): \(name)"))
        }
        let equation = try #require(entries.first { $0.name == "theta" }).text.split(separator: "=")
        let theta = try #require(numbers(equation[1]).first)
        let pooled = try first("pooled")
        #expect(near(theta, pooled.count > 1 ? log(pooled[1] / pooled[0]) : log(pooled[0]), 1), "\(id)")
        let cosines = entries.first { $0.name == "cosines" }!.text.split(separator: ",").map {
            numbers($0.split(separator: "=")[1])[0]
        }
        let count = try first("units")[0]
        let (seE, seI) = (try first("seE")[0], try first("seI")[0])
        #expect(near(seE, (cosines.reduce(0) { $0 + $1 * $1 } / Double(cosines.count) / count).squareRoot()), "\(id)")
        let deviation = numbers(
            entries.first { $0.name == "pseudo-values" }!.text.split(separator: "standard deviation")[1])[0]
        #expect(near(seI, deviation / count.squareRoot()), "\(id)")
        let (run, floor, se) = (try first("run error")[0], try first("floor")[0], try first("se")[0])
        #expect(near(run, max(seE, seI)) && near(se, (run * run + floor * floor).squareRoot()), "\(id)")
        let df = try first("df")[0]
        #expect(df == Double(cosines.count))
        let interval = try first("interval")
        let alpha = id.hasPrefix("p99") ? 0.01 : 0.05
        let reach = StudentT.quantile(1 - alpha, df: df) * se
        #expect(near(interval[0], theta - reach, abs(theta) + reach), "\(id): \(interval)")
        #expect(near(interval[1], theta + reach, abs(theta) + reach), "\(id): \(interval)")
        let limit = try first("limit")[0]
        let t = numbers(entries.first { $0.name == "t statistic" }!.text)[0]
        #expect(near(abs(t), abs(limit - theta) / se, (abs(limit) + abs(theta)) / se), "\(id)")
        let passes = try first("p")[0]
        #expect(abs(passes - StudentT.upperTail(t, df: df)) < 1e-4, "\(id)")
        let verdict = try #require(explained.judgement.verdicts.first { $0.id == id })
        let tested = verdict.tests.first ?? verdict
        #expect(near(passes, try #require(tested.passProbability)), "\(id)")
    }
}

/// Rates: the bounds follow from the effective counts that are printed.
@Test func boundsOfRatesFollowFromWhatIsPrinted() throws {
    let explained = try Explained(recording())
    for id in ["errors", "late"] {
        let entries = try explained.entries(id)
        func all(_ name: String) throws -> [Double] { numbers(try #require(entries.first { $0.name == name }).text) }
        let (errors, operations) = (try all("counted")[0], try all("counted")[1])
        let effect = try all("deff")[0]
        let effective = entries.first { $0.name == "effective" }!.text.split(separator: "=").compactMap {
            numbers($0).first
        }
        #expect(near(effective[0], errors / effect) && near(effective[1], operations / effect), "\(id): \(effective)")
        let bounds = clopperPearson(successes: effective[0], trials: effective[1], alpha: 0.05)
        let printed = try all("bounds")
        #expect(near(printed[0], bounds.lower) && near(printed[1], bounds.upper), "\(id)")
    }
}

/// What is spent at the looks is the criterion's alpha, what was decided stays, and its level is the one in the
/// verdict.
@Test func theLooksAddUp() throws {
    let explained = try Explained(recording())
    for trace in explained.traces where trace.held != nil && trace.id != "throughput" && !trace.id.hasPrefix("max") {
        guard trace.steps.count > 1 else { continue }
        #expect(abs(trace.steps.last!.spent - trace.criterion.alpha) < 1e-12, "\(trace.id)")
        let decided = trace.steps.first { $0.finding == .pass || $0.finding == .fail }
        #expect(decided?.look == trace.verdict.look?.number, "\(trace.id)")
        guard let decided, let look = trace.verdict.look else { continue }
        #expect(trace.steps.drop { $0.look != decided.look }.dropFirst().allSatisfy { $0.ruling == nil }, "\(trace.id)")
        switch (trace.verdict.finding, decided.ruling?.failure) {
        case (.pass, _): #expect(look.level == decided.ruling?.passBelow)
        case (_, .bonferroni(let level, _)?): #expect(look.level == level && decided.failProbability! < level)
        case (_, .holm(let adjusted, _, _)?): #expect(adjusted < 1)
        case (_, .alone(let level)?): #expect(look.level == level && decided.failProbability! < level)
        default: Issue.record("\(trace.id) failed by no rule")
        }
        let table = try #require(explained.explanation.text(of: trace.id))
        #expect(table.contains(sixDigits(look.level)), "\(trace.id)")
    }
}

/// A pass at a look that later rows forbid: the derivation says that there was one, and why there is none.
@Test func whatTookAPassBackIsSaid() throws {
    var sketch = RunSketch()
    sketch.rounds = 60
    let noise = ReferenceNoise(rounds: 60, seed: 3)
    var recording = sketch.recording { operation in
        for _ in 0..<500 {
            operation.take(3 * exp(noise.level(operation.round, operation.side) + 0.4 * operation.random.normal()))
        }
        if operation.round >= 55 && operation.side == .new { operation.rows = 4_000 }
    }
    recording.looks = Looks(6, over: 60)
    let text = """
        criteria: 1
        name: one
        performance: [{id: p50, measure: p50 of response time, of: each operation, allow: +20 %}]
        """
    let explained = try Explained(recording, text)
    let verdict = try #require(explained.judgement.verdicts.first { $0.id == "p50/read" })
    #expect(verdict.finding == .undecided)
    let entries = try explained.entries("p50/read")
    let back = try #require(entries.first { $0.name == "taken back" }?.text)
    #expect(back.contains("different numbers of rows"))
    #expect(entries.contains { $0.name == "looks" && $0.text.contains(" pass") })
    #expect(entries.contains { $0.name == "failures" && $0.text.contains("the only test") })
}

@Test func theCriterionStandsThereAsItWasWritten() throws {
    let explained = try Explained(recording())
    let short = try explained.entries("p99/list")
    #expect(short[1].text.hasPrefix("criteria.yaml:4:5 - {id: p99, measure: p99 of response time"), "\(short[1])")
    #expect(short.contains { $0.name == "waiver" && $0.text.hasPrefix("waived until 2026-12-31 by Jane Doe") })
    let long = try explained.entries("mean")
    #expect(long[1].text.contains("measure: mean of service time of: shape range allow: +3 % advisory: true"))
    #expect(long[1].text.contains("never decides"))
}

@Test func sixDigitsAreSix() {
    let cases: [(Double, String)] = [
        (0, "0"), (1, "1"), (-12.345678, "-12.3457"), (0.0487901642, "0.0487902"), (1.23456789e-9, "1.23457e-9"),
        (999_999.6, "1e6"), (123_456.7, "123457"), (0.1, "0.1"), (9.9999996, "10"), (.infinity, "inf")
    ]
    for (value, text) in cases { #expect(sixDigits(value) == text) }
}
