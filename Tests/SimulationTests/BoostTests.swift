// Boost rounds in virtual time: what a small share of the traffic hides is found in them, and nobody else sees them.

import Comparisons
import Lab
import Load
import Quantities
import Recordings
import Testing
import Verdicts
import Workloads

/// Range reads are one operation in fifty.
private let workload = SimulatedRun.workload
    .replacing("weight: 50", with: "weight: 83").replacing("weight: 20", with: "weight: 2")

private let boost = Boost([Boost.Member("recent", share: 0.5, chosenBy: .workload)], rounds: 14)

private func recording(
    seed: UInt64, factor: Double = 1, boost: Boost? = boost, during: @escaping (SimulatedRun) -> Bool = { _ in false }
) throws -> Recording {
    var new = LabDials(.new)
    new.factor = [.range: factor]
    let run = try SimulatedRun(
        seed: seed, minutes: 2.2, rate: 800, new: new, boost: boost, workload: workload)
    var recording = try run.record { _ in during(run) }
    recording.ended = recording.started + (recording.rounds.last?.end ?? .zero)
    return recording
}

private func judged(_ recording: Recording) throws -> Judgement {
    let text = """
        criteria: 1
        name: boosted
        performance:
          - {id: mean, measure: mean of response time, of: each operation, allow: +5 %}
          - {id: p99, measure: p99 of response time, of: each operation, allow: +5 %}
        """
    return judge(
        compare(recording), by: try Criteria.read(text, file: "c.yaml"), recording: recording,
        observations: Observations(probed: ["parity"]))
}

@Test func aSlowerOperationOfASmallShareIsFoundInBoostRounds() throws {
    let plain = try recording(seed: 2, factor: 1.25, boost: nil)
    let boosted = try recording(seed: 2, factor: 1.25)
    let id = "p99/recent"
    let before = try #require(try judged(plain).verdicts.first { $0.id == id })
    #expect(before.finding == .undecided && before.reason.contains("too little evidence"), "\(before.reason)")
    let judgement = try judged(boosted)
    let after = try #require(judgement.verdicts.first { $0.id == id })
    #expect(after.finding == .fail && after.look?.isBoost == true, "\(after.reason)")
    #expect(judgement.verdicts(.fail).allSatisfy { $0.id.hasSuffix("/recent") })
    // The evidence of all others is the same to the last bit.
    #expect(boosted.rounds.prefix(plain.rounds.count) == plain.rounds[...])
    #expect(boosted.boostRounds.count == 14)
    let (with, without) = (compare(boosted), compare(plain))
    #expect(with.effects == without.effects && with.levels == without.levels && with.run == without.run)
}

@Test func alikeSidesDoNotFailInBoostRounds() throws {
    for seed in 1...2 as ClosedRange<UInt64> {
        let judgement = try judged(recording(seed: seed))
        #expect(judgement.verdicts(.fail).isEmpty, "\(judgement.verdicts(.fail).map(\.reason))")
    }
}

@Test func bothSidesGetTheSameInBoostRounds() throws {
    let first = try recording(seed: 5)
    #expect(try recording(seed: 5) == first)
    var (own, all) = (0, 0)
    for round in first.boostRounds {
        #expect(round.old.operations.map(\.intended) == round.new.operations.map(\.intended))
        #expect(round.old.operations.map(\.rows) == round.new.operations.map(\.rows))
        own += round.old.operations[1].intended
        all += round.old.intended
    }
    #expect(abs(Double(own) / Double(all) - 0.5) < 0.01)
    // The same rate as in all other rounds.
    #expect(abs(Double(all) / (14 * 5 * 800) - 1) < 0.02)
}

@Test func aRunThatIsStoppedInBoostRoundsKeepsItsWholeRounds() throws {
    let stopped = try recording(seed: 6) { $0.world.now() > Instant(nanoseconds: 200_000_000_000) }
    #expect(stopped.interrupted && (2..<14).contains(stopped.boostRounds.count))
    #expect(try judged(stopped).verdicts(.pass).isEmpty)
}
