// Tokens: Murmur3 as Cassandra computes it. Clients find the owners of a key by it, and the lab scans in its order.

/// MurmurHash3 x64 128 (Austin Appleby, public domain) with Cassandra's slip kept: bytes of the tail are sign-extended.
public enum Murmur3 {
    /// The token of a serialised partition key, as Murmur3Partitioner gives it. An empty key has the least token.
    public static func token(_ key: UnsafeRawBufferPointer) -> Int64 {
        if key.isEmpty { return .min }
        let token = Int64(bitPattern: hash(key).0)
        return token == .min ? .max : token
    }

    public static func token(_ key: [UInt8]) -> Int64 { key.withUnsafeBytes { token($0) } }

    private static let c1: UInt64 = 0x87C3_7B91_1142_53D5
    private static let c2: UInt64 = 0x4CF5_AD43_2745_937F

    public static func hash(_ bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64) {
        var (h1, h2): (UInt64, UInt64) = (0, 0)
        let blocks = bytes.count / 16
        for block in 0..<blocks {
            let k1 = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: block * 16, as: UInt64.self))
            let k2 = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: block * 16 + 8, as: UInt64.self))
            h1 = (rotated(h1 ^ mixed1(k1), 27) &+ h2) &* 5 &+ 0x52DC_E729
            h2 = (rotated(h2 ^ mixed2(k2), 31) &+ h1) &* 5 &+ 0x3849_5AB5
        }
        var (k1, k2): (UInt64, UInt64) = (0, 0)
        for place in 0..<bytes.count - blocks * 16 {
            let signed = UInt64(bitPattern: Int64(Int8(bitPattern: bytes[blocks * 16 + place])))
            if place < 8 { k1 ^= signed << (8 * UInt64(place)) } else { k2 ^= signed << (8 * UInt64(place - 8)) }
        }
        if k2 != 0 { h2 ^= mixed2(k2) }
        if k1 != 0 { h1 ^= mixed1(k1) }
        h1 ^= UInt64(bytes.count)
        h2 ^= UInt64(bytes.count)
        h1 = h1 &+ h2
        h2 = h2 &+ h1
        h1 = finished(h1)
        h2 = finished(h2)
        h1 = h1 &+ h2
        return (h1, h2 &+ h1)
    }

    private static func rotated(_ x: UInt64, _ by: UInt64) -> UInt64 { (x << by) | (x >> (64 - by)) }
    private static func mixed1(_ k: UInt64) -> UInt64 { rotated(k &* c1, 31) &* c2 }
    private static func mixed2(_ k: UInt64) -> UInt64 { rotated(k &* c2, 33) &* c1 }

    private static func finished(_ x: UInt64) -> UInt64 {
        var k = (x ^ (x >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        k = (k ^ (k >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return k ^ (k >> 33)
    }
}
