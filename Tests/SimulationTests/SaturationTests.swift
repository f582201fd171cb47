// Sides with a known capacity, driven to their limits in virtual time: the capacity is found, and what differs is told.

import Comparisons
import Glibc
import Histograms
import Lab
import Load
import Quantities
import Recordings
import TestSupport
import Testing
import Verdicts
import Workloads

private func side(_ side: Side, perSecond: Double) -> LabDials {
    var dials = LabDials(side)
    dials.capacity = Capacity(Rate(perSecond: perSecond))
    return dials
}

/// One request an operation, so that a capacity in requests is one in operations.
private let onePage = ["latest", "place"]

private func run(
    old: Double, new: Double, _ saturation: Saturation, seed: UInt64 = 1
) throws -> Recording {
    try SimulatedRun(
        seed: seed, minutes: 0.2, old: side(.old, perSecond: old), new: side(.new, perSecond: new),
        saturation: saturation, only: onePage
    ).record()
}

private func judged(_ recording: Recording) throws -> Judgement {
    let text = """
        criteria: 1
        name: capacity
        performance: [{id: throughput, measure: throughput, of: the workload, allow: -3 %}]
        """
    return judge(
        compare(recording), by: try Criteria.read(text, file: "c.yaml"), recording: recording,
        observations: Observations(probed: ["parity"]))
}

private func throughput(_ recording: Recording) throws -> Effect {
    try #require(compare(recording).effect(Measure(.throughput), of: .workload))
}

@Test func aTenthLessCapacityIsFoundByAClosedLoop() throws {
    let recording = try run(old: 5000, new: 4500, Saturation(.closedLoop(inFlight: nil), length: .seconds(132)))
    #expect(!recording.interrupted && recording.saturationRounds.count == 12)
    let effect = try throughput(recording)
    #expect(close(try #require(effect.oldPerSecond), 5000, relative: 0.01))
    #expect(close(try #require(effect.newPerSecond), 4500, relative: 0.01))
    let interval = try #require(effect.estimate).interval()
    #expect(interval.low < log(0.9) && log(0.9) < interval.high)
    let judgement = try judged(recording)
    #expect(judgement.outcome == .notQualified, "\(judgement.verdicts.map(\.reason))")
    // The curve rises to the limit and stays there; the same number is held on both sides.
    let curve = recording.curveRounds.map(\.old.completedPerSecond)
    #expect(curve.count >= 5 && close(curve.last!, 5000, relative: 0.02) && curve[0] < 1000)
    let pressures = Set(recording.saturationRounds.flatMap { [$0.old.pressure, $0.new.pressure] }.map { "\($0!)" })
    #expect(pressures.count == 1)
    // Every operation is accounted for here as well.
    for round in recording.rounds {
        for side in Side.allCases {
            for operation in round[side].operations {
                #expect(operation.completed + operation.failed == operation.intended)
                #expect(operation.response.count == operation.intended)
            }
        }
    }
}

@Test func alikeSidesPassAtTheToleranceOfThroughput() throws {
    for seed in 1...3 as ClosedRange<UInt64> {
        let recording = try run(
            old: 1000, new: 1000, Saturation(.closedLoop(inFlight: nil), length: .seconds(132)), seed: seed)
        let judgement = try judged(recording)
        #expect(judgement.outcome == .qualified, "\(judgement.verdicts.map(\.reason))")
    }
}

@Test func aSearchFindsTheCapacity() throws {
    let objective = try Objective(parsing: "p99 <= 300 ms")
    let recording = try run(old: 1000, new: 800, Saturation(.search(objective), length: .seconds(176)))
    let effect = try throughput(recording)
    #expect(close(try #require(effect.oldPerSecond), 1000, relative: 0.03), "\(effect)")
    #expect(close(try #require(effect.newPerSecond), 800, relative: 0.03), "\(effect)")
    let interval = try #require(effect.estimate).interval()
    #expect(interval.low < log(0.8) && log(0.8) < interval.high)
    #expect(recording.objective == "p99 of the workload <= 300 ms")
    #expect(recording.curveRounds.contains { if case .rate(_, .some) = $0.old.pressure { true } else { false } })
}

@Test func latencyIsJudgedAsThoughNothingFollowed() throws {
    let plain = try SimulatedRun(seed: 3, minutes: 0.5).record()
    let driven = try SimulatedRun(
        seed: 3, minutes: 0.5, saturation: Saturation(.closedLoop(inFlight: 4), length: .seconds(10))
    ).record()
    #expect(driven.rounds.prefix(plain.rounds.count) == plain.rounds[...])
    #expect(driven.countedRounds == plain.countedRounds && driven.saturationRounds.count == 1)
}

/// A side that fails a share of what it is asked does less, not more, though it answers sooner.
@Test func errorsAreNoThroughput() throws {
    var failing = side(.new, perSecond: 1000)
    failing.errors = [
        .point: LabDials.InjectedError(share: Ratio(0.2), errorClass: .overloaded)
    ]
    let recording = try SimulatedRun(
        seed: 4, minutes: 0.2, old: side(.old, perSecond: 1000), new: failing,
        saturation: Saturation(.closedLoop(inFlight: 64), length: .seconds(132)), only: ["latest"]
    ).record()
    let effect = try throughput(recording)
    #expect(close(try #require(effect.estimate).value, 0.8, relative: 0.02))
    #expect(effect.has(.failures))
}

@Test func aSideThatHangsAtItsLimitEndsAndIsSeen() throws {
    var hanging = side(.new, perSecond: 1000)
    hanging.stalls = [.repeated(every: .seconds(30), length: .seconds(12), first: .seconds(20))]
    let recording = try SimulatedRun(
        seed: 5, minutes: 0.2, old: side(.old, perSecond: 1000), new: hanging,
        saturation: Saturation(.closedLoop(inFlight: 32), length: .seconds(132)), only: onePage
    ).record()
    let rounds = recording.saturationRounds
    #expect(rounds.count == 12)
    #expect(rounds.contains { $0.new.operations.contains { $0.errors["time_out"] ?? 0 > 0 } })
    #expect(rounds.allSatisfy { $0.old.failed == 0 })
}

@Test func aRunThatIsStoppedAtTheLimitKeepsItsWholeRounds() throws {
    let run = try SimulatedRun(
        seed: 6, minutes: 0.2, old: side(.old, perSecond: 500), new: side(.new, perSecond: 500),
        saturation: Saturation(.closedLoop(inFlight: 16), length: .seconds(132)), only: onePage)
    let recording = try run.record { _ in run.world.now() > Instant(nanoseconds: 90_000_000_000) }
    #expect(recording.interrupted && (2...9).contains(recording.saturationRounds.count))
    #expect(try throughput(recording).unavailable?.contains("units of time") == true)
}
