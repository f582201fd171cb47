// The bucket arithmetic, the answers to questions, and both codecs.

import Histograms
import Quantities
import TestSupport
import Testing

@Test func everyBinBeginsWhereTheOneBeforeItEnds() {
    for bin in 0..<BucketLayout.binCount - 1 {
        #expect(BucketLayout.next(bin) == BucketLayout.low(bin + 1))
        #expect(
            BucketLayout.bin(of: BucketLayout.low(bin)) == bin || BucketLayout.low(bin) > BucketLayout.highestTrackable)
    }
    #expect(BucketLayout.bin(of: 3_000) == BucketLayout.bin(of: 3_001))
    #expect(BucketLayout.bin(of: 3_001) != BucketLayout.bin(of: 3_002))
    #expect(BucketLayout.bin(of: .max) == BucketLayout.bin(of: BucketLayout.highestTrackable))
    #expect(BucketLayout.bin(of: -5) == 0)
}

@Test func recorderAndValueAgree() {
    for case (let seed, var random) in seededCases(20) {
        let recorder = HistogramRecorder()
        var histogram = Histogram()
        for _ in 0..<500 {
            let value = Int64(random.lognormal(median: 1e6, sigma: 2))
            recorder.record(value)
            histogram.record(value)
        }
        #expect(recorder.snapshot() == histogram, "seed \(seed)")
        recorder.reset()
        #expect(recorder.snapshot() == Histogram())
        recorder.record(7)
        #expect(recorder.snapshot().count == 1)
    }
}

@Test func addThenSubtractGivesBack() {
    for case (let seed, var random) in seededCases(20, from: 9) {
        var (a, b) = (Histogram(), Histogram())
        for _ in 0..<300 {
            a.record(Int64(random.below(50_000_000)))
            b.record(Int64(random.below(90_000)), count: 1 + Int(random.below(3)))
        }
        var sum = a
        sum.add(b)
        #expect(sum.count == a.count + b.count)
        #expect(close(sum.sum, a.sum + b.sum))
        sum.subtract(b)
        #expect(sum == a, "seed \(seed)")
    }
}

@Test func quantilesLieWithinABinOfTheSortedValues() {
    for case (let seed, var random) in seededCases(10, from: 3) {
        let values = (0..<2_000).map { _ in Int64(random.lognormal(median: 2e6, sigma: 1)) }.sorted()
        var histogram = Histogram()
        for value in values { histogram.record(value) }
        for p in [0.01, 0.5, 0.9, 0.99, 0.999] {
            let exact = Double(values[Int((p * 2_000).rounded(.up)) - 1])
            #expect(close(histogram.quantile(p), exact, relative: 1.1 / 1024), "seed \(seed), p \(p)")
            #expect(
                close(Double(histogram.value(atPercentile: p * 100)), exact, relative: 1.1 / 1024),
                "seed \(seed), p \(p)")
        }
        #expect(close(histogram.mean, Double(values.reduce(0, +)) / 2_000, relative: 0.0006))
        #expect(BucketLayout.bin(of: histogram.max) == BucketLayout.bin(of: values[1_999]))
    }
    #expect(Histogram().quantile(0.5).isNaN)
    #expect(Histogram().max == 0)
}

@Test func scalingByAWholeBinShiftsQuantilesExactly() {
    var (a, b) = (Histogram(), Histogram())
    for value in stride(from: Int64(5_000), to: 900_000, by: 777) {
        a.record(value)
        b.record(value * 4)
    }
    #expect(close(b.quantile(0.99) / a.quantile(0.99), 4, relative: 1e-12))
}

@Test func bothEncodingsComeBackEqual() throws {
    for case (let seed, var random) in seededCases(30, from: 5) {
        var histogram = Histogram()
        for _ in 0..<random.below(400) {
            histogram.record(
                Int64(random.lognormal(median: 1e5, sigma: 4)), count: Int(1 + random.below(1 << (random.below(40)))))
        }
        #expect(try Histogram(encoded: histogram.encoded()) == histogram, "seed \(seed)")
        #expect(try Histogram(compressed: histogram.compressed()) == histogram, "seed \(seed)")
    }
}

@Test func damagedEncodingsAreRefusedNeverTrapped() {
    var histogram = Histogram()
    for value in [3, 3_000, 3_000_000] as [Int64] { histogram.record(value) }
    let whole = histogram.compressed()
    for length in 0..<whole.count {
        #expect(throws: HistogramFormatError.self) { try Histogram(compressed: Array(whole[..<length])) }
    }
    let plain = histogram.encoded()
    for length in 0..<plain.count {
        #expect(throws: HistogramFormatError.self) { try Histogram(encoded: Array(plain[..<length])) }
    }
}

@Test func intervalLogComesBackAndALineCutOffIsLeftOut() throws {
    var histogram = Histogram()
    histogram.record(1_500_000)
    let entries = (0..<3).map {
        IntervalLogEntry(tag: "latest_order-rt", start: Double($0) * 5.5, length: 5, histogram: histogram)
    }
    let text =
        IntervalLog.header(comment: "a test", base: WallTime(year: 2026, month: 11, day: 21))
        + entries.map(IntervalLog.line).joined()
    #expect(try IntervalLog.read(text) == entries)
    #expect(try IntervalLog.read(String(text.dropLast(7))) == Array(entries[..<2]))
    let damaged = text.replacing("Tag=latest_order-rt,5.500,5.000", with: "Tag=latest_order-rt,5.500,five")
    let error = #expect(throws: IntervalLogError.self) { try IntervalLog.read(damaged) }
    #expect(error?.line == 7 && error?.problem == "'five' as its length" && error?.expected == "a number")
}
