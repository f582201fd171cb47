// Where generated values go: the encoder of a protocol, without this room knowing any protocol.

/// Takes the values of one operation or row, one after the other, in the order of its binds.
///
/// `enter` says which node of the bind's recipe comes next, `endBind` that the bind is whole. A collection comes as a `begin`,
/// its parts, `enter` of its own node once more, and `end` with what `begin` returned. Bytes are lent for the call only.
public protocol ValueSink: ~Copyable {
    mutating func enter(_ node: Int)
    mutating func endBind(nodes: Int)

    /// For columns of type int, bigint and their kin; the sink picks the width.
    mutating func put(integer: Int64)
    /// Two's complement, big-endian.
    mutating func put(bigInteger: UnsafeRawBufferPointer)
    mutating func put(double: Double)
    /// `unscaled` times ten to the power of minus `scale`.
    mutating func put(unscaled: Int64, scale: Int32)
    mutating func put(unscaledBytes: UnsafeRawBufferPointer, scale: Int32)
    mutating func put(uuidHigh: UInt64, low: UInt64)
    /// Milliseconds since 1970, UTC.
    mutating func put(timestampMilliseconds: Int64)
    /// Days since 1970-01-01.
    mutating func put(days: Int32)
    mutating func put(nanosecondsOfDay: Int64)
    mutating func put(months: Int32, days: Int32, nanoseconds: Int64)
    /// An IPv4 address, and an IPv6 address in two halves.
    mutating func put(address: UInt32)
    mutating func put(addressHigh: UInt64, low: UInt64)
    mutating func put(boolean: Bool)
    /// UTF-8.
    mutating func put(text: UnsafeRawBufferPointer)
    mutating func put(blob: UnsafeRawBufferPointer)
    mutating func putNull()
    /// Leaves a column as it is.
    mutating func putUnset()
    /// A list or set of so many members, or a map of so many entries.
    mutating func begin(members: Int) -> Int
    /// A tuple, a user-defined value or a vector, whose number of parts its type knows.
    mutating func beginParts() -> Int
    mutating func end(_ start: Int)
}

/// What kind of value a generator makes; a column's type must be able to hold it.
public indirect enum ValueKind: Hashable, Sendable {
    case integer, bigInteger, float, decimal, uuid, timeuuid, timestamp, date, time, duration, address, boolean, text,
        blob
    case list(of: ValueKind)
    case set(of: ValueKind)
    case map(key: ValueKind, value: ValueKind)
    case tuple([ValueKind])
    case udt(fields: [String])
    case vector(of: ValueKind, dimensions: Int)
}
