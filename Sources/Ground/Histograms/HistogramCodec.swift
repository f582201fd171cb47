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
        var payload = ByteWriter(capacity: 64 + filled.size * 2)
        var expected = 0
        for (bin, count) in filled {
            if bin > expected { putZigZag(-Int64(bin - expected), &payload) }
            putZigZag(Int64(count), &payload)
            expected = bin + 1
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
        guard LoggedHistogram.cookie(of: bytes) == .v2Compressed else {
            throw HistogramFormatError("not a compressed V2 histogram")
        }
        try self.init(encoded: try LoggedHistogram.inflatedPayload(of: bytes))
    }

    /// Reads what `encoded` wrote.
    public init(encoded bytes: [UInt8]) throws(HistogramFormatError) {
        try self.init(own: try LoggedHistogram(encoded: bytes))
    }

    /// The same counts; refuses those of another layout.
    init(own logged: LoggedHistogram) throws(HistogramFormatError) {
        guard logged.layout == .own, logged.ratio == 1 else {
            throw HistogramFormatError(
                "a histogram of another layout: \(logged.layout.digits) digits, lowest value \(logged.layout.lowest)")
        }
        guard logged.bins.last.map({ $0 < BucketLayout.binCount }) ?? true else {
            throw HistogramFormatError("a histogram with too many bins")
        }
        var filled = FilledBins(capacity: logged.bins.count)
        for place in logged.bins.indices { filled.append(Int(logged.bins[place]), logged.counts[place]) }
        self.init(filled.trimmed, count: logged.count)
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
