// A run made up from a seed: four operations, range and multi-partition reads slower on the new side, one of them with failures.

import Comparisons
import Documents
import Glibc
import Histograms
import Quantities
import Recordings
import Verdicts

@testable import Reports

enum Sample {
    static let criteriaText = """
        criteria: 1
        name: sample-upgrade
        performance:
          - {id: p99, measure: p99 of response time, of: each operation, allow: +5 %, confidence: 99 %}
          - {id: p50, measure: p50 of response time, of: each operation, allow: +5 %}
          - {id: slo, measure: p99 of response time, of: each operation, side: new, at_most: 50 ms, advisory: true}
          - {id: errors, measure: error rate, of: each operation, side: new, at_most: 1 %}
          - {id: throughput, measure: throughput, of: the workload, allow: -3 %}
        """

    static let environment = Environment(
        assayVersion: "0.1.0",
        old: SideEnvironment(
            endpoints: ["127.0.0.1:9042"], releaseVersion: "3.11.19", clusterName: "staging",
            partitioner: "Murmur3Partitioner",
            dataCenters: ["dc1"], nodes: 1, schemaVersions: ["c3d8e2f0-0000-3000-8000-000000000001"]),
        new: SideEnvironment(
            endpoints: ["127.0.0.2:9042"], releaseVersion: "4.1.9", clusterName: "staging <new>",
            partitioner: "Murmur3Partitioner",
            dataCenters: ["dc1"], nodes: 1, schemaVersions: ["c3d8e2f0-0000-3000-8000-000000000002"]),
        machine: ["cores": "2", "cpu": "AMD EPYC", "kernel": "Linux 6.1", "memory": "24 GiB"], sharedHost: true)

    static let observations = Observations(
        probed: ["parity"],
        observations: [
            Observation(
                kind: "parity", subject: "table_options.shop.orders.compression.chunk_length_in_kb", old: "64",
                new: "16",
                expected: true, note: "default of 4.x"),
            Observation(kind: "parity", subject: "replication.shop", old: "1", new: "1")
        ])

    /// `rounds` rounds of 5 s slices at 2,000 operations a second; round 5 void where there is one.
    static func recording(rounds: Int = 36, seed: UInt64 = 7) -> Recording {
        var random = SeededRandom(seed: seed)
        let operations = [
            OperationInfo(name: "latest_order", shape: .point, keyspace: "shop", weight: 55),
            OperationInfo(name: "recent_orders", shape: .range, keyspace: "shop", weight: 15),
            OperationInfo(name: "orders_of_many", shape: .multiPartition, keyspace: "shop", weight: 10),
            OperationInfo(name: "place_order", shape: .write, keyspace: "shop", weight: 20)
        ]
        let medians = [0.45, 0.9, 2.2, 0.5]
        let factors = [0.95, 1.7, 1.65, 0.97]
        func slice(_ side: Side, _ index: Int, _ weather: Double) -> SliceRecord {
            let records = operations.indices.map { place -> OperationRecord in
                var record = OperationRecord()
                let count = Int(operations[place].weight * 40)
                let median = medians[place] * weather * (side == .new ? factors[place] : 1)
                for _ in 0..<count {
                    let isPause = random.unit() < 0.004
                    let time = random.lognormal(median: median, sigma: 0.5) + (isPause ? 20 * random.unit() : 0)
                    let fails = side == .new && place == 2 && random.unit() < 0.0002
                    record.response.record(fails ? 10_000_000_000 : Int64(time * 1e6))
                    if fails {
                        record.errors["time_out", default: 0] += 1
                    } else {
                        record.service.record(Int64(time * 1e6))
                    }
                }
                record.intended = count
                record.completed = count - record.failed
                record.rows = record.completed * [1, 12, 60, 0][place]
                record.bytes = record.rows * 120
                return record
            }
            let due = records.reduce(0) { $0 + $1.intended }
            let check = SelfCheckRecord(
                due: due, dispatched: due, latenessP50: Nanoseconds(1_200), latenessP99: Nanoseconds(48_000),
                latenessMax: Nanoseconds(900_000), workerCPU: Nanoseconds(Int64(due) * 9_000),
                runQueueDelay: Nanoseconds(60_000_000),
                inFlightMax: 31, faults: index == 5 && side == .old ? ["lateness p99 of 3.2 ms is above 1 ms"] : [])
            let start = Nanoseconds.seconds(Double(index) * 11 + (side == .new ? 5.5 : 0))
            return SliceRecord(start: start, length: .seconds(5), selfCheck: check, operations: records)
        }
        let all = (0..<rounds).map { index -> RoundRecord in
            let weather = exp(0.05 * random.normal())
            let old = slice(.old, index, weather * exp(0.02 * random.normal()))
            let new = slice(.new, index, weather * exp(0.02 * random.normal()))
            return RoundRecord(index: index, first: index % 2 == 0 ? .old : .new, old: old, new: new)
        }
        let started = WallTime(year: 2026, month: 11, day: 21, hour: 8)
        return Recording(
            assayVersion: "0.1.0", workload: "orders", pair: "staging", seed: 42, ratePerSecond: 2_000,
            timeOut: .seconds(10),
            warmUp: .seconds(60), started: started, ended: started + .seconds(Double(rounds) * 11), sharedHost: true,
            operations: operations, rounds: all)
    }

    /// The whole way: compared and judged.
    static func report(rounds: Int = 36, _ change: (inout Recording) -> Void = { _ in }) throws -> Report {
        var recording = recording(rounds: rounds)
        change(&recording)
        let criteria = try Criteria.read(criteriaText, file: "criteria.yaml")
        let comparison = compare(recording)
        return Report(
            recording: recording, comparison: comparison,
            judgement: judge(comparison, by: criteria, recording: recording, observations: observations),
            criteria: criteria.criteria, environment: environment, observations: observations,
            inputs: [
                InputFile(name: "plan.json", sha256: String(repeating: "0f", count: 32)),
                InputFile(name: "recording.json", sha256: String(repeating: "a1", count: 32))
            ])
    }
}
