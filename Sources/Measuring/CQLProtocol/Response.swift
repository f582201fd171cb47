// What a server answers (native_protocol_v4.spec, section 4.2), read in full. For handshakes, DDL and probes.

import Bytes

/// Rows as they came: each a list of cells, each cell its bytes or nil for null.
public struct RowsAnswer: Equatable, Sendable {
    public var metadata: ResultMetadata
    public var rows: [[[UInt8]?]]

    public init(metadata: ResultMetadata, rows: [[[UInt8]?]]) {
        self.metadata = metadata
        self.rows = rows
    }
}

/// The answer to a statement.
public enum ResultAnswer: Equatable, Sendable {
    case void
    case rows(RowsAnswer)
    case setKeyspace(String)
    case prepared(PreparedStatement)
    case schemaChange(SchemaChange)
}

/// An answer of the server.
public enum Response: Equatable, Sendable {
    case error(ErrorAnswer)
    case ready
    /// The Java class of the authenticator.
    case authenticate(String)
    case supported([String: [String]])
    case result(ResultAnswer)
    case event(ServerEvent)
    case authChallenge([UInt8]?)
    case authSuccess([UInt8]?)

    /// Reads the body of a response.
    public static func read(_ header: FrameHeader, _ body: UnsafeRawBufferPointer) throws(ProtocolError) -> Response {
        var reader = try BodyReader(body, behind: header.flags)
        switch header.opcode {
        case .error: return .error(try ErrorAnswer.read(body, flags: header.flags, version: header.version))
        case .ready: return .ready
        case .authenticate: return .authenticate(try reader.string())
        case .supported: return .supported(try reader.stringMultimap())
        case .result: return .result(try reader.resultAnswer(version: header.version))
        case .event: return .event(try reader.serverEvent())
        case .authChallenge: return .authChallenge(try reader.bytes().map(Array.init))
        case .authSuccess: return .authSuccess(try reader.bytes().map(Array.init))
        case .startup, .options, .query, .prepare, .execute, .register, .batch, .authResponse:
            throw .unexpectedOpcode(header.opcode.rawValue)
        }
    }
}

extension BodyReader {
    fileprivate mutating func resultAnswer(version: UInt8) throws(ProtocolError) -> ResultAnswer {
        switch try resultKind() {
        case .void: return .void
        case .rows: return .rows(try rowsAnswer())
        case .setKeyspace: return .setKeyspace(try string())
        case .prepared: return .prepared(try preparedStatement(version: version))
        case .schemaChange: return .schemaChange(try schemaChange())
        }
    }

    private mutating func rowsAnswer() throws(ProtocolError) -> RowsAnswer {
        let metadata = try resultMetadata()
        guard metadata.columnCount > 0 else { throw .malformed("rows without columns") }
        let count = try count(leastBytes: 4 * metadata.columnCount, of: "rows")
        var rows: [[[UInt8]?]] = []
        rows.reserveCapacity(count)
        for _ in 0..<count {
            var cells: [[UInt8]?] = []
            cells.reserveCapacity(metadata.columnCount)
            for _ in 0..<metadata.columnCount { cells.append(try bytes().map(Array.init)) }
            rows.append(cells)
        }
        return RowsAnswer(metadata: metadata, rows: rows)
    }
}
