// Where the workers of a run hear what comes next while they drive the sides to their limits: slice by slice, all of them at one instant.

import Quantities
import Recordings
import Synchronization
import Workloads

/// One side's slice as every worker is to run its share of it.
struct SaturationOrder: Sendable {
    var round: SaturationRound
    var side: Side

    var index: Int { round.planned.index }
    var pressure: Pressure { round.pressures[side.index] }
}

/// Shared by the workers of a run. They meet before each slice; the last to come has the next one decided.
public final class SaturationConductor: Sendable {
    private struct State {
        var director: SaturationDirector
        var order: SaturationOrder?
        /// Slices of the round under way, whole.
        var done: [Side: SliceRecord] = [:]
    }

    let plan: Plan
    private let gate: StartGate
    private let state: Mutex<State>

    /// `plan` asks for saturation.
    public init(_ plan: Plan, workers: Int = 1) {
        self.plan = plan
        gate = StartGate(count: workers)
        state = Mutex(State(director: SaturationDirector(plan)))
    }

    /// A worker has nothing under way any more and wants the slice of this number, counted from 0.
    func arrive(at number: Int, now: Instant) { gate.arrive(at: number, now: now) { decide() } }

    /// When the slice of this number begins; nil while workers are missing.
    func start(of number: Int) -> Instant? { gate.start(of: number) }

    /// What to do from that instant on; nil where all is done.
    var order: SaturationOrder? { state.withLock { $0.order } }

    /// A slice that all workers have finished: `record` with what it was driven by, and the round that it belongs to.
    public func finish(_ sum: SliceSum, _ record: SliceRecord) -> FinishedSlice {
        state.withLock { state in
            guard let order = state.order, order.side == sum.side, order.index == sum.round else {
                preconditionFailure("slices of saturation are finished one after the other")
            }
            var record = record
            record.pressure = order.pressure
            if case .rate(let rate, _) = order.pressure, let objective = plan.saturation?.objective {
                let missed = SaturationDirector.missed(
                    objective, record, backlog: sum.backlog, operations: plan.operations.map(\.name))
                record.pressure = .rate(rate, missed: missed)
            }
            state.done[sum.side] = record
            return FinishedSlice(round: sum.round, side: sum.side, record: record, planned: order.round.planned)
        }
    }

    /// All workers are done with the slice before.
    private func decide() {
        state.withLock { state in
            if let order = state.order, state.done.count == 1 {
                state.order = SaturationOrder(round: order.round, side: order.side.other)
                return
            }
            var last: RoundRecord?
            if let order = state.order, let old = state.done[.old], let new = state.done[.new] {
                let planned = order.round.planned
                last = RoundRecord(
                    index: planned.index, purpose: planned.purpose, first: planned.first, old: old, new: new)
            }
            state.done = [:]
            state.order = state.director.next(after: last).map { SaturationOrder(round: $0, side: $0.planned.first) }
        }
    }
}
