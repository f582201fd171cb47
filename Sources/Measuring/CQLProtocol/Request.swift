// What a client asks (native_protocol_v5.spec, section 4.1), as values. The load engine's hot path has `ExecuteTemplate` instead.

import Bytes

/// A request of the native protocol.
public enum Request: Equatable, Sendable {
    case startup(driverVersion: String, compression: Compression = .none)
    case options
    /// A SASL token.
    case authResponse([UInt8])
    case query(String, QueryParameters)
    /// A keyspace instead of the connection's own is for v5.
    case prepare(String, keyspace: String? = nil)
    /// `metadataID` is what PREPARED gave in v5; other versions have none.
    case execute(id: [UInt8], metadataID: [UInt8] = [], QueryParameters)
    case batch(Batch)
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
        case .batch: .batch
        case .register: .register
        }
    }

    /// Appends the whole message.
    public func write(stream: Int16, into writer: inout ByteWriter, version: ProtocolVersion = .v4) {
        let start = writer.beginFrame(opcode, stream: stream, version: version)
        switch self {
        case .startup(let driver, .none):
            writer.put(stringMap: ["CQL_VERSION": "3.0.0", "DRIVER_NAME": "assay", "DRIVER_VERSION": driver])
        case .startup(let driver, let compression):
            writer.put(stringMap: [
                "CQL_VERSION": "3.0.0", "DRIVER_NAME": "assay", "DRIVER_VERSION": driver,
                "COMPRESSION": compression.rawValue
            ])
        case .options: break
        case .authResponse(let token): writer.put(cell: token)
        case .query(let cql, let parameters):
            writer.put(longString: cql)
            parameters.write(into: &writer, version)
        case .prepare(let cql, let keyspace):
            writer.put(longString: cql)
            precondition(keyspace == nil || version >= .v5, "a keyspace beside a statement is for v5")
            if version >= .v5 { writer.put(UInt32(keyspace == nil ? 0 : 1)) }
            if let keyspace { writer.put(string: keyspace) }
        case .execute(let id, let metadataID, let parameters):
            writer.put(shortBytes: id)
            if version >= .v5 { writer.put(shortBytes: metadataID) }
            parameters.write(into: &writer, version)
        case .batch(let batch): batch.write(into: &writer, version)
        case .register(let kinds): writer.put(stringList: kinds.map(\.rawValue))
        }
        writer.endFrame(start)
    }

    /// The whole message.
    public func bytes(stream: Int16, version: ProtocolVersion = .v4) -> [UInt8] {
        var writer = ByteWriter()
        write(stream: stream, into: &writer, version: version)
        return writer.array
    }
}
