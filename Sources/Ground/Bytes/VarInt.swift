// Integers in as few bytes as they need (native_protocol_v5.spec, section 3, [unsigned vint] and [vint]).
//
// The number of leading one bits of the first byte says how many bytes follow it; the bits behind them and those bytes are the
// number, big-endian. Signed ones are folded first, so that small negative numbers are short too: 0, -1, 1, -2 become 0, 1, 2, 3.

import Glibc

/// Bytes that an unsigned variable-length integer takes, 1 to 9.
public func unsignedVIntLength(_ value: UInt64) -> Int {
    let bits = 64 - value.leadingZeroBitCount
    return bits > 56 ? 9 : max(1, (bits + 6) / 7)
}

extension ByteWriter {
    public mutating func put(unsignedVInt value: UInt64) {
        let following = unsignedVIntLength(value) - 1
        let marker = following == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF00 >> following)
        let top = following >= 8 ? 0 : UInt8(truncatingIfNeeded: value >> UInt64(8 * following))
        put(marker | top)
        for index in stride(from: following - 1, through: 0, by: -1) {
            put(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
        }
    }

    /// Puts the length of everything from `offset` on in front of it.
    public mutating func insert(unsignedVIntBefore offset: Int) {
        let length = UInt64(count - offset)
        let shift = unsignedVIntLength(length)
        let end = count
        for _ in 0..<shift { put(0 as UInt8) }
        memmove(base + offset + shift, base + offset, end - offset)
        let whole = count
        rewind(to: offset)
        put(unsignedVInt: length)
        rewind(to: whole)
    }

    public mutating func put(vint value: Int64) {
        put(unsignedVInt: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }
}

extension ByteReader {
    public mutating func unsignedVInt() throws(ShortRead) -> UInt64 {
        let first = try u8()
        let following = (~first).leadingZeroBitCount
        var value = following >= 7 ? 0 : UInt64(first & (0xFF >> UInt8(following + 1)))
        for _ in 0..<following { value = value << 8 | UInt64(try u8()) }
        return value
    }

    public mutating func vint() throws(ShortRead) -> Int64 {
        let folded = try unsignedVInt()
        return Int64(bitPattern: folded >> 1) ^ -Int64(folded & 1)
    }
}
