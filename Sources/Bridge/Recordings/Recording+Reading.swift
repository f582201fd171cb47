// Reading a recording back: counts from recording.json, histograms from the two logs.

import Documents
import Quantities

extension Recording {
    /// Reads the recording of a dossier.
    public static func read(_ dossier: Dossier) throws -> Recording {
        try read(dossier.read("recording.json"), in: dossier)
    }

    /// The same, where `recording.json` was read already: `text` is its content.
    public static func read(_ text: String, in dossier: Dossier) throws -> Recording {
        let file = dossier.file("recording.json")
        var recording = try decodeQuickly(text, file: file) ?? decode(YAML.read(text, file: file))
        for side in Side.allCases { try recording.fillHistograms(of: side, from: dossier) }
        return recording
    }

    /// The same as `decode`, round by round: the tree of an hour takes more memory than all that is kept of it. nil for anything that is not as
    /// Assay writes it: `decode` says what is wrong.
    private static func decodeQuickly(_ text: String, file: String) -> Recording? {
        var operations: [OperationInfo]?
        var rounds: [RoundRecord] = []
        let root = YAML.readQuickly(text, file: file, each: "rounds") { node, before in
            if operations == nil, let list = before.first(where: { $0.key == "operations" })?.value {
                operations = try? decodeOperations(list)
            }
            guard let operations, let round = try? decodeRound(node, operations) else { return false }
            if let last = rounds.last, round.start <= last.start { return false }
            rounds.append(round)
            return true
        }
        guard let root, var recording = try? decode(root) else { return nil }
        recording.rounds = rounds
        return recording
    }

    private static func decodeOperations(_ node: Node) throws(InputError) -> [OperationInfo] {
        var operations: [OperationInfo] = []
        for item in try node.list() {
            var entry = try Fields(item, what: "an operation")
            operations.append(
                OperationInfo(
                    name: try entry.required("name").string(),
                    shape: try entry.required("shape").choice(of: Shape.self, "shape"),
                    keyspace: try entry.required("keyspace").string(), weight: try entry.required("weight").number()))
        }
        return operations
    }

    /// Everything but the histograms.
    static func decode(_ node: Node) throws(InputError) -> Recording {
        var fields = try Fields(node, what: "recording.json")
        let version = try fields.required("recording").integer()
        guard version == 1 else {
            throw InputError(fields.position(of: "recording"), "recording of version \(version)", expected: "version 1")
        }
        let operations = try decodeOperations(fields.required("operations"))
        var madeFrom: [String: String] = [:]
        for entry in try fields.required("made_from").entries() { madeFrom[entry.key] = try entry.value.string() }
        var events: [NodeEvent] = []
        // Recordings of earlier versions have neither events nor coordinators.
        for item in try fields.optional("events")?.list() ?? [] { events.append(try NodeEvent(item)) }
        var rounds: [RoundRecord] = []
        for item in try fields.required("rounds").list() {
            let round = try decodeRound(item, operations)
            // Whatever comes of drift and of the order of sides rests on the order of time.
            if let last = rounds.last, round.start <= last.start {
                throw InputError(
                    item.position,
                    "round \(round.index) starts at \(round.start), and the one before it at \(last.start)",
                    expected: "rounds in the order of time")
            }
            rounds.append(round)
        }
        let started = WallTime(unixNanoseconds: Int64(try fields.required("started_unix_ns").integer()))
        let end = try fields.required("ended_unix_ns")
        let ended = WallTime(unixNanoseconds: Int64(try end.integer()))
        guard ended >= started else {
            throw InputError(
                end.position, "the run ended at \(ended.iso8601), before it started",
                expected: "\(started.iso8601) or later")
        }
        let timeOut = try fields.required("time_out_ms")
        guard try timeOut.recordedTime(unit: 1e6) > .zero else {
            throw InputError(timeOut.position, "a time-out of \(timeOut.summary)", expected: "more than 0")
        }
        var recording = Recording(
            assayVersion: try fields.required("assay_version").string(),
            workload: try fields.required("workload").string(),
            pair: try fields.required("pair").string(), mode: try fields.required("mode").choice(of: Mode.self, "mode"),
            seed: UInt64(try fields.required("seed").recordedCount()),
            ratePerSecond: try fields.required("rate_per_s").number(),
            timeOut: try timeOut.recordedTime(unit: 1e6),
            warmUp: try fields.required("warm_up_s").recordedTime(unit: 1e9),
            warmUpSettled: try fields.optional("warm_up_settled")?.boolean(),
            started: started, ended: ended,
            interrupted: try fields.required("interrupted").boolean(),
            sharedHost: try fields.required("shared_host").boolean(),
            scheduling: try fields.required("scheduling").string(),
            workers: try fields.optional("workers")?.integer(in: 1...1_000_000, "workers") ?? 1,
            spins: try fields.optional("spins")?.boolean() ?? false, madeFrom: madeFrom, operations: operations,
            objective: try fields.optional("objective")?.string(),
            looks: try fields.optional("looks").map { (node) throws(InputError) in try Looks(node) },
            boost: try fields.optional("boost").map { (node) throws(InputError) in
                try Boost(node, among: operations)
            },
            floor: try floor(fields.required("noise_floor")), events: events, rounds: rounds)
        recording.logs = try logs(fields.optional("logs"))
        return recording
    }

    /// Recordings of earlier versions do not say.
    private static func logs(_ node: Node?) throws(InputError) -> [Side: LogMark] {
        guard let node else { return [:] }
        var marks: [Side: LogMark] = [:]
        var fields = try Fields(node, what: "logs")
        for side in Side.allCases {
            var entry = try Fields(fields.required(side.rawValue), what: "a log")
            marks[side] = LogMark(
                bytes: try entry.required("bytes").recordedCount(), sha256: try entry.required("sha256").string())
        }
        return marks
    }

    private static func floor(_ node: Node) throws(InputError) -> NoiseFloor? {
        if case .scalar(uncalibrated, _) = node.content { return nil }
        return try NoiseFloor(node)
    }

    private static func decodeRound(_ node: Node, _ operations: [OperationInfo]) throws(InputError) -> RoundRecord {
        var fields = try Fields(node, what: "a round")
        return RoundRecord(
            index: try fields.required("index").recordedCount(),
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
            for error in try entry.required("errors").entries() { errors[error.key] = try error.value.recordedCount() }
            let record = OperationRecord(
                intended: try entry.required("intended").recordedCount(),
                completed: try entry.required("completed").recordedCount(),
                errors: errors, rows: try entry.required("rows").recordedCount(),
                bytes: try entry.required("bytes").recordedCount(),
                notApplied: try entry.optional("not_applied")?.recordedCount() ?? 0,
                halves: try entry.optional("halves").map { (node) throws(InputError) in try SliceHalves(node) })
            guard record.completed + record.failed == record.intended else {
                throw InputError(
                    entry.position, "\(record.completed) completed and \(record.failed) failed of \(record.intended)",
                    expected: "all intended operations to be one or the other")
            }
            records.append(record)
        }
        var coordinators: [String: Int] = [:]
        for entry in try fields.optional("coordinators")?.entries() ?? [] {
            coordinators[entry.key] = try entry.value.recordedCount()
        }
        let length = try fields.required("length_s")
        guard try length.recordedTime(unit: 1e9) > .zero else {
            throw InputError(length.position, "a slice of \(length.summary) s", expected: "more than 0")
        }
        return SliceRecord(
            start: try fields.required("start_s").recordedTime(unit: 1e9),
            length: try length.recordedTime(unit: 1e9),
            pressure: try Pressure.read(&fields),
            selfCheck: try decodeSelfCheck(fields.required("self_check")), operations: records,
            coordinators: coordinators)
    }

    private static func decodeSelfCheck(_ node: Node) throws(InputError) -> SelfCheckRecord {
        var fields = try Fields(node, what: "a self-check")
        // Kernels that do not tell leave null.
        let delay = fields.optional("run_queue_delay_ms")
        var faults: [String] = []
        for fault in try fields.required("faults").list() { faults.append(try fault.string()) }
        return SelfCheckRecord(
            due: try fields.required("due").recordedCount(),
            dispatched: try fields.required("dispatched").recordedCount(),
            latenessP50: try fields.required("lateness_p50_ms").recordedTime(unit: 1e6),
            latenessP99: try fields.required("lateness_p99_ms").recordedTime(unit: 1e6),
            latenessMax: try fields.required("lateness_max_ms").recordedTime(unit: 1e6),
            workerCPU: try fields.required("worker_cpu_ms").recordedTime(unit: 1e6),
            runQueueDelay: try delay?.recordedTime(unit: 1e6),
            inFlightMax: try fields.required("in_flight_max").recordedCount(),
            busyShare: try fields.optional("busy_share")?.number(), faults: faults)
    }
}

extension Node {
    /// A number of things: whole and not negative.
    func recordedCount() throws(InputError) -> Int {
        let value = try integer()
        guard (0...1 << 53).contains(value) else {
            throw InputError(position, "\(value) of something", expected: "0 to 2^53")
        }
        return value
    }

    /// A length of time in units of `unit` nanoseconds: not negative, and less than thirty years.
    func recordedTime(unit: Double) throws(InputError) -> Nanoseconds {
        let value = try number()
        guard value >= 0 && value * unit < 1e18 else {
            throw InputError(
                position, "\(value) as a length of time", expected: "0 or more, and less than thirty years")
        }
        return Nanoseconds(Int64((value * unit).rounded()))
    }
}
