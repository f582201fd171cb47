// Reading a recording back: counts from recording.json, histograms from the two logs. Up to the last whole round, whatever came after.

import Documents
import Histograms
import Quantities

extension Recording {
    /// Tag of an operation's response times in the logs; `-st` for service times. What was seen at a side's limits has tags of its own,
    /// so that nobody takes it for the latency of the workload; no name of an operation holds a colon.
    static func responseTag(_ operation: String, _ purpose: RoundRecord.Purpose) -> String {
        tag(operation, purpose) + "-rt"
    }
    static func serviceTag(_ operation: String, _ purpose: RoundRecord.Purpose) -> String {
        tag(operation, purpose) + "-st"
    }
    private static func tag(_ operation: String, _ purpose: RoundRecord.Purpose) -> String {
        purpose.saturates ? "\(operation):\(purpose.rawValue)" : operation
    }

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

    /// The n-th entry of a tag belongs to the n-th round that has this tag; more entries than rounds are a round that was not finished.
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
            var taken: [String: Int] = [:]
            for index in rounds.indices {
                let tag = Recording.responseTag(operation.name, rounds[index].purpose)
                let response = byTag[tag] ?? []
                let service = byTag[Recording.serviceTag(operation.name, rounds[index].purpose)] ?? []
                let number = taken[tag, default: 0]
                taken[tag] = number + 1
                guard number < min(response.count, service.count) else {
                    let found = min(response.count, service.count)
                    throw damaged("\(found) slices under \(tag), and round \(index) needs one more")
                }
                let start = rounds[index][side].start.seconds
                guard abs(response[number].start - start) < 0.0015 else {
                    throw damaged(
                        "slice \(index) of \(operation.name) starts at \(response[number].start) s, not \(start) s")
                }
                let isRight = rounds[index].setTimes(
                    of: place, on: side, response: response[number].histogram, service: service[number].histogram)
                guard isRight else {
                    throw damaged("slice \(index) of \(operation.name) holds other counts than recording.json")
                }
            }
        }
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
        for item in try fields.required("rounds").list() { rounds.append(try decodeRound(item, operations)) }
        return Recording(
            assayVersion: try fields.required("assay_version").string(),
            workload: try fields.required("workload").string(),
            pair: try fields.required("pair").string(), mode: try fields.required("mode").choice(of: Mode.self, "mode"),
            seed: UInt64(try fields.required("seed").recordedCount()),
            ratePerSecond: try fields.required("rate_per_s").number(),
            timeOut: try fields.required("time_out_ms").recordedTime(unit: 1e6),
            warmUp: try fields.required("warm_up_s").recordedTime(unit: 1e9),
            warmUpSettled: try fields.optional("warm_up_settled")?.boolean(),
            started: WallTime(unixNanoseconds: Int64(try fields.required("started_unix_ns").integer())),
            ended: WallTime(unixNanoseconds: Int64(try fields.required("ended_unix_ns").integer())),
            interrupted: try fields.required("interrupted").boolean(),
            sharedHost: try fields.required("shared_host").boolean(),
            scheduling: try fields.required("scheduling").string(),
            workers: try fields.optional("workers")?.integer(in: 1...1_000_000, "workers") ?? 1,
            spins: try fields.optional("spins")?.boolean() ?? false, madeFrom: madeFrom, operations: operations,
            objective: try fields.optional("objective")?.string(),
            looks: try fields.optional("looks").map { (node) throws(InputError) in try Looks(node) },
            floor: try floor(fields.required("noise_floor")), events: events, rounds: rounds)
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
                notApplied: try entry.optional("not_applied")?.recordedCount() ?? 0)
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
        return SliceRecord(
            start: try fields.required("start_s").recordedTime(unit: 1e9),
            length: try fields.required("length_s").recordedTime(unit: 1e9),
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
            inFlightMax: try fields.required("in_flight_max").recordedCount(), faults: faults)
    }
}

extension RoundRecord {
    /// Sets both histograms of an operation; false where they hold other counts than its record.
    fileprivate mutating func setTimes(
        of place: Int, on side: Side, response: Histogram, service: Histogram
    ) -> Bool {
        side == .old
            ? old.operations[place].setTimes(response, service) : new.operations[place].setTimes(response, service)
    }
}

extension OperationRecord {
    fileprivate mutating func setTimes(_ response: Histogram, _ service: Histogram) -> Bool {
        self.response = response
        self.service = service
        return response.count == intended && service.count == completed
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
