// What some error codes carry besides their message (native_protocol_v5.spec and native_protocol_v4.spec, section 9).

import Bytes

/// Why a replica did not do its part; v5 alone says who and why.
public struct ReplicaFailure: Hashable, Sendable {
    /// 4 bytes of IPv4 or 16 of IPv6.
    public var address: [UInt8]
    /// The server's own number for the reason: 0 unknown, 1 too many tombstones, 2 index not available, …
    public var code: UInt16

    public init(address: [UInt8], code: UInt16) {
        self.address = address
        self.code = code
    }
}

/// The further fields of an ERROR, by its code.
public enum ErrorDetail: Equatable, Sendable {
    /// Most codes have a message alone.
    case none
    case unavailable(Consistency, required: Int32, alive: Int32)
    /// `contentions`: how many others stood in the way of a conditional write; v5 alone says it.
    case writeTimeout(Consistency, received: Int32, required: Int32, writeType: String, contentions: UInt16?)
    case readTimeout(Consistency, received: Int32, required: Int32, dataPresent: Bool)
    /// `reasons` is empty before v5.
    case readFailure(
        Consistency, received: Int32, required: Int32, failures: Int32, reasons: [ReplicaFailure], dataPresent: Bool)
    case writeFailure(
        Consistency, received: Int32, required: Int32, failures: Int32, reasons: [ReplicaFailure], writeType: String)
    case functionFailure(keyspace: String, function: String, argumentTypes: [String])
    /// `table` is empty where it is the keyspace that exists.
    case alreadyExists(keyspace: String, table: String)
    /// The id that the server does not know.
    case unprepared([UInt8])
    case casWriteUnknown(Consistency, received: Int32, required: Int32)
}

extension BodyReader {
    /// What follows the message of an ERROR with this code.
    mutating func errorDetail(_ code: Int32, version: UInt8) throws(ProtocolError) -> ErrorDetail {
        switch ErrorCode(rawValue: code) {
        case .unavailable: return .unavailable(try consistency(), required: try int(), alive: try int())
        case .writeTimeout:
            let (level, received, required, type) = (try consistency(), try int(), try int(), try string())
            // Servers leave the field out where they know no number.
            let contentions = version >= 5 && type == "CAS" && remaining >= 2 ? try short() : nil
            return .writeTimeout(
                level, received: received, required: required, writeType: type, contentions: contentions)
        case .readTimeout:
            return .readTimeout(
                try consistency(), received: try int(), required: try int(), dataPresent: try byte() != 0)
        case .readFailure:
            let (level, received, required) = (try consistency(), try int(), try int())
            let (failures, reasons) = try replicaFailures(version: version)
            return .readFailure(
                level, received: received, required: required, failures: failures, reasons: reasons,
                dataPresent: try byte() != 0)
        case .writeFailure:
            let (level, received, required) = (try consistency(), try int(), try int())
            let (failures, reasons) = try replicaFailures(version: version)
            return .writeFailure(
                level, received: received, required: required, failures: failures, reasons: reasons,
                writeType: try string())
        case .functionFailure:
            return .functionFailure(keyspace: try string(), function: try string(), argumentTypes: try stringList())
        case .alreadyExists: return .alreadyExists(keyspace: try string(), table: try string())
        case .unprepared: return .unprepared(Array(try shortBytes()))
        case .casWriteUnknown:
            return .casWriteUnknown(try consistency(), received: try int(), required: try int())
        case .serverError, .protocolError, .badCredentials, .overloaded, .bootstrapping, .truncateError,
            .cdcWriteFailure, .syntaxError, .unauthorized, .invalid, .configError, nil:
            return .none
        }
    }

    /// A number of failures, and in v5 one reason for each.
    private mutating func replicaFailures(version: UInt8) throws(ProtocolError) -> (Int32, [ReplicaFailure]) {
        guard version >= 5 else { return (try int(), []) }
        let count = try count(leastBytes: 7, of: "failures")
        var reasons: [ReplicaFailure] = []
        for _ in 0..<count { reasons.append(ReplicaFailure(address: try inetAddress(), code: try short())) }
        return (Int32(count), reasons)
    }
}

extension ByteWriter {
    /// As a server writes it in `version`.
    mutating func put(detail: ErrorDetail, version: ProtocolVersion) {
        switch detail {
        case .none: break
        case .unavailable(let level, let required, let alive): put(level, required, alive)
        case .writeTimeout(let level, let received, let required, let type, let contentions):
            put(level, received, required)
            put(string: type)
            if version >= .v5, type == "CAS", let contentions { put(contentions) }
        case .readTimeout(let level, let received, let required, let dataPresent):
            put(level, received, required)
            put(UInt8(dataPresent ? 1 : 0))
        case .readFailure(let level, let received, let required, let failures, let reasons, let dataPresent):
            put(level, received, required)
            put(failures: failures, reasons, version: version)
            put(UInt8(dataPresent ? 1 : 0))
        case .writeFailure(let level, let received, let required, let failures, let reasons, let type):
            put(level, received, required)
            put(failures: failures, reasons, version: version)
            put(string: type)
        case .functionFailure(let keyspace, let function, let types):
            put(string: keyspace)
            put(string: function)
            put(stringList: types)
        case .alreadyExists(let keyspace, let table):
            put(string: keyspace)
            put(string: table)
        case .unprepared(let id): put(shortBytes: id)
        case .casWriteUnknown(let level, let received, let required): put(level, received, required)
        }
    }

    private mutating func put(_ level: Consistency, _ first: Int32, _ second: Int32) {
        put(consistency: level)
        put(first)
        put(second)
    }

    private mutating func put(failures: Int32, _ reasons: [ReplicaFailure], version: ProtocolVersion) {
        guard version >= .v5 else { return put(failures) }
        put(Int32(reasons.count))
        for reason in reasons {
            put(inetAddress: reason.address)
            put(reason.code)
        }
    }
}
