// recording.json: counts, rates, quantiles and the self-check, round by round. The histograms stand in old.hlog and new.hlog.

import Documents
import Histograms
import Quantities

extension Recording {
    /// What stands in place of a noise floor where none was measured.
    static let uncalibrated = "uncalibrated"

    /// The content of `recording.json`. Quantiles in it are HdrHistogram's own, for readers and other tools; judging reads the logs.
    public func json() -> JSON {
        json(rounds: rounds.map(json(of:)), totals: Side.allCases.map(total))
    }

    /// The same from parts that were made before, so that a run's every round costs the same.
    func json(rounds: [JSON], totals: [SideTotal]) -> JSON {
        var keys: [String: JSON] = [
            "recording": .integer(1),
            "assay_version": .string(assayVersion),
            "workload": .string(workload),
            "pair": .string(pair),
            "mode": .string(mode.rawValue),
            "seed": .integer(Int(seed)),
            "rate_per_s": .number(ratePerSecond),
            "time_out_ms": .number(timeOut.milliseconds),
            "warm_up_s": .number(warmUp.seconds),
            "warm_up_settled": warmUpSettled.map(JSON.bool) ?? .null,
            "started": .string(started.iso8601),
            "started_unix_ns": .integer(Int(started.unixNanoseconds)),
            "ended_unix_ns": .integer(Int(ended.unixNanoseconds)),
            "ended": .string(ended.iso8601),
            "interrupted": .bool(interrupted),
            "shared_host": .bool(sharedHost),
            "scheduling": .string(scheduling),
            "workers": .integer(workers),
            "spins": .bool(spins),
            "noise_floor": floor?.json ?? .string(Recording.uncalibrated),
            "made_from": .object(madeFrom.mapValues { .string($0) }),
            "operations": .array(
                operations.map {
                    .object([
                        "name": .string($0.name), "shape": .string($0.shape.rawValue), "keyspace": .string($0.keyspace),
                        "weight": .number($0.weight)
                    ])
                }),
            "events": .array(events.map { $0.json() }),
            "rounds": .array(rounds),
            "coordinators": bySide { .object(totals[$0.index].coordinators.mapValues { .integer($0) }) },
            "whole": bySide { .object(json(of: totals[$0.index].operations)) }
        ]
        if !logs.isEmpty {
            keys["logs"] = .object(
                Dictionary(
                    uniqueKeysWithValues: logs.map {
                        ($0.rawValue, .object(["bytes": .integer($1.bytes), "sha256": .string($1.sha256)]))
                    }))
        }
        if let objective { keys["objective"] = .string(objective) }
        if let looks { keys["looks"] = looks.json }
        if let boost { keys["boost"] = boost.json }
        return .object(keys)
    }

    private func bySide(_ content: (Side) -> JSON) -> JSON {
        .object(Dictionary(uniqueKeysWithValues: Side.allCases.map { ($0.rawValue, content($0)) }))
    }

    func json(of round: RoundRecord) -> JSON {
        .object([
            "index": .integer(round.index),
            "purpose": .string(round.purpose.rawValue),
            "first": .string(round.first.rawValue),
            "void": round.voidReason.map { .string($0) } ?? .null,
            "old": json(of: round.old),
            "new": json(of: round.new)
        ])
    }

    private func json(of slice: SliceRecord) -> JSON {
        let intended = slice.operations.reduce(0) { $0 + $1.intended }
        let completed = slice.operations.reduce(0) { $0 + $1.completed }
        var keys: [String: JSON] = [
            "start_s": .number(slice.start.seconds),
            "length_s": .number(slice.length.seconds),
            "offered_per_s": .number(Double(intended) / slice.length.seconds),
            "achieved_per_s": .number(Double(completed) / slice.length.seconds),
            "self_check": slice.selfCheck.json(),
            "coordinators": .object(slice.coordinators.mapValues { .integer($0) }),
            "operations": .object(json(of: slice.operations))
        ]
        keys.merge(slice.pressure?.json() ?? [:]) { $1 }
        return .object(keys)
    }

    private func json(of records: [OperationRecord]) -> [String: JSON] {
        Dictionary(uniqueKeysWithValues: zip(operations, records).map { ($0.name, $1.json(shape: $0.shape)) })
    }
}

extension SelfCheckRecord {
    fileprivate func json() -> JSON {
        .object([
            "due": .integer(due),
            "dispatched": .integer(dispatched),
            "lateness_p50_ms": .number(latenessP50.milliseconds),
            "lateness_p99_ms": .number(latenessP99.milliseconds),
            "lateness_max_ms": .number(latenessMax.milliseconds),
            "worker_cpu_ms": .number(workerCPU.milliseconds),
            "run_queue_delay_ms": runQueueDelay.map { .number($0.milliseconds) } ?? .null,
            "in_flight_max": .integer(inFlightMax),
            "busy_share": busyShare.map { .number($0) } ?? .null,
            "faults": .array(faults.map { .string($0) })
        ])
    }
}

extension OperationRecord {
    fileprivate func json(shape: Shape) -> JSON {
        var members: [String: JSON] = [
            "intended": .integer(intended),
            "completed": .integer(completed),
            "errors": .object(errors.mapValues { .integer($0) }),
            "rows": .integer(rows),
            "bytes": .integer(bytes),
            "response": response.summary(),
            "service": service.summary()
        ]
        if let halves { members["halves"] = halves.json }
        if let phases { members["phases"] = phases.json() }
        if shape == .lwt { members["not_applied"] = .integer(notApplied) }
        return .object(members)
    }
}

extension Histogram {
    /// Percentiles in milliseconds as HdrHistogram gives them, null where there is no value.
    func summary() -> JSON {
        func at(_ percent: Double) -> JSON { count > 0 ? .number(Double(value(atPercentile: percent)) / 1e6) : .null }
        return .object([
            "count": .integer(count), "mean_ms": .number(mean / 1e6), "p50_ms": at(50), "p99_ms": at(99),
            "p999_ms": at(99.9),
            "max_ms": count > 0 ? .number(Double(max) / 1e6) : .null
        ])
    }
}
