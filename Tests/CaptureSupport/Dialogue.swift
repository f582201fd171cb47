// A client and a server that talk CQL over made-up packets, in any version and framing.

import Bytes
import CQLProtocol

public final class Dialogue {
    public var wire: WireConnection
    public let version: ProtocolVersion
    public let compression: Compression
    private var requests = Outbox()
    private var answers = Outbox()

    public init(
        _ wire: WireConnection = WireConnection(), version: ProtocolVersion = .v4, compression: Compression = .none
    ) {
        self.wire = wire
        self.version = version
        self.compression = compression
    }

    public var bytes: [UInt8] { wire.file.bytes }

    /// SYN to READY.
    public func open() {
        wire.open()
        ask(.startup(driverVersion: "0", compression: compression), stream: 0)
        answer(.ready, stream: 0)
        let framing = Framing(version, compression)
        requests.change(to: framing)
        answers.change(to: framing)
    }

    public func ask(_ request: Request, stream: Int16) {
        request.write(stream: stream, into: &requests.messages, version: version)
        requests.seal()
        wire.send(Array(requests.bytes))
        requests.dropFirst(requests.bytes.count)
    }

    public func answer(_ opcode: Opcode, stream: Int16, _ body: (inout ByteWriter) -> Void = { _ in }) {
        let start = answers.messages.beginFrame(opcode, stream: stream, direction: .response, version: version)
        body(&answers.messages)
        answers.messages.endFrame(start)
        answers.seal()
        wire.answer(Array(answers.bytes))
        answers.dropFirst(answers.bytes.count)
    }

    public func answerVoid(stream: Int16) { answer(.result, stream: stream) { $0.put(Int32(1)) } }

    /// Rows of one int each.
    public func answer(rows: Int, stream: Int16, hasMore: Bool = false) {
        answer(.result, stream: stream) { writer in
            writer.put(Int32(2))
            writer.put(
                metadata: ResultMetadata(
                    columnCount: 1,
                    columns: [ColumnDescription(keyspace: "k", table: "t", name: "v", type: .int)],
                    pagingState: hasMore ? [1, 2, 3] : nil))
            writer.put(Int32(rows))
            for row in 0..<rows {
                writer.put(Int32(4))
                writer.put(Int32(row))
            }
        }
    }

    public func answerUse(_ keyspace: String, stream: Int16) {
        answer(.result, stream: stream) { writer in
            writer.put(Int32(3))
            writer.put(UInt16(keyspace.utf8.count))
            writer.put(bytes: Array(keyspace.utf8))
        }
    }

    public func answerError(_ code: Int32, stream: Int16) {
        answer(.error, stream: stream) { ErrorAnswer(code: code, message: "no").write(into: &$0) }
    }

    /// PREPARE and its answer. `binds` are columns of `table` with their types.
    public func prepare(
        _ cql: String, id: [UInt8], table: String = "k.t", binds: [(String, CQLType)], keys: [Int] = [0],
        stream: Int16 = 1
    ) {
        ask(.prepare(cql), stream: stream)
        let parts = table.split(separator: ".").map(String.init)
        answer(.result, stream: stream) { writer in
            writer.put(Int32(4))
            writer.put(
                prepared: PreparedStatement(
                    id: id, metadataID: [7],
                    binds: binds.map {
                        ColumnDescription(keyspace: parts[0], table: parts[1], name: $0.0, type: $0.1)
                    }, partitionKeyIndices: keys, result: ResultMetadata(columnCount: 0, columns: [])),
                version: version)
        }
    }

    public func execute(
        _ id: [UInt8], _ values: [[UInt8]?], stream: Int16, pageSize: Int32? = nil, pagingState: [UInt8]? = nil
    ) {
        ask(
            .execute(
                id: id, metadataID: [7],
                QueryParameters(
                    consistency: .localQuorum, values: values, pageSize: pageSize, pagingState: pagingState)),
            stream: stream)
    }
}

/// An int as CQL encodes it.
public func int(_ value: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.big32(UInt32(truncatingIfNeeded: value))
    return bytes
}
