// The order of serialised values, type by type, as Cassandra sorts clustering columns and IN lists.

import CQLProtocol
import Glibc

extension CQLType {
    /// Compares two serialised values: below 0, 0, above 0. An empty value comes first.
    func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
        if a.isEmpty || b.isEmpty { return a.count - b.count }
        if let length = fixedLength, a.count != length || b.count != length { return compareBytes(a, b) }
        switch self {
        case .tinyint: return signed(Int8.self, a, b)
        case .smallint: return signed(Int16.self, a, b)
        case .int: return signed(Int32.self, a, b)
        case .bigint, .timestamp, .time, .counter: return signed(Int64.self, a, b)
        case .double:
            return compareFloating(
                Double(bitPattern: UInt64(bigEndian: a.loadUnaligned(as: UInt64.self))),
                Double(bitPattern: UInt64(bigEndian: b.loadUnaligned(as: UInt64.self))))
        case .float:
            return compareFloating(
                Float(bitPattern: UInt32(bigEndian: a.loadUnaligned(as: UInt32.self))),
                Float(bitPattern: UInt32(bigEndian: b.loadUnaligned(as: UInt32.self))))
        case .boolean: return (a[0] != 0 ? 1 : 0) - (b[0] != 0 ? 1 : 0)
        case .varint: return BigNumber.compareIntegers(a, b)
        case .decimal: return BigNumber.compareDecimals(a, b)
        case .uuid: return compareUUID(a, b)
        case .timeuuid: return compareTimeUUID(a, b)
        case .ascii, .text, .blob, .inet, .date, .duration, .list, .set, .map, .tuple, .udt, .vector, .custom:
            return compareBytes(a, b)
        }
    }

    /// Bytes of a value, where all values are of one length.
    var fixedLength: Int? {
        switch self {
        case .tinyint, .boolean: 1
        case .smallint: 2
        case .int, .float, .date: 4
        case .bigint, .counter, .double, .timestamp, .time: 8
        case .uuid, .timeuuid: 16
        default: nil
        }
    }

    func compare(_ a: [UInt8], _ b: [UInt8]) -> Int {
        a.withUnsafeBytes { left in b.withUnsafeBytes { right in compare(left, right) } }
    }
}

private func signed<T: FixedWidthInteger>(_ type: T.Type, _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer)
    -> Int
{
    let left = T(bigEndian: a.loadUnaligned(as: T.self))
    let right = T(bigEndian: b.loadUnaligned(as: T.self))
    return left < right ? -1 : left == right ? 0 : 1
}

/// As Java orders them: -0.0 below 0.0, NaN above everything.
private func compareFloating<T: BinaryFloatingPoint>(_ a: T, _ b: T) -> Int {
    if a < b { return -1 }
    if a > b { return 1 }
    func rank(_ x: T) -> Int { x.isNaN ? 2 : x == 0 && x.sign == .minus ? 0 : 1 }
    return rank(a) - rank(b)
}

/// Byte by byte, unsigned; a prefix comes first.
func compareBytes(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let common = min(a.count, b.count)
    if common > 0 {
        let order = memcmp(a.baseAddress!, b.baseAddress!, common)
        if order != 0 { return Int(order) }
    }
    return a.count - b.count
}

private func halves(_ a: UnsafeRawBufferPointer) -> (high: UInt64, low: UInt64) {
    (
        UInt64(bigEndian: a.loadUnaligned(as: UInt64.self)),
        UInt64(bigEndian: a.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    )
}

/// The time of a version 1 UUID, its most significant part first.
private func time(_ high: UInt64) -> UInt64 { (high << 48) | ((high << 16) & 0xFFFF_0000_0000) | (high >> 32) }

/// UUIDType: by version, then version 1 by its time, others by their bytes.
private func compareUUID(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let (left, right) = (halves(a), halves(b))
    let (leftVersion, rightVersion) = ((left.high >> 12) & 15, (right.high >> 12) & 15)
    if leftVersion != rightVersion { return leftVersion < rightVersion ? -1 : 1 }
    if leftVersion == 1 {
        let (x, y) = (time(left.high), time(right.high))
        if x != y { return x < y ? -1 : 1 }
    } else if left.high != right.high {
        return left.high < right.high ? -1 : 1
    }
    return left.low == right.low ? 0 : left.low < right.low ? -1 : 1
}

/// TimeUUIDType: by time, then the rest byte by byte, signed.
private func compareTimeUUID(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let (left, right) = (halves(a), halves(b))
    let (x, y) = (time(left.high), time(right.high))
    if x != y { return x < y ? -1 : 1 }
    for place in 8..<16 {
        let (p, q) = (Int8(bitPattern: a[place]), Int8(bitPattern: b[place]))
        if p != q { return p < q ? -1 : 1 }
    }
    return 0
}
