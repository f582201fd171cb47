// The order of varint and decimal, serialised.

import CQLProtocol

/// Compares numbers of any length: below 0, 0, above 0.
enum BigNumber {
    static func compareIntegers(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
        let (left, right) = (BigInteger(twosComplement: a), BigInteger(twosComplement: b))
        if left.isNegative != right.isNegative { return left.isNegative ? -1 : 1 }
        let (p, q) = (left.bytes, right.bytes)
        if p.count != q.count { return (p.count < q.count) != left.isNegative ? -1 : 1 }
        for (p, q) in zip(p, q) where p != q { return p < q ? -1 : 1 }
        return 0
    }

    /// Decimals are a scale (int) and an unscaled varint; 1.0 and 1.00 are equal.
    static func compareDecimals(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
        guard a.count > 4, b.count > 4 else { return a.count - b.count }
        let left = Decimal(a)
        let right = Decimal(b)
        if left.sign != right.sign { return left.sign - right.sign }
        if left.sign == 0 { return 0 }
        if left.exponent != right.exponent { return (left.exponent < right.exponent ? -1 : 1) * left.sign }
        for place in 0..<max(left.digits.count, right.digits.count) {
            let p = place < left.digits.count ? left.digits[place] : UInt8(ascii: "0")
            let q = place < right.digits.count ? right.digits[place] : UInt8(ascii: "0")
            if p != q { return (p < q ? -1 : 1) * left.sign }
        }
        return 0
    }

    /// A decimal as sign, digits and the power of ten of its first digit.
    private struct Decimal {
        var sign: Int
        var digits: [UInt8]
        var exponent: Int

        init(_ bytes: UnsafeRawBufferPointer) {
            let scale = Int(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
            let unscaled = BigInteger(twosComplement: bytes[4...])
            digits = Array(unscaled.digits.utf8)
            sign = unscaled == 0 ? 0 : unscaled.isNegative ? -1 : 1
            exponent = digits.count - scale
        }
    }
}
