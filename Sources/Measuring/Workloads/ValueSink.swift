// Where generated values go: the encoder of a protocol, without this room knowing any protocol.

/// Takes the values of one operation or row, one after the other, in the order of its binds.
///
/// A list comes as `beginList`, its `count` members, `endList`. Bytes are lent for the call only.
public protocol ValueSink: ~Copyable {
    /// For columns of type int, bigint and their kin; the sink picks the width.
    mutating func put(integer: Int64)
    mutating func put(double: Double)
    /// `unscaled` times ten to the power of minus `scale`.
    mutating func put(unscaled: Int64, scale: Int32)
    mutating func put(uuidHigh: UInt64, low: UInt64)
    /// Milliseconds since 1970, UTC.
    mutating func put(timestampMilliseconds: Int64)
    mutating func put(boolean: Bool)
    /// UTF-8.
    mutating func put(text: UnsafeRawBufferPointer)
    mutating func put(blob: UnsafeRawBufferPointer)
    mutating func beginList(count: Int)
    mutating func endList()
}

/// What kind of value a generator makes; a column's type must be able to hold it.
public indirect enum ValueKind: Hashable, Sendable {
    case integer, float, decimal, uuid, timestamp, boolean, text, blob
    case list(of: ValueKind)
}
