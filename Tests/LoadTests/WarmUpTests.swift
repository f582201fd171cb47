// When a warm-up is over, from the medians of its slices.

import Glibc
import Histograms
import Quantities
import Recordings
import TestSupport
import Testing

@testable import Load

/// A slice whose service times lie around `median` microseconds; none where it is nil.
private func slice(_ median: Double?) -> [OperationRecord] {
    var service = Histogram()
    if let median { for step in -50...50 { service.record(Int64(median * (1000 + Double(step)))) } }
    return [OperationRecord(service: service)]
}

/// Pairs of slices until the detector is content; nil where it never is.
private func pairs(_ old: (Int) -> Double?, _ new: (Int) -> Double?) -> Int? {
    var detector = WarmUpDetector()
    for index in 0..<200 {
        detector.add(.old, slice(old(index)))
        detector.add(.new, slice(new(index)))
        if detector.isSettled { return index + 1 }
    }
    return nil
}

@Test func flatSidesSettleAsSoonAsThereIsEnoughToSee() {
    #expect(pairs({ _ in 300 }, { _ in 500 }) == 8)
}

@Test func aSideThatStillCompilesIsWaitedFor() throws {
    // From three times its final value down, with a time constant of ten slices: within 2 % of four slices before after some 45.
    let found = try #require(pairs({ _ in 300 }, { 400 * (1 + 2 * exp(-Double($0) / 10)) }))
    #expect((35...60).contains(found))
}

@Test func scatterAloneDoesNotHoldTheRunUp() throws {
    for (seed, random) in seededCases(20) {
        var random = random
        var values: [Double] = []
        for _ in 0..<400 { values.append(300 * exp(0.15 * (random.unit() - 0.5))) }
        let found = try #require(pairs({ values[2 * $0] }, { values[2 * $0 + 1] }), "seed \(seed)")
        #expect(found < 40, "seed \(seed)")
    }
}

@Test func aSideThatAnswersNothingNeverSettles() {
    #expect(pairs({ _ in 300 }, { _ in nil }) == nil)
}
