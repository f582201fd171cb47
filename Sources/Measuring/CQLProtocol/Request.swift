// What a client asks (native_protocol_v4.spec, section 4.1), as values. The load engine's hot path has `ExecuteTemplate` instead.

import Bytes

/// Flags of a query's parameters (section 4.1.4).
public struct QueryFlags: OptionSet, Hashable, Sendable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let values = QueryFlags(rawValue: 0x01)
    public static let skipMetadata = QueryFlags(rawValue: 0x02)
    public static let pageSize = QueryFlags(rawValue: 0x04)
    public static let pagingState = QueryFlags(rawValue: 0x08)
    public static let serialConsistency = QueryFlags(rawValue: 0x10)
    public static let defaultTimestamp = QueryFlags(rawValue: 0x20)
    public static let namesForValues = QueryFlags(rawValue: 0x40)
}

/// What goes with a statement.
public struct QueryParameters: Equatable, Sendable {
    public var consistency: Consistency
    /// Encoded values in the order of the bind markers; nil is null.
    public var values: [[UInt8]?]
    public var skipMetadata: Bool
    /// Rows a page; nil asks for everything at once.
    public var pageSize: Int32?
    /// Where the last page ended.
    public var pagingState: [UInt8]?
    /// Microseconds since 1970; nil leaves it to the server.
    public var timestampMicroseconds: Int64?

    public init(
        consistency: Consistency = .one, values: [[UInt8]?] = [], skipMetadata: Bool = false, pageSize: Int32? = nil,
        pagingState: [UInt8]? = nil, timestampMicroseconds: Int64? = nil
    ) {
        self.consistency = consistency
        self.values = values
        self.skipMetadata = skipMetadata
        self.pageSize = pageSize
        self.pagingState = pagingState
        self.timestampMicroseconds = timestampMicroseconds
    }

    func write(into writer: inout ByteWriter) {
        var flags: QueryFlags = []
        if !values.isEmpty { flags.insert(.values) }
        if skipMetadata { flags.insert(.skipMetadata) }
        if pageSize != nil { flags.insert(.pageSize) }
        if pagingState != nil { flags.insert(.pagingState) }
        if timestampMicroseconds != nil { flags.insert(.defaultTimestamp) }
        writer.put(consistency: consistency)
        writer.put(flags.rawValue)
        if !values.isEmpty {
            writer.put(UInt16(values.count))
            for value in values { writer.put(cell: value) }
        }
        if let pageSize { writer.put(pageSize) }
        if let pagingState { writer.put(cell: pagingState) }
        if let timestampMicroseconds { writer.put(timestampMicroseconds) }
    }
}

/// A request of the native protocol.
public enum Request: Equatable, Sendable {
    case startup(driverVersion: String)
    case options
    /// A SASL token.
    case authResponse([UInt8])
    case query(String, QueryParameters)
    case prepare(String)
    case execute(id: [UInt8], QueryParameters)
    /// Asks to be told of events of these kinds.
    case register([EventKind])

    public var opcode: Opcode {
        switch self {
        case .startup: .startup
        case .options: .options
        case .authResponse: .authResponse
        case .query: .query
        case .prepare: .prepare
        case .execute: .execute
        case .register: .register
        }
    }

    /// Appends the whole frame.
    public func write(stream: Int16, into writer: inout ByteWriter) {
        let start = writer.beginFrame(opcode, stream: stream)
        switch self {
        case .startup(let version):
            writer.put(stringMap: ["CQL_VERSION": "3.0.0", "DRIVER_NAME": "assay", "DRIVER_VERSION": version])
        case .options: break
        case .authResponse(let token): writer.put(cell: token)
        case .query(let cql, let parameters):
            writer.put(longString: cql)
            parameters.write(into: &writer)
        case .prepare(let cql): writer.put(longString: cql)
        case .execute(let id, let parameters):
            writer.put(shortBytes: id)
            parameters.write(into: &writer)
        case .register(let kinds): writer.put(stringList: kinds.map(\.rawValue))
        }
        writer.endFrame(start)
    }

    /// The whole frame.
    public func bytes(stream: Int16) -> [UInt8] {
        var writer = ByteWriter()
        write(stream: stream, into: &writer)
        return writer.array
    }
}
