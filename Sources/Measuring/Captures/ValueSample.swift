// What is kept of a bind's values: how many distinct ones and how often each comes, how long they are, and their moments as numbers.
// The values themselves are not kept.

import Bytes
import CQLProtocol
import Histograms

/// Sizes and counts, of which the same often comes many times in a row.
struct Sizes {
    private var histogram = Histogram()
    private var last: Int64 = 0
    private var pending = 0
    private(set) var largest = 0
    private(set) var smallest = Int.max

    mutating func record(_ size: Int) {
        largest = max(largest, size)
        smallest = min(smallest, size)
        if Int64(size) != last { flush(Int64(size)) }
        pending += 1
    }

    private mutating func flush(_ next: Int64) {
        if pending > 0 { histogram.record(last, count: pending) }
        (last, pending) = (next, 0)
    }

    /// All of them.
    var all: Histogram {
        var all = histogram
        if pending > 0 { all.record(last, count: pending) }
        return all
    }

    var count: Int { histogram.count + pending }

    /// nil where there are none.
    func quantile(_ share: Double) -> Int? { count == 0 ? nil : Int(all.value(atPercentile: 100 * share)) }
}

struct ValueSample {
    private(set) var nulls = 0
    private(set) var unsets = 0
    private(set) var distinct = DistinctSample()
    /// Bytes of each.
    private(set) var lengths = Sizes()
    /// Members of collections, and of lists that stand behind IN.
    private(set) var members = Sizes()
    /// Of those that are numbers by their type or by their length.
    private(set) var numbers = Moments()

    /// Nulls and unset values included; members of a list count by themselves.
    var count: Int { nulls + unsets + lengths.count }

    /// Mean and spread, by Welford's method ("Note on a Method for Calculating Corrected Sums of Squares and Products", 1962).
    struct Moments {
        private(set) var count = 0
        private(set) var mean = 0.0
        private var squares = 0.0
        private(set) var lowest = Double.infinity
        private(set) var highest = -Double.infinity

        mutating func add(_ value: Double) {
            guard value.isFinite else { return }
            count += 1
            let off = value - mean
            mean += off / Double(count)
            squares += off * (value - mean)
            lowest = min(lowest, value)
            highest = max(highest, value)
        }

        var sigma: Double { count > 1 ? (squares / Double(count - 1)).squareRoot() : 0 }
    }

    mutating func add(_ value: CapturedValue, _ kind: ValueKind) {
        switch value {
        case .null: nulls += 1
        case .unset: unsets += 1
        case .bytes(let bytes): add(bytes, kind)
        }
    }

    private mutating func add(_ bytes: UnsafeRawBufferPointer, _ kind: ValueKind) {
        lengths.record(bytes.count)
        distinct.count(Murmur3.hash(bytes).0)
        if let number = kind.number(bytes) { numbers.add(number) }
        guard kind == .collection, bytes.count >= 4 else { return }
        members.record(Int(max(0, Int32(bitPattern: bytes.big32(at: 0)))))
    }

    /// Takes a list apart: its members are the values, of this kind.
    mutating func add(listOf kind: ValueKind, _ value: CapturedValue) {
        guard case .bytes(let bytes) = value else { return add(value, .other) }
        var reader = BodyReader(bytes)
        guard let count = try? reader.count(leastBytes: 4, of: "members") else { return }
        members.record(count)
        for _ in 0..<count {
            guard let member = try? reader.bytes() else { continue }
            add(member, kind)
        }
    }

    mutating func addList(of count: Int) { members.record(count) }

    /// Takes a literal as if it had been bound.
    mutating func add(literal kind: CQLToken.Kind, _ text: [UInt8]) {
        let word = String(decoding: text, as: UTF8.self)
        if kind == .word && word.uppercased() == "NULL" { return add(.null, .other) }
        if kind == .integer, let number = Int64(word) {
            return withUnsafeBytes(of: number.bigEndian) { add($0, .long) }
        }
        if kind == .number, let number = Double(word) {
            return withUnsafeBytes(of: number.bitPattern.bigEndian) { add($0, .double) }
        }
        if kind == .word, ["TRUE", "FALSE"].contains(word.uppercased()) {
            return withUnsafeBytes(of: UInt8(word.uppercased() == "TRUE" ? 1 : 0)) { add($0, .boolean) }
        }
        // In quotes, or two digits a byte.
        let inside =
            kind == .text || kind == .blob
            ? text.dropFirst(kind == .text ? 1 : 2).dropLast(kind == .text ? 1 : 0) : text[...]
        inside.withUnsafeBytes { bytes in
            lengths.record(kind == .blob ? bytes.count / 2 : bytes.count)
            distinct.count(Murmur3.hash(bytes).0)
        }
    }
}

/// How to make a number of a value, and whether it has members: a type in a byte, as it is asked for each value.
enum ValueKind {
    /// Nothing is known: whole numbers of the usual lengths.
    case unknown
    case boolean, tinyint, smallint, int, date, long, double, float, decimal, collection, other

    init(_ type: CQLType?) {
        switch type {
        case nil: self = .unknown
        case .boolean?: self = .boolean
        case .tinyint?: self = .tinyint
        case .smallint?: self = .smallint
        case .int?: self = .int
        case .date?: self = .date
        case .bigint?, .counter?, .timestamp?, .time?: self = .long
        case .double?: self = .double
        case .float?: self = .float
        case .decimal?: self = .decimal
        case .list?, .set?, .map?: self = .collection
        default: self = .other
        }
    }

    func number(_ bytes: UnsafeRawBufferPointer) -> Double? {
        switch (self, bytes.count) {
        case (.boolean, 1): return bytes[0] == 0 ? 0 : 1
        case (.tinyint, 1): return Double(Int8(bitPattern: bytes[0]))
        case (.smallint, 2): return Double(Int16(bitPattern: bytes.big16(at: 0)))
        case (.int, 4), (.unknown, 4): return Double(Int32(bitPattern: bytes.big32(at: 0)))
        case (.date, 4): return Double(bytes.big32(at: 0)) - 2_147_483_648
        case (.long, 8), (.unknown, 8): return Double(Int64(bitPattern: bytes.big64(at: 0)))
        case (.double, 8): return Double(bitPattern: bytes.big64(at: 0))
        case (.float, 4): return Double(Float(bitPattern: bytes.big32(at: 0)))
        case (.decimal, 5...12): return decimal(bytes)
        default: return nil
        }
    }

    /// The scale in four bytes, then the unscaled number; those that 64 bits hold.
    private func decimal(_ bytes: UnsafeRawBufferPointer) -> Double? {
        var unscaled: Int64 = bytes[4] & 0x80 == 0 ? 0 : -1
        for byte in bytes[4...] { unscaled = unscaled << 8 | Int64(byte) }
        let scale = Int(Int32(bitPattern: bytes.big32(at: 0)))
        guard (0...18).contains(scale) else { return nil }
        return (0..<scale).reduce(Double(unscaled)) { value, _ in value / 10 }
    }
}
