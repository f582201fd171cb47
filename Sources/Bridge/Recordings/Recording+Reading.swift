// Reading a recording back: counts from recording.json, histograms from the two logs. Up to the last whole round, whatever came after.

import Documents
import Histograms
import Quantities

extension Recording {
    /// Tag of an operation's response times in the logs; `-st` for service times.
    static func responseTag(_ operation: String) -> String { "\(operation)-rt" }
    static func serviceTag(_ operation: String) -> String { "\(operation)-st" }

    /// Reads the recording of a dossier.
    public static func read(_ dossier: Dossier) throws -> Recording {
        var recording = try decode(YAML.read(dossier.read("recording.json"), file: dossier.file("recording.json")))
        for side in Side.allCases { try recording.fillHistograms(of: side, from: dossier) }
        return recording
    }

    /// The n-th entry of a tag belongs to the n-th round; more entries than rounds are a round that was not finished.
    private mutating func fillHistograms(of side: Side, from dossier: Dossier) throws {
        let name = "\(side).hlog"
        let path = dossier.file(name)
        func damaged(_ problem: String) -> InputError {
            InputError(
                Position(file: path, line: 1, column: 1), problem, expected: "the log that belongs to recording.json")
        }
        let entries: [IntervalLogEntry]
        do {
            entries = try IntervalLog.read(dossier.read(name))
        } catch let error as HistogramFormatError {
            throw damaged(error.description)
        }
        let byTag = Dictionary(grouping: entries, by: \.tag)
        for (place, operation) in operations.enumerated() {
            let response = byTag[Recording.responseTag(operation.name)] ?? []
            let service = byTag[Recording.serviceTag(operation.name)] ?? []
            guard response.count >= rounds.count && service.count >= rounds.count else {
                throw damaged(
                    "\(min(response.count, service.count)) slices of \(operation.name) for \(rounds.count) rounds")
            }
            for index in rounds.indices {
                var slice = rounds[index][side]
                guard abs(response[index].start - slice.start.seconds) < 0.0015 else {
                    throw damaged(
                        "slice \(index) of \(operation.name) starts at \(response[index].start) s, not \(slice.start.seconds) s"
                    )
                }
                slice.operations[place].response = response[index].histogram
                slice.operations[place].service = service[index].histogram
                guard slice.operations[place].response.count == slice.operations[place].intended else {
                    throw damaged(
                        "slice \(index) of \(operation.name) holds \(response[index].histogram.count) operations")
                }
                if side == .old { rounds[index].old = slice } else { rounds[index].new = slice }
            }
        }
    }

    /// Everything but the histograms.
    static func decode(_ node: Node) throws(InputError) -> Recording {
        var fields = try Fields(node, what: "recording.json")
        let version = try fields.required("recording").integer()
        guard version == 1 else {
            throw InputError(fields.position(of: "recording"), "recording of version \(version)", expected: "version 1")
        }
        var operations: [OperationInfo] = []
        for item in try fields.required("operations").list() {
            var entry = try Fields(item, what: "an operation")
            operations.append(
                OperationInfo(
                    name: try entry.required("name").string(),
                    shape: try entry.required("shape").choice(of: Shape.self, "shape"),
                    keyspace: try entry.required("keyspace").string(), weight: try entry.required("weight").number()))
        }
        var madeFrom: [String: String] = [:]
        for entry in try fields.required("made_from").entries() { madeFrom[entry.key] = try entry.value.string() }
        var rounds: [RoundRecord] = []
        for item in try fields.required("rounds").list() { rounds.append(try decodeRound(item, operations)) }
        return Recording(
            assayVersion: try fields.required("assay_version").string(),
            workload: try fields.required("workload").string(),
            pair: try fields.required("pair").string(), mode: try fields.required("mode").choice(of: Mode.self, "mode"),
            seed: UInt64(try fields.required("seed").integer()),
            ratePerSecond: try fields.required("rate_per_s").number(),
            timeOut: .milliseconds(try fields.required("time_out_ms").number()),
            warmUp: .seconds(try fields.required("warm_up_s").number()),
            started: WallTime(unixNanoseconds: Int64(try fields.required("started_unix_ns").integer())),
            ended: WallTime(unixNanoseconds: Int64(try fields.required("ended_unix_ns").integer())),
            interrupted: try fields.required("interrupted").boolean(),
            sharedHost: try fields.required("shared_host").boolean(),
            scheduling: try fields.required("scheduling").string(), madeFrom: madeFrom, operations: operations,
            rounds: rounds)
    }

    private static func decodeRound(_ node: Node, _ operations: [OperationInfo]) throws(InputError) -> RoundRecord {
        var fields = try Fields(node, what: "a round")
        return RoundRecord(
            index: try fields.required("index").integer(),
            purpose: try fields.required("purpose").choice(of: RoundRecord.Purpose.self, "purpose"),
            first: try fields.required("first").choice(of: Side.self, "side"),
            old: try decodeSlice(fields.required("old"), operations),
            new: try decodeSlice(fields.required("new"), operations))
    }

    private static func decodeSlice(_ node: Node, _ operations: [OperationInfo]) throws(InputError) -> SliceRecord {
        var fields = try Fields(node, what: "a slice")
        var records: [OperationRecord] = []
        var byName = try Fields(fields.required("operations"), what: "operations of a slice")
        for operation in operations {
            var entry = try Fields(byName.required(operation.name), what: operation.name)
            var errors: [String: Int] = [:]
            for error in try entry.required("errors").entries() { errors[error.key] = try error.value.integer() }
            records.append(
                OperationRecord(
                    intended: try entry.required("intended").integer(),
                    completed: try entry.required("completed").integer(),
                    errors: errors, rows: try entry.required("rows").integer(),
                    bytes: try entry.required("bytes").integer()))
        }
        return SliceRecord(
            start: .seconds(try fields.required("start_s").number()),
            length: .seconds(try fields.required("length_s").number()),
            selfCheck: try decodeSelfCheck(fields.required("self_check")), operations: records)
    }

    private static func decodeSelfCheck(_ node: Node) throws(InputError) -> SelfCheckRecord {
        var fields = try Fields(node, what: "a self-check")
        let delay = try fields.required("run_queue_delay_ms")
        var faults: [String] = []
        for fault in try fields.required("faults").list() { faults.append(try fault.string()) }
        return SelfCheckRecord(
            due: try fields.required("due").integer(), dispatched: try fields.required("dispatched").integer(),
            latenessP50: .milliseconds(try fields.required("lateness_p50_ms").number()),
            latenessP99: .milliseconds(try fields.required("lateness_p99_ms").number()),
            latenessMax: .milliseconds(try fields.required("lateness_max_ms").number()),
            workerCPU: .milliseconds(try fields.required("worker_cpu_ms").number()),
            runQueueDelay: delay.isNull ? nil : .milliseconds(try delay.number()),
            inFlightMax: try fields.required("in_flight_max").integer(), faults: faults)
    }
}
