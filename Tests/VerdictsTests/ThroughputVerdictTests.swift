// Criteria on throughput: low is bad here, and the rule is the same.

import Comparisons
import Documents
import Glibc
import Quantities
import Recordings
import RunSupport
import TestSupport
import Testing
import Verdicts

private let relative = "id: throughput, measure: throughput, of: the workload, allow: -3 %"
private let absolute = "id: floor, measure: throughput, of: the workload, side: new, at_least: 4000/s"

private func recording(
    factor: Double, noise: Double = 0.01, rounds: Int = 17, seed: UInt64 = 1, fewerRows: Bool = false
) -> Recording {
    var recording = RunSketch().recording { operation in
        for step in 0..<50 { operation.take(3 + Double(step) / 50, count: 20) }
        if fewerRows && operation.side == .new { operation.rows = 9000 }
    }
    var random = SeededRandom(seed: seed)
    recording.addRounds(rounds) { _, side in
        let rate = 5000 * (side == .new ? factor : 1) * exp(noise * random.normal())
        return SaturationSketch(.inFlight(64), completed: Int(rate * 5))
    }
    return recording
}

@Test func aThroughputThatFellFailsAndOneThatHeldPasses() throws {
    let criteria = try criteria(relative, absolute)
    let fallen = judged(recording(factor: 0.9), criteria)
    #expect(fallen.verdicts.map(\.finding) == [.fail, .pass])
    #expect(fallen.verdicts[0].reason.contains("throughput of the workload -"))
    #expect(fallen.verdicts[0].reason.hasSuffix("lower beyond it"))
    #expect(fallen.outcome == .notQualified)
    #expect(judged(recording(factor: 1), criteria).outcome == .qualified)
    #expect(judged(recording(factor: 1.2), criteria).verdicts[0].reason.hasSuffix("within it, and higher"))
    let low = judged(recording(factor: 0.6), criteria)
    #expect(low.verdicts.map(\.finding) == [.fail, .fail])
    #expect(low.verdicts[1].reason.contains("required 4000/s"))
}

@Test func whatIsNotResolvedSaysHowLongItTakes() throws {
    let judgement = judged(recording(factor: 1.01, noise: 0.06), try criteria(relative))
    #expect(judgement.verdicts[0].finding == .undecided)
    #expect(judgement.verdicts[0].reason.contains("not resolved"))
    #expect(judgement.verdicts[0].reason.contains("--saturation "))
    let few = judged(recording(factor: 0.5, rounds: 4), try criteria(relative, absolute))
    #expect(few.verdicts.allSatisfy { $0.finding == .undecided && $0.reason.contains("4 units of time") })
}

@Test func fewerRowsAreNoThroughput() throws {
    let judgement = judged(recording(factor: 1.3, fewerRows: true), try criteria(relative, absolute))
    #expect(
        judgement.verdicts.allSatisfy { $0.finding == .undecided && $0.reason.contains("different numbers of rows") })
}

/// At exactly the tolerance a pass is wrong, and must be rare; so must a failure.
@Test func atTheToleranceOfThroughputBothErrorsAreRare() throws {
    let criteria = try criteria(relative)
    var counts: [Finding: Int] = [:]
    for seed in 1...300 as ClosedRange<UInt64> {
        let judgement = judged(recording(factor: 0.97, noise: 0.02, seed: seed), criteria)
        counts[judgement.verdicts[0].finding, default: 0] += 1
    }
    // 5 % of 300 and three standard deviations.
    #expect(counts[.pass, default: 0] <= 26 && counts[.fail, default: 0] <= 26, "\(counts)")
}

@Test func theJudgementOfThroughputIsInTheFiles() throws {
    let judgement = judged(recording(factor: 0.9), try criteria(relative, absolute))
    let text = judgement.json().text()
    #expect(text.contains("\"old_per_s\"") && text.contains("\"value_per_s\"") && text.contains("\"low_per_s\""))
}
