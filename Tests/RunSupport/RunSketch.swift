// Recordings made by hand, for tests of the judging tower: what each operation took is told by a closure.

import Histograms
import Quantities
import Recordings

/// One operation on one side of one round, being filled.
public struct OperationSketch {
    public let round: Int
    public let side: Side
    public let operation: Int
    /// Whether this side is the second of its round.
    public let isSecond: Bool
    public let isControl: Bool
    public var random: SeededRandom
    /// Rows of the answers; ten an operation where nothing else is set.
    public var rows: Int?
    public var halves: SliceHalves?
    private let timeOut: Nanoseconds
    private let times: HistogramRecorder
    private var alike = Histogram()
    private var errors: [String: Int] = [:]

    init(
        _ place: (round: Int, side: Side, operation: Int, isSecond: Bool, isControl: Bool), _ random: SeededRandom,
        timeOut: Nanoseconds, _ times: HistogramRecorder
    ) {
        (round, side, operation, isSecond, isControl) = place
        self.random = random
        self.timeOut = timeOut
        self.times = times
    }

    /// An operation that was answered after so many milliseconds, and sent when it was due.
    public func take(_ milliseconds: Double) { times.record(Int64(milliseconds * 1e6)) }

    /// As many operations that were all answered after so many milliseconds.
    public mutating func take(_ milliseconds: Double, count: Int) {
        alike.record(Int64(milliseconds * 1e6), count: count)
    }

    /// An operation that failed, and counts as the time-out.
    public mutating func fail(_ kind: String = "time_out") { errors[kind, default: 0] += 1 }

    func record() -> OperationRecord {
        var service = times.snapshot()
        service.add(alike)
        times.reset()
        let failed = errors.values.reduce(0, +)
        var response = service
        if failed > 0 { response.record(timeOut.count, count: failed) }
        return OperationRecord(
            intended: response.count, completed: service.count, errors: errors, rows: rows ?? service.count * 10,
            bytes: service.count * 100, response: response, service: service, halves: halves)
    }
}

/// The outline of a run; `recording` fills it.
public struct RunSketch {
    public var operations: [OperationInfo]
    public var rounds = 24
    public var slice = Nanoseconds.seconds(5)
    public var mode = Mode.interleaved
    public var sharedHost = false
    public var interrupted = false
    public var timeOut = Nanoseconds.seconds(10)
    public var hasControl = false
    public var warmUp = Nanoseconds.seconds(60)
    public var seed: UInt64 = 1
    /// Rounds in which the generator is at fault, and on which side.
    public var faults: [Int: Side] = [:]

    /// Operations of one keyspace by name and shape; one point read where nothing is said.
    public init(_ operations: [(String, Shape)] = [("read", .point)]) {
        self.operations = operations.map { OperationInfo(name: $0.0, shape: $0.1, keyspace: "shop", weight: 1) }
    }

    public func recording(_ fill: (inout OperationSketch) -> Void) -> Recording {
        let times = HistogramRecorder()
        let total = rounds + (hasControl ? 1 : 0)
        var order = SeededRandom(seed: SeededRandom.derive(seed, "order"))
        var coin = Side.old
        let each = slice + .seconds(0.5)
        let made = (0..<total).map { index in
            // Permuted blocks of two rounds: each order once.
            if index % 2 == 0 { coin = order.next() % 2 == 0 ? .old : .new } else { coin = coin.other }
            let isControl = index == rounds
            func sliceRecord(_ side: Side) -> SliceRecord {
                let isSecond = mode == .interleaved && side != coin
                let records = operations.indices.map { operation in
                    // The control round repeats the seeds of round 0.
                    let draw = UInt64(((isControl ? 0 : index) * 2 + side.index) * operations.count + operation)
                    var sketch = OperationSketch(
                        (isControl ? 0 : index, side, operation, isSecond, isControl),
                        SeededRandom(seed: SeededRandom.derive(seed, draw)), timeOut: timeOut, times)
                    fill(&sketch)
                    return sketch.record()
                }
                let check = SelfCheckRecord(faults: faults[index] == side ? ["sent 90 % of what was due"] : [])
                let start = each * (mode == .duet ? index : index * 2 + (isSecond ? 1 : 0))
                return SliceRecord(start: start, length: slice, selfCheck: check, operations: records)
            }
            return RoundRecord(
                index: index, purpose: isControl ? .rowsControl : .measure, first: coin, old: sliceRecord(.old),
                new: sliceRecord(.new))
        }
        let started = WallTime(year: 2026, month: 3, day: 1)
        return Recording(
            workload: "sketch", pair: "sketch", mode: mode, seed: seed, ratePerSecond: 200, timeOut: timeOut,
            warmUp: warmUp,
            started: started, ended: started + each * (mode == .duet ? total : 2 * total), interrupted: interrupted,
            sharedHost: sharedHost, operations: operations, rounds: made)
    }
}

/// Noise: shared and unshared drift of each round, and a lognormal within.
public struct ReferenceNoise {
    private var shared: [Double] = []
    private var unshared: [[Double]] = []

    public init(rounds: Int, seed: UInt64, shared: Double = 0.05, unshared: Double = 0.02) {
        var random = SeededRandom(seed: SeededRandom.derive(seed, "noise"))
        for _ in 0..<rounds {
            self.shared.append(shared * random.normal())
            self.unshared.append([unshared * random.normal(), unshared * random.normal()])
        }
    }

    /// The natural logarithm of the round's level on a side.
    public func level(_ round: Int, _ side: Side) -> Double { shared[round] + unshared[round][side.index] }
}
