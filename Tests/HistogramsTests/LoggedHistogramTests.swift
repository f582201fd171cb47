// Histograms and logs of other programs: any layout, every encoding that is read, and damage of every kind.

import Bytes
import CZlib
import Histograms
import Quantities
import RunSupport
import TestSupport
import Testing

@Test func binsOfAnyLayoutAreThoseOfHdrHistogram() throws {
    for digits in 0...5 {
        for lowest in [1, 2, 3, 1_000, 1 << 20] as [Int64] {
            let layout = try #require(HistogramLayout(digits: digits, lowest: lowest))
            let sketch = HistogramSketch(digits: digits, lowest: lowest)
            for case (let seed, var random) in seededCases(40, from: UInt64(digits)) {
                let value = Int64(random.next() >> (1 + random.below(62)))
                let bin = sketch.index(of: value)
                let (low, next) = layout.edges(of: bin)
                #expect(low <= value && value < next || next == .max, "\(digits), \(lowest), \(value), seed \(seed)")
                #expect(layout.width(at: value) == next - low || next == .max)
                #expect(low % layout.width(at: value) == 0)
                if bin > 0 { #expect(layout.edges(of: bin - 1).next == low) }
                // What the digits promise, for values of some size.
                let single = (0..<digits).reduce(1.0) { power, _ in power * 10 }
                if Double(value) > 2 * single * Double(lowest) {
                    #expect(Double(layout.width(at: value)) <= Double(value) / single)
                }
            }
            #expect(layout.edges(of: layout.binCount - 1).next == .max)
        }
    }
    for bin in stride(from: 0, to: BucketLayout.binCount, by: 7) {
        #expect(HistogramLayout.own.edges(of: bin) == (BucketLayout.low(bin), BucketLayout.next(bin)))
    }
    for (digits, lowest) in [(-1, 1), (6, 1), (3, 0), (3, -5), (5, 1 << 46), (3, .max)] as [(Int, Int64)] {
        #expect(HistogramLayout(digits: digits, lowest: lowest) == nil)
    }
}

@Test func encodingsOfOtherLayoutsKeepTheirBins() throws {
    for case (let seed, var random) in seededCases(30, from: 4) {
        var sketch = HistogramSketch(digits: 1 + Int(random.below(5)), lowest: 1 << Int64(random.below(11)))
        sketch.ratio = random.below(2) == 0 ? 1 : 0.25
        for _ in 0..<random.below(200) {
            sketch.record(Int64(random.lognormal(median: 1e4, sigma: 2)), count: 1 + Int64(random.below(1000)))
        }
        let expected = sketch.counts.sorted { $0.key < $1.key }
        var readings = [try LoggedHistogram(encoded: sketch.encoded), try LoggedHistogram(logged: sketch.encoded)]
        readings.append(try LoggedHistogram(logged: wrapped(sketch.encoded)))
        if sketch.digits < 5 { readings.append(try LoggedHistogram(encoded: sketch.encodedV1)) }
        for read in readings {
            #expect(read.layout.digits == sketch.digits && read.layout.lowest == sketch.lowest, "seed \(seed)")
            #expect(read.ratio == sketch.ratio)
            #expect(
                read.bins.map { Int($0) } == expected.map(\.key)
                    && read.counts.map { Int64($0) } == expected.map(\.value))
            #expect(read.count == Int(expected.reduce(0) { $0 + $1.value }))
        }
    }
}

/// V2 compressed, by zlib itself.
private func wrapped(_ encoded: [UInt8]) -> [UInt8] {
    var length = compressBound(UInt(encoded.count))
    var out = [UInt8](repeating: 0, count: Int(length))
    #expect(compress(&out, &length, encoded, UInt(encoded.count)) == Z_OK)
    var head = ByteWriter()
    head.put(UInt32(0x1C84_9314))
    head.put(Int32(length))
    return head.array + out[..<Int(length)]
}

@Test func whatIsNoHistogramSaysWhy() {
    func complaint(_ bytes: [UInt8]) -> String {
        do throws(HistogramFormatError) {
            _ = try LoggedHistogram(logged: bytes)
            return "none"
        } catch {
            return error.description
        }
    }
    func replaced(_ bytes: [UInt8], at place: Int, _ with: [UInt8]) -> [UInt8] {
        Array(bytes[..<place]) + with + bytes[(place + with.count)...]
    }
    var sketch = HistogramSketch()
    sketch.record(7)
    sketch.record(9_000, count: 5)
    let plain = sketch.encoded
    #expect(complaint(plain) == "none")
    #expect(complaint([]).hasPrefix("no histogram"))
    #expect(complaint(Array("hello, world".utf8)).hasPrefix("no histogram"))
    #expect(complaint(replaced(plain, at: 3, [0x08])).contains("encoding V0"))
    #expect(complaint(replaced(plain, at: 0, [0x0C, 0x72, 0x12, 0x4E])).contains("doubles"))
    #expect(complaint(wrapped(wrapped(plain))).contains("inside another"))
    #expect(complaint(replaced(plain, at: 8, [0, 0, 0, 1])).contains("shifted"))
    #expect(complaint(replaced(plain, at: 12, [0, 0, 0, 9])).contains("9 digits"))
    #expect(complaint(replaced(plain, at: 16, [0, 0, 0, 0, 0, 0, 0, 0])).contains("from the value 0"))
    #expect(complaint(replaced(plain, at: 32, [0x7F, 0xF0, 0, 0, 0, 0, 0, 0])).contains("worth inf"))
    #expect(complaint(replaced(plain, at: 32, [0xBF, 0xF0, 0, 0, 0, 0, 0, 0])).contains("worth -1"))
    #expect(complaint(replaced(plain, at: 4, [0xFF, 0xFF, 0xFF, 0xFF])).contains("too early"))
    #expect(complaint(Array(plain.dropLast())).contains("too early"))
    #expect(complaint(replaced(sketch.encodedV1, at: 3, [0x61])).contains("words of 6 bytes"))
    #expect(complaint(replaced(sketch.encodedV1, at: 40, [0xFF, 0xFF, 0xFF, 0xFE])) == "a bin with -2 values")
    var full = HistogramSketch()
    full.record(1, count: 1 << 53)
    #expect(complaint(full.encoded) == "none")
    full.record(2)
    #expect(complaint(full.encoded).contains("more than 2^53"))
    // A run of empty bins beyond all that there are: -2^62 as ZigZag LEB128.
    let run: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]
    var empty = HistogramSketch().encoded
    empty.replaceSubrange(4..<8, with: [0, 0, 0, 10])
    #expect(complaint(empty + run + [2]).contains("too many bins"))
}

@Test func aDamagedByteIsFoundByTheChecksum() throws {
    var sketch = HistogramSketch(digits: 4)
    for value in stride(from: Int64(100), to: 90_000, by: 333) { sketch.record(value) }
    let whole = wrapped(sketch.encoded)
    for length in 0..<whole.count {
        #expect(throws: HistogramFormatError.self) { try LoggedHistogram(logged: Array(whole[..<length])) }
    }
    // A code that deflate describes and never uses may be damaged without harm: then the same comes out.
    let right = try LoggedHistogram(logged: whole)
    var found = 0
    for place in 8..<whole.count {
        var damaged = whole
        damaged[place] ^= 0x10
        do {
            #expect(try LoggedHistogram(logged: damaged) == right, "byte \(place)")
        } catch {
            found += 1
        }
    }
    #expect(found > whole.count * 3 / 4)
}

@Test func gzipIsReadMemberByMember() throws {
    func gzip(_ text: String) -> [UInt8] {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        #expect(deflateInit2_(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK)
        defer { deflateEnd(&stream) }
        var (input, out) = (Array(text.utf8), [UInt8](repeating: 0, count: text.utf8.count + 100))
        let space = UInt32(out.count)
        input.withUnsafeMutableBufferPointer { source in
            out.withUnsafeMutableBufferPointer { target in
                (stream.next_in, stream.avail_in) = (source.baseAddress, UInt32(source.count))
                (stream.next_out, stream.avail_out) = (target.baseAddress, space)
                #expect(deflate(&stream, Z_FINISH) == Z_STREAM_END)
            }
        }
        return Array(out[..<Int(space - stream.avail_out)])
    }
    let long = String(repeating: "one line like the others\n", count: 20_000)
    let (first, second) = (gzip(long), gzip("the end\n"))
    #expect(isGzip(first) && !isGzip(Array("#comment".utf8)) && !isGzip([]))
    #expect(gunzipped(first + second) == Array((long + "the end\n").utf8))
    #expect(gunzipped(Array(first.dropLast())) == nil)
    #expect(gunzipped(first, limit: 1_000) == nil)
    var damaged = first
    damaged[first.count / 2] ^= 1
    #expect(gunzipped(damaged) == nil)
}
