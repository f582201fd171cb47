// Decodes the histograms of a log of Assay's own, one after the other and with the same memory: an hour has thousands of them.

import Bytes
import CZlib

/// A short way for what Assay writes: encoding V2 in `BucketLayout`, deflated by zlib.
final class HistogramDecoder {
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let plain: UnsafeMutableRawBufferPointer
    private let packed: UnsafeMutableBufferPointer<UInt8>

    init() {
        // Nine bytes for each bin, and the head.
        plain = .allocate(byteCount: BucketLayout.binCount * 9 + HistogramHead.size, alignment: 8)
        packed = .allocate(capacity: BucketLayout.binCount * FilledBins.mostBytes)
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            preconditionFailure("zlib could not begin to inflate")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        plain.deallocate()
        packed.deallocate()
    }

    /// nil for anything else, damaged or not: `LoggedHistogram` says what it is.
    func histogram(_ logged: [UInt8]) -> Histogram? {
        guard LoggedHistogram.cookie(of: logged) == .v2Compressed else { return nil }
        return logged.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            guard (try? reader.skip(4)) != nil, let length = try? reader.i32(),
                let deflated = try? reader.slice(Int(length)), let count = inflated(deflated)
            else { return nil }
            return histogram(UnsafeRawBufferPointer(rebasing: plain[..<count]))
        }
    }

    /// How many bytes of `plain` it comes to.
    private func inflated(_ deflated: UnsafeRawBufferPointer) -> Int? {
        guard inflateReset(stream) == Z_OK, deflated.count <= Int(UInt32.max) else { return nil }
        // zlib only reads here.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: deflated.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(deflated.count)
        stream.pointee.next_out = plain.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(plain.count)
        guard inflate(stream, Z_FINISH) == Z_STREAM_END else { return nil }
        return plain.count - Int(stream.pointee.avail_out)
    }

    private func histogram(_ encoded: UnsafeRawBufferPointer) -> Histogram? {
        guard let head = try? HistogramHead(encoded), head.isOwn, head.length >= 0,
            Int(head.length) <= encoded.count - HistogramHead.size
        else { return nil }
        let end = HistogramHead.size + Int(head.length)
        var (place, bin, count) = (HistogramHead.size, 0, 0)
        var (size, last) = (0, -1)
        while place < end {
            var value = UInt64(encoded[place])
            place += 1
            if value >= 0x80 {
                value &= 0x7F
                var shift: UInt64 = 7
                while true {
                    guard place < end else { return nil }
                    let byte = UInt64(encoded[place])
                    place += 1
                    // The ninth byte carries eight bits.
                    value |= (shift == 56 ? byte : byte & 0x7F) << shift
                    if byte < 0x80 || shift == 56 { break }
                    shift += 7
                }
            }
            let number = Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
            if number <= 0 {
                guard number.magnitude < UInt64(BucketLayout.binCount) else { return nil }
                bin += max(1, Int(number.magnitude))
            } else {
                guard bin < BucketLayout.binCount, number <= LoggedHistogram.mostValues - Int64(count) else {
                    return nil
                }
                size += FilledBins.write(
                    distance: bin - last, count: Int(number), to: packed.baseAddress! + size)
                last = bin
                count += Int(number)
                bin += 1
            }
            guard bin <= BucketLayout.binCount else { return nil }
        }
        return Histogram(
            FilledBins(written: UnsafeBufferPointer(rebasing: packed[..<size]), last: last), count: count)
    }
}
