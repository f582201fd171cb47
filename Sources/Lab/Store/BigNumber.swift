// varint and decimal: two's complement of any length. Order, and the way from digits to bytes.

/// Arithmetic on big-endian two's complement, only what ordering and reading literals need.
enum BigNumber {
    /// Shortest two's complement of a number given by its decimal digits; nil where they aren't digits.
    static func bytes(digits: some StringProtocol, negative: Bool) -> [UInt8]? {
        var magnitude: [UInt8] = [0]
        guard !digits.isEmpty else { return nil }
        for character in digits.utf8 {
            guard character >= 48, character <= 57 else { return nil }
            var carry = Int(character) - 48
            for place in magnitude.indices.reversed() {
                let sum = Int(magnitude[place]) * 10 + carry
                magnitude[place] = UInt8(sum & 255)
                carry = sum >> 8
            }
            if carry > 0 { magnitude.insert(UInt8(carry), at: 0) }
        }
        if magnitude[0] & 0x80 != 0 { magnitude.insert(0, at: 0) }
        if negative { negate(&magnitude) }
        return Array(shortest(magnitude[...]))
    }

    static func compareIntegers(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
        let (left, right) = (shortest(Array(a)[...]), shortest(Array(b)[...]))
        let (leftNegative, rightNegative) = (left.first! & 0x80 != 0, right.first! & 0x80 != 0)
        if leftNegative != rightNegative { return leftNegative ? -1 : 1 }
        if left.count != right.count { return (left.count < right.count) != leftNegative ? -1 : 1 }
        for (p, q) in zip(left, right) where p != q { return p < q ? -1 : 1 }
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
            let p = place < left.digits.count ? left.digits[place] : 0
            let q = place < right.digits.count ? right.digits[place] : 0
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
            var magnitude = Array(bytes[4...])
            let negative = magnitude[0] & 0x80 != 0
            if negative { negate(&magnitude) }
            digits = BigNumber.digits(ofMagnitude: magnitude)
            sign = digits.isEmpty ? 0 : negative ? -1 : 1
            exponent = digits.count - scale
        }
    }

    /// Decimal digits of an unsigned big-endian number, without leading zeros; none for 0.
    private static func digits(ofMagnitude bytes: [UInt8]) -> [UInt8] {
        if bytes.count <= 8 {
            var value = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            var digits: [UInt8] = []
            while value > 0 {
                digits.append(UInt8(value % 10))
                value /= 10
            }
            return digits.reversed()
        }
        var rest = bytes
        var digits: [UInt8] = []
        while rest.contains(where: { $0 != 0 }) {
            var remainder = 0
            for place in rest.indices {
                let value = remainder << 8 | Int(rest[place])
                rest[place] = UInt8(value / 10)
                remainder = value % 10
            }
            digits.append(UInt8(remainder))
        }
        return digits.reversed()
    }

    /// Two's complement negation in place, of the same length; the magnitude of the least number is read as unsigned.
    private static func negate(_ bytes: inout [UInt8]) {
        var carry = 1
        for place in bytes.indices.reversed() {
            let sum = Int(~bytes[place]) + carry
            bytes[place] = UInt8(sum & 255)
            carry = sum >> 8
        }
    }

    /// Without the leading bytes that only repeat the sign.
    private static func shortest(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while bytes.count > 1 {
            let next = bytes[bytes.startIndex + 1]
            guard (bytes.first == 0 && next & 0x80 == 0) || (bytes.first == 0xFF && next & 0x80 != 0) else { break }
            bytes = bytes.dropFirst()
        }
        return bytes
    }
}
