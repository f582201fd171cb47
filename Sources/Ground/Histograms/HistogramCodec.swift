// HdrHistogram's V2 encoding, plain and compressed, as its Java, Python, C, Go and Rust readers take it.

import Bytes
import CZlib

/// Why an encoded histogram could not be read.
public struct HistogramFormatError: Error, Equatable, Sendable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}

extension Histogram {
    private static let cookie: Int32 = 0x1c84_9313
    private static let compressedCookie: Int32 = 0x1c84_9314

    /// V2: cookie, payload length, index offset, digits, lowest, highest, ratio, then counts as ZigZag LEB128; a run of n empty bins is -n.
    public func encoded() -> [UInt8] {
        var payload = ByteWriter(capacity: 64 + bins.count * 4)
        var expected: Int32 = 0
        for place in bins.indices {
            let gap = bins[place] - expected
            if gap > 0 { putZigZag(-Int64(gap), &payload) }
            putZigZag(Int64(counts[place]), &payload)
            expected = bins[place] + 1
        }
        var out = ByteWriter(capacity: 40 + payload.count)
        out.put(Histogram.cookie)
        out.put(Int32(payload.count))
        out.put(Int32(0))
        out.put(BucketLayout.significantDigits)
        out.put(BucketLayout.lowestDiscernible)
        out.put(BucketLayout.highestTrackable)
        out.put(1.0)
        out.put(bytes: payload.bytes)
        return out.array
    }

    /// V2 compressed: cookie, length, and the V2 encoding deflated by zlib.
    public func compressed() -> [UInt8] {
        let plain = encoded()
        var length = compressBound(UInt(plain.count))
        var deflated = [UInt8](repeating: 0, count: Int(length))
        let status = compress(&deflated, &length, plain, UInt(plain.count))
        precondition(status == Z_OK, "zlib could not deflate a histogram")
        var out = ByteWriter(capacity: 8 + Int(length))
        out.put(Histogram.compressedCookie)
        out.put(Int32(length))
        out.put(bytes: Array(deflated[..<Int(length)]))
        return out.array
    }

    /// Reads what `compressed` wrote, or what another HdrHistogram wrote with the same settings.
    public init(compressed bytes: [UInt8]) throws(HistogramFormatError) {
        let plain = bytes.withUnsafeBytes { raw -> [UInt8]? in
            var reader = ByteReader(raw)
            guard let cookie = try? reader.i32(), cookie == Histogram.compressedCookie, let length = try? reader.i32(),
                let deflated = try? reader.slice(Int(length))
            else { return nil }
            return inflated(deflated)
        }
        guard let plain else { throw HistogramFormatError("not a compressed V2 histogram, or a damaged one") }
        try self.init(encoded: plain)
    }

    /// Reads what `encoded` wrote.
    public init(encoded bytes: [UInt8]) throws(HistogramFormatError) {
        self.init()
        let failure = bytes.withUnsafeBytes { raw -> HistogramFormatError? in
            var reader = ByteReader(raw)
            do {
                return try readBins(&reader)
            } catch {
                return HistogramFormatError("a histogram that ends too early (\(error))")
            }
        }
        if let failure { throw failure }
    }

    /// Fills the bins; nil where all went well.
    private mutating func readBins(_ reader: inout ByteReader) throws(ShortRead) -> HistogramFormatError? {
        let cookie = try reader.i32()
        let length = Int(try reader.i32())
        try reader.skip(4)
        let digits = try reader.i32()
        let lowest = try reader.i64()
        try reader.skip(16)
        guard cookie == Histogram.cookie, digits == 3, lowest == 1 else {
            return HistogramFormatError("a histogram of another layout: \(digits) digits, lowest value \(lowest)")
        }
        var payload = ByteReader(try reader.slice(length))
        var bin = 0
        while !payload.isAtEnd {
            let value = try zigZag(&payload)
            let skipped = value < 0 ? Int(Swift.min(value.magnitude, UInt64(BucketLayout.binCount))) : 1
            guard bin + skipped <= BucketLayout.binCount else {
                return HistogramFormatError("a histogram with too many bins")
            }
            guard value <= 1 << 53 else { return HistogramFormatError("a bin with more than 2^53 values") }
            if value > 0 { append(bin: bin, count: Int(value)) }
            bin += skipped
        }
        return nil
    }
}

/// HdrHistogram's variant of LEB128: at most nine bytes, the ninth of which carries eight bits.
private func putZigZag(_ value: Int64, _ out: inout ByteWriter) {
    var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
    for _ in 0..<8 {
        if rest < 0x80 { return out.put(UInt8(rest)) }
        out.put(UInt8(rest & 0x7F | 0x80))
        rest >>= 7
    }
    out.put(UInt8(rest))
}

private func zigZag(_ reader: inout ByteReader) throws(ShortRead) -> Int64 {
    var value: UInt64 = 0
    for index in 0..<9 {
        let byte = UInt64(try reader.u8())
        if index == 8 {
            value |= byte << 56
        } else {
            value |= (byte & 0x7F) << UInt64(7 * index)
            if byte < 0x80 { break }
        }
    }
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
}

/// The inflated bytes, or nil where zlib finds them damaged. A histogram of this layout never takes more than nine bytes a bin.
private func inflated(_ deflated: UnsafeRawBufferPointer) -> [UInt8]? {
    var length = UInt(BucketLayout.binCount * 9 + 64)
    var plain = [UInt8](repeating: 0, count: Int(length))
    let source = deflated.bindMemory(to: UInt8.self).baseAddress
    guard uncompress(&plain, &length, source, UInt(deflated.count)) == Z_OK else { return nil }
    return Array(plain[..<Int(length)])
}
