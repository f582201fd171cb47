// Literals as the serialised values of a column's type.

import Bytes
import CQLProtocol
import Glibc
import Quantities

extension Term {
    /// The bytes of a literal; nil for null. `column` is for the error text alone.
    /// Throws `invalid` as Cassandra does where the literal does not suit the type.
    func encoded(as type: CQLType, for column: String) throws(CQLError) -> [UInt8]? {
        switch self {
        case .null: return nil
        case .bind: throw .notServed("bind markers inside collections")
        case .function(let name, _): throw .notServed("the function \(name) as a value")
        case .list(let terms):
            guard case .list(let element) = type else {
                throw .invalid("Invalid list literal for \(column) of type \(type)")
            }
            return try Term.collection(terms, of: element, column)
        case .set(let terms):
            guard case .set(let element) = type else {
                throw .invalid("Invalid set literal for \(column) of type \(type)")
            }
            var values: [[UInt8]] = []
            for term in terms {
                guard let value = try term.encoded(as: element, for: column) else {
                    throw .invalid("null is not supported inside collections")
                }
                if !values.contains(value) { values.append(value) }
            }
            return Term.counted(values.sorted { element.compare($0, $1) < 0 })
        case .map(let entries):
            if case .set = type, entries.isEmpty { return Term.counted([]) }
            guard case .map(let keyType, let valueType) = type else {
                throw .invalid("Invalid map literal for \(column) of type \(type)")
            }
            var pairs: [(key: [UInt8], value: [UInt8])] = []
            for entry in entries {
                guard let key = try entry.key.encoded(as: keyType, for: column),
                    let value = try entry.value.encoded(as: valueType, for: column)
                else { throw .invalid("null is not supported inside collections") }
                pairs.removeAll { $0.key == key }
                pairs.append((key, value))
            }
            pairs.sort { keyType.compare($0.key, $1.key) < 0 }
            return Term.count(pairs.count) + pairs.flatMap { Term.sized($0.key) + Term.sized($0.value) }
        case .tuple(let terms):
            guard case .tuple(let types) = type, types.count >= terms.count else {
                throw .invalid("Invalid tuple literal for \(column) of type \(type)")
            }
            var bytes: [UInt8] = []
            for (term, part) in zip(terms, types) {
                let value = try term.encoded(as: part, for: column)
                bytes += value.map(Term.sized) ?? [0xFF, 0xFF, 0xFF, 0xFF]
            }
            return bytes
        default:
            guard let bytes = scalar(type) else {
                throw .invalid("Invalid \(kindAndText.0) constant (\(kindAndText.1)) for \"\(column)\" of type \(type)")
            }
            return bytes
        }
    }

    private static func collection(_ terms: [Term], of type: CQLType, _ column: String) throws(CQLError) -> [UInt8] {
        var values: [[UInt8]] = []
        for term in terms {
            guard let value = try term.encoded(as: type, for: column) else {
                throw .invalid("null is not supported inside collections")
            }
            values.append(value)
        }
        return counted(values)
    }

    private static func count(_ count: Int) -> [UInt8] { withUnsafeBytes(of: Int32(count).bigEndian) { Array($0) } }
    private static func sized(_ value: [UInt8]) -> [UInt8] { count(value.count) + value }
    private static func counted(_ values: [[UInt8]]) -> [UInt8] { count(values.count) + values.flatMap(sized) }

    private var kindAndText: (String, String) {
        switch self {
        case .string(let text): ("STRING", text)
        case .integer(let text): ("INTEGER", text)
        case .float(let text): ("FLOAT", text)
        case .boolean(let value): ("BOOLEAN", "\(value)")
        case .uuid(let text): ("UUID", text)
        case .blob(let text): ("HEX", "0x" + text)
        default: ("", "")
        }
    }

    /// A literal without parts; nil where it does not suit the type.
    private func scalar(_ type: CQLType) -> [UInt8]? {
        switch (self, type) {
        case (.string(let text), .text): return Array(text.utf8)
        case (.string(let text), .ascii): return text.utf8.allSatisfy { $0 < 128 } ? Array(text.utf8) : nil
        case (.string(let text), .timestamp): return Literals.timestamp(text).map(Literals.bytes)
        case (.string(let text), .date):
            return Literals.days(text).map { Literals.bytes(UInt32(truncatingIfNeeded: $0 + 1 << 31)) }
        case (.string(let text), .time): return Literals.timeOfDay(text).map(Literals.bytes)
        case (.string(let text), .inet): return Literals.address(text)
        case (.boolean(let value), .boolean): return [value ? 1 : 0]
        case (.uuid(let text), .uuid): return Literals.hexadecimal(text.filter { $0 != "-" })
        case (.uuid(let text), .timeuuid):
            let bytes = Literals.hexadecimal(text.filter { $0 != "-" })
            return bytes.flatMap { $0[6] >> 4 == 1 ? $0 : nil }
        case (.blob(let text), .blob): return Literals.hexadecimal(text)
        case (.integer(let text), .date): return UInt32(text).map(Literals.bytes)
        case (.integer(let text), _): return Literals.integer(text, type)
        case (.float(let text), .double): return Double(text).map { Literals.bytes($0.bitPattern) }
        case (.float(let text), .float): return Float(text).map { Literals.bytes($0.bitPattern) }
        case (.float(let text), .decimal): return Literals.decimal(text)
        default: return nil
        }
    }
}

/// Texts of literals, read.
enum Literals {
    static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    static func integer(_ text: String, _ type: CQLType) -> [UInt8]? {
        switch type {
        case .tinyint: Int8(text).map(bytes)
        case .smallint: Int16(text).map(bytes)
        case .int: Int32(text).map(bytes)
        case .bigint, .timestamp, .time: Int64(text).map(bytes)
        case .double: Double(text).map { bytes($0.bitPattern) }
        case .float: Float(text).map { bytes($0.bitPattern) }
        case .varint: BigInteger(text)?.bytes
        case .decimal: decimal(text)
        default: nil
        }
    }

    /// `-12.50e3`: unscaled digits and a scale.
    static func decimal(_ text: String) -> [UInt8]? {
        let parts = text.drop { $0 == "-" }.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard parts.count == 1 || (parts.count == 2 && Int32(parts[1]) != nil) else { return nil }
        let digits = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let exponent = parts.count == 2 ? Int(parts[1])! : 0
        let fraction = digits.count == 2 ? digits[1] : ""
        guard digits.count <= 2, let scale = Int32(exactly: fraction.utf8.count - exponent),
            let unscaled = BigInteger((text.hasPrefix("-") ? "-" : "") + digits[0] + fraction)
        else { return nil }
        return bytes(scale) + unscaled.bytes
    }

    static func hexadecimal(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var out: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16) else {
                return nil
            }
            out.append(byte)
        }
        return out
    }

    /// An IPv4 or IPv6 address.
    static func address(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        var six = in6_addr()
        return inet_pton(AF_INET6, text, &six) == 1 ? withUnsafeBytes(of: six) { Array($0) } : nil
    }

    /// Days since 1970 of `2026-01-31`.
    static func days(_ text: some StringProtocol) -> Int? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            (1700...2200).contains(year)
        else { return nil }
        let time = WallTime(year: year, month: month, day: day)
        guard (1...12).contains(month), time.civil.month == month, time.civil.day == day else { return nil }
        return Int((time.unixSeconds / 86_400).rounded())
    }

    /// Nanoseconds since midnight of `12:30`, `12:30:05` or `12:30:05.123456789`.
    static func timeOfDay(_ text: some StringProtocol) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let hour = Int64(parts[0]), let minute = Int64(parts[1]),
            (0..<24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        var nanoseconds: Int64 = 0
        if parts.count == 3 {
            let seconds = parts[2].split(separator: ".", omittingEmptySubsequences: false)
            let fraction = seconds.count == 2 ? String(seconds[1]) : ""
            guard seconds.count <= 2, fraction.count <= 9, let whole = Int64(seconds[0]), (0..<60).contains(whole),
                let part = Int64(fraction + String(repeating: "0", count: 9 - fraction.count))
            else { return nil }
            nanoseconds = whole * 1_000_000_000 + part
        }
        return (hour * 3600 + minute * 60) * 1_000_000_000 + nanoseconds
    }

    /// Milliseconds since 1970 of `2026-01-31`, `2026-01-31 12:30:05.250+0100`, `2026-01-31T12:30Z`; no zone: UTC.
    static func timestamp(_ text: String) -> Int64? {
        let split = text.firstIndex { $0 == "T" || $0 == " " }
        guard let days = days(text[..<(split ?? text.endIndex)]) else { return nil }
        guard let split else { return Int64(days) * 86_400_000 }
        var clock = text[text.index(after: split)...]
        var offset: Int64 = 0
        if clock.last == "Z" {
            clock = clock.dropLast()
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let zone = clock[clock.index(after: sign)...].filter { $0 != ":" }
            guard zone.count == 4, let value = Int64(zone) else { return nil }
            offset = (value / 100 * 60 + value % 100) * (clock[sign] == "-" ? -60_000 : 60_000)
            clock = clock[..<sign]
        }
        guard let nanoseconds = timeOfDay(clock) else { return nil }
        return Int64(days) * 86_400_000 + nanoseconds / 1_000_000 - offset
    }
}
