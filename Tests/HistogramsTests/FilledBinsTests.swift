// Histograms at rest: whatever the bins and counts, they come back, take little room, and add up.

import Bytes
import Quantities
import RunSupport
import TestSupport
import Testing

@testable import Histograms

@Test func anyBinsAndCountsComeBack() {
    for case (let seed, var random) in seededCases(50) {
        var expected: [Int: Int] = [:]
        var histogram = Histogram()
        for _ in 0..<random.below(300) {
            let value = Int64(random.lognormal(median: 1e6, sigma: 5))
            let count = 1 + Int(random.below(1 << random.below(45)))
            histogram.record(value, count: count)
            expected[BucketLayout.bin(of: value), default: 0] += count
        }
        let found = histogram.filled.map { [$0.bin, $0.count] }
        #expect(found == expected.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }, "seed \(seed)")
        #expect(histogram.count == expected.values.reduce(0, +))
        #expect(histogram.filled.last == expected.keys.max() ?? -1)
        var sums = [Int](repeating: 0, count: BucketLayout.binCount)
        histogram.filled.add(to: &sums)
        #expect(sums.indices.filter { sums[$0] > 0 } == expected.keys.sorted())
        #expect(sums.reduce(0, +) == histogram.count)
    }
}

@Test func theEdgesOfAByteComeBack() {
    for distance in [1, 31, 32, 127, 128, 16_384] {
        for count in [1, 7, 8, 127, 128, 1 << 53] {
            var bins = FilledBins()
            bins.append(distance - 1, count)
            bins.append(2 * distance - 1, count)
            #expect(bins.map { [$0.bin, $0.count] } == [[distance - 1, count], [2 * distance - 1, count]])
            if distance < 32 && count < 8 { #expect(bins.size == 2) }
        }
    }
}

@Test func aSliceOfAThousandTimesTakesAboutAByteEach() {
    var random = SeededRandom(seed: 3)
    let recorder = HistogramRecorder()
    for _ in 0..<1_000 { recorder.record(Int64(random.lognormal(median: 2e6, sigma: 0.5))) }
    #expect(recorder.snapshot().filled.size < 1_000)
}

@Test func aSumIsWhatAddingOneByOneGives() {
    for case (let seed, var random) in seededCases(20) {
        let parts = (0..<random.below(8)).map { _ in
            var part = Histogram()
            for _ in 0..<random.below(100) { part.record(Int64(random.below(1 << random.below(42)))) }
            return part
        }
        #expect(Histogram(sum: parts) == parts.reduce(into: Histogram()) { $0.add($1) }, "seed \(seed)")
    }
}

@Test func theShortWayIsTheLongOneOrNone() throws {
    let decoder = HistogramDecoder()
    for case (let seed, var random) in seededCases(100) {
        var histogram = Histogram()
        for _ in 0..<random.below(400) {
            histogram.record(
                Int64(random.lognormal(median: 1e5, sigma: 4)), count: 1 + Int(random.below(1 << random.below(40))))
        }
        let whole = histogram.compressed()
        #expect(decoder.histogram(whole) == histogram, "seed \(seed)")
        for _ in 0..<40 {
            var damaged = whole
            damaged[Int(random.below(UInt64(whole.count)))] ^= UInt8(1 << random.below(8))
            guard let found = decoder.histogram(damaged) else { continue }
            #expect(try found == Histogram(own: LoggedHistogram(logged: damaged)), "seed \(seed)")
        }
    }
    var foreign = HistogramSketch(digits: 2)
    foreign.record(77)
    #expect(decoder.histogram(foreign.encoded) == nil)
}

@Test func aLogInAnotherLayoutIsRefusedWithItsLine() {
    var (own, foreign) = (HistogramSketch(), HistogramSketch(digits: 2))
    own.record(5)
    foreign.record(5)
    var log = LogSketch.java("Assay")
    log.add(own, tag: "a-rt", start: 0)
    log.add(foreign, tag: "a-rt", start: 5)
    let refused = IntervalLogError(
        line: 7, column: 1, problem: "a histogram of another layout: 2 digits, lowest value 1",
        expected: "a histogram as Assay writes it")
    #expect(throws: refused) { try IntervalLog.read(log.text) }
}
