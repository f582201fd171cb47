// Bytes on their way out: one owned buffer that grows when it must and is reused for ever after.

import Glibc

/// A growing buffer with big-endian writers. It owns its memory; once it is large enough, writing allocates nothing.
public struct ByteWriter: ~Copyable {
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int
    /// Bytes written since the last `clear`.
    public private(set) var count: Int

    public init(capacity: Int = 256) {
        self.capacity = max(capacity, 16)
        base = .allocate(byteCount: self.capacity, alignment: 8)
        count = 0
    }

    deinit { base.deallocate() }

    /// Everything written so far. Valid until the next write.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
    /// A copy of everything written so far.
    public var array: [UInt8] { Array(bytes) }

    public mutating func clear() { count = 0 }

    /// Sets the end, within what was written, as for bytes that move.
    mutating func rewind(to count: Int) { self.count = count }

    /// Drops the first `n` bytes, as after a partial send.
    public mutating func dropFirst(_ n: Int) {
        precondition(n <= count, "dropFirst beyond the end")
        if n < count { memmove(base, base + n, count - n) }
        count -= n
    }

    @inline(__always)
    private mutating func room(_ n: Int) -> UnsafeMutableRawPointer {
        if count + n > capacity { grow(n) }
        let place = base + count
        count += n
        return place
    }

    @inline(never)
    private mutating func grow(_ n: Int) {
        capacity = max(capacity * 2, count + n)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
        larger.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = larger
    }

    public mutating func put(_ value: UInt8) { room(1).storeBytes(of: value, as: UInt8.self) }
    public mutating func put(_ value: UInt16) { room(2).storeBytes(of: value.bigEndian, as: UInt16.self) }
    public mutating func put(_ value: UInt32) { room(4).storeBytes(of: value.bigEndian, as: UInt32.self) }
    public mutating func put(_ value: UInt64) { room(8).storeBytes(of: value.bigEndian, as: UInt64.self) }
    public mutating func put(_ value: Int16) { put(UInt16(bitPattern: value)) }
    public mutating func put(_ value: Int32) { put(UInt32(bitPattern: value)) }
    public mutating func put(_ value: Int64) { put(UInt64(bitPattern: value)) }
    public mutating func put(_ value: Double) { put(value.bitPattern) }

    public mutating func put(bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        room(bytes.count).copyMemory(from: source, byteCount: bytes.count)
    }
    public mutating func put(bytes: [UInt8]) { bytes.withUnsafeBytes { put(bytes: $0) } }
    public mutating func put(utf8 text: String) {
        var text = text
        text.withUTF8 { put(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// Room for `n` bytes behind what was written; `filled` says how many of them were used.
    public mutating func space(_ n: Int) -> UnsafeMutableRawBufferPointer {
        if count + n > capacity { grow(n) }
        return UnsafeMutableRawBufferPointer(start: base + count, count: n)
    }

    /// Says that `n` bytes were written into what `space` gave.
    public mutating func filled(_ n: Int) {
        precondition(n >= 0 && count + n <= capacity, "more bytes than there was room for")
        count += n
    }

    /// Writes over four bytes at `offset`, as for a length that is known only after what it measures.
    public mutating func overwrite(_ value: Int32, at offset: Int) {
        precondition(offset >= 0 && offset + 4 <= count, "overwrite outside what was written")
        (base + offset).storeBytes(of: value.bigEndian, as: Int32.self)
    }
    public mutating func overwrite(_ value: Int16, at offset: Int) {
        precondition(offset >= 0 && offset + 2 <= count, "overwrite outside what was written")
        (base + offset).storeBytes(of: value.bigEndian, as: Int16.self)
    }
}
