// Generated values as text: as a person would write them, or as JSON.

import Bytes
import Quantities
import Workloads

/// What a value consists of, as far as its JSON needs it.
struct ValueOutline: Sendable {
    enum Node: Sendable {
        case scalar, array, map
        /// The names of the fields, quoted.
        case object([[UInt8]])
    }

    var nodes: [Node]

    init(_ generator: ValueGenerator) {
        nodes = generator.fieldNames.indices.map { index in
            switch generator.kind(index) {
            case .list, .set, .tuple, .vector: .array
            case .map: .map
            case .udt(let names): .object(names.map { Array("\"\($0)\":".utf8) })
            default: .scalar
            }
        }
    }
}

/// Writes one value. Numbers and truth values are those of JSON; dates, times, UUIDs and addresses are texts; blobs are texts in
/// base64; a map is an object.
struct HTTPValueWriter: ValueSink, ~Copyable {
    private let writer: UnsafeMutablePointer<ByteWriter>
    private let outline: ValueOutline
    /// Whether texts stand in quotes, and collections in brackets.
    private let isJSON: Bool
    private var node = 0
    /// Collections that are open: what they are, and how many parts they have so far.
    private var open: [(node: Int, parts: Int)] = []

    init(_ writer: UnsafeMutablePointer<ByteWriter>, _ outline: ValueOutline, isJSON: Bool) {
        self.writer = writer
        self.outline = outline
        self.isJSON = isJSON
    }

    mutating func enter(_ node: Int) { self.node = node }
    mutating func endBind(nodes: Int) {}

    // MARK: Collections

    /// In front of each part. Returns whether it is a key, which JSON wants as a text.
    @discardableResult
    private mutating func separate() -> Bool {
        guard let last = open.indices.last else { return false }
        let parts = open[last].parts
        open[last].parts += 1
        switch outline.nodes[open[last].node] {
        case .map:
            if parts % 2 == 1 {
                put(":")
                return false
            }
            if parts > 0 { put(",") }
            return true
        case .object(let names):
            if parts > 0 { put(",") }
            writer.pointee.put(bytes: names[parts])
            return false
        case .array, .scalar:
            if parts > 0 { put(",") }
            return false
        }
    }

    private var isBare: Bool {
        if !isJSON, open.count == 0, case .array = outline.nodes[node] { true } else { false }
    }

    mutating func begin(members: Int) -> Int { beginParts() }

    mutating func beginParts() -> Int {
        separate()
        if !isBare {
            switch outline.nodes[node] {
            case .array, .scalar: put("[")
            case .map, .object: put("{")
            }
        }
        open.append((node, 0))
        return 0
    }

    mutating func end(_ start: Int) {
        open.removeLast()
        if isBare { return }
        switch outline.nodes[node] {
        case .array, .scalar: put("]")
        case .map, .object: put("}")
        }
    }

    // MARK: Scalars

    private func put(_ text: StaticString) {
        writer.pointee.put(bytes: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// What JSON writes without quotes, save as a key.
    private mutating func put(number text: String) {
        let isKey = separate()
        if isKey { put("\"") }
        writer.pointee.put(utf8: text)
        if isKey { put("\"") }
    }

    private mutating func put(string text: String) {
        var text = text
        text.withUTF8 { put(text: UnsafeRawBufferPointer($0)) }
    }

    mutating func put(text: UnsafeRawBufferPointer) {
        separate()
        guard isJSON || !open.isEmpty && !isBareList else { return writer.pointee.put(bytes: text) }
        put("\"")
        writer.pointee.put(jsonText: text)
        put("\"")
    }

    /// Whether the only open collection is a list that is written with commas alone.
    private var isBareList: Bool {
        if open.count == 1, !isJSON, case .array = outline.nodes[open[0].node] { true } else { false }
    }

    mutating func put(integer: Int64) { put(number: String(integer)) }
    mutating func put(bigInteger: UnsafeRawBufferPointer) { put(number: Self.decimal(bigInteger)) }
    mutating func put(double: Double) {
        if double.isFinite { put(number: "\(double)") } else { putNull() }
    }
    mutating func put(unscaled: Int64, scale: Int32) {
        put(number: Self.scaled(String(unscaled), Int(scale)))
    }
    mutating func put(unscaledBytes: UnsafeRawBufferPointer, scale: Int32) {
        put(number: Self.scaled(Self.decimal(unscaledBytes), Int(scale)))
    }
    mutating func put(uuidHigh: UInt64, low: UInt64) {
        let high = Self.hex(uuidHigh, 16)
        let low = Self.hex(low, 16)
        let parts = [high.prefix(8), high.dropFirst(8).prefix(4), high.suffix(4), low.prefix(4), low.dropFirst(4)]
        put(string: parts.joined(separator: "-"))
    }
    mutating func put(timestampMilliseconds: Int64) {
        let day: Int64 = 86_400_000
        let inDay = (timestampMilliseconds % day + day) % day
        put(string: "\(Self.date((timestampMilliseconds - inDay) / day))T\(Self.time(inDay * 1_000_000, digits: 3))Z")
    }
    mutating func put(days: Int32) { put(string: Self.date(Int64(days))) }
    mutating func put(nanosecondsOfDay: Int64) { put(string: Self.time(nanosecondsOfDay, digits: 9)) }
    mutating func put(months: Int32, days: Int32, nanoseconds: Int64) {
        let isNegative = months < 0 || days < 0 || nanoseconds < 0
        let text = "\(months.magnitude)mo\(days.magnitude)d\(nanoseconds.magnitude)ns"
        put(string: (isNegative ? "-" : "") + text)
    }
    mutating func put(address: UInt32) {
        put(string: [24, 16, 8, 0].map { String(address >> UInt32($0) & 0xFF) }.joined(separator: "."))
    }
    mutating func put(addressHigh: UInt64, low: UInt64) {
        let groups = [addressHigh, low].flatMap { half in [48, 32, 16, 0].map { half >> UInt64($0) & 0xFFFF } }
        put(string: groups.map { String($0, radix: 16) }.joined(separator: ":"))
    }
    mutating func put(boolean: Bool) { put(number: boolean ? "true" : "false") }
    mutating func put(blob: UnsafeRawBufferPointer) { put(string: base64(Array(blob))) }
    mutating func putNull() { put(number: isJSON || !open.isEmpty ? "null" : "") }
    mutating func putUnset() { preconditionFailure("such values are refused when the workload is read") }

    // MARK: Texts

    private static func hex(_ value: UInt64, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }

    private static func padded(_ value: Int64, _ digits: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// Of a number of days since 1970; workloads have dates of the years 1700 to 2200 only.
    private static func date(_ days: Int64) -> String {
        let civil = WallTime(unixNanoseconds: days * 86_400_000_000_000).civil
        return "\(padded(Int64(civil.year), 4))-\(padded(Int64(civil.month), 2))-\(padded(Int64(civil.day), 2))"
    }

    private static func time(_ nanoseconds: Int64, digits: Int) -> String {
        let seconds = nanoseconds / 1_000_000_000
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
        return clock + "." + padded(nanoseconds % 1_000_000_000, 9).prefix(digits)
    }

    /// Digits with their point `scale` places from the right.
    private static func scaled(_ digits: String, _ scale: Int) -> String {
        if scale == 0 { return digits }
        let isNegative = digits.hasPrefix("-")
        var plain = isNegative ? String(digits.dropFirst()) : digits
        if scale < 0 {
            return (isNegative ? "-" : "") + plain + (plain == "0" ? "" : String(repeating: "0", count: -scale))
        }
        if plain.count <= scale { plain = String(repeating: "0", count: scale + 1 - plain.count) + plain }
        return (isNegative ? "-" : "") + plain.dropLast(scale) + "." + plain.suffix(scale)
    }

    /// Two's complement, big-endian, as digits.
    private static func decimal(_ bytes: UnsafeRawBufferPointer) -> String {
        let isNegative = (bytes.first ?? 0) & 0x80 != 0
        var magnitude = bytes.map { isNegative ? ~$0 : $0 }
        if isNegative {
            for index in magnitude.indices.reversed() {
                magnitude[index] &+= 1
                if magnitude[index] != 0 { break }
            }
            if magnitude.allSatisfy({ $0 == 0 }) { magnitude.insert(1, at: 0) }
        }
        var groups: [String] = []
        var rest = magnitude[...].drop { $0 == 0 }
        while !rest.isEmpty {
            var remainder: UInt32 = 0
            for index in rest.indices {
                let value = remainder << 8 | UInt32(rest[index])
                rest[index] = UInt8(value / 10_000)
                remainder = value % 10_000
            }
            rest = rest.drop { $0 == 0 }
            groups.append(rest.isEmpty ? String(remainder) : padded(Int64(remainder), 4))
        }
        let digits = groups.reversed().joined()
        return digits.isEmpty ? "0" : (isNegative ? "-" : "") + digits
    }
}

extension ByteWriter {
    /// What stands between the quotes of a JSON string.
    mutating func put(jsonText text: UnsafeRawBufferPointer) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                put(UInt8(ascii: "\\"))
                put(byte)
            case 0..<0x20:
                put(utf8: byte < 16 ? "\\u000" : "\\u00")
                put(utf8: String(byte, radix: 16))
            default: put(byte)
            }
        }
    }

    /// Everything but letters, digits and `-._~` as %XX (RFC 3986, section 2).
    mutating func put(percentEncoded text: UnsafeRawBufferPointer) {
        for byte in text {
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == 0x2D || byte == 0x2E || byte == 0x5F || byte == 0x7E
            if isPlain {
                put(byte)
            } else {
                put(UInt8(ascii: "%"))
                for digit in [byte >> 4, byte & 15] { put(digit < 10 ? digit + 48 : digit + 55) }
            }
        }
    }
}
