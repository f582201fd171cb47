// A plan on its way: the worker's thread, and what it has finished so far, for somebody who looks in now and then.

import Quantities
import Reactor
import Recordings
import Synchronization
import Workloads

/// One side's part of a round, measured and drained.
public struct FinishedSlice: Sendable {
    public var round: Int
    public var side: Side
    public var record: SliceRecord

    public init(round: Int, side: Side, record: SliceRecord) {
        self.round = round
        self.side = side
        self.record = record
    }
}

/// A run in its own thread. `take` and `stop` may be called from any other.
public final class LoadRun: Sendable {
    public enum State: Sendable {
        case connecting
        case running
        /// `completed`: the plan came to its end.
        case ended(completed: Bool)
        case failed(LoadFailure)
    }

    private struct Shared {
        var state = State.connecting
        var finished: [FinishedSlice] = []
        var recordingStart: Instant?
        var scheduling = SchedulingClass.normal
    }

    private let shared = Mutex(Shared())
    private let stopping = Atomic(false)

    public init() {}

    /// Begins. `limits` are those of the self-check. Returns the thread to join.
    public func start(
        _ plan: Plan, settings: WorkerSettings, startedMicroseconds: Int64, limits: SelfCheckLimits = SelfCheckLimits()
    ) -> WorkerThread {
        WorkerThread(name: "assay-worker") { [self] in
            let scheduling = WorkerThread.prioritise()
            shared.withLock { $0.scheduling = scheduling }
            do {
                let world = try SocketWorld()
                try work(world, plan, settings, startedMicroseconds, limits)
            } catch let failure as LoadFailure {
                shared.withLock { $0.state = .failed(failure) }
            } catch let error as SystemError {
                shared.withLock { $0.state = .failed(.noResources(error)) }
            } catch {
                preconditionFailure("no other error is thrown above: \(error)")
            }
        }
    }

    private func work(
        _ world: SocketWorld, _ plan: Plan, _ settings: WorkerSettings, _ startedMicroseconds: Int64,
        _ limits: SelfCheckLimits
    ) throws(LoadFailure) {
        let traffic = PlanTraffic(plan, startedMicroseconds: startedMicroseconds)
        let warmUp = plan.warmUpLength
        var recycle: (SliceAccumulator) -> Void = { _ in }
        let worker = Worker(world: world, traffic: traffic, settings: settings) {
            self.stopping.load(ordering: .relaxed)
        } deliver: { accumulator in
            self.shared.withLock { shared in
                let record = accumulator.record(since: shared.recordingStart!, limits: limits)
                shared.finished.append(FinishedSlice(round: accumulator.round, side: accumulator.side, record: record))
            }
            recycle(accumulator)
        }
        recycle = { [unowned worker] in worker.recycle($0) }
        worker.onStart = { start in
            self.shared.withLock {
                $0.recordingStart = start + warmUp
                $0.state = .running
            }
        }
        let completed = try worker.run(.open(plan.segments, arrivals: plan.arrivalSchedule(seed:)))
        worker.close()
        shared.withLock { $0.state = .ended(completed: completed) }
    }

    public var state: State { shared.withLock { $0.state } }
    /// The instant from which slices count; nil while nothing has begun.
    public var recordingStart: Instant? { shared.withLock { $0.recordingStart } }
    public var scheduling: SchedulingClass { shared.withLock { $0.scheduling } }

    /// What was finished since the last call.
    public func take() -> [FinishedSlice] {
        shared.withLock { shared in
            defer { shared.finished.removeAll() }
            return shared.finished
        }
    }

    /// Ends the run within a quarter of a second; unfinished slices are lost.
    public func stop() { stopping.store(true, ordering: .relaxed) }
}

/// Puts slices together into rounds, in the order of the plan.
public struct RoundAssembler {
    private let planned: [PlannedRound]
    private var slices: [Int: [Side: SliceRecord]] = [:]
    private var nextRound = 0

    public init(_ plan: Plan) { planned = plan.rounds }

    /// The rounds that are whole now. A round waits for those before it, so that the recording stays in order of time.
    public mutating func add(_ slice: FinishedSlice) -> [RoundRecord] {
        slices[slice.round, default: [:]][slice.side] = slice.record
        var whole: [RoundRecord] = []
        while nextRound < planned.count, let old = slices[nextRound]?[.old], let new = slices[nextRound]?[.new] {
            let round = planned[nextRound]
            whole.append(
                RoundRecord(index: round.index, purpose: round.purpose, first: round.first, old: old, new: new))
            slices[nextRound] = nil
            nextRound += 1
        }
        return whole
    }
}
