// Boost rounds before the court: they decide what the looks left open of their own operation, at their own price, and nothing else.

import Comparisons
import Glibc
import Quantities
import Recordings
import RunSupport
import Statistics
import Testing
import Verdicts

private let tail = "id: p99, measure: p99 of response time, of: each operation, allow: +5 %"
private let mean = "id: mean, measure: mean of response time, of: each operation, allow: +5 %"
private let boost = Boost([Boost.Member("rare", share: 0.2, chosenBy: .planner)], rounds: 24)

/// A run in which `rare` is one operation in fifty, and where it is one in five after that. New is slower by the factors.
private func run(
    _ rare: Double, boosted: Double? = nil, rounds: Int = 24, seed: UInt64 = 1, looks: Int? = nil,
    faults: [Int: Side] = [:]
) -> Recording {
    func part(_ counts: [Int], _ factor: Double, _ rounds: Int, _ seed: UInt64, _ faults: [Int: Side]) -> Recording {
        var sketch = RunSketch([("often", .point), ("rare", .range)])
        sketch.operations[0].weight = 98
        sketch.operations[1].weight = 2
        sketch.rounds = rounds
        sketch.seed = seed
        sketch.slice = .seconds(10)
        sketch.faults = faults
        let noise = ReferenceNoise(rounds: rounds, seed: seed)
        return sketch.recording { operation in
            let isSlower = operation.side == .new && operation.operation == 1
            let level = 4 * exp(noise.level(operation.round, operation.side)) * (isSlower ? factor : 1)
            for _ in 0..<counts[operation.operation] { operation.take(level * exp(0.5 * operation.random.normal())) }
        }
    }
    var recording = part([490, 10], rare, rounds, seed, [:])
    recording.looks = looks.map { Looks($0, over: rounds) }
    recording.addBoostRounds(part([200, 1000], boosted ?? rare, 24, seed + 1000, faults), boost)
    recording.ended = recording.started + recording.rounds[recording.rounds.count - 1].end
    return recording
}

private func plain(_ recording: Recording) -> Recording {
    var other = recording
    other.rounds.removeAll { $0.purpose == .boost }
    other.boost = nil
    other.ended = other.started + other.rounds[other.rounds.count - 1].end
    return other
}

private func verdict(_ recording: Recording, _ lines: String, _ id: String) throws -> Verdict {
    try #require(try judged(recording, criteria(lines)).verdicts.first { $0.id == id })
}

@Test func aSmallShareIsDecidedInBoostRounds() throws {
    let recording = run(1.25, looks: 6)
    #expect(try verdict(plain(recording), tail, "p99/rare").finding == .undecided)
    let found = try verdict(recording, tail, "p99/rare")
    #expect(found.finding == .fail, "\(found.reason)")
    #expect(found.reason.contains("in boost rounds, where it was 20 % of the traffic, p99 of rare"))
    let look = try #require(found.look)
    #expect(look.isBoost && look.number == 7 && look.planned == 6 && abs(look.level - 0.0125) < 1e-12)
    #expect(found.reason.contains("minutes of boost rounds)"))
    guard case .effect(let effect) = found.evidence else { return #expect(Bool(false), "no effect") }
    #expect(effect.has(.boosted) && effect.caveats[0].sentence.contains("20 % of the traffic, and not 2 %"))
}

@Test func alikeSidesDoNotFailAndMayPassInBoostRounds() throws {
    var passed = 0
    for seed in 1...10 as ClosedRange<UInt64> {
        let found = try verdict(run(1, seed: seed), mean, "mean/rare")
        #expect(found.finding != .fail, "\(found.reason)")
        if found.finding == .pass {
            passed += 1
            #expect(found.look?.isBoost == true && found.reason.contains("in boost rounds"))
        }
    }
    #expect(passed >= 7, "\(passed) of 10")
}

/// What the others are judged by is the same to the last bit, and so is the whole workload.
@Test func nothingElseSeesBoostRounds() throws {
    let recording = run(1.25, looks: 6)
    let (with, without) = (compare(recording), compare(plain(recording)))
    #expect(with.effects == without.effects && with.levels == without.levels)
    #expect(with.errorRates == without.errorRates && with.rows == without.rows && with.validity == without.validity)
    let lines = try criteria(
        tail, mean, "id: all, measure: mean of response time, of: the workload, allow: +5 %",
        "id: range, measure: mean of response time, of: shape range, allow: +5 %",
        "id: errors, measure: error rate, of: each operation, side: new, at_most: 1 %")
    let (one, other) = (judged(recording, lines), judged(plain(recording), lines))
    for (a, b) in zip(one.verdicts, other.verdicts) where !["p99/rare", "mean/rare"].contains(a.id) {
        #expect(a == b)
    }
}

/// Half of alpha is kept for them, whether they were run or not: or a run that ends early would have more of it.
@Test func theLooksHaveHalfOfAlpha() throws {
    var recording = run(1.6, rounds: 60, looks: 6)
    let found = try verdict(recording, mean, "mean/rare")
    let look = try #require(found.look)
    #expect(found.finding == .fail && !look.isBoost)
    let plan = SequentialPlan(fractions: (1...6).map { Double($0) / 6 }, alpha: 0.025)
    // The first look at which there are units enough is the second.
    let levels = SequentialPlan(fractions: [1.0 / 6, 1.0 / 3, 1], alpha: 0.025).increments
    #expect(look.number >= 1 && look.number <= 3)
    #expect(look.number != 2 || abs(look.level - levels[1] / 2) < 1e-9)
    #expect(look.level <= plan.increments.max()! / 2 + 1e-12)
    recording.rounds.removeAll { $0.purpose == .boost }
    #expect(try verdict(recording, mean, "mean/rare").look == look)
}

@Test func theSharesOfAlphaSumUp() throws {
    // 0.025 at the looks, and 0.025 in boost rounds.
    let recording = run(1.0)
    let found = try verdict(recording, tail, "p99/rare")
    #expect(found.look.map { abs($0.level - 0.025) < 1e-12 } ?? true)
    let single = "id: p99, measure: p99 of response time, of: rare, allow: +5 %"
    let alone = try verdict(run(1.25), single, "p99")
    let look = try #require(alone.look)
    #expect(alone.finding == .fail && abs(look.level - 0.025) < 1e-12)
}

@Test func boostRoundsThatWereNotRunLeaveTheVerdictOpen() throws {
    var recording = run(1.25, looks: 6)
    recording.rounds.removeAll { $0.purpose == .boost }
    let judgement = try judged(recording, criteria(tail))
    #expect(judgement.openToBoost == ["p99/rare"])
    #expect(judgement.open.contains("p99/often") == (judgement.verdicts[0].finding == .undecided))
    // Nothing that boost rounds could decide.
    let errors = "id: errors, measure: error rate, of: rare, side: new, at_most: 0.01 %"
    #expect(try judged(recording, criteria(errors)).openToBoost.isEmpty)
}

@Test func aDecisionAtALookStandsAndBoostRoundsMaySpeakAgainstIt() throws {
    let found = try verdict(run(1, boosted: 1.6, rounds: 60, looks: 6), mean, "mean/rare")
    #expect(found.finding == .pass && found.look?.isBoost == false, "\(found.reason)")
    #expect(try #require(found.contradiction).contains("boost rounds say otherwise: in boost rounds"))
}

/// What the usual mix shows against a pass speaks against one in boost rounds.
@Test func aPassInBoostRoundsNeedsTheSilenceOfTheOthers() throws {
    // So many tests that a failure is not taken by what speaks for one by itself.
    let lines = (0..<10).map { "id: mean\($0), measure: mean of response time, of: rare, allow: +5 %" }
    let many = try criteria(lines.joined(separator: "}\n  - {"))
    var held = 0
    for seed in 1...8 as ClosedRange<UInt64> {
        let recording = run(1.2, boosted: 0.9, seed: seed)
        let found = judged(recording, many).verdicts[0]
        let usual = try #require(judged(plain(recording), many).verdicts[0].failProbability)
        if usual < 0.025 {
            #expect(found.finding != .pass)
            held += found.reason.contains("the rounds of the workload's own mix say otherwise") ? 1 : 0
        } else {
            #expect(found.finding == .pass && found.look?.isBoost == true, "\(found.reason)")
        }
    }
    #expect(held > 0)
}

@Test func rowsThatDifferInBoostRoundsForbidAPass() throws {
    var recording = run(1)
    for index in recording.rounds.indices where recording.rounds[index].purpose == .boost {
        recording.rounds[index].new.operations[1].rows = 7
    }
    let found = try verdict(recording, tail, "p99/rare")
    #expect(found.finding == .undecided && found.reason.contains("different numbers of rows"), "\(found.reason)")
}

@Test func voidBoostRoundsVoidThemselvesAlone() throws {
    let faults = Dictionary(uniqueKeysWithValues: (0..<6).map { ($0, $0 % 2 == 0 ? Side.old : .new) })
    let judgement = try judged(run(1.25, faults: faults), criteria(tail))
    #expect(judgement.outcome != .void && judgement.voidReasons.isEmpty)
    let found = try #require(judgement.verdicts.first { $0.id == "p99/rare" })
    #expect(found.finding == .undecided && found.reason.contains("the boost rounds are void"), "\(found.reason)")
}

@Test func aRunThatIsKilledInItsBoostRoundsMayFailAndNeverPass() throws {
    func killed(_ factor: Double) throws -> Verdict {
        var recording = run(factor)
        recording.rounds.removeLast(3)
        recording.interrupted = true
        return try verdict(recording, tail, "p99/rare")
    }
    #expect(try killed(1.4).finding == .fail)
    for seed in 1...3 as ClosedRange<UInt64> {
        var recording = run(0.9, seed: seed)
        recording.interrupted = true
        #expect(try verdict(recording, tail, "p99/rare").finding == .undecided)
    }
}

@Test func aLimitOfTheBoostedOperationIsJudgedThereToo() throws {
    let line = "id: slo, measure: p99 of response time, of: rare, side: new, at_most: 10 ms"
    let found = try verdict(run(1.25), line, "slo")
    #expect(found.finding == .fail && found.look?.isBoost == true, "\(found.reason)")
}

@Test func longestNeedsAreThoseOfGatingTimesOfOperations() throws {
    let traffic = PlannedTraffic(
        operations: [
            OperationInfo(name: "often", shape: .point, keyspace: "k", weight: 98),
            OperationInfo(name: "rare", shape: .range, keyspace: "k", weight: 2)
        ], ratePerSecond: 2000, mode: .interleaved, slice: .seconds(5), guardLength: .seconds(0.5))
    let needs = longestNeeds(
        try criteria(
            tail, mean, "id: errors, measure: error rate, of: each operation, side: new, at_most: 0.01 %",
            "id: advice, measure: p99.9 of response time, of: each operation, allow: +5 %, advisory: true"),
        for: traffic)
    #expect(Set(needs.keys) == ["often", "rare"])
    let (often, rare) = (try #require(needs["often"]), try #require(needs["rare"]))
    // p99 of 40 operations a second, a fiftieth of which is beyond nothing: 30,000 of them take 25 minutes of both sides.
    #expect(often < .seconds(180) && rare > .seconds(1200) && rare < .seconds(2400), "\(often) \(rare)")
    let half = longestNeeds(try criteria(tail), for: traffic, alphaShare: 0.5)
    #expect(try #require(half["rare"]) > rare)
}
