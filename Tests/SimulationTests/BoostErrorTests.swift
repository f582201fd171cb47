// How often runs with boost rounds are wrong, and how often they find what is there: at the level of histograms, many runs of each kind.
//
// The process is the first of the method, with rounds of both mixes; the bounds are widened for the number of repetitions.

import Comparisons
import Dispatch
import Glibc
import Quantities
import Recordings
import RunSupport
import Synchronization
import Testing
import Verdicts

private let boost = Boost([Boost.Member("rare", share: 0.2, chosenBy: .planner)], rounds: 30)

/// A large sample of a lognormal: drawing from it is as good for a test, and costs next to nothing.
private let spread: [Double] = {
    var random = SeededRandom(seed: 9)
    return (0..<65_536).map { _ in exp(0.5 * random.normal()) }
}()

/// `rounds` of 10 s with so many operations of `rare` in each; new is slower by `factor`.
private func rounds(_ count: Int, of rounds: Int, factor: Double, seed: UInt64) -> Recording {
    var sketch = RunSketch([("often", .point), ("rare", .range)])
    sketch.operations[0].weight = 98
    sketch.operations[1].weight = 2
    sketch.rounds = rounds
    sketch.slice = .seconds(10)
    sketch.seed = seed
    let noise = ReferenceNoise(rounds: rounds, seed: seed)
    return sketch.recording { operation in
        let level = 4 * exp(noise.level(operation.round, operation.side)) * (operation.side == .new ? factor : 1)
        for _ in 0..<(operation.operation == 0 ? 10 : count) {
            operation.take(level * spread[Int(operation.random.next() >> 48)])
        }
    }
}

/// How many of 100 runs came to each finding on the p99 of `rare`, whose share gives 50 operations a round, and 1,000 boosted.
private func findings(factor: Double) throws -> [Finding: Int] {
    let text = """
        criteria: 1
        name: boosted
        performance: [{id: p99, measure: p99 of response time, of: rare, allow: +5 %}]
        """
    let criteria = try Criteria.read(text, file: "c.yaml")
    let counts = Mutex<[Finding: Int]>([:])
    DispatchQueue.concurrentPerform(iterations: 100) { index in
        let seed = SeededRandom.derive(UInt64(index), "boost \(factor)")
        var recording = rounds(50, of: 30, factor: factor, seed: seed)
        recording.looks = Looks(6, over: 30)
        recording.addBoostRounds(rounds(1000, of: 30, factor: factor, seed: SeededRandom.derive(seed, 1)), boost)
        let found = judge(
            compare(recording, measures: [.p(99)]), by: criteria, recording: recording,
            observations: Observations(probed: ["parity"])
        ).verdicts[0].finding
        counts.withLock { $0[found, default: 0] += 1 }
    }
    return counts.withLock { $0 }
}

/// One in twenty would be five; a twentieth gives more than eleven once in two hundred times.
@Test func atTheToleranceBoostRoundsAreSeldomWrong() throws {
    let found = try findings(factor: 1.05)
    #expect(found[.fail, default: 0] <= 11 && found[.pass, default: 0] <= 11, "\(found)")
}

@Test func alikeSidesNeverFailByTheirBoostRounds() throws {
    #expect(try findings(factor: 1)[.fail, default: 0] <= 1)
}

@Test func aQuarterMoreIsFoundInBoostRounds() throws {
    #expect(try findings(factor: 1.25)[.fail, default: 0] >= 97)
}
