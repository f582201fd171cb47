// Several writes in one request (native_protocol_v5.spec, section 4.1.7).

import Bytes

/// What a batch promises, by its number on the wire.
public enum BatchType: UInt8, CaseIterable, Hashable, Sendable {
    case logged = 0
    case unlogged = 1
    case counter = 2
}

/// One statement of a batch, with its encoded values.
public struct BatchStatement: Equatable, Sendable {
    public enum Text: Equatable, Sendable {
        case cql(String)
        /// Prepared before.
        case id([UInt8])
    }

    public var text: Text
    public var values: [[UInt8]?]

    public init(_ text: Text, values: [[UInt8]?] = []) {
        self.text = text
        self.values = values
    }
}

/// The body of BATCH.
public struct Batch: Equatable, Sendable {
    public var type: BatchType
    public var statements: [BatchStatement]
    public var consistency: Consistency
    public var serialConsistency: Consistency?
    /// Microseconds since 1970; nil leaves it to the server.
    public var timestampMicroseconds: Int64?
    /// From v5 on.
    public var keyspace: String?
    /// From v5 on.
    public var nowInSeconds: Int32?

    public init(
        _ type: BatchType, _ statements: [BatchStatement], consistency: Consistency = .one,
        serialConsistency: Consistency? = nil, timestampMicroseconds: Int64? = nil, keyspace: String? = nil,
        nowInSeconds: Int32? = nil
    ) {
        self.type = type
        self.statements = statements
        self.consistency = consistency
        self.serialConsistency = serialConsistency
        self.timestampMicroseconds = timestampMicroseconds
        self.keyspace = keyspace
        self.nowInSeconds = nowInSeconds
    }

    func write(into writer: inout ByteWriter, _ version: ProtocolVersion) {
        writer.put(type.rawValue)
        writer.put(UInt16(statements.count))
        for statement in statements {
            switch statement.text {
            case .cql(let text):
                writer.put(UInt8(0))
                writer.put(longString: text)
            case .id(let id):
                writer.put(UInt8(1))
                writer.put(shortBytes: id)
            }
            writer.put(values: statement.values)
        }
        var flags: QueryFlags = []
        if serialConsistency != nil { flags.insert(.serialConsistency) }
        if timestampMicroseconds != nil { flags.insert(.defaultTimestamp) }
        if keyspace != nil { flags.insert(.keyspace) }
        if nowInSeconds != nil { flags.insert(.nowInSeconds) }
        writer.put(consistency: consistency)
        writer.put(flags: flags, version)
        if let serialConsistency { writer.put(consistency: serialConsistency) }
        if let timestampMicroseconds { writer.put(timestampMicroseconds) }
        if let keyspace { writer.put(string: keyspace) }
        if let nowInSeconds { writer.put(nowInSeconds) }
    }
}
