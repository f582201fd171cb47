// Bytes on their way in: a cursor that never reads past the end.

/// Fewer bytes were there than the format promised.
public struct ShortRead: Error, Equatable, Sendable, CustomStringConvertible {
    public var wanted: Int
    public var remaining: Int
    public var description: String { "needs \(wanted) bytes, has \(remaining)" }

    public init(wanted: Int, remaining: Int) {
        self.wanted = wanted
        self.remaining = remaining
    }
}

/// A cursor over bytes that somebody else owns; it must not outlive them. All numbers are big-endian.
public struct ByteReader {
    private let all: UnsafeRawBufferPointer
    /// Bytes read so far.
    public private(set) var offset = 0

    public init(_ bytes: UnsafeRawBufferPointer) { all = bytes }

    public var remaining: Int { all.count - offset }
    public var isAtEnd: Bool { offset == all.count }

    private mutating func take(_ n: Int) throws(ShortRead) -> Int {
        guard n >= 0 && n <= remaining else { throw ShortRead(wanted: n, remaining: remaining) }
        defer { offset += n }
        return offset
    }

    public mutating func u8() throws(ShortRead) -> UInt8 { all[try take(1)] }
    public mutating func u16() throws(ShortRead) -> UInt16 {
        UInt16(bigEndian: all.loadUnaligned(fromByteOffset: try take(2), as: UInt16.self))
    }
    public mutating func u32() throws(ShortRead) -> UInt32 {
        UInt32(bigEndian: all.loadUnaligned(fromByteOffset: try take(4), as: UInt32.self))
    }
    public mutating func u64() throws(ShortRead) -> UInt64 {
        UInt64(bigEndian: all.loadUnaligned(fromByteOffset: try take(8), as: UInt64.self))
    }
    public mutating func i16() throws(ShortRead) -> Int16 { Int16(bitPattern: try u16()) }
    public mutating func i32() throws(ShortRead) -> Int32 { Int32(bitPattern: try u32()) }
    public mutating func i64() throws(ShortRead) -> Int64 { Int64(bitPattern: try u64()) }
    public mutating func f64() throws(ShortRead) -> Double { Double(bitPattern: try u64()) }

    /// The next `n` bytes, not copied.
    public mutating func slice(_ n: Int) throws(ShortRead) -> UnsafeRawBufferPointer {
        let start = try take(n)
        return UnsafeRawBufferPointer(rebasing: all[start..<start + n])
    }
    public mutating func skip(_ n: Int) throws(ShortRead) { _ = try take(n) }
    /// The next `n` bytes as UTF-8, with replacement characters where they are not.
    public mutating func utf8(_ n: Int) throws(ShortRead) -> String { String(decoding: try slice(n), as: UTF8.self) }
}
