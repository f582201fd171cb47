// What one slice has come to so far. One worker writes; when the slice is over and drained it is handed on whole.

import CQLProtocol
import Glibc
import Histograms
import Quantities

/// Counters and histograms of one side's slice, with one entry an operation.
public final class SliceAccumulator {
    final class Operation {
        let response = HistogramRecorder()
        let service = HistogramRecorder()
        @exclusivity(unchecked) var intended = 0
        @exclusivity(unchecked) var completed = 0
        @exclusivity(unchecked) var rows = 0
        @exclusivity(unchecked) var bytes = 0
        /// Completed, but a condition did not hold.
        @exclusivity(unchecked) var notApplied = 0
        /// Completed operations that fell due in the first half of the measured part, and in the second, with the sums of the
        /// logarithms of their response times in nanoseconds.
        @exclusivity(unchecked) var halves = (first: 0, second: 0)
        @exclusivity(unchecked) var logs = (first: 0.0, second: 0.0)
        let errors: UnsafeMutablePointer<Int>
        /// Of requests over HTTP; nil where no side speaks it.
        let phases: PhaseRecorder?

        init(phases hasPhases: Bool) {
            phases = hasPhases ? PhaseRecorder() : nil
            errors = .allocate(capacity: OutcomeClass.count)
            errors.initialize(repeating: 0, count: OutcomeClass.count)
        }

        deinit { errors.deallocate() }

        func reset() {
            response.reset()
            service.reset()
            phases?.reset()
            (intended, completed, rows, bytes, notApplied) = (0, 0, 0, 0, 0)
            (halves, logs) = ((0, 0), (0, 0))
            errors.update(repeating: 0, count: OutcomeClass.count)
        }
    }

    let operations: [Operation]
    let lateness = HistogramRecorder()
    public internal(set) var side = Side.old
    /// Index of the round in the plan.
    public internal(set) var round = 0
    var measuredFrom = Instant(nanoseconds: 0)
    var length = Nanoseconds.zero
    /// Of the measured part.
    private var middle: Instant { measuredFrom + Nanoseconds(length.count / 2) }
    @exclusivity(unchecked) var due = 0
    @exclusivity(unchecked) var dispatched = 0
    @exclusivity(unchecked) var inFlightMax = 0
    /// Sent and not ended.
    @exclusivity(unchecked) var outstanding = 0
    /// Operations that were sent, by the number of the node that got them.
    let coordinators: UnsafeMutablePointer<Int>
    private let nodeCapacity: Int
    /// Of the numbers that nodes have had so far.
    var nodeNames: [String] = []
    /// The last intended start has gone by.
    var isOver = false
    var cpuAtStart = Nanoseconds.zero
    var workerCPU = Nanoseconds.zero
    var delayAtStart: Nanoseconds?
    var runQueueDelay: Nanoseconds?
    /// Whether the side is driven to its limit.
    var isSaturating = false
    /// From its guard's start to its end, which is what the worker's CPU time is held against.
    var openedAt = Instant(nanoseconds: 0)
    var span = Nanoseconds.zero
    /// What was in flight when the first operation of the measured part fell due (-1: none did), and at the end.
    @exclusivity(unchecked) var inFlightAtStart = -1
    var inFlightAtEnd = 0

    init(operations count: Int, nodes: Int, phases: Bool = false) {
        operations = (0..<count).map { _ in Operation(phases: phases) }
        nodeCapacity = nodes
        coordinators = .allocate(capacity: nodes)
        coordinators.initialize(repeating: 0, count: nodes)
    }

    deinit { coordinators.deallocate() }

    func reset() {
        for operation in operations { operation.reset() }
        lateness.reset()
        (due, dispatched, inFlightMax, outstanding) = (0, 0, 0, 0)
        coordinators.update(repeating: 0, count: nodeCapacity)
        isOver = false
        (inFlightAtStart, inFlightAtEnd) = (-1, 0)
    }

    /// Operations by the endpoint of the node that they were sent to; nodes that got none are left out.
    var requestsByCoordinator: [String: Int] {
        var counts: [String: Int] = [:]
        for (name, count) in zip(nodeNames, UnsafeBufferPointer(start: coordinators, count: nodeCapacity))
        where count > 0 {
            counts[name, default: 0] += count
        }
        return counts
    }

    /// A failed operation is never fast: it stands in the response times at the time-out value.
    func fail(_ operation: Int, _ outcome: Int, timeOut: Nanoseconds) {
        let entry = operations[operation]
        entry.errors[outcome] += 1
        entry.response.record(timeOut.count)
    }

    func complete(
        _ operation: Int, intended: Instant? = nil, response: Int64, service: Int64, rows: Int, bytes: Int,
        isNotApplied: Bool = false
    ) {
        let entry = operations[operation]
        entry.completed += 1
        entry.rows += rows
        entry.bytes += bytes
        if isNotApplied { entry.notApplied += 1 }
        entry.response.record(response)
        entry.service.record(service)
        guard let intended, !isSaturating else { return }
        let logarithm = log(Double(max(response, 1)))
        if intended < middle {
            entry.halves.first += 1
            entry.logs.first += logarithm
        } else {
            entry.halves.second += 1
            entry.logs.second += logarithm
        }
    }
}
