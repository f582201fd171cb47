// The hot path of load: an EXECUTE whose constant parts were encoded once, so that sending one allocates nothing.
//
//     let start = template.begin(stream: 7, paged: false, timed: true, into: &writer)
//     … exactly `valueCount` values, each a [value] …
//     template.end(start, pagingState: nil, timestampMicroseconds: 1_700_000_000_000_000, into: &writer)

import Bytes

/// The constant parts of an EXECUTE of one prepared statement.
public struct ExecuteTemplate: Sendable {
    /// [short bytes] id, in v5 [short bytes] id of the result's metadata, [consistency].
    private var head: [UInt8]
    private let id: [UInt8]
    private let consistency: Consistency
    private let flags: QueryFlags
    public let valueCount: Int
    private let pageSize: Int32
    private let version: ProtocolVersion

    /// `metadataID` is what PREPARED gave in v5, or what Rows gave later. `pageSize` in rows; nil asks for everything at once.
    /// `skipMetadata`: answers come without column descriptions, in v5 as long as they are those of `metadataID`.
    public init(
        id: [UInt8], metadataID: [UInt8] = [], consistency: Consistency, valueCount: Int, pageSize: Int32? = nil,
        skipMetadata: Bool = true, version: ProtocolVersion = .v4
    ) {
        precondition(valueCount >= 0 && valueCount <= 0xFFFF, "a statement takes 0 to 65,535 values")
        self.id = id
        self.consistency = consistency
        head = ExecuteTemplate.head(id, metadataID, consistency, version)
        var flags: QueryFlags = []
        if valueCount > 0 { flags.insert(.values) }
        if skipMetadata { flags.insert(.skipMetadata) }
        if pageSize != nil { flags.insert(.pageSize) }
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

    /// The columns of the result are others from here on, as Rows said.
    public mutating func change(metadataID: [UInt8]) {
        head = ExecuteTemplate.head(id, metadataID, consistency, version)
    }

    /// Writes everything up to the values. `paged`: a paging state will be given to `end`; `timed`: a timestamp will.
    /// Returns what `end` wants back.
    public func begin(stream: Int16, paged: Bool, timed: Bool, into writer: inout ByteWriter) -> Int {
        let start = writer.beginFrame(.execute, stream: stream, version: version)
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
        if let timestampMicroseconds { writer.put(timestampMicroseconds) }
        writer.endFrame(start)
    }
}
