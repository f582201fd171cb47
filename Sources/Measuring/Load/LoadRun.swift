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
    /// The round that it belongs to, where that was decided during the run; nil where the plan holds it.
    public var planned: PlannedRound?

    public init(round: Int, side: Side, record: SliceRecord, planned: PlannedRound? = nil) {
        self.planned = planned
        self.round = round
        self.side = side
        self.record = record
    }
}

/// A run in threads of its own, one a worker. `take` and `stop` may be called from any other.
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
        /// Slices of which some workers' parts are missing.
        var parts: [SliceSum] = []
        var finished: [FinishedSlice] = []
        var recordingStart: Instant?
        var scheduling = SchedulingClass.realtime
        var endedWorkers = 0
        var completed = true
        var warmUp = WarmUpState()
        var boost = BoostGate()
    }

    /// Where workers meet after the control round, until somebody has said whether there are to be boost rounds.
    private struct BoostGate {
        var arrived = 0
        var isWanted: Bool?
        var start: Instant?
    }

    private let shared = Mutex(Shared())
    private let stopping = Atomic(false)
    /// Measured rounds after this one are left out.
    private let lastMeasured = Atomic(Int.max)
    private let plan: Plan
    private let workers: Int
    private let gate: StartGate
    private let conductor: SaturationConductor?

    /// `workers` share the operations of every round between them.
    public init(_ plan: Plan, workers: Int = 1) {
        self.plan = plan
        self.workers = workers
        conductor = plan.saturation.map { _ in SaturationConductor(plan, workers: workers) }
        gate = StartGate(count: workers)
    }

    /// Begins. `limits` are those of the self-check. Returns the threads to join.
    public func start(
        settings: WorkerSettings, startedMicroseconds: Int64, placement: WorkerPlacement = .anywhere,
        limits: SelfCheckLimits = SelfCheckLimits()
    ) -> [WorkerThread] {
        (0..<workers).map { index in
            var settings = settings
            settings.share = WorkerShare(index: index, count: workers)
            settings.seed = SeededRandom.derive(settings.seed, UInt64(index))
            return WorkerThread(name: "assay-worker") { [self, settings] in
                if let processor = placement.processor(of: index) { WorkerThread.pin(to: processor) }
                let scheduling = WorkerThread.prioritise()
                shared.withLock { $0.scheduling = max($0.scheduling, scheduling) }
                do {
                    try work(try SocketWorld(spin: placement.spin), settings, startedMicroseconds, limits)
                } catch let failure as LoadFailure {
                    fail(failure)
                } catch let error as SystemError {
                    fail(.noResources(error))
                } catch {
                    preconditionFailure("no other error is thrown above: \(error)")
                }
            }
        }
    }

    /// The first failure ends all workers.
    private func fail(_ failure: LoadFailure) {
        shared.withLock {
            if case .failed = $0.state { return }
            $0.state = .failed(failure)
        }
        stop()
    }

    private func work(
        _ world: SocketWorld, _ settings: WorkerSettings, _ startedMicroseconds: Int64,
        _ limits: SelfCheckLimits
    ) throws(LoadFailure) {
        let traffic = PlanTraffic(plan, startedMicroseconds: startedMicroseconds)
        var recycle: (SliceAccumulator) -> Void = { _ in }
        let worker = Worker(world: world, traffic: traffic, settings: settings) {
            self.stopping.load(ordering: .relaxed)
        } deliver: { accumulator in
            self.take(SliceSum(accumulator), limits)
            recycle(accumulator)
        }
        recycle = { [unowned worker] in worker.recycle($0) }
        try worker.connect()
        gate.arrive(at: 0, now: world.now())
        var completed = false
        if let start = try warmUp(worker, plan) {
            shared.withLock {
                $0.recordingStart = start + plan.warmUpLength
                $0.state = .running
            }
            completed = try worker.run(
                .open(plan.segments, arrivals: plan.arrivals(of:), isLeftOut: isLeftOut), from: start)
            if completed, plan.boost != nil { completed = try boost(worker) }
            if completed, let conductor { completed = worker.saturate(conductor) }
        }
        worker.close()
        end(completed)
    }

    /// Where the warm-up is to be detected, it is over when this returns the instant at which the rest begins; nil where it was stopped.
    private func warmUp(
        _ worker: Worker<SocketWorld, PlanTraffic>, _ plan: Plan
    ) throws(LoadFailure) -> Instant? {
        var pairs = 0
        while let start = worker.wait(for: { self.gate.start(of: pairs) }) {
            guard plan.warmUp.given == nil, warmUpResult == nil else { return start }
            guard try worker.run(.open(plan.warmUpPair(pairs), arrivals: plan.arrivals(of:)), from: start) else {
                return nil
            }
            pairs += 1
            gate.arrive(at: pairs, now: worker.world.now()) {
                shared.withLock { $0.warmUp.decide(plan, pairs: pairs) }
            }
        }
        return nil
    }

    /// Waits for the decision on boost rounds, and runs them. Returns whether that came to its end (false: it was stopped).
    private func boost(_ worker: Worker<SocketWorld, PlanTraffic>) throws(LoadFailure) -> Bool {
        shared.withLock { $0.boost.arrived += 1 }
        let opened = worker.wait { [self] in
            let now = worker.world.now()
            return shared.withLock { shared -> Instant? in
                guard shared.boost.arrived == workers, shared.boost.isWanted != nil else { return nil }
                // All of them begin when the first of them heard of it, and a little.
                if shared.boost.start == nil { shared.boost.start = now + StartGate.lead }
                return shared.boost.start
            }
        }
        guard let opened else { return false }
        guard shared.withLock({ $0.boost.isWanted }) == true else { return true }
        return try worker.run(.open(plan.boostSegments, arrivals: plan.arrivals(of:)), from: opened)
    }

    /// Whether boost rounds are to be run, once the last look at what came before is taken. Where a plan has some, they wait for this.
    /// Returns false where that was decided before.
    public func decideBoost(isWanted: Bool) -> Bool {
        shared.withLock { shared in
            guard shared.boost.isWanted == nil else { return false }
            shared.boost.isWanted = isWanted
            return true
        }
    }

    /// How a detected warm-up ended; nil before that, and where it was given.
    public var warmUpResult: WarmUpResult? { shared.withLock { $0.warmUp.result } }

    /// A worker's part of a slice: with the last of them the slice is whole.
    private func take(_ part: SliceSum, _ limits: SelfCheckLimits) {
        shared.withLock { shared in
            var sum = part
            if let known = shared.parts.firstIndex(where: { $0.round == part.round && $0.side == part.side }) {
                sum = shared.parts.remove(at: known)
                sum.add(part)
            }
            guard sum.parts == workers else { return shared.parts.append(sum) }
            if sum.round < 0 { return shared.warmUp.detector.add(sum.side, sum.operations) }
            let record = sum.record(since: shared.recordingStart!, limits: limits)
            shared.finished.append(
                sum.round < plan.rounds.count
                    ? FinishedSlice(round: sum.round, side: sum.side, record: record) : conductor!.finish(sum, record))
        }
    }

    private func end(_ completed: Bool) {
        shared.withLock { shared in
            shared.endedWorkers += 1
            shared.completed = shared.completed && completed
            if case .failed = shared.state { return }
            if shared.endedWorkers == workers { shared.state = .ended(completed: shared.completed) }
        }
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

    private func isLeftOut(_ segment: Segment) -> Bool {
        guard let round = segment.round, round > lastMeasured.load(ordering: .relaxed) else { return false }
        return plan.rounds[round].purpose == .measure
    }

    /// Leaves out what of the measured rounds is left when `now` is the time: not the one that is under way and not the next, so that all
    /// workers, wherever they are, do the same; and a whole number of blocks of two. What follows them comes sooner. Returns how many
    /// measured rounds there will be.
    public func leaveOutRest(now: Instant) -> Int? {
        guard let start = recordingStart else { return nil }
        let underWay = Int(max(.zero, now - start).count / plan.roundLength.count)
        let count = (underWay + 3) / 2 * 2
        guard count < plan.measuredRounds else { return nil }
        // Once: what was left out stays out.
        let (isFirst, _) = lastMeasured.compareExchange(expected: .max, desired: count - 1, ordering: .relaxed)
        return isFirst ? count : nil
    }

    /// Ends the run within a quarter of a second; unfinished slices are lost.
    public func stop() { stopping.store(true, ordering: .relaxed) }
}

/// Puts slices together into rounds, in the order of the plan and of what is decided after it.
public struct RoundAssembler {
    private var planned: [PlannedRound]
    private var slices: [Int: [Side: SliceRecord]] = [:]
    /// Place in `planned` of the round that is whole next.
    private var next = 0
    /// Of the last round that was given out, left out or not: what is decided later follows it.
    private var lastIndex: Int

    public init(_ plan: Plan) {
        planned = plan.rounds
        lastIndex = plan.rounds.last?.index ?? -1
    }

    /// The measured rounds from `count` on will not be run.
    public mutating func leaveOut(from count: Int) {
        planned.removeAll { $0.purpose == .measure && $0.index >= count }
    }

    /// Boost rounds will not be run.
    public mutating func leaveOutBoost() { planned.removeAll { $0.purpose == .boost } }

    /// The rounds that are whole now. A round waits for those before it, so that the recording stays in order of time.
    public mutating func add(_ slice: FinishedSlice) -> [RoundRecord] {
        if let decided = slice.planned, decided.index == lastIndex + 1 {
            planned.append(decided)
            lastIndex += 1
        }
        slices[slice.round, default: [:]][slice.side] = slice.record
        var whole: [RoundRecord] = []
        while next < planned.count, let sides = slices[planned[next].index], let old = sides[.old],
            let new = sides[.new]
        {
            let round = planned[next]
            whole.append(
                RoundRecord(index: round.index, purpose: round.purpose, first: round.first, old: old, new: new))
            slices[round.index] = nil
            next += 1
        }
        return whole
    }
}
