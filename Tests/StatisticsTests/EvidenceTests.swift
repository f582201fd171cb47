// Error rates, multiplicity, standard errors, pooled quantiles: values known by hand and properties that must hold.

import Glibc
import Quantities
import Statistics
import TestSupport
import Testing

@Test func exactBoundsOnAProportion() {
    let none = clopperPearson(successes: 0, trials: 3000, alpha: 0.05)
    #expect(none.lower == 0)
    #expect(close(none.upper, 0.0009980790119965865))
    let some = clopperPearson(successes: 12, trials: 10000, alpha: 0.05)
    #expect(close(some.lower, 0.0006925624238148458))
    #expect(close(some.upper, 0.0019435334014636135))
    #expect(clopperPearson(successes: 5, trials: 5, alpha: 0.05).upper == 1)
}

@Test func errorsInBurstsTellLess() {
    let errors = [0, 0, 3, 0, 0, 0, 17, 0, 0, 1, 0, 0, 0, 0, 42, 0, 0, 0, 0, 0, 5, 0, 0, 0]
    let evidence = ErrorEvidence(errors: errors, operations: errors.map { _ in 10_000 })
    #expect(close(evidence.designEffect, 29.092641892184876))
    #expect(close(evidence.bounds(alpha: 0.05).upper, 0.0008235516884828338))
    #expect(close(evidence.bounds(alpha: 0.05).lower, 6.044307868201685e-05))
    // The bound is where the probability crosses alpha.
    #expect(close(evidence.probabilityBelow(0.0008235516884828338), 0.05, relative: 1e-7))
    #expect(close(evidence.probabilityAbove(6.044307868201685e-05), 0.05, relative: 1e-7))
}

@Test func zeroErrorsNeedManyOperations() {
    let few = ErrorEvidence(errors: [Int](repeating: 0, count: 12), operations: [Int](repeating: 5_000, count: 12))
    let many = ErrorEvidence(errors: [Int](repeating: 0, count: 24), operations: [Int](repeating: 10_000, count: 24))
    #expect(few.designEffect == ErrorEvidence.assumedBurst)
    #expect(few.probabilityBelow(0.001) > 0.05)
    #expect(many.probabilityBelow(0.001) < 0.05)
    #expect(close(many.bounds(alpha: 0.05).upper, 0.0006239161736324134))
}

@Test func errorRatesAtTheirEnds() {
    let nothing = ErrorEvidence(errors: [0], operations: [0])
    #expect(nothing.bounds(alpha: 0.05) == (0, 1))
    #expect(nothing.probabilityBelow(0.5) == 1 && nothing.probabilityAbove(0.5) == 1)
    let all = ErrorEvidence(errors: [5_000, 5_000], operations: [5_000, 5_000])
    #expect(all.probabilityBelow(0.99) == 1)
    #expect(all.probabilityAbove(0.5) < 1e-9)
    // No sample shows a rate of exactly zero, and one error refutes it.
    #expect(ErrorEvidence(errors: [0], operations: [1_000_000]).probabilityBelow(0) == 1)
    #expect(ErrorEvidence(errors: [1], operations: [1_000_000]).probabilityAbove(0) == 0)
}

@Test func fishersTestOfTables() {
    // The lady tasting tea: 3 of 4 right is 34/70, 4 of 4 is 2/70 (both tails).
    #expect(close(fisherExact(3, 1, 1, 3), 34.0 / 70))
    #expect(close(fisherExact(4, 0, 0, 4), 2.0 / 70))
    #expect(fisherExact(0, 0, 0, 0) == 1)
    #expect(fisherExact(12, 18, 0, 30) < 0.001)
    #expect(close(fisherExact(12, 18, 0, 30), fisherExact(0, 30, 12, 18)))
}

@Test func holmsAdjustment() {
    let adjusted = holmAdjusted([0.001, 0.04, 0.012, 0.03, 0.2, 0.0499, 0.6])
    let expected = [0.007, 0.16, 0.072, 0.15, 0.4, 0.16, 0.6]
    for (mine, theirs) in zip(adjusted, expected) { #expect(close(mine, theirs)) }
    #expect(holmAdjusted([]).isEmpty)
    #expect(holmAdjusted([0.03]) == [0.03])
}

@Test func holmHoldsTheRateOfFalseAlarms() {
    var random = SeededRandom(seed: 7)
    let trials = 4_000
    let alarms = (0..<trials).count { _ in
        holmAdjusted((0..<12).map { _ in random.unit() }).contains { $0 < 0.05 }
    }
    // 5 % and three standard errors; without the adjustment it would be 46 %.
    #expect(Double(alarms) / Double(trials) < 0.0604)
    #expect(alarms > 0)
}

@Test func driftWidensTheError() {
    let steady = LongRunError((0..<48).map { $0 % 2 == 0 ? 1.0 : -1.0 }, terms: 8)
    #expect(steady.error == steady.independent)
    let drifting = LongRunError((0..<48).map { Double($0) / 48 }, terms: 8)
    #expect(drifting.error == drifting.cosine && drifting.varianceInflation > 3)
    let flat = LongRunError([2, 2, 2, 2], terms: 4)
    #expect(flat.error == 0 && flat.varianceInflation == 1 && flat.mean == 2)
    #expect([12, 15, 16, 23, 24, 360].map(LongRunError.terms) == [4, 4, 6, 6, 8, 8])
}

@Test func pseudoValuesOfAMeanAreTheValues() {
    let values = [3.0, 1, 4, 1, 5]
    let sum = values.reduce(0, +)
    let found = pseudoValues(units: 5, whole: sum / 5) { (sum - values[$0]) / 4 }
    for (mine, theirs) in zip(found, values) { #expect(close(mine, theirs)) }
}

@Test func leavingOneOutIsPoolingTheRest() {
    for (seed, generator) in seededCases(50) {
        var random = generator
        let edges = (0..<40).map { Double($0) * 0.1 }
        let widths = [Double](repeating: 0.1, count: 40)
        let rows = (0..<6).map { _ in (0..<40).map { _ in random.unit() < 0.3 ? Int(random.below(9)) : 0 } }
        func pooled(_ rows: [[Int]]) -> BinnedSeries {
            BinnedSeries(
                logLow: edges, logWidth: widths,
                units: rows.map { row in
                    let filled = row.indices.filter { row[$0] > 0 }
                    return BinnedSeries.Unit(
                        bins: filled.map(Int32.init), counts: filled.map { row[$0] },
                        middle: (0..<40).map { Double($0) })
                })
        }
        let whole = pooled(rows)
        for left in rows.indices {
            var others = rows
            others.remove(at: left)
            for p in [0.01, 0.5, 0.99] {
                #expect(whole.logQuantile(p, without: left) == pooled(others).logQuantile(p), "seed \(seed)")
            }
            #expect(whole.logMean(without: left) == pooled(others).logMean(), "seed \(seed)")
        }
    }
    #expect(BinnedSeries(logLow: [], logWidth: [], units: []).logQuantile(0.5) == nil)
}

@Test func linesAreFound() throws {
    let flat = try #require(StraightLine(x: [0, 1, 2, 3, 4], y: [1, -1, 1, -1, 1]))
    #expect(abs(flat.slope) < 1e-12 && flat.probability > 0.9)
    let steep = try #require(StraightLine(x: [0, 1, 2, 3, 4], y: [0, 1.1, 1.9, 3.1, 3.9]))
    #expect(close(steep.slope, 0.98) && steep.probability < 0.001)
    #expect(StraightLine(x: [1, 1, 1], y: [1, 2, 3]) == nil)
    #expect(StraightLine(x: [1, 2], y: [1, 2]) == nil)
}

@Test func neededTimeShrinksWithTheError() throws {
    let ten = try #require(
        neededDuration(distance: 0.05, runError: 0.02, floor: 0.005, df: 4, alpha: 0.05, duration: 10))
    let half = try #require(
        neededDuration(distance: 0.05, runError: 0.01, floor: 0.005, df: 4, alpha: 0.05, duration: 10))
    #expect(close(ten, 4 * half))
    #expect(neededDuration(distance: 0.01, runError: 0.02, floor: 0.005, df: 4, alpha: 0.05, duration: 10) == nil)
}
