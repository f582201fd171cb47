// Requests of the native protocol v4, read from the body of a frame.

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
    case prepare(String)
    case execute([UInt8], ReceivedParameters)
    case batch([BatchEntry], consistency: Consistency, timestamp: Int64?)

    init(_ opcode: Opcode, _ body: UnsafeRawBufferPointer, flags: FrameFlags) throws(ProtocolError) {
        // Requests can announce a custom payload; tracing asks for something and adds nothing.
        var reader = try BodyReader(body, behind: flags.subtracting([.tracing, .warnings]))
        switch opcode {
        case .options: self = .options
        case .startup: self = .startup(try reader.stringMap())
        case .register: self = .register(try reader.stringList())
        case .authResponse: self = .authenticate(try reader.bytes().map(Array.init) ?? [])
        case .query: self = .query(try reader.longString(), try reader.queryParameters())
        case .prepare: self = .prepare(try reader.longString())
        case .execute: self = .execute(Array(try reader.shortBytes()), try reader.queryParameters())
        case .batch: self = try reader.batch()
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

    fileprivate mutating func queryParameters() throws(ProtocolError) -> ReceivedParameters {
        var parameters = ReceivedParameters()
        parameters.consistency = try consistency()
        let flags = QueryFlags(rawValue: try byte())
        guard flags.rawValue & 0x80 == 0 else { throw .malformed("unknown flags of a query") }
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
        return parameters
    }

    fileprivate mutating func batch() throws(ProtocolError) -> ReceivedRequest {
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
        let flags = QueryFlags(rawValue: try byte())
        guard !flags.contains(.namesForValues) else { throw .malformed("names of values in a batch") }
        if flags.contains(.serialConsistency) { _ = try self.consistency() }
        let timestamp = flags.contains(.defaultTimestamp) ? try long() : nil
        return .batch(entries, consistency: consistency, timestamp: timestamp)
    }
}
