// Runs on a noisy cloud, as the planner lays them out and at the level of histograms, judged by the shipped code from
// recording to verdict.

import Comparisons
import Dispatch
import Glibc
import Histograms
import Quantities
import Recordings
import Synchronization
import Verdicts
import Workloads

/// What new does differently, in all its response times alike.
enum CloudChange {
    case none
    /// All operations are slower by exactly what is allowed.
    case atTolerance
    /// One operation in fifty is slower by a quarter: one that reads from one node, or one that waits for three.
    case rareSlower, multiSlower

    /// The one operation that is.
    var slower: CloudOperation? {
        switch self {
        case .none, .atTolerance: nil
        case .rareSlower: .rare
        case .multiSlower: .multi
        }
    }

    func factor(_ operation: CloudOperation) -> Double {
        switch self {
        case .none: 1
        case .atTolerance: 1.05
        case .rareSlower: operation == .rare ? 1.25 : 1
        case .multiSlower: operation == .multi ? 1.25 : 1
        }
    }
}

/// One verdict of a simulated run, and the estimate of the whole run that stands beside it.
struct CloudVerdict {
    let finding: Finding
    /// Of the run at the look at which it was taken; of the whole run where it was not.
    let minutes: Double
    let estimate: Estimate?
}

/// A plan of rounds, to be run with many seeds.
struct CloudPlan {
    static let criteria = """
        criteria: 1
        name: cloud
        performance:
          - {id: p99, measure: p99 of response time, of: each operation, allow: +5 %}
          - {id: mean, measure: mean of response time, of: each operation, allow: +5 %}
        """
    /// One of them alone.
    static let tail = """
        criteria: 1
        name: tail
        performance: [{id: p99, measure: p99 of response time, of: each operation, allow: +5 %}]
        """
    static let measures: [Measure] = [.p(99), Measure(.mean)]

    let minutes: Double

    /// One recording for each of `changes`, all with the same noise: what multiplies a side's times changes nothing
    /// else.
    func recordings(seed: UInt64, _ changes: [CloudChange]) throws -> [CloudChange: Recording] {
        let plan = try Plan(
            Profile.read(SimulatedRun.workload, file: "simulated.yaml"),
            PairFile.read(SimulatedRun.pair, file: "pair.yaml"),
            PlanSettings(duration: .seconds(minutes * 60), seed: seed, looks: 6))
        let planned = plan.rounds.filter { $0.purpose == .measure }
        let round = plan.roundLength
        let noise = CloudNoise(seed: seed, seconds: (round * planned.count).seconds)
        let factors = CloudOperation.allCases.map { operation in Set(changes.map { $0.factor(operation) }).sorted() }
        let counts = [
            CloudCounts(CloudOperation.allCases.map { ($0, 1) }),
            CloudCounts(
                CloudOperation.allCases.flatMap { operation in factors[operation.rawValue].map { (operation, $0) } })
        ]
        var rounds: [CloudChange: [RoundRecord]] = [:]
        for each in planned {
            let begun = round * each.index
            let starts = Side.allCases.map { $0 == each.first ? begun : begun + plan.slice + plan.guardLength }
            let seen = Side.allCases.map { side in
                noise.slice(
                    side, start: starts[side.index].seconds, guardSeconds: plan.guardLength.seconds,
                    seconds: plan.slice.seconds, seed: each.seed, into: counts[side.index])
                return counts[side.index].takeAll()
            }
            for change in changes {
                let slices = Side.allCases.map { side in
                    SliceRecord(
                        start: starts[side.index] + plan.guardLength, length: plan.slice,
                        operations: CloudOperation.allCases.map { operation in
                            let factor = side == .new ? change.factor(operation) : 1
                            return OperationRecord(seen[side.index][operation]![factor]!)
                        })
                }
                rounds[change, default: []].append(
                    RoundRecord(index: each.index, first: each.first, old: slices[0], new: slices[1]))
            }
        }
        let started = WallTime(year: 2026, month: 3, day: 1)
        let operations = CloudOperation.allCases.map { operation in
            OperationInfo(name: "\(operation)", shape: operation.shape, keyspace: "shop", weight: operation.share)
        }
        return rounds.mapValues { rounds in
            Recording(
                workload: "cloud", pair: "cloud", seed: seed, ratePerSecond: Cloud.ratePerSecond, timeOut: .seconds(10),
                warmUp: .seconds(60), started: started, ended: started + round * planned.count, operations: operations,
                looks: plan.looks, rounds: rounds)
        }
    }

    /// A run of old against a second deployment of old.
    func window(seed: UInt64) -> FloorWindow? {
        guard let recording = try? recordings(seed: seed, [.none])[.none] else { return nil }
        return FloorWindow(
            recording, compare(recording, measures: CloudPlan.measures), calibration: recording.started, traffic: "",
            side: .old,
            separateDeployment: true)
    }

    /// The verdicts by id.
    static func verdicts(_ recording: Recording, _ criteria: Criteria) -> [String: CloudVerdict] {
        let comparison = compare(recording, measures: measures)
        let judgement = judge(
            comparison, by: criteria, recording: recording, observations: Observations(probed: ["parity"]))
        return Dictionary(
            uniqueKeysWithValues: judgement.verdicts.map { verdict in
                var estimate: Estimate?
                // The verdict rests on what its look saw.
                if case .effect(let effect) = verdict.evidence {
                    estimate = comparison.effect(effect.measure, of: effect.scope)?.estimate
                }
                return (
                    verdict.id,
                    CloudVerdict(
                        finding: verdict.finding, minutes: verdict.look?.minutes ?? comparison.run.minutes,
                        estimate: estimate)
                )
            })
    }
}

extension Recording {
    /// What would have been recorded of this operation alone.
    func only(_ operation: CloudOperation) -> Recording {
        var found = self
        found.operations = [operations[operation.rawValue]]
        for round in found.rounds.indices {
            found.rounds[round].old.operations = [rounds[round].old.operations[operation.rawValue]]
            found.rounds[round].new.operations = [rounds[round].new.operations[operation.rawValue]]
        }
        return found
    }
}

extension CloudOperation {
    fileprivate var shape: Shape { [.point, .write, .range, .multiPartition, .scan][rawValue] }
}

extension CloudCounts {
    /// All that was counted, by operation and factor; every table is empty then.
    fileprivate func takeAll() -> [CloudOperation: [Double: Histogram]] {
        var found: [CloudOperation: [Double: Histogram]] = [:]
        for (place, table) in tables.enumerated() { found[table.operation, default: [:]][table.factor] = take(place) }
        return found
    }
}

extension OperationRecord {
    /// Operations that were sent when they were due, and answered with ten rows each.
    fileprivate init(_ times: Histogram) {
        self.init(
            intended: times.count, completed: times.count, rows: times.count * 10, bytes: times.count * 100,
            response: times, service: times)
    }
}

/// `count` results with seeds of their own, on all processors, in the order of the seeds; nil where one fails.
func cloudRuns<Result: Sendable>(_ count: Int, _ purpose: String, _ run: @Sendable (Int, UInt64) -> Result?) -> [Result]
{
    let results = Mutex<[Int: Result]>([:])
    DispatchQueue.concurrentPerform(iterations: count) { index in
        let found = run(index, SeededRandom.derive(UInt64(index), purpose))
        results.withLock { $0[index] = found }
    }
    return results.withLock { found in (0..<count).compactMap { found[$0] } }
}
