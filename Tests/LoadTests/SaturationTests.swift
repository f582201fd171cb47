// What is decided on the way to the sides' limits, with a function in place of a side.

import Documents
import Glibc
import Histograms
import Quantities
import Recordings
import TestSupport
import Testing
import Workloads

@testable import Load

// MARK: The curve

/// The steps of a curve of two sides whose throughput is a function of what is in flight.
private func curve(_ old: (Double) -> Double, _ new: (Double) -> Double) -> ClosedLoopCurve {
    var curve = ClosedLoopCurve()
    while let count = curve.next {
        curve.add(ClosedLoopCurve.Step(inFlight: count, perSecond: [old(Double(count)), new(Double(count))]))
    }
    return curve
}

/// Straight up to a sharp limit.
private func sharp(_ limit: Double, latency: Double) -> (Double) -> Double { { min(limit, $0 / latency) } }

@Test func theNumberInFlightIsTheSmallestThatIsEnoughForBoth() {
    let found = curve(sharp(5000, latency: 0.002), sharp(4500, latency: 0.01))
    // Old needs 10, new 45.
    #expect(found.chosen == [64, 64])
    #expect(found.steps.last!.inFlight == 256, "two doublings without gain, and no more")
    #expect(curve(sharp(100, latency: 0.001), sharp(100, latency: 0.001)).chosen == [1, 1])
}

@Test func aSideThatFallsOffIsHeldAtItsOwnBest() {
    let collapsing: (Double) -> Double = { min(4000, $0 / 0.002) / max(1, $0 / 16) }
    #expect(curve(sharp(5000, latency: 0.02), collapsing).chosen == [128, 8])
}

@Test func aCurveThatNeverEndsIsEnded() {
    let found = curve({ $0 * 100 }, { $0 * 100 })
    #expect(found.steps.last!.inFlight == ClosedLoopCurve.most)
    #expect(found.chosen == [ClosedLoopCurve.most, ClosedLoopCurve.most])
    #expect(ClosedLoopCurve().chosen == nil)
    #expect(curve({ _ in 0 }, { $0 }).chosen == nil, "a side that completes nothing has no limit to be held at")
}

// MARK: The search

/// Where the middle of the rates lies that are tried once it is found, and how many probes it took to find.
private func searched(
    from rate: Double, limit: Double, noise: Double = 0, seed: UInt64 = 1,
    rounds: Int = 60
) -> (middle: Double, probes: Int)? {
    var random = SeededRandom(seed: seed)
    var search = RateSearch(from: rate, seed: seed)
    func isKept() -> Bool { search.rate * exp(noise * random.normal()) <= limit }
    var probes = 0
    while !search.isFound && !search.isHopeless && probes < 1000 {
        search.take(kept: isKept(), isVoid: false, settled: false)
        probes += 1
    }
    guard search.isFound else { return nil }
    var sum = 0.0
    for _ in 0..<rounds {
        sum += log(search.rate)
        search.take(kept: isKept(), isVoid: false, settled: true)
    }
    return (exp(sum / Double(rounds)), probes)
}

@Test(arguments: [0.3, 7, 100, 4999, 5001, 80_000, 2_000_000])
func aSharpLimitIsFoundFromAnywhere(start: Double) throws {
    let found = try #require(searched(from: start, limit: 5000))
    #expect(close(found.middle, 5000, relative: 0.02), "\(found)")
    #expect(found.probes < 60)
}

@Test func aNoisyLimitIsFoundInTheMiddle() throws {
    for seed in 1...40 as ClosedRange<UInt64> {
        let found = try #require(searched(from: 1000, limit: 5000, noise: 0.03, seed: seed))
        #expect(close(found.middle, 5000, relative: 0.03), "seed \(seed): \(found)")
    }
}

/// Where the steps happen to lie makes no figure too high or too low.
@Test func aSharpLimitIsFoundWithoutLeaning() throws {
    let logs = try (1...200).map { seed in
        log(try #require(searched(from: 700 + Double(seed), limit: 5000, seed: UInt64(seed))).middle / 5000)
    }
    let mean = logs.reduce(0, +) / Double(logs.count)
    #expect(abs(mean) < 0.002 && logs.allSatisfy { abs($0) < 0.012 }, "\(mean), \(logs.min()!) to \(logs.max()!)")
}

@Test func oneBadProbeIsRepeatedAndASideThatKeepsNothingIsGivenUp() {
    var search = RateSearch(from: 1000, seed: 1)
    search.take(kept: false, isVoid: false, settled: false)
    #expect(search.rate == 1000)
    search.take(kept: true, isVoid: false, settled: false)
    #expect(search.rate == 2000)
    #expect(searched(from: 1000, limit: 0) == nil)
}

@Test func aVoidProbeMovesNoStaircase() {
    var search = RateSearch(from: 1000, seed: 1)
    while !search.isFound { search.take(kept: search.rate < 3000, isVoid: false, settled: false) }
    let rate = search.rate
    search.take(kept: false, isVoid: true, settled: true)
    #expect(search.rate == rate)
}

// MARK: The whole

private let workload = """
    workload: 1
    name: w
    operations: {a: {shape: point, weight: 1, cql: "SELECT * FROM k.t WHERE a = 1"}}
    traffic: {arrivals: constant, rate: 100/s, time_out: 2 s, warm_up: 0 s, slice: 1 s, guard: 100 ms}
    """

private func plan(_ saturation: Saturation) throws -> Plan {
    let pair = "pair: 1\nname: p\nold: {cql: [\"127.0.0.1:1\"]}\nnew: {cql: [\"127.0.0.1:2\"]}\n"
    return try Plan(
        Profile.read(workload, file: "w.yaml"), PairFile.read(pair, file: "p.yaml"),
        PlanSettings(duration: .seconds(4), seed: 3, saturation: saturation))
}

/// The round as a side of so many operations a second would have it.
private func played(_ round: SaturationRound, _ perSecond: (Side, Pressure) -> Double) -> RoundRecord {
    let slices = Side.allCases.map { side -> SliceRecord in
        var pressure = round.pressures[side.index]
        let completed = Int(perSecond(side, pressure) * round.length.seconds)
        if case .rate(let rate, _) = pressure, Double(completed) < 0.99 * rate.perSecond * round.length.seconds {
            pressure = .rate(rate, missed: "fell behind")
        }
        return SliceRecord(
            start: .zero, length: round.length, pressure: pressure,
            operations: [OperationRecord(intended: completed, completed: completed)])
    }
    return RoundRecord(
        index: round.planned.index, purpose: round.planned.purpose, first: round.planned.first, old: slices[0],
        new: slices[1])
}

private func rounds(
    _ saturation: Saturation, _ perSecond: (Side, Pressure) -> Double
) throws -> [RoundRecord] {
    var director = SaturationDirector(try plan(saturation))
    var found: [RoundRecord] = []
    while let round = director.next(after: found.last), found.count < 500 { found.append(played(round, perSecond)) }
    return found
}

@Test func aCurveComesFirstThenRoundsInBlocksOfTwo() throws {
    let all = try rounds(Saturation(.closedLoop(inFlight: nil), length: .seconds(44))) { side, pressure in
        guard case .inFlight(let count) = pressure else { return 0 }
        return min(side == .old ? 5000 : 4500, Double(count) / 0.002)
    }
    let curve = all.prefix { $0.purpose == .curve }
    #expect(curve.count == 7, "1 to 16 and twice no more than that")
    let rest = all.dropFirst(curve.count)
    #expect(rest.count == 20 && rest.allSatisfy { $0.purpose == .saturation })
    #expect(rest.allSatisfy { $0.old.pressure == .inFlight(16) && $0.new.pressure == .inFlight(16) })
    #expect(all.map(\.index) == Array(3..<3 + all.count), "numbered on from the plan's three")
    for block in stride(from: rest.startIndex, to: rest.endIndex, by: 2) {
        #expect(rest[block].first != rest[block + 1].first)
    }
}

@Test func aGivenNumberNeedsNoCurve() throws {
    let all = try rounds(Saturation(.closedLoop(inFlight: 7), length: .seconds(10), slice: .milliseconds(400))) {
        _, _ in
        100
    }
    #expect(all.count == 10 && all.allSatisfy { $0.purpose == .saturation && $0.old.pressure == .inFlight(7) })
}

@Test func aSearchFindsTheRateOfEachSide() throws {
    let saturation = Saturation(.search(try Objective(parsing: "p99 <= 50 ms")), length: .seconds(60))
    let all = try rounds(saturation) { side, pressure in
        guard case .rate(let rate, _) = pressure else { return 0 }
        return min(side == .old ? 5000 : 4500, rate.perSecond)
    }
    let rest = all.filter { $0.purpose == .saturation }
    #expect(rest.count == 28)
    for (side, limit) in [(Side.old, 5000.0), (.new, 4500.0)] {
        let logs = rest.map { round -> Double in
            guard case .rate(let rate, _) = round[side].pressure else { return 0 }
            return log(rate.perSecond)
        }
        #expect(close(exp(logs.reduce(0, +) / Double(logs.count)), limit, relative: 0.02), "\(side)")
    }
}

@Test func aGeneratorAtItsLimitEndsTheCurve() throws {
    var director = SaturationDirector(try plan(Saturation(.closedLoop(inFlight: nil), length: .seconds(10))))
    var last: RoundRecord?
    var found: [RoundRecord] = []
    while let round = director.next(after: last) {
        var record = played(round) { _, pressure in
            if case .inFlight(let count) = pressure { Double(count) * 500 } else { 0 }
        }
        if found.count == 5 { record.new.selfCheck.faults = ["busy"] }
        found.append(record)
        last = record
    }
    // 1 to 16 count, 32 does not.
    #expect(found.filter { $0.purpose == .saturation }.allSatisfy { $0.old.pressure == .inFlight(16) })
    #expect(found.contains { $0.purpose == .saturation })
}

/// What was too much for the generator on one side is no miss of the other.
@Test func aProbeIsVoidForOneSideAlone() throws {
    let saturation = Saturation(.search(try Objective(parsing: "p99 <= 50 ms")), length: .seconds(20))
    var director = SaturationDirector(try plan(saturation))
    var last: RoundRecord?
    var tried = 0.0
    for _ in 0..<60 {
        guard let round = director.next(after: last), round.planned.purpose == .curve else { break }
        #expect(round.guardLength >= .milliseconds(100))
        var record = played(round) { side, pressure in
            guard case .rate(let rate, _) = pressure else { return 0 }
            if side == .old { tried = max(tried, rate.perSecond) }
            return min(side == .old ? 40_000 : 1e9, rate.perSecond)
        }
        if case .rate(let rate, _) = record.new.pressure, rate.perSecond > 20_000 {
            record.new.selfCheck.faults = ["the generator was busy"]
        }
        last = record
    }
    #expect(tried > 40_000, "the old side was tried up to \(tried)")
}

/// As many as a side has under way when it keeps the objective are no backlog: they are there before the measured part begins.
@Test func aProbeBeginsToCountWhenWhatMayBeUnderWayIs() throws {
    let saturation = Saturation(.search(try Objective(parsing: "p99 <= 1500 ms")), length: .seconds(20))
    var director = SaturationDirector(try plan(saturation))
    let round = director.next(after: nil)
    #expect(round?.guardLength == .milliseconds(1500))
}

@Test func aWorkerThatIsBusyAllTheTimeVoidsItsSlice() {
    let limits = SelfCheckLimits()
    #expect(limits.faults(of: SelfCheckRecord(), busyShare: 0.84).isEmpty)
    #expect(limits.faults(of: SelfCheckRecord(), busyShare: 0.97).first?.contains("97 % of the slice") == true)
    #expect(limits.faults(of: SelfCheckRecord(), busyShare: nil).isEmpty)
}

@Test func workersShareWhatIsInFlight() {
    for total in 1...20 {
        let parts = (0..<3).map { WorkerShare(index: $0, count: 3).part(of: total) }
        #expect(parts.reduce(0, +) == total && parts.max()! - parts.min()! <= 1)
    }
}

@Test func whatMissesAnObjective() throws {
    func slice(_ milliseconds: [Int: Int], failed: Int = 0) -> SliceRecord {
        var record = OperationRecord()
        for (time, count) in milliseconds { record.response.record(Int64(time) * 1_000_000, count: count) }
        record.completed = record.response.count
        record.errors = failed > 0 ? ["overloaded": failed] : [:]
        if failed > 0 { record.response.record(10_000_000_000, count: failed) }
        record.intended = record.completed + failed
        return SliceRecord(start: .zero, length: .seconds(5), operations: [record])
    }
    let objective = try Objective(parsing: "p90 of a <= 50 ms")
    func missed(_ slice: SliceRecord, backlog: Int = 0) -> String? {
        SaturationDirector.missed(objective, slice, backlog: backlog, operations: ["a"])
    }
    #expect(missed(slice([10: 950, 80: 50])) == nil)
    #expect(missed(slice([10: 850, 80: 150]))?.hasPrefix("p90 8") == true)
    #expect(missed(slice([10: 10_000], failed: 200))?.contains("failed") == true)
    #expect(missed(slice([10: 10_000]), backlog: 90) == nil)
    #expect(missed(slice([10: 10_000]), backlog: 120)?.contains("fell behind by 120") == true)
    #expect(missed(slice([:])) == "nothing was answered")
}
