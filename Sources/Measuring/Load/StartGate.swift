// Where the workers of a run wait for each other, so that all of them begin at one instant.

import Quantities
import Synchronization

/// A gate that opens when `count` workers stand before it. It can be passed again and again: each passage is a stage.
final class StartGate: Sendable {
    private struct Stage {
        var arrived = 0
        var opens: Instant?
    }

    private let count: Int
    private let stages = Mutex<[Int: Stage]>([:])

    /// From the last arrival to the start: enough for every worker to hear of it.
    static var lead: Nanoseconds { .milliseconds(20) }

    init(count: Int) { self.count = count }

    /// A worker stands before the gate. The last one to come has `decide` called, while nobody goes on.
    func arrive(at stage: Int, now: Instant, _ decide: () -> Void = {}) {
        stages.withLock { stages in
            stages[stage, default: Stage()].arrived += 1
            guard stages[stage]!.arrived == count else { return }
            decide()
            stages[stage]!.opens = now + StartGate.lead
        }
    }

    /// When the stage begins; nil while somebody is missing.
    func start(of stage: Int) -> Instant? { stages.withLock { $0[stage]?.opens } }
}
