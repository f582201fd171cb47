// Writing a dataset to one side, as fast as the side takes it, until every row is there.

import CQLProtocol
import Quantities
import Reactor
import Synchronization
import Workloads

/// What became of writing a dataset.
public struct DatasetLoadResult: Sendable {
    public var rows: Int
    /// Writes that failed at first and were repeated, by class of outcome.
    public var repeated: [String: Int]
    /// Writes that failed every time, by class of outcome of the last try.
    public var failed: [String: Int]
    /// Whether it was stopped before the end.
    public var stopped: Bool
}

/// One side's load, in its own thread.
public final class DatasetLoad: Sendable {
    private struct Shared {
        var written = 0
        var result: Result<DatasetLoadResult, LoadFailure>?
    }

    /// A write is tried this often before the load gives up on it.
    private static let tries = 5

    private let shared = Mutex(Shared())
    private let stopping = Atomic(false)

    public init() {}

    /// Begins; `inFlight` writes are kept under way. The dataset is made here, in the thread.
    public func start(
        _ dataset: DatasetPlan, seed: UInt64, side: Side, settings: WorkerSettings, inFlight: Int = 256
    ) -> WorkerThread {
        WorkerThread(name: "assay-load") { [self] in
            let traffic = DatasetTraffic(dataset, seed: seed)
            do {
                let world = try SocketWorld()
                let result = try write(traffic, world, side, settings, inFlight)
                shared.withLock { $0.result = .success(result) }
            } catch let failure as LoadFailure {
                shared.withLock { $0.result = .failure(failure) }
            } catch let error as SystemError {
                shared.withLock { $0.result = .failure(.noResources(error)) }
            } catch {
                preconditionFailure("no other error is thrown above: \(error)")
            }
        }
    }

    private func write(
        _ traffic: DatasetTraffic, _ world: SocketWorld, _ side: Side, _ settings: WorkerSettings, _ inFlight: Int
    ) throws(LoadFailure) -> DatasetLoadResult {
        var result = DatasetLoadResult(rows: traffic.rows, repeated: [:], failed: [:], stopped: false)
        // nil stands for all rows; later tries take the rows that failed before.
        var items: [Int]?
        for attempt in 1...DatasetLoad.tries {
            let chosen = ChosenItems(traffic, items)
            var failed: [(item: Int, outcome: OutcomeClass)] = []
            let before = traffic.rows - chosen.count
            let worker = Worker(world: world, traffic: chosen, settings: settings) { [self] in
                stopping.load(ordering: .relaxed)
            } deliver: { _ in
            }
            worker.onFailure = { failed.append((chosen.item($0), $1)) }
            worker.onProgress = { [self] ended in shared.withLock { $0.written = before + ended - failed.count } }
            let loop = ClosedLoop(
                side: side, inFlight: inFlight, seed: 0, items: chosen.count, length: .seconds(86_400), recorded: false)
            result.stopped = !(try worker.run(.closed(loop)))
            worker.close()
            let classes = Dictionary(grouping: failed, by: \.outcome.rawValue).mapValues(\.count)
            if result.stopped || failed.isEmpty { break }
            if attempt == DatasetLoad.tries { result.failed = classes }
            result.repeated.merge(classes, uniquingKeysWith: +)
            items = failed.map(\.item)
            Clock.sleep(.milliseconds(200))
        }
        return result
    }

    /// Rows written so far.
    public var written: Int { shared.withLock { $0.written } }
    /// nil while it lasts.
    public var result: Result<DatasetLoadResult, LoadFailure>? { shared.withLock { $0.result } }
    /// Ends the load within a quarter of a second.
    public func stop() { stopping.store(true, ordering: .relaxed) }
}
