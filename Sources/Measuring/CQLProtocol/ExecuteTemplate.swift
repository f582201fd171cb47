// The hot path of load: an EXECUTE or QUERY whose constant parts were encoded once, so that sending one allocates nothing.
//
//     let start = template.begin(stream: 7, paged: false, timed: true, into: &writer)
//     … exactly `valueCount` values, each a [value] …
//     template.end(start, pagingState: nil, timestampMicroseconds: 1_700_000_000_000_000, into: &writer)

import Bytes

/// The constant parts of an EXECUTE of one prepared statement, or of a QUERY of its text.
public struct ExecuteTemplate: Sendable {
    private let opcode: Opcode
    /// [short bytes] id, in v5 [short bytes] id of the result's metadata, or [long string] text; then [consistency].
    private var head: [UInt8]
    private let id: [UInt8]
    private let consistency: Consistency
    private let serialConsistency: Consistency?
    private let flags: QueryFlags
    public let valueCount: Int
    private let pageSize: Int32
    private let version: ProtocolVersion

    /// `metadataID` is what PREPARED gave in v5, or what Rows gave later. `pageSize` in rows; nil asks for everything at once.
    /// `skipMetadata`: answers come without column descriptions, in v5 as long as they are those of `metadataID`.
    /// `serialConsistency` is that of a condition.
    public init(
        id: [UInt8], metadataID: [UInt8] = [], consistency: Consistency, serialConsistency: Consistency? = nil,
        valueCount: Int, pageSize: Int32? = nil, skipMetadata: Bool = true, version: ProtocolVersion = .v4
    ) {
        let head = ExecuteTemplate.head(id, metadataID, consistency, version)
        self.init(.execute, head, id, consistency, serialConsistency, valueCount, pageSize, skipMetadata, version)
    }

    /// A QUERY that carries its text, and its values by their order. Its answers come with column descriptions, as nobody has
    /// them from before.
    public init(
        text: String, consistency: Consistency, serialConsistency: Consistency? = nil, valueCount: Int,
        pageSize: Int32? = nil, version: ProtocolVersion = .v4
    ) {
        var writer = ByteWriter()
        writer.put(longString: text)
        writer.put(consistency: consistency)
        self.init(.query, writer.array, [], consistency, serialConsistency, valueCount, pageSize, false, version)
    }

    private init(
        _ opcode: Opcode, _ head: [UInt8], _ id: [UInt8], _ consistency: Consistency,
        _ serialConsistency: Consistency?, _ valueCount: Int, _ pageSize: Int32?, _ skipMetadata: Bool,
        _ version: ProtocolVersion
    ) {
        precondition(valueCount >= 0 && valueCount <= 0xFFFF, "a statement takes 0 to 65,535 values")
        self.opcode = opcode
        self.head = head
        self.id = id
        self.consistency = consistency
        self.serialConsistency = serialConsistency
        var flags: QueryFlags = []
        if valueCount > 0 { flags.insert(.values) }
        if skipMetadata { flags.insert(.skipMetadata) }
        if pageSize != nil { flags.insert(.pageSize) }
        if serialConsistency != nil { flags.insert(.serialConsistency) }
        self.flags = flags
        self.valueCount = valueCount
        self.pageSize = pageSize ?? 0
        self.version = version
    }

    private static func head(
        _ id: [UInt8], _ metadataID: [UInt8], _ consistency: Consistency, _ version: ProtocolVersion
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.put(shortBytes: id)
        if version >= .v5 { writer.put(shortBytes: metadataID) }
        writer.put(consistency: consistency)
        return writer.array
    }

    /// The columns of a prepared statement's result are others from here on, as Rows said.
    public mutating func change(metadataID: [UInt8]) {
        guard opcode == .execute else { return }
        head = ExecuteTemplate.head(id, metadataID, consistency, version)
    }

    /// Writes everything up to the values. `paged`: a paging state will be given to `end`; `timed`: a timestamp will. `traced`: the
    /// server is asked for a trace. Returns what `end` wants back.
    public func begin(
        stream: Int16, paged: Bool, timed: Bool, traced: Bool = false, into writer: inout ByteWriter
    ) -> Int {
        let start = writer.beginFrame(opcode, stream: stream, flags: traced ? .tracing : [], version: version)
        head.withUnsafeBytes { writer.put(bytes: $0) }
        var all = flags
        if paged { all.insert(.pagingState) }
        if timed { all.insert(.defaultTimestamp) }
        writer.put(flags: all, version)
        if valueCount > 0 { writer.put(UInt16(valueCount)) }
        return start
    }

    /// Writes what follows the values and sets the length of the frame. Give exactly what `begin` announced.
    public func end(
        _ start: Int, pagingState: UnsafeRawBufferPointer?, timestampMicroseconds: Int64?, into writer: inout ByteWriter
    ) {
        if flags.contains(.pageSize) { writer.put(pageSize) }
        if let pagingState { writer.put(cell: pagingState) }
        if let serialConsistency { writer.put(consistency: serialConsistency) }
        if let timestampMicroseconds { writer.put(timestampMicroseconds) }
        writer.endFrame(start)
    }
}
