// Exact counts of what the worker's own thread asks of the allocator while it measures, over real sockets and as it is shipped:
// specialised and optimised. The lab answers in a thread of its own, which is not counted.

import AllocationCounter
import Bytes
import CQLClient
import CQLProtocol
import Histograms
import Lab
import Load
import Quantities
import Reactor
import Recordings
import Synchronization
import Testing
import Workloads

/// What one thread did between two instants.
struct WindowCounts: Sendable {
    var allocations = 0
    var frees = 0
    var retains = 0
    var releases = 0

    init() {}

    init(_ counts: allocation_counts) {
        allocations = counts.allocations
        frees = counts.frees
        retains = counts.retains
        releases = counts.releases
    }
}

/// Counts what `body` does in this thread.
private func counted(_ body: () -> Void) -> WindowCounts {
    allocation_counter_start()
    body()
    return WindowCounts(allocation_counter_stop())
}

/// Opens and closes the window from within the worker's loop, which asks in every turn whether it should stop.
private final class Window {
    private let warmUp: Nanoseconds
    private let length: Nanoseconds
    private var first: Instant?
    private var isOpen = false
    private(set) var counts: WindowCounts?

    init(warmUp: Nanoseconds, length: Nanoseconds) {
        self.warmUp = warmUp
        self.length = length
    }

    func turn() {
        let now = Clock.now()
        guard let first else {
            self.first = now
            return
        }
        if !isOpen && counts == nil && now - first >= warmUp {
            isOpen = true
            allocation_counter_start()
        } else if isOpen && now - first >= warmUp + length {
            isOpen = false
            counts = WindowCounts(allocation_counter_stop())
        }
    }
}

/// One kind of load, and what the lab makes of it.
enum CountedLoad: String, CaseIterable, Sendable {
    case pointReads, pagedReads, lists, timedWrites, mix, mixInClosedLoop, errors, timeOuts, statements

    /// Operations of the simulated workload.
    var operations: Range<Int> {
        switch self {
        case .pointReads, .errors, .timeOuts: 0..<1
        case .pagedReads: 1..<2
        case .lists: 2..<3
        case .timedWrites: 3..<4
        case .mix, .mixInClosedLoop: 0..<4
        case .statements: 0..<9
        }
    }

    var dials: LabDials {
        var dials = LabDials(.old)
        for shape in Shape.allCases { dials.base[shape] = LabDials.ServiceTime(median: .zero, sigma: 0) }
        if self == .errors {
            dials.errors = [.point: LabDials.InjectedError(share: Ratio(0.5), errorClass: .overloaded)]
        }
        // Longer than the time-out: every answer finds its operation given up.
        if self == .timeOuts { dials.base[.point] = LabDials.ServiceTime(median: .milliseconds(60), sigma: 0) }
        return dials
    }

    /// Runs for a second and a half; the window lies in its middle. Returns what was counted and what the worker recorded.
    func run() throws -> (WindowCounts, SliceRecord) {
        let workload = self == .statements ? statementWorkload : SimulatedRun.workload
        let run = try SimulatedRun(seed: 1, minutes: 0.3, old: dials, workload: workload)
        let server = try LabServer(listening: Endpoint(host: "127.0.0.1", port: 0), node: run.nodes[0])
        server.start()
        defer { server.stop() }
        var plan = run.plan
        plan.operations = Array(plan.operations[operations])
        let settings = WorkerSettings(
            timeOut: self == .timeOuts ? .milliseconds(20) : .seconds(2),
            sides: [SideAccess(.old, [server.endpoint], connections: 2), SideAccess(.new, [], connections: 0)],
            streams: 1000)
        let length = Nanoseconds.milliseconds(1500)
        let drive: Drive
        if self == .mixInClosedLoop {
            drive = .closed(ClosedLoop(side: .old, inFlight: 16, seed: 1, length: length, recorded: true))
        } else {
            let segment = Segment(sides: [.old], seed: 1, guardLength: .zero, length: length, round: 0)
            drive = .open([segment]) { ArrivalSchedule(.poisson(.constant(Rate(perSecond: 2000))), seed: $0.seed) }
        }
        let result = Mutex<Result<(WindowCounts, SliceRecord), any Error>?>(nil)
        nonisolated(unsafe) let driven = drive
        let thread = WorkerThread(name: "counted") { [plan] in
            let window = Window(warmUp: .milliseconds(500), length: .milliseconds(700))
            let outcome = Result {
                let record = try WorkerBench.run(driven, plan, settings) { window.turn() }
                return (window.counts ?? WindowCounts(), record)
            }
            result.withLock { $0 = outcome }
        }
        thread.join()
        return try result.withLock { $0! }.get()
    }
}

private final class Kept {
    let value: Int
    init(value: Int) { self.value = value }
}

private let canCount = allocation_counter_works() != 0

@Suite(.serialized, .enabled(if: canCount, "sanitizers bring an allocator of their own"))
struct AllocationTests {
    /// What the others rest on: an allocation that is there is seen.
    @Test func theCounterSeesAnAllocation() {
        var kept: [Kept] = []
        kept.reserveCapacity(4)
        let made = counted { kept.append(Kept(value: kept.count)) }
        #expect(made.allocations == 1 && made.frees == 0)
        let shared = counted { kept.append(kept[0]) }
        #expect(shared.allocations == 0 && shared.retains > 0)
        let freed = counted { kept.removeAll(keepingCapacity: true) }
        #expect(freed.frees == 1)
    }

    @Test(arguments: CountedLoad.allCases) func theWorkerAllocatesNothingWhileItMeasures(load: CountedLoad) throws {
        let (counts, record) = try load.run()
        let ended = record.operations.reduce(0) { $0 + $1.completed + $1.failed }
        #expect(ended > 1000, "the window must have met operations")
        #expect(ended == record.operations.reduce(0) { $0 + $1.intended })
        if load == .errors { #expect(record.operations[0].errors["overloaded"] ?? 0 > 500) }
        if load == .timeOuts { #expect(record.operations[0].errors["time_out"] ?? 0 > 500) }
        #expect(counts.allocations == 0)
        #expect(counts.frees == 0)
    }

    @Test func recordingAllocatesNothing() {
        let recorder = HistogramRecorder()
        let counts = counted { for value in 0..<10_000 as Range<Int64> { recorder.record(value * 1_000) } }
        #expect(counts.allocations == 0 && counts.retains == 0)
        #expect(recorder.count == 10_000)
    }

    @Test func framesAreCutAndSummedUpWithoutAllocation() throws {
        var writer = ByteWriter()
        // Rows with metadata, a paging state and two cells.
        let start = writer.beginFrame(.result, stream: 5, direction: .response)
        writer.put(ResultKind.rows.rawValue)
        writer.put(([.hasMorePages, .globalTable] as MetadataFlags).rawValue)
        writer.put(Int32(1))
        writer.put(cell: [1, 2, 3])
        for word in ["shop", "orders", "note"] { writer.put(string: word) }
        writer.put(Int16(0x0D))
        writer.put(Int32(2))
        writer.put(cell: [65])
        writer.put(cell: [66])
        writer.endFrame(start)
        var assembler = FrameAssembler()
        var rows = 0
        var failures = 0
        let counts = counted {
            for _ in 0..<1000 {
                assembler.space().copyMemory(from: writer.bytes)
                assembler.filled(writer.count)
                do {
                    while let frame = try assembler.next() {
                        rows += try ResultSummary.read(frame.body, flags: frame.header.flags).rowCount
                    }
                } catch {
                    failures += 1
                }
            }
        }
        #expect(counts.allocations == 0)
        #expect(rows == 2000 && failures == 0)
    }

    @Test func valuesAreMadeAndWrittenWithoutAllocation() throws {
        let run = try SimulatedRun(seed: 2, minutes: 0.3)
        let column = { (name: String, type: CQLType) in
            ColumnDescription(keyspace: "shop", table: "orders", name: name, type: type)
        }
        let types: [[ColumnDescription]] = [
            [column("customer", .uuid)], [column("customer", .uuid), column("at", .timestamp)],
            [column("customer", .list(.uuid))],
            [
                column("customer", .uuid), column("at", .timestamp), column("total", .decimal), column("note", .text)
            ]
        ]
        let traffic = PlanTraffic(run.plan, startedMicroseconds: 0)
        for (index, binds) in types.enumerated() {
            try traffic.prepared(
                index, text: 0, on: .old,
                as: PreparedStatement(
                    id: [1], binds: binds, partitionKeyIndices: [], result: ResultMetadata(columnCount: 0, columns: []))
            )
        }
        var writer = ByteWriter(capacity: 1 << 16)
        let counts = counted {
            for item in 0..<2000 {
                writer.clear()
                traffic.writeValues(of: item, seed: run.plan.seed, on: .old, into: &writer)
            }
        }
        #expect(counts.allocations == 0)
    }
}
