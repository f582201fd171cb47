// Reservations that a run gives rise to: each where its sign is there, and not where it is not.

import Comparisons
import Glibc
import Quantities
import Recordings
import RunSupport
import Testing

/// Sides that are alike, with the mean logarithms of the first half of slices `carried` above those of the second, by side.
private func halved(_ carried: [Side: Double], mode: Mode = .interleaved) -> Recording {
    var sketch = RunSketch([("read", .point), ("scan", .scan)])
    sketch.mode = mode
    return sketch.recording { operation in
        for step in 0..<200 { operation.take(3 + Double(step) / 100) }
        let first = log(4.0) + (carried[operation.side] ?? 0) + 0.01 * operation.random.normal()
        operation.halves = SliceHalves(
            first: .init(count: 100, meanLog: first),
            second: .init(count: 100, meanLog: log(4.0) + 0.01 * operation.random.normal()))
    }
}

private func caveat(_ code: Caveat.Code, _ recording: Recording, _ scope: Scope = .operation("read")) -> Caveat? {
    compare(recording).effect(Measure(.mean), of: scope)?.caveats.first { $0.code == code }
}

@Test func whatTheFirstHalfOfSlicesShowsMoreOfIsCarriedOver() throws {
    let found = try #require(caveat(.carryOver, halved([.new: 0.05])))
    #expect(found.sentence.contains("new is +5.") && found.sentence.contains("longer guard"), "\(found.sentence)")
    #expect(try #require(caveat(.carryOver, halved([.old: 0.05]), .workload)).sentence.contains("new is -4."))
    // What goes for both alike leaves the ratio as it is, and so does noise.
    #expect(caveat(.carryOver, halved([.old: 0.05, .new: 0.05])) == nil)
    #expect(caveat(.carryOver, halved([:])) == nil)
    // Both at once: no slice of the other came before.
    #expect(caveat(.carryOver, halved([.new: 0.05], mode: .duet)) == nil)
    // A recording of an earlier version says nothing about halves.
    #expect(caveat(.carryOver, RunSketch().recording { $0.take(3, count: 1000) }) == nil)
}

private func checked(_ rounds: Int = 24, spins: Bool = false, _ check: (Int) -> SelfCheckRecord) -> Recording {
    var sketch = RunSketch()
    sketch.rounds = rounds
    var recording = sketch.recording { $0.take(3, count: 1000) }
    recording.spins = spins
    for index in 0..<rounds { recording.rounds[index].new.selfCheck = check(index) }
    return recording
}

@Test func aGeneratorCloseToItsLimitsIsTold() throws {
    func near(_ recording: Recording) -> String? { caveat(.generatorNearLimit, recording)?.sentence }
    func late(_ share: Double, from: Int = 0) -> Recording {
        checked { SelfCheckRecord(latenessP99: .milliseconds($0 >= from ? share : 0.1)) }
    }
    #expect(
        try #require(near(late(0.7))).contains(
            "24 of the 24 rounds that count (first: sends were \(Nanoseconds.milliseconds(0.7)) late at p99")
    )
    #expect(near(late(0.4)) == nil)
    // Two rounds of 24 are fewer than one in ten.
    #expect(near(late(0.7, from: 22)) == nil && near(late(0.7, from: 21)) != nil)
    let behind = checked { _ in SelfCheckRecord(due: 1000, dispatched: 993) }
    #expect(try #require(near(behind)).contains("0.70 % of what was due was not dispatched in time, limit 1 %"))
    #expect(near(checked { _ in SelfCheckRecord(due: 1000, dispatched: 997) }) == nil)
    #expect(
        try #require(near(checked { _ in SelfCheckRecord(busyShare: 0.8) })).contains(
            "busy or waited for a CPU for 80 %"))
    #expect(near(checked { _ in SelfCheckRecord(busyShare: 0.7) }) == nil)
    // Workers that spin are always busy.
    #expect(near(checked(spins: true) { _ in SelfCheckRecord(busyShare: 1) }) == nil)
}

@Test func throughputHasANearnessOfItsOwn() throws {
    func recording(_ busy: Double, latency: Double) -> Recording {
        var recording = checked { _ in SelfCheckRecord(busyShare: latency) }
        recording.addRounds(14) { round, side in SaturationSketch(.inFlight(64), completed: 20_000 + round) }
        for index in 24..<recording.rounds.count { recording.rounds[index].old.selfCheck.busyShare = busy }
        return recording
    }
    func isNear(_ recording: Recording) -> Bool {
        compare(recording).effect(Measure(.throughput), of: .workload)?.has(.generatorNearLimit) ?? false
    }
    #expect(isNear(recording(0.8, latency: 0.1)) && !isNear(recording(0.5, latency: 0.8)))
}

@Test func oneDeploymentOfEachSideIsAllThatWasSeen() {
    let effects = compare(RunSketch().recording { $0.take(3, count: 1000) }).effects
    #expect(effects.filter { $0.estimate != nil }.allSatisfy { $0.has(.oneDeployment) })
}
