// What may go with a statement, and how each version writes which of it is there (native_protocol_v5.spec, section 4.1.4).

import Bytes

/// Flags of a statement's parameters. v3 and v4 have one byte of them, v5 an [int].
public struct QueryFlags: OptionSet, Hashable, Sendable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let values = QueryFlags(rawValue: 0x01)
    public static let skipMetadata = QueryFlags(rawValue: 0x02)
    public static let pageSize = QueryFlags(rawValue: 0x04)
    public static let pagingState = QueryFlags(rawValue: 0x08)
    public static let serialConsistency = QueryFlags(rawValue: 0x10)
    public static let defaultTimestamp = QueryFlags(rawValue: 0x20)
    public static let namesForValues = QueryFlags(rawValue: 0x40)
    /// From v5 on.
    public static let keyspace = QueryFlags(rawValue: 0x80)
    /// From v5 on.
    public static let nowInSeconds = QueryFlags(rawValue: 0x100)

    /// All that a version has.
    public static func known(in version: ProtocolVersion) -> QueryFlags {
        QueryFlags(rawValue: version >= .v5 ? 0x1FF : 0x7F)
    }
}

extension ByteWriter {
    /// A byte, or from v5 on an [int].
    public mutating func put(flags: QueryFlags, _ version: ProtocolVersion) {
        precondition(flags.isSubset(of: .known(in: version)), "a parameter that \(version) does not have")
        if version >= .v5 { put(flags.rawValue) } else { put(UInt8(flags.rawValue)) }
    }
}

extension BodyReader {
    /// A byte, or from v5 on an [int].
    public mutating func queryFlags(_ version: ProtocolVersion) throws(ProtocolError) -> QueryFlags {
        let flags = QueryFlags(rawValue: version >= .v5 ? UInt32(bitPattern: try int()) : UInt32(try byte()))
        guard flags.isSubset(of: .known(in: version)) else { throw .malformed("unknown flags of a query") }
        return flags
    }
}

/// What goes with QUERY and EXECUTE.
public struct QueryParameters: Equatable, Sendable {
    public var consistency: Consistency
    /// Encoded values in the order of the bind markers; nil is null.
    public var values: [[UInt8]?]
    public var skipMetadata: Bool
    /// Rows a page; nil asks for everything at once.
    public var pageSize: Int32?
    /// Where the last page ended.
    public var pagingState: [UInt8]?
    /// For conditional writes: `serial` or `localSerial`; nil leaves it to the server.
    public var serialConsistency: Consistency?
    /// Microseconds since 1970; nil leaves it to the server.
    public var timestampMicroseconds: Int64?
    /// Instead of the connection's own; from v5 on, and not for EXECUTE.
    public var keyspace: String?
    /// What the server takes for now, in seconds since 1970; from v5 on.
    public var nowInSeconds: Int32?

    public init(
        consistency: Consistency = .one, values: [[UInt8]?] = [], skipMetadata: Bool = false, pageSize: Int32? = nil,
        pagingState: [UInt8]? = nil, serialConsistency: Consistency? = nil, timestampMicroseconds: Int64? = nil,
        keyspace: String? = nil, nowInSeconds: Int32? = nil
    ) {
        self.consistency = consistency
        self.values = values
        self.skipMetadata = skipMetadata
        self.pageSize = pageSize
        self.pagingState = pagingState
        self.serialConsistency = serialConsistency
        self.timestampMicroseconds = timestampMicroseconds
        self.keyspace = keyspace
        self.nowInSeconds = nowInSeconds
    }

    /// Keyspaces and nows are for v5: give them to no other.
    func write(into writer: inout ByteWriter, _ version: ProtocolVersion) {
        var flags: QueryFlags = []
        if !values.isEmpty { flags.insert(.values) }
        if skipMetadata { flags.insert(.skipMetadata) }
        if pageSize != nil { flags.insert(.pageSize) }
        if pagingState != nil { flags.insert(.pagingState) }
        if serialConsistency != nil { flags.insert(.serialConsistency) }
        if timestampMicroseconds != nil { flags.insert(.defaultTimestamp) }
        if keyspace != nil { flags.insert(.keyspace) }
        if nowInSeconds != nil { flags.insert(.nowInSeconds) }
        writer.put(consistency: consistency)
        writer.put(flags: flags, version)
        if !values.isEmpty { writer.put(values: values) }
        if let pageSize { writer.put(pageSize) }
        if let pagingState { writer.put(cell: pagingState) }
        if let serialConsistency { writer.put(consistency: serialConsistency) }
        if let timestampMicroseconds { writer.put(timestampMicroseconds) }
        if let keyspace { writer.put(string: keyspace) }
        if let nowInSeconds { writer.put(nowInSeconds) }
    }
}

extension ByteWriter {
    /// A [short] n and n values, of which nil is null.
    mutating func put(values: [[UInt8]?]) {
        put(UInt16(values.count))
        for value in values { put(cell: value) }
    }
}
