// Reads captures that were made up, and writes down what was heard.

import Bytes
import CQLProtocol
import CaptureSupport
import Quantities

@testable import Captures

extension ConversationBook {
    /// Reads all of a capture.
    static func read(
        _ bytes: [UInt8], ports: Set<UInt16> = [], _ listener: any ExchangeListener
    ) throws -> ConversationBook {
        try bytes.withUnsafeBytes { bytes in
            let source = try PacketSource(bytes: bytes)
            let book = ConversationBook(link: source.link, ports: ports, listener: listener)
            while case .packet(let packet) = source.next() { book.take(packet) }
            book.finish()
            return book
        }
    }
}

/// Writes down what is heard.
final class NoteTaker: ExchangeListener {
    var notes: [String] = []
    var latencies: [Nanoseconds] = []
    var statements: [String: PreparedStatement] = [:]
    private var request = CapturedRequest()

    func asked(_ message: CapturedMessage, keyspace: String, connection: Int, at time: WallTime) -> Int? {
        do {
            try request.read(message)
        } catch {
            notes.append("unreadable \(message.header.opcode)")
            return nil
        }
        let parts = request.statements.map { statement in
            let text =
                switch statement.reference {
                case .prepared(let id): "#" + hexadecimal(id)
                case .text(let text): String(decoding: text, as: UTF8.self)
                }
            let values = request.values[statement.values].map { value in
                switch value {
                case .null: "null"
                case .unset: "unset"
                case .bytes(let bytes): hexadecimal(bytes)
                }
            }
            return "\(text)(\(values.joined(separator: ",")))"
        }
        let page = request.parameters.pageSize.map { " pages of \($0)" } ?? ""
        let further = request.parameters.isFurtherPage ? " further" : ""
        let kept = message.isWhole ? "" : " cut"
        let inKeyspace = keyspace.isEmpty ? "" : " in \(keyspace)"
        notes.append(
            "\(message.header.opcode) \(parts.joined(separator: "; ")) \(request.parameters.consistency)\(page)\(further)\(inKeyspace)\(kept)"
        )
        return notes.count - 1
    }

    func answered(_ token: Int, _ message: CapturedMessage, after: Nanoseconds) {
        latencies.append(after)
        var text = "\(message.header.opcode)"
        if message.header.opcode == .result,
            let summary = try? ResultSummary.read(
                message.body, flags: message.header.flags, isWhole: message.isWhole)
        {
            text = "\(summary.kind) \(summary.rowCount)\(summary.hasMorePages ? " and more" : "")"
        }
        notes[token] += " -> \(text)"
    }

    func unanswered(_ token: Int) { notes[token] += " -> nothing" }

    func prepared(_ cql: String, keyspace: String, _ statement: PreparedStatement) {
        statements[cql] = statement
        notes.append("prepared \(cql)")
    }
}
