// Whole numbers of any length: what varint and decimal hold, exactly, and printed as people write them.

/// A whole number as its shortest two's complement, big-endian: equal numbers have equal bytes.
public struct BigInteger: Hashable, Sendable, CustomStringConvertible, ExpressibleByIntegerLiteral {
    /// At least one byte.
    public let bytes: [UInt8]

    /// From two's complement of any length; no bytes at all are 0.
    public init(twosComplement bytes: some Collection<UInt8>) {
        self.bytes = bytes.isEmpty ? [0] : BigInteger.shortest(Array(bytes))
    }

    public init(_ value: Int64) {
        bytes = BigInteger.shortest((0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * Int64($0))) })
    }

    public init(integerLiteral value: Int64) { self.init(value) }

    /// From decimal digits, with or without a sign; nil where the text is something else.
    public init?(_ text: some StringProtocol) {
        let digits =
            text.utf8.first.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") } == true
            ? text.utf8.dropFirst()[...] : text.utf8[...]
        guard !digits.isEmpty else { return nil }
        var magnitude: [UInt8] = [0]
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            var carry = Int(byte - UInt8(ascii: "0"))
            for place in magnitude.indices.reversed() {
                let sum = Int(magnitude[place]) * 10 + carry
                magnitude[place] = UInt8(sum & 255)
                carry = sum >> 8
            }
            if carry > 0 { magnitude.insert(UInt8(carry), at: 0) }
        }
        if magnitude[0] & 0x80 != 0 { magnitude.insert(0, at: 0) }
        bytes = BigInteger.shortest(text.utf8.first == UInt8(ascii: "-") ? BigInteger.negated(magnitude) : magnitude)
    }

    public var isNegative: Bool { bytes[0] & 0x80 != 0 }

    /// The number where 64 bits hold it.
    public var int64: Int64? {
        bytes.count > 8 ? nil : bytes.reduce(isNegative ? -1 : 0) { $0 << 8 | Int64($1) }
    }

    /// Decimal digits without a sign, the first not zero but for 0 itself.
    public var digits: String {
        if let value = int64 { return String(value.magnitude) }
        // The magnitude of the least number of its length does not fit that length, hence the zero in front.
        var rest = isNegative ? BigInteger.negated([0xFF] + bytes) : bytes
        var groups: [String] = []
        while rest.contains(where: { $0 != 0 }) {
            var remainder: UInt64 = 0
            for place in rest.indices {
                let value = remainder << 8 | UInt64(rest[place])
                rest[place] = UInt8(value / 1_000_000_000)
                remainder = value % 1_000_000_000
            }
            rest = Array(rest.drop { $0 == 0 })
            let group = String(remainder)
            groups.append(rest.isEmpty ? group : String(repeating: "0", count: 9 - group.utf8.count) + group)
        }
        return groups.reversed().joined()
    }

    public var description: String { (isNegative ? "-" : "") + digits }

    /// Of the same length.
    private static func negated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        var carry = 1
        for place in bytes.indices.reversed() {
            let sum = Int(~bytes[place]) + carry
            bytes[place] = UInt8(sum & 255)
            carry = sum >> 8
        }
        return bytes
    }

    /// Without the leading bytes that only repeat the sign.
    private static func shortest(_ bytes: [UInt8]) -> [UInt8] {
        var start = 0
        while start + 1 < bytes.count {
            let next = bytes[start + 1]
            guard (bytes[start] == 0 && next & 0x80 == 0) || (bytes[start] == 0xFF && next & 0x80 != 0) else { break }
            start += 1
        }
        return Array(bytes[start...])
    }
}
