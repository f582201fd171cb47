// A client in virtual time, written with the protocol room's own types, so that both ends check each other.

import Bytes
import CQLProtocol
import Lab
import Quantities
import Testing

/// An answer with the time at which it came.
struct Reply {
    var due: Instant
    var stream: Int16
    var response: Response

    var rows: [[[UInt8]?]]? { if case .result(.rows(let rows)) = response { rows.rows } else { nil } }
    var metadata: ResultMetadata? { if case .result(.rows(let rows)) = response { rows.metadata } else { nil } }
    var prepared: PreparedStatement? { if case .result(.prepared(let prepared)) = response { prepared } else { nil } }
    var error: ErrorAnswer? { if case .error(let error) = response { error } else { nil } }
    /// The rows, decoded; needs the metadata.
    var values: [[CQLValue]]? {
        guard let rows, let metadata, !metadata.columns.isEmpty else { return nil }
        return rows.map { row in
            zip(row, metadata.columns).map { cell, column in
                (try? CQLValue(cell, as: column.type)) ?? .text("not a \(column.type)")
            }
        }
    }
    /// The first column as whole numbers.
    var integers: [Int64]? { values?.map { $0[0].integer ?? .min } }
}

/// The complete messages in what a session gave, which travelled by `framing`.
func replies(_ answers: [LabAnswer], _ framing: Framing = .bare) -> [Reply] {
    answers.compactMap { answer in
        var assembler = FrameAssembler(.response, capacity: answer.bytes.count)
        assembler.framing = framing
        assembler.space().copyBytes(from: answer.bytes)
        assembler.filled(answer.bytes.count)
        guard let frame = try? assembler.next(), let response = try? Response.read(frame.header, frame.body) else {
            return nil
        }
        return Reply(due: answer.due, stream: frame.header.stream, response: response)
    }
}

final class TestClient {
    let session: LabSession
    let version: ProtocolVersion
    private var isStarted = false
    var now = Instant(nanoseconds: 1_000_000_000)

    /// A connection that has said STARTUP.
    init(_ node: LabNode = LabNode(.old), _ version: ProtocolVersion = .v4) {
        session = LabSession(node: node)
        self.version = version
        _ = ask(.startup(driverVersion: "0"))
    }

    /// With a keyspace `k` in use.
    convenience init(schema: String..., node: LabNode = LabNode(.old)) {
        self.init(node)
        _ = query(
            "CREATE KEYSPACE IF NOT EXISTS k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
        _ = query("USE k")
        for statement in schema {
            let reply = query(statement)
            if let error = reply.error { Issue.record("\(statement): \(error)") }
        }
    }

    func ask(_ request: CQLProtocol.Request, stream: Int16 = 7) -> Reply {
        var outbox = Outbox()
        // In v5 what follows the first message, STARTUP, travels in frames.
        let framing = isStarted ? Framing(version, .none) : .bare
        outbox.change(to: framing)
        isStarted = true
        request.write(stream: stream, into: &outbox.messages, version: version)
        outbox.seal()
        let all = replies(session.receive(outbox.bytes, now: now), framing)
        precondition(all.count == 1 && all[0].stream == stream, "one answer to one request")
        return all[0]
    }

    func query(_ text: String, _ parameters: CQLProtocol.QueryParameters = .init()) -> Reply {
        ask(.query(text, parameters))
    }
    func prepare(_ text: String) -> Reply { ask(.prepare(text)) }
    func execute(_ id: [UInt8], _ parameters: CQLProtocol.QueryParameters = .init()) -> Reply {
        ask(.execute(id: id, parameters))
    }

    /// Prepares and executes with values that are encoded as the server said.
    func run(_ text: String, _ values: CQLValue..., pageSize: Int32? = nil, timestamp: Int64? = nil) -> Reply {
        let reply = prepare(text)
        guard let prepared = reply.prepared else { return reply }
        let encoded = zip(values, prepared.binds).map { value, bind in
            if case .null = value { return [UInt8]?.none }
            return try? value.encoded(as: bind.type)
        }
        return execute(
            prepared.id, .init(values: encoded, pageSize: pageSize, timestampMicroseconds: timestamp))
    }

    /// All pages of a query, each asked for by a connection of its own.
    func pages(_ text: String, _ size: Int32, on node: LabNode) -> [Reply] {
        var pages: [Reply] = []
        var state: [UInt8]?
        repeat {
            let client = TestClient(node)
            let page = client.query(text, .init(pageSize: size, pagingState: state))
            pages.append(page)
            state = page.metadata?.pagingState
        } while state != nil && pages.count < 10_000
        return pages
    }
}
