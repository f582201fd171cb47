// Writes the dossier of an hour that was never measured, 12 operations in 326 rounds of two slices of 5 s: for `make bench`.

import Documents
import Glibc
import Histograms
import Quantities
import Recordings

/// The hour, round by round. The same dossier each time.
struct Hour {
    static let rounds = 326
    static let timesPerSlice = 1_000
    static let slice = Nanoseconds.seconds(5)
    /// A slice and its guard.
    static let turn = Nanoseconds.seconds(5.5)
    static let timeOut = Nanoseconds.seconds(10)
    static let shapes: [Shape] = [
        .point, .point, .point, .range, .range, .multiPartition, .write, .write, .batch, .lwt, .counter, .scan
    ]
    static let operations = shapes.enumerated().map { index, shape in
        OperationInfo(
            name: "operation_\(index)_\(shape.rawValue)", shape: shape, keyspace: index < 8 ? "shop" : "stock",
            weight: 1)
    }
    /// The middle of each operation's service times, milliseconds.
    static let medians = [0.4, 0.5, 0.7, 2, 3, 6, 0.6, 0.8, 1.5, 4, 1.2, 9]
    /// Operations that are slower on the new side, and how many times.
    static let slower: [Int: Double] = [4: 1.25, 5: 1.08]

    private var random = SeededRandom(seed: 42)
    private let responses = HistogramRecorder()
    private let services = HistogramRecorder()

    mutating func round(_ index: Int) -> RoundRecord {
        let first = index % 4 == 0 || index % 4 == 3 ? Side.old : .new
        let shared = 0.05 * random.normal()
        let start = Hour.turn * (2 * index) + .seconds(0.5)
        let slices = Side.allCases.map { side in
            sliceRecord(side, start: side == first ? start : start + Hour.turn, shared: shared)
        }
        return RoundRecord(index: index, first: first, old: slices[0], new: slices[1])
    }

    private mutating func sliceRecord(_ side: Side, start: Nanoseconds, shared: Double) -> SliceRecord {
        let level = shared + 0.02 * random.normal()
        let hasPauses = random.below(20) == 0
        var records: [OperationRecord] = []
        for operation in Hour.operations.indices {
            let factor = side == .new ? Hour.slower[operation, default: 1] : 1
            records.append(record(median: Hour.medians[operation] * factor * exp(level), hasPauses: hasPauses))
        }
        let due = records.reduce(0) { $0 + $1.intended }
        let check = SelfCheckRecord(
            due: due + due / 10, dispatched: due + due / 10, latenessP50: Nanoseconds(40_127),
            latenessP99: Nanoseconds(101_887), latenessMax: Nanoseconds(402_943), workerCPU: .milliseconds(412.318),
            runQueueDelay: .milliseconds(1.204), inFlightMax: 27)
        let nodes = (1...3).map { "10.0.\(side.index).\($0):9042" }
        return SliceRecord(
            start: start, length: Hour.slice, selfCheck: check, operations: records,
            coordinators: Dictionary(uniqueKeysWithValues: nodes.map { ($0, due / 3) }))
    }

    /// Lognormal times around `median` milliseconds; one operation in fifty meets a pause, where there are any.
    private mutating func record(median: Double, hasPauses: Bool) -> OperationRecord {
        for _ in 0..<Hour.timesPerSlice {
            let time = median * 1e6 * exp(0.5 * random.normal()) * (hasPauses && random.below(50) == 0 ? 8 : 1)
            services.record(Int64(time))
            // From the intended start: the generator's own lateness is in it.
            responses.record(Int64(time + 40_000 * exp(0.4 * random.normal())))
        }
        var response = responses.snapshot()
        let service = services.snapshot()
        responses.reset()
        services.reset()
        let failed = random.below(500) == 0 ? 3 : 0
        if failed > 0 { response.record(Hour.timeOut.count, count: failed) }
        return OperationRecord(
            intended: response.count, completed: service.count, errors: failed > 0 ? ["time_out": failed] : [:],
            rows: service.count * 10, bytes: service.count * 1_700, response: response, service: service)
    }
}

@main
enum WriteHour {
    static func main() throws {
        guard CommandLine.arguments.count == 3 else {
            print("usage: hour DOSSIER CRITERIA")
            exit(64)
        }
        let dossier = try Dossier.creating(CommandLine.arguments[1])
        let plan = try writePlan(dossier, criteria: Dossier.read(path: CommandLine.arguments[2]))
        let started = WallTime(year: 2026, month: 3, day: 1)
        var recording = Recording(
            assayVersion: "0.1", workload: "hour", pair: "hour", seed: 42,
            ratePerSecond: Double(Hour.operations.count * Hour.timesPerSlice) / Hour.slice.seconds,
            timeOut: Hour.timeOut, warmUp: .seconds(60), started: started,
            ended: started + Hour.turn * (2 * Hour.rounds), madeFrom: ["plan.json": Dossier.digest(plan)],
            operations: Hour.operations, looks: Looks(6, over: Hour.rounds))
        var logs = Side.allCases.map { IntervalLog.header(comment: "Assay 0.1, \($0) side of hour", base: started) }
        var hour = Hour()
        for index in 0..<Hour.rounds {
            let round = hour.round(index)
            for side in Side.allCases { logs[side.index] += lines(round[side]) }
            recording.rounds.append(round)
        }
        for side in Side.allCases { try dossier.write(logs[side.index], to: "\(side).hlog") }
        try dossier.write(recording.json().text(), to: "recording.json")
    }

    /// As much of a plan as judging reads. Returns its text.
    private static func writePlan(_ dossier: Dossier, criteria: String) throws -> String {
        let input: [String: JSON] = [
            "file": .string("hour.yaml"), "role": .string("criteria"), "sha256": .string(Dossier.digest(criteria))
        ]
        let plan = JSON.object([
            "inputs": .array([.object(input)]), "arrivals": .string("constant"), "slice_s": .number(5),
            "guard_s": .number(0.5), "warm_up_s": .number(60), "time_out_ms": .number(10_000), "operations": .array([])
        ]).text()
        try dossier.makeFolder("inputs")
        try dossier.write(criteria, to: "inputs/criteria.yaml")
        try dossier.write(plan, to: "plan.json")
        return plan
    }

    /// The lines of a slice in its side's log.
    private static func lines(_ slice: SliceRecord) -> String {
        var lines = ""
        for (operation, record) in zip(Hour.operations, slice.operations) {
            for (kind, histogram) in [("rt", record.response), ("st", record.service)] {
                let entry = IntervalLogEntry(
                    tag: "\(operation.name)-\(kind)", start: slice.start.seconds, length: slice.length.seconds,
                    histogram: histogram)
                lines += IntervalLog.line(entry)
            }
        }
        return lines
    }
}
