// What all workers saw in one slice, put together: a run's evidence does not depend on how many threads made it.

import CQLProtocol
import Glibc
import Histograms
import Quantities
import Recordings

/// One side's slice, from one or more workers.
public struct SliceSum: Sendable {
    public let side: Side
    /// Index of the round in the plan.
    public let round: Int
    private let measuredFrom: Instant
    private let length: Nanoseconds
    private var lateness: Histogram
    private var check: SelfCheckRecord
    private(set) var operations: [OperationRecord]
    private var coordinators: [String: Int]
    /// By how many operations more were in flight at the end than when the measured part began.
    private(set) var backlog: Int
    /// Share of the slice in which the busiest worker worked or waited for a CPU; nil where the side is not driven to its limit.
    private var busyShare: Double?
    /// Workers whose part is in here.
    private(set) var parts = 1

    /// One worker's part.
    public init(_ slice: SliceAccumulator) {
        side = slice.side
        round = slice.round
        measuredFrom = slice.measuredFrom
        length = slice.length
        lateness = slice.lateness.snapshot()
        check = SelfCheckRecord(
            due: slice.due, dispatched: slice.dispatched, workerCPU: slice.workerCPU,
            runQueueDelay: slice.runQueueDelay, inFlightMax: slice.inFlightMax)
        operations = slice.operations.map { SliceSum.record(of: $0, halved: !slice.isSaturating) }
        coordinators = slice.requestsByCoordinator
        backlog = slice.inFlightAtEnd - max(0, slice.inFlightAtStart)
        if slice.span > .zero {
            check.busyShare = (slice.workerCPU + (slice.runQueueDelay ?? .zero)).seconds / slice.span.seconds
            if slice.isSaturating { busyShare = check.busyShare }
        }
    }

    private static func record(of entry: SliceAccumulator.Operation, halved: Bool) -> OperationRecord {
        var errors: [String: Int] = [:]
        for index in 0..<OutcomeClass.count where entry.errors[index] > 0 {
            errors[OutcomeClass(index: index).rawValue] = entry.errors[index]
        }
        return OperationRecord(
            intended: entry.intended, completed: entry.completed, errors: errors, rows: entry.rows, bytes: entry.bytes,
            notApplied: entry.notApplied, phases: entry.phases?.record,
            response: entry.response.snapshot(), service: entry.service.snapshot(),
            halves: halved
                ? SliceHalves(
                    first: half(entry.halves.first, entry.logs.first),
                    second: half(entry.halves.second, entry.logs.second)) : nil)
    }

    /// `sum` is that of logarithms of nanoseconds.
    private static func half(_ count: Int, _ sum: Double) -> SliceHalves.Half {
        count > 0 ? .init(count: count, meanLog: sum / Double(count) - logMillisecond) : .init()
    }

    private static let logMillisecond = log(1e6)

    /// Another worker's part of the same slice. Counts add up, and so do CPU times and what was in flight at most.
    mutating func add(_ other: SliceSum) {
        precondition(side == other.side && round == other.round, "parts of one slice")
        parts += other.parts
        lateness.add(other.lateness)
        backlog += other.backlog
        busyShare = busyShare.flatMap { own in other.busyShare.map { max(own, $0) } }
        check.due += other.check.due
        check.dispatched += other.check.dispatched
        check.workerCPU = check.workerCPU + other.check.workerCPU
        check.runQueueDelay = check.runQueueDelay.flatMap { own in other.check.runQueueDelay.map { own + $0 } }
        check.inFlightMax += other.check.inFlightMax
        check.busyShare = check.busyShare.flatMap { own in other.check.busyShare.map { max(own, $0) } }
        coordinators.merge(other.coordinators, uniquingKeysWith: +)
        for index in operations.indices { operations[index].add(other.operations[index]) }
    }

    /// What goes into the recording. `started` is the instant that the recording counts from.
    public func record(since started: Instant, limits: SelfCheckLimits) -> SliceRecord {
        var check = check
        check.latenessP50 = Nanoseconds(lateness.value(atPercentile: 50))
        check.latenessP99 = Nanoseconds(lateness.value(atPercentile: 99))
        check.latenessMax = Nanoseconds(lateness.max)
        check.faults = limits.faults(of: check, busyShare: busyShare)
        // To the millisecond, as the interval log holds it, so that both name the same slice.
        let milliseconds = (measuredFrom - started).milliseconds.rounded()
        return SliceRecord(
            start: .milliseconds(milliseconds), length: length, selfCheck: check, operations: operations,
            coordinators: coordinators)
    }
}
