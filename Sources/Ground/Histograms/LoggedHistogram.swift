// A histogram as some program encoded it, in the bins that it was counted in: nothing is moved to bins of ours.

import Bytes

/// What another HdrHistogram counted, or one of ours, bin by bin.
public struct LoggedHistogram: Sendable, Equatable {
    public let layout: HistogramLayout
    /// What a value of 1 is worth in the program's unit: 1 but where its values were no whole numbers.
    public let ratio: Double
    /// Filled bins of `layout`, ascending, and how many values each holds (always above 0).
    public private(set) var bins: [Int32] = []
    public private(set) var counts: [Int] = []
    /// Number of values, at most 2^53.
    public private(set) var count = 0

    /// The same counts in the same bins.
    public init(_ histogram: Histogram) {
        layout = .own
        ratio = 1
        for (bin, count) in histogram.filled {
            bins.append(Int32(bin))
            counts.append(count)
        }
        count = histogram.count
    }

    /// Adds the counts of another; false, and nothing is added, where its bins are others or the sum would be beyond 2^53.
    mutating func add(_ other: LoggedHistogram) -> Bool {
        guard other.layout == layout, other.ratio == ratio,
            other.count <= Int(LoggedHistogram.mostValues) - count
        else { return false }
        var (sumBins, sumCounts): ([Int32], [Int]) = ([], [])
        sumBins.reserveCapacity(max(bins.count, other.bins.count))
        sumCounts.reserveCapacity(max(bins.count, other.bins.count))
        var (i, j) = (0, 0)
        while i < bins.count || j < other.bins.count {
            let a = i < bins.count ? bins[i] : Int32.max
            let b = j < other.bins.count ? other.bins[j] : Int32.max
            sumBins.append(min(a, b))
            sumCounts.append((a <= b ? counts[i] : 0) + (b <= a ? other.counts[j] : 0))
            if a <= b { i += 1 }
            if b <= a { j += 1 }
        }
        (bins, counts) = (sumBins, sumCounts)
        count += other.count
        return true
    }

    /// As interval logs hold them: encoding V2 or V1, deflated by zlib or plain.
    public init(logged bytes: [UInt8]) throws(HistogramFormatError) {
        let cookie = LoggedHistogram.cookie(of: bytes)
        guard cookie == .v2Compressed || cookie == .v1Compressed else {
            try self.init(encoded: bytes)
            return
        }
        try self.init(encoded: try LoggedHistogram.inflatedPayload(of: bytes))
    }

    /// What is inside the wrapping of a compressed encoding.
    static func inflatedPayload(of bytes: [UInt8]) throws(HistogramFormatError) -> [UInt8] {
        let plain = bytes.withUnsafeBytes { raw -> [UInt8]? in
            var reader = ByteReader(raw)
            guard (try? reader.skip(4)) != nil, let length = try? reader.i32(),
                let deflated = try? reader.slice(Int(length))
            else { return nil }
            return inflated(deflated, .zlib, limit: LoggedHistogram.longestEncoding)
        }
        guard let plain else { throw HistogramFormatError("a compressed histogram that is cut off or damaged") }
        return plain
    }

    /// V2 (counts as ZigZag LEB128, a run of n empty bins as -n) or V1 (a word of fixed size for each bin), not compressed.
    public init(encoded bytes: [UInt8]) throws(HistogramFormatError) {
        let cookie = LoggedHistogram.cookie(of: bytes)
        guard cookie == .v2 || cookie == .v1 else { throw HistogramFormatError(cookie.complaint) }
        let wordSize = cookie == .v1 ? Int(bytes[3] >> 4) & 0xE : 0
        let head = bytes.withUnsafeBytes { raw -> HistogramHead? in try? HistogramHead(raw) }
        guard let head else { throw HistogramFormatError("a histogram that ends within its head") }
        guard let layout = HistogramLayout(digits: Int(head.digits), lowest: head.lowest) else {
            throw HistogramFormatError("a histogram of \(head.digits) digits from the value \(head.lowest) on")
        }
        guard head.ratio.isFinite, head.ratio > 0 else {
            throw HistogramFormatError("a histogram whose values are worth \(head.ratio) each")
        }
        // Only the auto-ranging histogram of doubles shifts its bins.
        guard head.offset == 0 else { throw HistogramFormatError("a histogram whose bins are shifted") }
        self.layout = layout
        ratio = head.ratio
        let failure = bytes.withUnsafeBytes { raw -> HistogramFormatError? in
            var reader = ByteReader(raw)
            do {
                try reader.skip(HistogramHead.size)
                var payload = ByteReader(try reader.slice(Int(head.length)))
                return try fill(&payload, wordSize: wordSize)
            } catch {
                return HistogramFormatError("a histogram that ends too early (\(error))")
            }
        }
        if let failure { throw failure }
    }

    /// Fills the bins; nil where all went well. A `wordSize` of 0 stands for V2.
    private mutating func fill(_ payload: inout ByteReader, wordSize: Int) throws(ShortRead) -> HistogramFormatError? {
        var bin = 0
        while !payload.isAtEnd {
            let value: Int64
            switch wordSize {
            case 0: value = try zigZag(&payload)
            case 2: value = Int64(try payload.i16())
            case 4: value = Int64(try payload.i32())
            case 8: value = try payload.i64()
            default: return HistogramFormatError("a histogram of words of \(wordSize) bytes")
            }
            if wordSize > 0 && value < 0 { return HistogramFormatError("a bin with \(value) values") }
            let skipped = value < 0 ? Int(min(value.magnitude, UInt64(layout.binCount))) : 1
            guard bin + skipped <= layout.binCount else {
                return HistogramFormatError("a histogram with too many bins")
            }
            if value > 0 {
                guard value <= LoggedHistogram.mostValues - Int64(count) else {
                    return HistogramFormatError("a histogram with more than 2^53 values")
                }
                bins.append(Int32(bin))
                counts.append(Int(value))
                count += Int(value)
            }
            bin += skipped
        }
        return nil
    }

    /// Beyond it a count is no longer exact in a Double.
    public static let mostValues: Int64 = 1 << 53
    /// Nine bytes for each bin of the finest layout, and its head.
    private static let longestEncoding = HistogramLayout(digits: 5, lowest: 1)!.binCount * 9 + HistogramHead.size
}

/// The first 40 bytes of an encoding.
struct HistogramHead {
    static let size = 40
    let cookie: UInt32
    let length, offset, digits: Int32
    let lowest: Int64
    let ratio: Double

    init(_ raw: UnsafeRawBufferPointer) throws(ShortRead) {
        var reader = ByteReader(raw)
        cookie = try reader.u32()
        length = try reader.i32()
        offset = try reader.i32()
        digits = try reader.i32()
        lowest = try reader.i64()
        try reader.skip(8)
        ratio = try reader.f64()
    }

    /// Whether it is that of an encoding V2 of Assay's own layout.
    var isOwn: Bool {
        LoggedHistogram.cookie(cookie) == .v2 && offset == 0 && ratio == 1
            && digits == BucketLayout.significantDigits && lowest == BucketLayout.lowestDiscernible
    }
}

extension LoggedHistogram {
    /// The first four bytes, by which HdrHistogram's encodings are told from each other.
    enum Cookie: UInt32 {
        case v1 = 0x1C84_9301
        case v1Compressed = 0x1C84_9302
        case v2 = 0x1C84_9303
        case v2Compressed = 0x1C84_9304
        case v0 = 0x1C84_9308
        case v0Compressed = 0x1C84_9309
        case doubles = 0x0C72_120E
        case doublesCompressed = 0x0C72_120F
        case unknown = 0

        var complaint: String {
            switch self {
            case .v0, .v0Compressed: "a histogram in encoding V0, which is older than V1 and V2"
            case .doubles, .doublesCompressed: "a histogram of doubles, whose bins follow the values"
            case .v1Compressed, .v2Compressed: "a compressed histogram inside another"
            case .v1, .v2, .unknown: "no histogram: its first bytes are none of HdrHistogram's"
            }
        }
    }

    /// Four bits of the cookie say how large words are, or that they are not of one size.
    static func cookie(of bytes: [UInt8]) -> Cookie {
        guard bytes.count >= 4 else { return .unknown }
        return cookie(bytes[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    }

    static func cookie(_ value: UInt32) -> Cookie { Cookie(rawValue: value & ~0xF0) ?? .unknown }
}

/// HdrHistogram's variant of LEB128: at most nine bytes, the ninth of which carries eight bits.
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
