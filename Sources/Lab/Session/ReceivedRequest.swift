// Requests of the native protocol, read from the body of a message.

import Bytes
import CQLProtocol

/// The parameters of QUERY and EXECUTE (native_protocol_v4.spec, section 4.1.4).
struct ReceivedParameters: Equatable {
    var consistency = Consistency.one
    var values: [BoundValue] = []
    /// Names of the values, where they have some.
    var names: [String] = []
    var skipsMetadata = false
    var pageSize: Int32?
    var pagingState: [UInt8]?
    /// Microseconds.
    var timestamp: Int64?
    /// Instead of the connection's own; v5 alone has it.
    var keyspace: String?
    /// Of the result's columns that the client knows, with EXECUTE in v5; nil elsewhere.
    var metadataID: [UInt8]?
}

/// A statement of a BATCH: text or id, and its values.
struct BatchEntry: Equatable {
    var text: String?
    var id: [UInt8] = []
    var values: [BoundValue] = []
}

enum ReceivedRequest: Equatable {
    case options
    case startup([String: String])
    case register([String])
    case authenticate([UInt8])
    case query(String, ReceivedParameters)
    case prepare(String, keyspace: String?)
    case execute([UInt8], ReceivedParameters)
    case batch([BatchEntry], consistency: Consistency, timestamp: Int64?, keyspace: String?)

    init(
        _ opcode: Opcode, _ body: UnsafeRawBufferPointer, flags: FrameFlags, version: ProtocolVersion
    ) throws(ProtocolError) {
        // Requests can announce a custom payload; tracing asks for something and adds nothing.
        var reader = try BodyReader(body, behind: flags.subtracting([.tracing, .warnings]))
        switch opcode {
        case .options: self = .options
        case .startup: self = .startup(try reader.stringMap())
        case .register: self = .register(try reader.stringList())
        case .authResponse: self = .authenticate(try reader.bytes().map(Array.init) ?? [])
        case .query: self = .query(try reader.longString(), try reader.queryParameters(version))
        case .prepare:
            let text = try reader.longString()
            let named = version >= .v5 ? try reader.int() & 1 == 1 : false
            self = .prepare(text, keyspace: named ? try reader.string() : nil)
        case .execute:
            let id = Array(try reader.shortBytes())
            let metadataID = version >= .v5 ? Array(try reader.shortBytes()) : nil
            var parameters = try reader.queryParameters(version)
            parameters.metadataID = metadataID
            self = .execute(id, parameters)
        case .batch: self = try reader.batch(version)
        default: throw .unexpectedOpcode(opcode.rawValue)
        }
        if reader.remaining > 0 && opcode != .options {
            throw .malformed("\(reader.remaining) bytes behind the request")
        }
    }
}

extension BodyReader {
    private mutating func value() throws(ProtocolError) -> BoundValue {
        let count = try int()
        switch count {
        case -1: return .null
        case -2: return .unset
        case ..<0: throw .malformed("\(count) is no length of a value")
        default: return .bytes(Array(try bytes(of: Int(count))))
        }
    }

    private mutating func values(_ count: Int) throws(ProtocolError) -> [BoundValue] {
        var values: [BoundValue] = []
        for _ in 0..<count { values.append(try value()) }
        return values
    }

    fileprivate mutating func queryParameters(
        _ version: ProtocolVersion
    ) throws(ProtocolError) -> ReceivedParameters {
        var parameters = ReceivedParameters()
        parameters.consistency = try consistency()
        let flags = try queryFlags(version)
        if flags.contains(.values) {
            let count = Int(try short())
            if flags.contains(.namesForValues) {
                for _ in 0..<count {
                    parameters.names.append(try string())
                    parameters.values.append(try value())
                }
            } else {
                parameters.values = try values(count)
            }
        }
        parameters.skipsMetadata = flags.contains(.skipMetadata)
        if flags.contains(.pageSize) { parameters.pageSize = try int() }
        if flags.contains(.pagingState) { parameters.pagingState = try bytes().map(Array.init) }
        if flags.contains(.serialConsistency) { _ = try consistency() }
        if flags.contains(.defaultTimestamp) { parameters.timestamp = try long() }
        if flags.contains(.keyspace) { parameters.keyspace = try string() }
        if flags.contains(.nowInSeconds) { _ = try int() }
        return parameters
    }

    fileprivate mutating func batch(_ version: ProtocolVersion) throws(ProtocolError) -> ReceivedRequest {
        let kind = try byte()
        guard kind <= 2 else { throw .malformed("\(kind) is no kind of batch") }
        var entries: [BatchEntry] = []
        for _ in 0..<(try short()) {
            var entry = BatchEntry()
            switch try byte() {
            case 0: entry.text = try longString()
            case 1: entry.id = Array(try shortBytes())
            default: throw .malformed("a statement of a batch is neither text nor prepared")
            }
            entry.values = try values(Int(try short()))
            entries.append(entry)
        }
        let consistency = try consistency()
        let flags = try queryFlags(version)
        guard !flags.contains(.namesForValues) else { throw .malformed("names of values in a batch") }
        if flags.contains(.serialConsistency) { _ = try self.consistency() }
        let timestamp = flags.contains(.defaultTimestamp) ? try long() : nil
        let keyspace = flags.contains(.keyspace) ? try string() : nil
        if flags.contains(.nowInSeconds) { _ = try int() }
        return .batch(entries, consistency: consistency, timestamp: timestamp, keyspace: keyspace)
    }
}
