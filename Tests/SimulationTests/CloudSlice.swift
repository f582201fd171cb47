// One slice of a simulated cluster: operations as they arrive, through the queues of six nodes, into counts by bin.

import Histograms
import Quantities

/// Response times of each operation under several factors at once: what multiplies a side's times multiplies each of
/// them.
struct CloudCounts {
    let tables: [(operation: CloudOperation, factor: Double)]
    private let recorders: [HistogramRecorder]
    /// The tables of each operation: nanoseconds to a second times the factor, and where they are counted.
    private let byOperation: [[(scale: Double, recorder: HistogramRecorder)]]

    init(_ tables: [(operation: CloudOperation, factor: Double)]) {
        self.tables = tables
        let recorders = tables.map { _ in HistogramRecorder() }
        self.recorders = recorders
        byOperation = CloudOperation.allCases.map { operation in
            tables.indices.filter { tables[$0].operation == operation }
                .map { (tables[$0].factor * 1e9, recorders[$0]) }
        }
    }

    @inline(__always) fileprivate func record(_ seconds: Double, _ operation: Int) {
        for table in byOperation[operation] { table.recorder.record(Int64(seconds * table.scale)) }
    }

    /// What was counted in `table`, which is empty then.
    func take(_ table: Int) -> Histogram {
        defer { recorders[table].reset() }
        return recorders[table].snapshot()
    }
}

extension CloudNoise {
    /// Sends a slice of operations to a side: from `start` for `guardSeconds` that nobody counts, and `seconds` that
    /// are. `seed` names the operations, which are the same for both sides.
    func slice(
        _ side: Side, start: Double, guardSeconds: Double, seconds: Double, seed: UInt64, into counts: CloudCounts
    ) {
        var nodes = (0..<Cloud.nodes).map { node in
            CloudNode(
                free: start, pauses: pauses[side.index][node], compactions: compactions[side.index][node])
        }
        let stalls = stalls.filter { $0.start + $0.length > start }
        nodes.withUnsafeMutableBufferPointer { nodes in
            levels[side.index].withUnsafeBufferPointer { levels in
                CloudNoise.send(
                    from: start, until: start + guardSeconds + seconds, counted: start + guardSeconds, nodes, levels,
                    stalls,
                    (SeededRandom(seed: seed), SeededRandom(seed: SeededRandom.derive(seed, UInt64(side.index)))),
                    counts)
            }
        }
    }

    /// `randoms` are that of the operations and that of the service times.
    private static func send(
        from start: Double, until end: Double, counted: Double, _ nodes: UnsafeMutableBufferPointer<CloudNode>,
        _ levels: UnsafeBufferPointer<Double>, _ stalls: [Event], _ randoms: (SeededRandom, SeededRandom),
        _ counts: CloudCounts
    ) {
        var (stream, own) = randoms
        let gap = 1 / Cloud.ratePerSecond
        let mask = UInt64(Cloud.places - 1)
        let (gaps, services, operations) = (Cloud.gaps, Cloud.services, Cloud.operations)
        let multi = CloudOperation.multi.rawValue
        var stall = 0
        var time = start
        while true {
            let bits = stream.next()
            time += gap * Double(gaps[Int(bits & mask)])
            if time >= end { return }
            while stall < stalls.count, stalls[stall].start + stalls[stall].length <= time { stall += 1 }
            var sent = time
            if stall < stalls.count, stalls[stall].start <= time { sent = stalls[stall].start + stalls[stall].length }
            let operation = Int(operations[Int(bits >> 16 & 0xFFFF)])
            let level = levels[Int(time / Cloud.step)]
            let first = Int(((bits >> 32 & 0xFFFF) * UInt64(Cloud.nodes)) >> 16)
            let draws = own.next()
            let row = operation << Cloud.bits
            var done = nodes[first].serve(sent, Double(services[row + Int(draws & mask)]) * level)
            if operation == multi {
                // Two other nodes besides, and the last answer counts.
                let place = Int(((bits >> 48) * 20) >> 16)
                let second = (first + 1 + place % 5) % Cloud.nodes
                let third = (first + 1 + (place % 5 + 1 + place / 5) % 5) % Cloud.nodes
                done = max(done, nodes[second].serve(sent, Double(services[row + Int(draws >> 16 & mask)]) * level))
                done = max(done, nodes[third].serve(sent, Double(services[row + Int(draws >> 32 & mask)]) * level))
            }
            if time >= counted { counts.record(done - time, operation) }
        }
    }
}

/// A server with a queue, first come, first served.
private struct CloudNode {
    /// When all that came before is done.
    private var free: Double
    /// What has not begun, or is not over.
    private var pauses: ArraySlice<CloudNoise.Event>
    private var compactions: ArraySlice<CloudNoise.Event>
    private var pause: CloudNoise.Event
    private var compaction: CloudNoise.Event

    private static let never = CloudNoise.Event(start: .infinity, length: 0)

    init(free: Double, pauses: [CloudNoise.Event], compactions: [CloudNoise.Event]) {
        self.free = free
        self.pauses = pauses.filter { $0.start + $0.length > free }[...]
        self.compactions = compactions.filter { $0.start + $0.length > free }[...]
        pause = self.pauses.popFirst() ?? CloudNode.never
        compaction = self.compactions.popFirst() ?? CloudNode.never
    }

    /// When an operation that came at `time` is done; `service` is how long it takes without pauses and compactions.
    @inline(__always) mutating func serve(_ time: Double, _ service: Double) -> Double {
        var begin = max(time, free)
        var length = service
        if compaction.start <= time {
            if compaction.start + compaction.length > time {
                length *= 1.25
            } else {
                compaction = compactions.popFirst() ?? CloudNode.never
            }
        }
        while pause.start < begin + length {
            if pause.start <= begin { begin = max(begin, pause.start + pause.length) } else { length += pause.length }
            pause = pauses.popFirst() ?? CloudNode.never
        }
        free = begin + length
        return free
    }
}
