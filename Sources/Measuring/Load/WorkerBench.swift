// One worker and one slice, in the calling thread: what `make bench` sets beside a minimal client.
//
// It stands here and not in the command because the compiler specialises the worker only within this room.

import Quantities
import Reactor
import Recordings
import Workloads

public enum WorkerBench {
    /// Drives `plan`'s operations and returns what was seen. `drive` must record one slice. `inEachTurn` is called on the worker's
    /// thread whenever its loop has come round.
    public static func run(
        _ drive: Drive, _ plan: Plan, _ settings: WorkerSettings, inEachTurn: @escaping () -> Void = {}
    ) throws -> SliceRecord {
        _ = WorkerThread.prioritise()
        let traffic = PlanTraffic(plan, startedMicroseconds: 0)
        var record: SliceRecord?
        var start = Instant(nanoseconds: 0)
        let worker = Worker(world: try SocketWorld(), traffic: traffic, settings: settings) {
            inEachTurn()
            return false
        } deliver: { slice in
            record = SliceSum(slice).record(since: start, limits: SelfCheckLimits())
        }
        worker.onStart = { start = $0 }
        _ = try worker.run(drive)
        worker.close()
        guard let record else { preconditionFailure("a drive that came to its end delivers its slice") }
        return record
    }
}
