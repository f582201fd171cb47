// Interval logs as other programs write them, made by hand: any digits, any lowest value, encodings V1 and V2.

import Bytes
import Histograms

/// A histogram in any of HdrHistogram's layouts, by the arithmetic of its own description and not by that of the reader under test.
public struct HistogramSketch: Sendable {
    public var digits = 3
    public var lowest: Int64 = 1
    public var highest: Int64 = 3_600_000_000_000
    public var ratio = 1.0
    public private(set) var counts: [Int: Int64] = [:]

    public init(digits: Int = 3, lowest: Int64 = 1) {
        self.digits = digits
        self.lowest = lowest
    }

    /// The index that HdrHistogram's countsArrayIndex gives.
    public func index(of value: Int64) -> Int {
        var unit: Int64 = 0
        while 2 << unit <= lowest { unit += 1 }
        var subBuckets: Int64 = 1
        var single: Int64 = 2
        for _ in 0..<digits { single *= 10 }
        while subBuckets < single { subBuckets *= 2 }
        var bucket: Int64 = 0
        while value >> (bucket + unit) >= subBuckets { bucket += 1 }
        let place = value >> (bucket + unit)
        return Int((bucket + 1) * (subBuckets / 2) + place - subBuckets / 2)
    }

    public mutating func record(_ value: Int64, count: Int64 = 1) { counts[index(of: value), default: 0] += count }

    private func head(_ cookie: UInt32, payload: Int) -> [UInt8] {
        var out = ByteWriter()
        out.put(cookie)
        out.put(Int32(payload))
        out.put(Int32(0))
        out.put(Int32(digits))
        out.put(lowest)
        out.put(highest)
        out.put(ratio)
        return out.array
    }

    /// Encoding V2, not compressed.
    public var encoded: [UInt8] {
        var payload = ByteWriter()
        var next = 0
        for (index, count) in counts.sorted(by: { $0.key < $1.key }) {
            if index > next { put(Int64(next - index), &payload) }
            put(count, &payload)
            next = index + 1
        }
        return head(0x1C84_9313, payload: payload.count) + payload.array
    }

    /// Encoding V1 with words of four bytes, not compressed.
    public var encodedV1: [UInt8] {
        var payload = ByteWriter()
        for index in 0..<((counts.keys.max() ?? -1) + 1) { payload.put(Int32(counts[index] ?? 0)) }
        return head(0x1C84_9341, payload: payload.count) + payload.array
    }

    private func put(_ value: Int64, _ out: inout ByteWriter) {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        for _ in 0..<8 {
            if rest < 0x80 { return out.put(UInt8(rest)) }
            out.put(UInt8(rest & 0x7F | 0x80))
            rest >>= 7
        }
        out.put(UInt8(rest))
    }
}

/// The text of a log, being written.
public struct LogSketch: Sendable {
    public private(set) var text: String

    /// Comments, each with its `#`.
    public init(_ head: String...) { text = head.map { $0 + "\n" }.joined() }

    /// As Java's writer, and so NoSQLBench and cassandra-stress.
    public static func java(_ comment: String, start: Double = 1_790_000_000) -> LogSketch {
        LogSketch(
            "#\(comment)", "#[Histogram log format version 1.3]",
            "#[StartTime: \(start) (seconds since epoch), some day]",
            "#[BaseTime: \(start) (seconds since epoch)]",
            "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"")
    }

    public mutating func add(_ histogram: HistogramSketch, tag: String? = nil, start: Double, length: Double = 1) {
        add(line: LogSketch.line(base64(histogram.encoded), tag: tag, start: start, length: length))
    }

    public mutating func add(line: String) { text += line + "\n" }

    public static func line(_ histogram: String, tag: String? = nil, start: Double = 0, length: Double = 1) -> String {
        "\(tag.map { "Tag=\($0)," } ?? "")\(start),\(length),1.0,\(histogram)"
    }

    /// `seconds` intervals of a second, each filled by `values` in the log's own unit.
    public mutating func fill(
        _ seconds: Int, tag: String? = nil, like sketch: HistogramSketch = HistogramSketch(),
        _ values: (Int) -> [Int64]
    ) {
        for second in 0..<seconds {
            var histogram = sketch
            for value in values(second) { histogram.record(value) }
            add(histogram, tag: tag, start: Double(second))
        }
    }
}
