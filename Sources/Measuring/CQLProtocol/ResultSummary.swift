// The hot path of load: what an answer came to, without storing any of it.

import Bytes

/// The kind of a RESULT (native_protocol_v4.spec, section 4.2.5).
public enum ResultKind: Int32, Sendable {
    case void = 1
    case rows = 2
    case setKeyspace = 3
    case prepared = 4
    case schemaChange = 5
}

/// What a RESULT came to, read without allocation. `pagingState` and `changedID` borrow from the body: copy them before the buffer
/// is used again.
public struct ResultSummary {
    public var kind: ResultKind
    /// 0 for all kinds but rows.
    public var rowCount: Int
    /// Where the next page begins; nil on the last, and for all kinds but rows.
    public var pagingState: UnsafeRawBufferPointer?
    /// The id of the columns where they are no longer those that the request named; v5 alone says it.
    public var changedID: UnsafeRawBufferPointer?
    /// Whether the condition of a lightweight transaction did not hold: its answer begins with `[applied]`, which is then false.
    /// False where `read` was not asked to look.
    public var isNotApplied = false

    public var hasMorePages: Bool { pagingState != nil }

    /// Reads `body` of a frame with these `flags`. `conditional`: it answers a statement with a condition. `isWhole`: false where `body`
    /// is but the beginning, as in a capture; the number of rows is then what the answer says.
    public static func read(
        _ body: UnsafeRawBufferPointer, flags: FrameFlags, conditional: Bool = false, isWhole: Bool = true
    ) throws(ProtocolError) -> ResultSummary {
        var reader = try BodyReader(body, behind: flags)
        let kind = try reader.resultKind()
        guard kind == .rows else { return ResultSummary(kind: kind, rowCount: 0, pagingState: nil) }
        let metadata = MetadataFlags(rawValue: try reader.int())
        let columns = try reader.count(leastBytes: 0, of: "columns")
        var state: UnsafeRawBufferPointer?
        if metadata.contains(.hasMorePages) {
            state = try reader.bytes()
            guard state != nil else { throw .malformed("more pages are announced without a paging state") }
        }
        let changedID = metadata.contains(.metadataChanged) ? try reader.shortBytes() : nil
        if !metadata.contains(.noMetadata) { try reader.skipColumns(columns, metadata) }
        guard columns > 0 else { throw .malformed("rows without columns") }
        let rows = try reader.count(leastBytes: isWhole ? 4 * columns : 0, of: "rows")
        var summary = ResultSummary(kind: .rows, rowCount: rows, pagingState: state, changedID: changedID)
        if conditional && rows > 0, let applied = try reader.bytes() { summary.isNotApplied = applied.first == 0 }
        return summary
    }
}

extension BodyReader {
    mutating func resultKind() throws(ProtocolError) -> ResultKind {
        let raw = try int()
        guard let kind = ResultKind(rawValue: raw) else { throw .malformed("\(raw) is no kind of result") }
        return kind
    }
}
