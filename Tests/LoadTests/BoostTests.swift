// Boost rounds between the control round and those at the sides' limits, run or left out: the recording stays in order of time.

import Quantities
import Recordings
import Testing
import Workloads

@testable import Load

private let workload = """
    workload: 1
    name: small
    values: {a: {int: {uniform: {items: 10}}}}
    operations:
      get: {shape: point, weight: 95, cql: SELECT * FROM k.t WHERE a = ?, bind: [a]}
      put: {shape: write, weight: 5, cql: INSERT INTO k.t (a) VALUES (?), bind: [a]}
    traffic: {arrivals: constant, rate: 100/s, warm_up: 0 s}
    """

private func plan(boost: Boost?) throws -> Plan {
    try Plan(
        Profile.read(workload, file: "w.yaml"),
        PairFile.read("{pair: 1, name: p, old: {cql: [a]}, new: {cql: [b]}}", file: "p.yaml"),
        PlanSettings(
            duration: .seconds(44), seed: 3, saturation: Saturation(.closedLoop(inFlight: 4), length: .seconds(22)),
            boost: boost))
}

private let boost = Boost([Boost.Member("put", share: 0.4, chosenBy: .planner)], rounds: 2)

/// The purposes and indices of the rounds that come out, where these are run.
private func assembled(_ plan: Plan, boosts: Bool) -> [(RoundRecord.Purpose, Int)] {
    var assembler = RoundAssembler(plan)
    if !boosts { assembler.leaveOutBoost() }
    var director = SaturationDirector(plan)
    var found: [(RoundRecord.Purpose, Int)] = []
    func slice() -> SliceRecord { SliceRecord(start: .zero, length: .seconds(5), operations: []) }
    func take(_ round: PlannedRound, decided: Bool) {
        for side in [round.first, round.first.other] {
            found += assembler.add(
                FinishedSlice(round: round.index, side: side, record: slice(), planned: decided ? round : nil)
            ).map { ($0.purpose, $0.index) }
        }
    }
    for round in plan.rounds where boosts || round.purpose != .boost { take(round, decided: false) }
    while let round = director.next(after: nil) { take(round.planned, decided: true) }
    return found
}

@Test func roundsStayInOrderWithAndWithoutBoost() throws {
    let plan = try plan(boost: boost)
    let all = assembled(plan, boosts: true)
    #expect(all.map(\.1) == Array(0..<9))
    #expect(
        all.map(\.0) == [
            .measure, .measure, .measure, .measure, .rowsControl, .boost, .boost, .saturation, .saturation
        ])
    let fewer = assembled(plan, boosts: false)
    #expect(fewer.map(\.1) == [0, 1, 2, 3, 4, 7, 8])
    #expect(fewer.map(\.0).suffix(2) == [.saturation, .saturation])
}

@Test func boostSegmentsFollowTheOthersAndCountAsTime() throws {
    let (usual, boosted) = (try plan(boost: nil), try plan(boost: boost))
    #expect(boosted.segments.map(\.seed) == usual.segments.map(\.seed))
    #expect(usual.boostSegments.isEmpty && boosted.boostSegments.count == 4)
    #expect(boosted.boostSegments.map(\.round) == [5, 5, 6, 6])
    #expect(boosted.boostSegments[0].seed == boosted.boostSegments[1].seed)
    #expect(boosted.boostSegments[0].sides != boosted.boostSegments[1].sides)
    #expect(boosted.totalLength - usual.totalLength == .seconds(22) && boosted.boostLength == .seconds(22))
}

@Test func boostRoundsAreDecidedOnOnce() throws {
    let run = LoadRun(try plan(boost: boost))
    #expect(run.decideBoost(isWanted: false) && !run.decideBoost(isWanted: true))
}
