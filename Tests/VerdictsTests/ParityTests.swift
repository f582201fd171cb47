// Parity: asked for or not, sides that differ or that nobody looked at leave a run undecided.

import Recordings
import RunSupport
import Testing
import Verdicts

private let tail = "id: p99, measure: p99 of response time, of: each operation, allow: +5 %"
private let parity = "id: parity, measure: differences of parity, at_most: 0"
private let equal = RunSketch().recording { $0.take(3, count: 1000) }
private let difference = Observation(kind: "parity", subject: "table_options.t.chunk", old: "64", new: "16")

private func probed(_ observations: Observation...) -> Observations {
    Observations(probed: ["parity"], observations: observations)
}

private func known(_ observation: Observation) -> Observation {
    var observation = observation
    observation.expected = true
    return observation
}

@Test func parityMustHaveBeenLookedAt() throws {
    let criteria = try criteria(tail, functional: parity)
    func outcome(_ observations: Observations) -> (Outcome, String) {
        let judgement = judged(equal, criteria, observations)
        return (judgement.outcome, judgement.verdicts.last?.reason ?? "")
    }
    #expect(outcome(alike) == (.qualified, "both sides were looked at: no unexpected difference"))
    #expect(outcome(Observations()).0 == .undecided)
    let (passed, words) = outcome(probed(known(difference)))
    #expect(passed == .qualified)
    #expect(words.hasSuffix("no unexpected difference; 1 expected: table_options.t.chunk (old 64, new 16)"))
    let (found, reason) = outcome(probed(difference))
    #expect(found == .undecided && reason.contains("allowed 0: table_options.t.chunk (old 64, new 16)"))
}

@Test func allowedDifferencesAreNamed() throws {
    let two = try criteria(tail, functional: parity.replacing("at_most: 0", with: "at_most: 2"))
    let reason = judged(equal, two, probed(difference)).verdicts.last?.reason
    #expect(reason == "both sides were looked at: 1 unexpected, allowed 2: table_options.t.chunk (old 64, new 16)")
}

@Test func parityCountsEvenUnasked() throws {
    let criteria = try criteria(tail)
    #expect(judged(equal, criteria, alike).outcome == .qualified)
    for observations in [Observations(), probed(difference)] {
        let judgement = judged(equal, criteria, observations)
        #expect(judgement.outcome == .undecided)
        #expect(judgement.verdicts.last?.id == "unexpected-parity")
    }
}

@Test func anAdvisoryCriterionDoesNotAskForParity() throws {
    let advisory = try criteria(tail, functional: parity + ", advisory: true")
    #expect(judged(equal, advisory, alike).outcome == .qualified)
    for observations in [Observations(), probed(difference)] {
        let judgement = judged(equal, advisory, observations)
        #expect(judgement.outcome == .undecided)
        #expect(judgement.verdicts.map(\.id) == ["p99/read", "parity", "unexpected-parity"])
    }
}
