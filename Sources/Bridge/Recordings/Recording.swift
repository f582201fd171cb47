// What was seen in a run: rounds, slices, counts, histograms. It knows no good or bad.

import Histograms
import Quantities

/// How the two sides share the time of a run.
public enum Mode: String, CaseIterable, Hashable, Sendable {
    /// Short slices, one side after the other, order randomised in each round.
    case interleaved
    /// Both sides at once, the same operations at the same intended starts.
    case duet
    /// As interleaved, in slices of a minute and more: for sides whose caches must be warm again after each turn of the other.
    case blocks

    /// How many slices a round takes one after the other.
    public var slicesInRound: Int { self == .duet ? 1 : 2 }
}

/// One operation of the workload, as far as a reader of results needs it.
public struct OperationInfo: Hashable, Sendable {
    public var name: String
    public var shape: Shape
    public var keyspace: String
    /// Share of the traffic, relative to the other operations' weights.
    public var weight: Double

    public init(name: String, shape: Shape, keyspace: String, weight: Double) {
        self.name = name
        self.shape = shape
        self.keyspace = keyspace
        self.weight = weight
    }
}

/// One operation on one side in one slice. `intended == completed + errors`; every intended operation is in `response`.
public struct OperationRecord: Equatable, Sendable {
    /// Operations whose intended start lies in the measured part of the slice.
    public var intended: Int
    public var completed: Int
    /// Failed operations by class of outcome, such as `time_out`; only classes that occurred.
    public var errors: [String: Int]
    public var rows: Int
    /// Bytes of the answers' frames.
    public var bytes: Int
    /// Lightweight transactions whose condition did not hold: they are completed, and changed nothing.
    public var notApplied: Int
    /// Of requests over HTTP; nil for CQL, and for a recording that was read back.
    public var phases: PhaseRecord?
    /// From the intended start; a failed operation is in here at the time-out value.
    public var response: Histogram
    /// From the actual send; completed operations only.
    public var service: Histogram
    /// nil at the sides' limits, and in recordings of versions that did not look.
    public var halves: SliceHalves?

    public init(
        intended: Int = 0, completed: Int = 0, errors: [String: Int] = [:], rows: Int = 0, bytes: Int = 0,
        notApplied: Int = 0, phases: PhaseRecord? = nil, response: Histogram = Histogram(),
        service: Histogram = Histogram(), halves: SliceHalves? = nil
    ) {
        self.halves = halves
        self.intended = intended
        self.completed = completed
        self.errors = errors
        self.rows = rows
        self.bytes = bytes
        self.notApplied = notApplied
        self.phases = phases
        self.response = response
        self.service = service
    }

    /// All of `parts` merged.
    init(sum parts: [OperationRecord]) {
        self.init(response: Histogram(sum: parts.map(\.response)), service: Histogram(sum: parts.map(\.service)))
        for part in parts { addCounts(part) }
    }

    public var failed: Int { errors.isEmpty ? 0 : errors.values.reduce(0, +) }

    public mutating func add(_ other: OperationRecord) {
        addCounts(other)
        response.add(other.response)
        service.add(other.service)
    }

    private mutating func addCounts(_ other: OperationRecord) {
        intended += other.intended
        completed += other.completed
        if !other.errors.isEmpty { errors.merge(other.errors, uniquingKeysWith: +) }
        rows += other.rows
        bytes += other.bytes
        notApplied += other.notApplied
        if let more = other.phases {
            if phases == nil { phases = more } else { phases?.add(more) }
        }
        if let added = other.halves {
            if halves == nil { halves = added } else { halves?.add(added) }
        }
    }
}

/// What the generator measured of itself in one slice.
public struct SelfCheckRecord: Equatable, Sendable {
    /// Beyond these a round is void (docs/measuring.md).
    public static let leastDispatchedShare = 0.99
    public static let mostLatenessP99 = Nanoseconds.milliseconds(1)
    /// At the sides' limits alone: the greatest share of a slice in which a worker works or waits for a CPU.
    public static let mostBusyShare = 0.85

    /// Operations that fell due, measured part and guard.
    public var due: Int
    /// Operations that were sent, or could not be because of the side (no connection, table full), while the slice lasted.
    public var dispatched: Int
    /// From the intended start to the send, as far as the generator is the cause.
    public var latenessP50: Nanoseconds
    public var latenessP99: Nanoseconds
    public var latenessMax: Nanoseconds
    /// CPU time of the worker thread.
    public var workerCPU: Nanoseconds
    /// Time that the worker was ready to run and had no CPU; nil where the kernel does not tell.
    public var runQueueDelay: Nanoseconds?
    /// Most operations in flight at one time, both sides together.
    public var inFlightMax: Int
    /// Share of the slice, guard included, in which the busiest worker worked or waited for a CPU; nil in recordings of versions
    /// that did not say. Workers that spin are always busy.
    public var busyShare: Double?
    /// Faults of the generator's own, in words; any of them voids the round.
    public var faults: [String]

    public init(
        due: Int = 0, dispatched: Int = 0, latenessP50: Nanoseconds = .zero, latenessP99: Nanoseconds = .zero,
        latenessMax: Nanoseconds = .zero, workerCPU: Nanoseconds = .zero, runQueueDelay: Nanoseconds? = nil,
        inFlightMax: Int = 0, busyShare: Double? = nil,
        faults: [String] = []
    ) {
        self.busyShare = busyShare
        self.due = due
        self.dispatched = dispatched
        self.latenessP50 = latenessP50
        self.latenessP99 = latenessP99
        self.latenessMax = latenessMax
        self.workerCPU = workerCPU
        self.runQueueDelay = runQueueDelay
        self.inFlightMax = inFlightMax
        self.faults = faults
    }
}

/// One side's part of a round.
public struct SliceRecord: Equatable, Sendable {
    /// Start of the measured part, counted from `Recording.started`, to the millisecond.
    public var start: Nanoseconds
    /// Length of the measured part.
    public var length: Nanoseconds
    /// How hard the side was driven, in rounds of saturation; nil where operations fell due as the workload has it.
    public var pressure: Pressure?
    public var selfCheck: SelfCheckRecord
    /// In the order of `Recording.operations`.
    public var operations: [OperationRecord]
    /// Operations that were sent, by the endpoint of the node that got them.
    public var coordinators: [String: Int]

    public init(
        start: Nanoseconds, length: Nanoseconds, pressure: Pressure? = nil,
        selfCheck: SelfCheckRecord = SelfCheckRecord(), operations: [OperationRecord],
        coordinators: [String: Int] = [:]
    ) {
        self.start = start
        self.length = length
        self.pressure = pressure
        self.selfCheck = selfCheck
        self.operations = operations
        self.coordinators = coordinators
    }
}

/// The paired unit of evidence.
public struct RoundRecord: Equatable, Sendable {
    public enum Purpose: String, CaseIterable, Sendable {
        /// Evidence.
        case measure
        /// Round 0 once more, at the end: shows what row counts of a side differ from themselves. Its latencies are not judged.
        case rowsControl = "rows_control"
        /// Another mix, in which some operations come more often: evidence on these, and on nothing else.
        case boost
        /// A step on the way to a side's limit: shown as a curve, and not judged.
        case curve
        /// Both sides at their limits: evidence of throughput, and of nothing else.
        case saturation

        /// Whether the round belongs to the phase that drives sides to their limits.
        public var saturates: Bool { self == .curve || self == .saturation }
        /// Whether it is offered what the workload offers: its mix, at its rate.
        public var isUsual: Bool { self == .measure || self == .rowsControl }
    }

    public var index: Int
    public var purpose: Purpose
    /// The side that was measured first (in duet mode: of no meaning).
    public var first: Side
    public var old: SliceRecord
    public var new: SliceRecord

    public init(index: Int, purpose: Purpose = .measure, first: Side, old: SliceRecord, new: SliceRecord) {
        self.index = index
        self.purpose = purpose
        self.first = first
        self.old = old
        self.new = new
    }

    public subscript(side: Side) -> SliceRecord { side == .old ? old : new }

    /// Why the round is void on both sides; nil where it counts.
    public var voidReason: String? {
        let faults = Side.allCases.flatMap { side in self[side].selfCheck.faults.map { "\(side): \($0)" } }
        return faults.isEmpty ? nil : faults.joined(separator: "; ")
    }
}

/// How much of a side's interval log belongs to a recording, and what it was: another run's log in its place is no evidence.
public struct LogMark: Equatable, Sendable {
    /// From the beginning of the file. What stands behind is a round that was not finished.
    public var bytes: Int
    /// SHA-256 of these, as 64 hexadecimal digits.
    public var sha256: String

    public init(bytes: Int, sha256: String) {
        self.bytes = bytes
        self.sha256 = sha256
    }
}

/// Everything that was seen in one run.
public struct Recording: Equatable, Sendable {
    public var assayVersion: String
    public var workload: String
    public var pair: String
    public var mode: Mode
    public var seed: UInt64
    /// Offered rate of each side while it is active, operations a second.
    public var ratePerSecond: Double
    public var timeOut: Nanoseconds
    public var warmUp: Nanoseconds
    /// Whether the sides had settled when a detected warm-up ended; nil where its length was given.
    public var warmUpSettled: Bool?
    /// Start of the first round (after warm-up); starts of slices count from here.
    public var started: WallTime
    /// End of the last whole round.
    public var ended: WallTime
    /// Whether the run ended before its plan did. Stopping when it looks good passes too easily, so such a run never passes.
    public var interrupted: Bool
    /// Whether both sides, or a side and the generator, run on one machine.
    public var sharedHost: Bool
    /// What the worker thread got from the scheduler: `realtime`, `nice` or `normal`.
    public var scheduling: String
    /// Threads that shared the load.
    public var workers: Int
    /// Whether they spun before a send was due, in place of sleeping.
    public var spins: Bool
    /// SHA-256 of `plan.json` and `environment.json`, by name of file.
    public var madeFrom: [String: String]
    /// Of the logs that hold its histograms; empty in recordings of versions that did not say.
    public var logs: [Side: LogMark] = [:]
    public var operations: [OperationInfo]
    /// What a side had to keep to in a search for its highest rate, such as `p99 of the workload <= 50 ms`; nil without a search.
    public var objective: String?
    /// When it was to be judged; nil where only its end was meant for that.
    public var looks: Looks?
    /// Rounds of another mix that were planned; nil where there were to be none.
    public var boost: Boost?
    /// The noise floor in force; nil where none was measured.
    public var floor: NoiseFloor?
    /// What happened to the sides' nodes, in order of time.
    public var events: [NodeEvent]
    public var rounds: [RoundRecord]

    public init(
        assayVersion: String = "", workload: String, pair: String, mode: Mode = .interleaved, seed: UInt64 = 0,
        ratePerSecond: Double,
        timeOut: Nanoseconds, warmUp: Nanoseconds = .zero, warmUpSettled: Bool? = nil, started: WallTime,
        ended: WallTime,
        interrupted: Bool = false,
        sharedHost: Bool = false, scheduling: String = "normal", workers: Int = 1, spins: Bool = false,
        madeFrom: [String: String] = [:],
        operations: [OperationInfo],
        objective: String? = nil, looks: Looks? = nil, boost: Boost? = nil, floor: NoiseFloor? = nil,
        events: [NodeEvent] = [],
        rounds: [RoundRecord] = []
    ) {
        self.assayVersion = assayVersion
        self.workload = workload
        self.pair = pair
        self.mode = mode
        self.seed = seed
        self.ratePerSecond = ratePerSecond
        self.timeOut = timeOut
        self.warmUp = warmUp
        self.warmUpSettled = warmUpSettled
        self.started = started
        self.ended = ended
        self.interrupted = interrupted
        self.sharedHost = sharedHost
        self.scheduling = scheduling
        self.workers = workers
        self.spins = spins
        self.madeFrom = madeFrom
        self.operations = operations
        self.objective = objective
        self.looks = looks
        self.boost = boost
        self.floor = floor
        self.events = events
        self.rounds = rounds
    }

    /// Rounds that count: measured, not void, in order of time.
    public var countedRounds: [RoundRecord] { rounds.filter { $0.purpose == .measure && $0.voidReason == nil } }

    /// All counted rounds of a side merged.
    func total(_ side: Side) -> SideTotal {
        SideTotal(countedRounds.map { $0[side] }, operations: operations.count)
    }

    /// Operations of all counted rounds by the endpoint of the node that they were sent to.
    public func coordinators(_ side: Side) -> [String: Int] {
        countedRounds.reduce(into: [:]) { $0.merge($1[side].coordinators, uniquingKeysWith: +) }
    }

    /// All counted rounds of a side merged, operation by operation.
    public func whole(_ side: Side) -> [OperationRecord] { total(side).operations }
}

/// Rounds of a side merged.
struct SideTotal {
    private(set) var operations: [OperationRecord]
    private(set) var coordinators: [String: Int] = [:]

    init(operations count: Int) { operations = Array(repeating: OperationRecord(), count: count) }

    /// The same as adding one after the other, in less time.
    init(_ slices: [SliceRecord], operations count: Int) {
        operations = (0..<count).map { index in OperationRecord(sum: slices.map { $0.operations[index] }) }
        for slice in slices { coordinators.merge(slice.coordinators, uniquingKeysWith: +) }
    }

    mutating func add(_ slice: SliceRecord) {
        for index in operations.indices { operations[index].add(slice.operations[index]) }
        coordinators.merge(slice.coordinators, uniquingKeysWith: +)
    }
}
