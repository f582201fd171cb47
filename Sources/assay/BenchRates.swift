// `assay bench --rates`: what the parts of an operation cost by themselves, in this process, without a socket.

import Bytes
import CQLProtocol
import Documents
import Histograms
import Load
import Quantities
import Reactor
import Workloads

enum BenchRates {
    /// Nanoseconds of each part for one operation of the shipped workload's mix, and of copying the same bytes as their floor.
    static func measure(_ plan: Plan) throws -> [String: JSON] {
        let traffic = PlanTraffic(plan, startedMicroseconds: 0)
        for (index, types) in columns.enumerated() {
            let binds = types.map { ColumnDescription(keyspace: "shop", table: "orders", name: "value", type: $0) }
            let answer = PreparedStatement(
                id: Array(repeating: 7, count: 16), binds: binds, partitionKeyIndices: [],
                result: ResultMetadata(columnCount: 0, columns: []))
            try traffic.prepared(index, text: 0, on: .old, as: answer)
        }
        let templates = columns.map {
            ExecuteTemplate(
                id: Array(repeating: 7, count: 16), consistency: .localOne, valueCount: $0.count, pageSize: 50)
        }
        var writer = ByteWriter(capacity: 1 << 20)
        let items = 256
        let values = time(items) {
            writer.clear()
            for item in 0..<items { traffic.writeValues(of: item, seed: plan.seed, on: .old, into: &writer) }
        }
        let encode = time(items) {
            writer.clear()
            for item in 0..<items {
                let template = templates[traffic.statement(of: item, seed: plan.seed)]
                let start = template.begin(stream: 1, paged: false, timed: true, into: &writer)
                traffic.writeValues(of: item, seed: plan.seed, on: .old, into: &writer)
                template.end(start, pagingState: nil, timestampMicroseconds: 1, into: &writer)
            }
        }
        let requestBytes = writer.count / items
        var copy = ByteWriter(capacity: 1 << 20)
        let copyRequest = time(items) {
            copy.clear()
            copy.put(bytes: writer.bytes)
        }
        var answers = ByteWriter(capacity: 1 << 20)
        for _ in 0..<items { putAnswer(into: &answers) }
        var assembler = FrameAssembler(capacity: 1 << 20)
        var rows = 0
        let decode = time(items) {
            assembler.space().copyMemory(from: answers.bytes)
            assembler.filled(answers.count)
            while let frame = try? assembler.next() {
                rows += (try? ResultSummary.read(frame.body, flags: frame.header.flags).rowCount) ?? 0
            }
        }
        let copyAnswer = time(items) {
            copy.clear()
            copy.put(bytes: answers.bytes)
        }
        let recorder = HistogramRecorder()
        var random = SeededRandom(seed: 1)
        let times = (0..<items).map { _ in Int64(random.lognormal(median: 1e6, sigma: 0.5)) }
        let record = time(items) { for value in times { recorder.record(value) } }
        precondition(rows > 0 && recorder.count > 0, "what is timed must have been done")
        return [
            "values_ns": .number(values), "encode_ns": .number(encode), "encode_copy_ns": .number(copyRequest),
            "request_bytes": .integer(requestBytes), "decode_ns": .number(decode),
            "decode_copy_ns": .number(copyAnswer), "answer_bytes": .integer(answers.count / items),
            "record_ns": .number(record)
        ]
    }

    /// The columns that the shipped workload binds to, statement by statement.
    private static let columns: [[CQLType]] = [
        [.uuid], [.uuid, .timestamp], [.list(.uuid)], [.uuid, .timestamp, .uuid, .decimal, .text]
    ]

    /// A row of an order, as it comes without metadata.
    private static func putAnswer(into writer: inout ByteWriter) {
        let start = writer.beginFrame(.result, stream: 1, direction: .response)
        writer.put(ResultKind.rows.rawValue)
        writer.put(MetadataFlags.noMetadata.rawValue)
        writer.put(Int32(5))
        writer.put(Int32(1))
        for length in [16, 8, 16, 7, 80] { writer.put(cell: Array(repeating: UInt8(7), count: length)) }
        writer.endFrame(start)
    }

    /// Nanoseconds of thread CPU for one of the `items` that `body` deals with: the least of eleven goes, each of some 20 ms, because what
    /// disturbs only adds.
    private static func time(_ items: Int, _ body: () -> Void) -> Double {
        var best = Double.infinity
        for _ in 0..<11 {
            var goes = 0
            let start = Clock.threadCPU()
            var used = Nanoseconds.zero
            while used < .milliseconds(20) {
                for _ in 0..<8 { body() }
                goes += 8
                used = Clock.threadCPU() - start
            }
            best = min(best, Double(used.count) / Double(goes * items))
        }
        return best
    }
}
