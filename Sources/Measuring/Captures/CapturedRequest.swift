// What a client asked, read from the body of its request without allocation and as far as the capture has it.

import Bytes
import CQLProtocol

/// A value of a request, as it was encoded. Borrowed from the request.
enum CapturedValue {
    case null
    case unset
    case bytes(UnsafeRawBufferPointer)
}

/// What goes with QUERY, EXECUTE and BATCH.
struct CapturedParameters: Equatable {
    var consistency = Consistency.one
    var serialConsistency: Consistency?
    /// Rows a page; nil: all at once.
    var pageSize: Int32?
    /// Whether it asks for a further page of what was asked before.
    var isFurtherPage = false
    var hasTimestamp = false
    var keyspace: String?
}

/// Where a request's statement is.
enum StatementReference {
    /// The id of a prepared statement.
    case prepared(UnsafeRawBufferPointer)
    case text(UnsafeRawBufferPointer)
}

/// A statement of a request and where its values are in `CapturedRequest.values`.
struct CapturedStatement {
    var reference: StatementReference
    var values: Range<Int>
}

/// A QUERY, an EXECUTE or a BATCH. Kept and read into again, so that nothing is allocated for each.
struct CapturedRequest {
    private(set) var statements: [CapturedStatement] = []
    private(set) var values: [CapturedValue] = []
    private(set) var parameters = CapturedParameters()
    /// Nil where it is none.
    private(set) var batch: BatchType?
    /// False where the capture has its beginning alone: what stands here is right, and more was sent.
    private(set) var isWhole = true

    /// Most statements of a batch that are looked at.
    static let mostStatements = 2_000

    /// Reads the body of a QUERY, EXECUTE or BATCH. Throws where not even the statement is there.
    mutating func read(_ message: CapturedMessage) throws(ProtocolError) {
        statements.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        parameters = CapturedParameters()
        batch = nil
        isWhole = message.isWhole
        let version = ProtocolVersion(rawValue: message.header.version) ?? .v4
        var reader = try BodyReader(message.body, behind: message.header.flags)
        switch message.header.opcode {
        case .query:
            let length = Int(try reader.int())
            statements.append(CapturedStatement(reference: .text(try reader.bytes(of: length)), values: 0..<0))
        case .execute:
            statements.append(CapturedStatement(reference: .prepared(try reader.shortBytes()), values: 0..<0))
            if version >= .v5 { _ = try reader.shortBytes() }
        case .batch:
            return try readBatch(&reader, version)
        default: throw .unexpectedOpcode(message.header.opcode.rawValue)
        }
        do {
            parameters.consistency = try reader.consistency()
            let flags = try reader.queryFlags(version)
            if flags.contains(.values) { try readValues(&reader, named: flags.contains(.namesForValues)) }
            try readRest(flags, &reader)
        } catch {
            guard !isWhole else { throw error }
        }
    }

    private mutating func readBatch(_ reader: inout BodyReader, _ version: ProtocolVersion) throws(ProtocolError) {
        let kind = try reader.byte()
        guard let type = BatchType(rawValue: kind) else { throw .malformed("\(kind) is no type of batch") }
        batch = type
        do {
            let count = Int(try reader.short())
            for index in 0..<count {
                let isPrepared = try reader.byte() == 1
                let reference: StatementReference
                if isPrepared {
                    reference = .prepared(try reader.shortBytes())
                } else {
                    let length = Int(try reader.int())
                    reference = .text(try reader.bytes(of: length))
                }
                if index < CapturedRequest.mostStatements {
                    statements.append(CapturedStatement(reference: reference, values: 0..<0))
                }
                try readValues(&reader, named: false, isKept: index < CapturedRequest.mostStatements)
            }
            parameters.consistency = try reader.consistency()
            try readRest(try reader.queryFlags(version), &reader)
        } catch {
            guard !isWhole, !statements.isEmpty else { throw error }
        }
    }

    /// The values of the last statement.
    private mutating func readValues(
        _ reader: inout BodyReader, named: Bool, isKept: Bool = true
    ) throws(ProtocolError) {
        let first = values.count
        for _ in 0..<(try reader.short()) {
            // Named values come in any order; their places are not known then.
            if named { _ = try reader.shortBytes() }
            let length = Int(try reader.int())
            let value: CapturedValue =
                length == -2 ? .unset : length < 0 ? .null : .bytes(try reader.bytes(of: length))
            guard isKept && !named else { continue }
            values.append(value)
            statements[statements.count - 1].values = first..<values.count
        }
    }

    private mutating func readRest(_ flags: QueryFlags, _ reader: inout BodyReader) throws(ProtocolError) {
        if flags.contains(.pageSize) {
            let size = try reader.int()
            parameters.pageSize = size > 0 ? size : nil
        }
        if flags.contains(.pagingState) {
            parameters.isFurtherPage = true
            _ = try reader.bytes()
        }
        if flags.contains(.serialConsistency) { parameters.serialConsistency = try reader.consistency() }
        if flags.contains(.defaultTimestamp) {
            _ = try reader.long()
            parameters.hasTimestamp = true
        }
        if flags.contains(.keyspace) { parameters.keyspace = try reader.string() }
    }
}
