// Values of columns, decoded: what probes compare and print. The load engine never makes one.

import Quantities

/// A UUID as two big-endian halves.
public struct UUIDValue: Hashable, Sendable, CustomStringConvertible {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads `123e4567-e89b-12d3-a456-426614174000`; nil where it is none.
    public init?(_ text: some StringProtocol) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12] else { return nil }
        let digits = groups.joined()
        guard digits.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
            let high = UInt64(digits.prefix(16), radix: 16), let low = UInt64(digits.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    public var description: String {
        func hex(_ value: UInt64, _ digits: Int) -> String {
            let text = String(value & (digits == 16 ? .max : (1 << (4 * UInt64(digits))) - 1), radix: 16)
            return String(repeating: "0", count: digits - text.utf8.count) + text
        }
        return [hex(high >> 32, 8), hex(high >> 16, 4), hex(high, 4), hex(low >> 48, 4), hex(low, 12)].joined(
            separator: "-")
    }
}

/// A decoded value. Which case stands for which column types is said at each.
public indirect enum CQLValue: Hashable, Sendable {
    case null
    /// ascii, text.
    case text(String)
    /// tinyint, smallint, int, bigint, counter, and every varint that 64 bits hold.
    case integer(Int64)
    /// A varint that 64 bits do not hold.
    case bigInteger(BigInteger)
    case float(Float)
    case double(Double)
    /// unscaled * 10^-scale. 1.0 and 1.00 are two values, as they are to Cassandra's clients.
    case decimal(unscaled: BigInteger, scale: Int32)
    case boolean(Bool)
    /// uuid, timeuuid.
    case uuid(UUIDValue)
    /// Milliseconds since 1970, UTC.
    case timestamp(milliseconds: Int64)
    /// Days since 1970-01-01.
    case date(days: Int32)
    /// Nanoseconds since midnight.
    case time(nanoseconds: Int64)
    /// Three numbers of one sign: months and days differ in length, so none can be put into another.
    case duration(months: Int32, days: Int32, nanoseconds: Int64)
    /// 4 or 16 bytes.
    case inet([UInt8])
    case blob([UInt8])
    case list([CQLValue])
    case set([CQLValue])
    case map([Entry])
    case tuple([CQLValue])
    /// A value of a user-defined type. It may have fewer fields than its type: those added later.
    case udt([NamedValue])
    case vector([CQLValue])
    /// Undecoded: custom types, and the zero-length values of types that need length.
    case bytes([UInt8])

    /// A key and its value, in the order in which the server sent them.
    public struct Entry: Hashable, Sendable {
        public var key: CQLValue
        public var value: CQLValue

        public init(_ key: CQLValue, _ value: CQLValue) {
            self.key = key
            self.value = value
        }
    }

    /// A field of a user-defined type's value.
    public struct NamedValue: Hashable, Sendable {
        public var name: String
        public var value: CQLValue

        public init(_ name: String, _ value: CQLValue) {
            self.name = name
            self.value = value
        }
    }
}

extension CQLValue {
    /// The text of `.text`; nil for everything else.
    public var text: String? { if case .text(let text) = self { text } else { nil } }
    public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    public var uuid: UUIDValue? { if case .uuid(let value) = self { value } else { nil } }
    /// The elements of a list, set or vector; nil for everything else.
    public var elements: [CQLValue]? {
        switch self {
        case .list(let elements), .set(let elements), .vector(let elements): elements
        default: nil
        }
    }
    /// The entries of a map from text to text; entries of other kinds are left out.
    public var textMap: [String: String]? {
        guard case .map(let entries) = self else { return nil }
        var map: [String: String] = [:]
        for entry in entries { if let key = entry.key.text, let value = entry.value.text { map[key] = value } }
        return map
    }
}
