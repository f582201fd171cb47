// From the first byte to the verdict in virtual time: nothing fails where nothing differs, and what differs is found by name.

import Comparisons
import Histograms
import Lab
import Load
import Quantities
import Recordings
import Testing
import Verdicts

private let criteria = """
    criteria: 1
    name: simulated
    performance:
      - {id: p50, measure: p50 of response time, of: each operation, allow: +5 %}
      - {id: mean, measure: mean of response time, of: each operation, allow: +5 %}
      - {id: p99, measure: p99 of response time, of: each operation, allow: +5 %}
    """

/// A side that cannot keep up fails, though no round of it can be compared row by row.
@Test func aSideThatTimesOutFailsByLatencyToo() throws {
    var new = LabDials(.new)
    new.factor = [.range: 500]
    let judgement = try judged(SimulatedRun(seed: 6, minutes: 4, new: new).record())
    let range = judgement.verdicts.filter { $0.id.hasSuffix("/recent") && $0.criterion != "p99" }
    #expect(range.allSatisfy { $0.finding == .fail }, "\(range.map(\.reason))")
    #expect(judgement.verdicts(.fail).allSatisfy { $0.id.hasSuffix("/recent") })
}

private func judged(_ recording: Recording) throws -> Judgement {
    let criteria = try Criteria.read(criteria, file: "criteria.yaml")
    let measures: [Measure] = [.p(50), .p(99), Measure(.mean)]
    return judge(
        compare(recording, measures: measures), by: criteria, recording: recording,
        observations: Observations(probed: ["parity"]))
}

/// Twenty seeds of four minutes with the same node on both sides. A tool that is always undecided would pass nothing.
@Test func alikeSidesNeverFailAndAreFoundAlike() throws {
    var allPassed = 0
    for seed in 1...20 as ClosedRange<UInt64> {
        let judgement = try judged(SimulatedRun(seed: seed, minutes: 4).record())
        let failed = judgement.verdicts(.fail)
        #expect(failed.isEmpty, "seed \(seed): \(failed.map(\.reason))")
        let centre = judgement.verdicts.filter { $0.criterion != "p99" }
        #expect(centre.count == 8)
        if centre.allSatisfy({ $0.finding == .pass }) { allPassed += 1 }
    }
    #expect(allPassed >= 18, "\(allPassed) of 20 pass p50 and mean of every operation at +5 %")
}

@Test(arguments: [1, 2, 3] as [UInt64])
func theStoryOfTheDemoIsFoundAndNothingElse(seed: UInt64) throws {
    var new = LabDials(.new)
    new.factor = [.point: 0.95, .write: 0.95, .range: 1.8, .multiPartition: 1.8]
    let judgement = try judged(SimulatedRun(seed: seed, minutes: 4, new: new).record())
    #expect(judgement.outcome == .notQualified)
    let failed = Set(judgement.verdicts(.fail).map(\.id))
    #expect(failed.isSuperset(of: ["p50/recent", "mean/recent", "p50/many", "mean/many"]))
    #expect(failed.allSatisfy { $0.hasSuffix("/recent") || $0.hasSuffix("/many") }, "\(failed)")
}

@Test func aSideThatAnswersLessIsNotFaster() throws {
    var new = LabDials(.new)
    new.factor = [.range: 0.5]
    new.fewerRows = [.range: Ratio(0.05)]
    let judgement = try judged(SimulatedRun(seed: 4, minutes: 4, new: new).record())
    let range = judgement.verdicts.filter { $0.id.hasSuffix("/recent") }
    #expect(range.count == 3)
    #expect(range.allSatisfy { $0.finding == .undecided }, "\(range.map(\.reason))")
    #expect(range.count { $0.reason.contains("the sides returned different numbers of rows") } == 3)
    #expect(judgement.outcome == .undecided)
}

/// A canary: what a generator that counts from the send would report of the same run must be told apart from the truth.
@Test func countingFromTheSendWouldHideTheStall() throws {
    var stalling = LabDials(.new)
    stalling.stalls = [.repeated(every: .seconds(15), length: .seconds(1.2), first: .seconds(6))]
    var run = try SimulatedRun(seed: 5, minutes: 1, new: stalling)
    run.settings.streams = 3
    let whole = try run.record().whole(.new)
    let response = whole[0].response.quantile(0.99)
    let service = whole[0].service.quantile(0.99)
    #expect(response > 2 * service)
}
