// A trace holds each operation with its moment, values hashed alike or kept, and can be played back.

import CQLProtocol
import CaptureSupport
import Histograms
import Quantities
import Testing
import Workloads

@testable import Captures

@Suite struct TraceTests {
    private func trace(_ values: TraceValues) throws -> [String] {
        let dialogue = Dialogue()
        dialogue.open()
        dialogue.prepare(
            "SELECT v FROM k.t WHERE a = ? AND b = ?", id: [1], binds: [("a", .int), ("b", .text)], keys: [0])
        for (a, b) in [(7, "it's"), (8, "x"), (7, "y")] {
            dialogue.execute([1], [int(a), Array(b.utf8)], stream: 1, pageSize: 10)
            dialogue.answer(rows: 10, stream: 1, hasMore: true)
            // A further page is no operation of its own.
            dialogue.execute([1], [int(a), Array(b.utf8)], stream: 1, pageSize: 10, pagingState: [1])
            dialogue.answer(rows: 1, stream: 1)
        }
        let batch = Batch(.logged, [BatchStatement(.id([1]), values: [nil])])
        dialogue.ask(.batch(batch), stream: 2)
        var file: [UInt8] = []
        let writer = TraceWriter(values) { file += $0 }
        try dialogue.bytes.withUnsafeBytes { bytes in
            let capture = TrafficCapture(try PacketSource(bytes: bytes), trace: writer)
            while capture.read(packets: 100) {}
            capture.finish()
        }
        #expect(writer.operations == 4)
        let text = String(decoding: try #require(gunzipped(file)), as: UTF8.self)
        return text.split(separator: "\n").map(String.init)
    }

    @Test func `Values are kept where that was asked for`() throws {
        let lines = try trace(.kept)
        #expect(
            lines == [
                "{\"trace\": 1, \"from\": \"1970-01-01T00:16:40Z\", \"values\": \"kept\"}",
                "{\"at_s\": 0.000000000, \"connection\": 1, \"operation\": \"select_t\", \"values\": [\"7\", \"'it''s'\"]}",
                "{\"at_s\": 0.000400000, \"connection\": 1, \"operation\": \"select_t\", \"values\": [\"8\", \"'x'\"]}",
                "{\"at_s\": 0.000800000, \"connection\": 1, \"operation\": \"select_t\", \"values\": [\"7\", \"'y'\"]}",
                "{\"at_s\": 0.001200000, \"connection\": 1, \"operation\": \"batch_t\", \"values\": [null]}"
            ])
    }

    @Test func `Otherwise they are hashed, the same to the same`() throws {
        func values(_ lines: [String]) -> [[Substring]] {
            lines.dropFirst().map { $0.matches(of: #/"([0-9a-f]{16})"/#).map { $0.1 } }
        }
        let lines = try trace(.hashed(key: [1, 2, 3]))
        let hashed = values(lines)
        #expect(hashed.map(\.count) == [2, 2, 2, 0])
        #expect(hashed[0][0] == hashed[2][0] && hashed[0][0] != hashed[1][0] && hashed[0][1] != hashed[2][1])
        #expect(!lines.joined().contains("it"), "no value is to be seen")
        #expect(try trace(.hashed(key: [1, 2, 3])) == lines)
        #expect(values(try trace(.hashed(key: [4]))) != hashed)
    }

    @Test func `Its moments can be played back`() throws {
        let text = try trace(.hashed(key: [])).joined(separator: "\n")
        let arrivals = try ArrivalTrace.read(text, file: "trace.jsonl")
        #expect(arrivals.offsets.map(\.count) == [0, 400_000, 800_000, 1_200_000])
    }
}
