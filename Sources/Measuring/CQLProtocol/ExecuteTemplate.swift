// The hot path of load: an EXECUTE whose constant parts were encoded once, so that sending one allocates nothing.
//
//     let start = template.begin(stream: 7, paged: false, timed: true, into: &writer)
//     … exactly `valueCount` values, each a [value] …
//     template.end(start, pagingState: nil, timestampMicroseconds: 1_700_000_000_000_000, into: &writer)

import Bytes

/// The constant parts of an EXECUTE of one prepared statement.
public struct ExecuteTemplate: Sendable {
    /// [short bytes] id, [consistency].
    private let head: [UInt8]
    private let flags: QueryFlags
    public let valueCount: Int
    private let pageSize: Int32

    /// `pageSize` in rows; nil asks for everything at once. `skipMetadata`: answers come without column descriptions.
    public init(
        id: [UInt8], consistency: Consistency, valueCount: Int, pageSize: Int32? = nil, skipMetadata: Bool = true
    ) {
        precondition(valueCount >= 0 && valueCount <= 0xFFFF, "a statement takes 0 to 65,535 values")
        var writer = ByteWriter()
        writer.put(shortBytes: id)
        writer.put(consistency: consistency)
        head = writer.array
        var flags: QueryFlags = []
        if valueCount > 0 { flags.insert(.values) }
        if skipMetadata { flags.insert(.skipMetadata) }
        if pageSize != nil { flags.insert(.pageSize) }
        self.flags = flags
        self.valueCount = valueCount
        self.pageSize = pageSize ?? 0
    }

    /// Writes everything up to the values. `paged`: a paging state will be given to `end`; `timed`: a timestamp will.
    /// Returns what `end` wants back.
    public func begin(stream: Int16, paged: Bool, timed: Bool, into writer: inout ByteWriter) -> Int {
        let start = writer.beginFrame(.execute, stream: stream)
        head.withUnsafeBytes { writer.put(bytes: $0) }
        var all = flags
        if paged { all.insert(.pagingState) }
        if timed { all.insert(.defaultTimestamp) }
        writer.put(all.rawValue)
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
