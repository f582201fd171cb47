// The exponent that a workload draws with is found again in what it drew, within its own error, and also from a part of the values.

import Quantities
import TestSupport
import Testing

@testable import Captures

@Suite struct ZipfFitTests {
    private func sample(items: UInt64, exponent: Double, draws: Int, most: Int, seed: UInt64) -> DistinctSample {
        var random = SeededRandom(seed: seed)
        var sample = DistinctSample(most: most)
        let zipf = exponent > 0 ? Zipfian(items: items, exponent: exponent) : nil
        for _ in 0..<draws {
            let item = zipf?.sample(&random) ?? random.below(items)
            sample.count(SeededRandom.mix(item &+ 77 &+ seed))
        }
        return sample
    }

    @Test(arguments: [
        (100_000, 0.99, 200_000, 4_096), (1_000, 0.8, 100_000, 4_096), (10_000, 1.2, 100_000, 2_000),
        (50_000, 0.5, 200_000, 4_096), (100, 1.0, 20_000, 4_096), (20_000, 0.99, 4_000, 4_096)
    ])
    func `The exponent and the number of items are found`(
        items: Int, exponent: Double, draws: Int, most: Int
    ) throws {
        let sample = sample(items: UInt64(items), exponent: exponent, draws: draws, most: most, seed: 3)
        #expect(sample.distinct <= most)
        let fit = try #require(ZipfFit(sample))
        #expect(abs(fit.exponent - exponent) < 0.03)
        #expect(abs(fit.exponent - exponent) < 4 * fit.error)
        #expect(fit.error < 0.03)
        #expect(close(fit.items, Double(items), relative: 0.35))
        #expect(!fit.isUniform)
    }

    @Test(arguments: [(1_000, 50_000), (30_000, 60_000)]) func `What is uniform is said to be`(items: Int, draws: Int)
        throws
    {
        let sample = sample(items: UInt64(items), exponent: 0, draws: draws, most: 4_096, seed: 5)
        let fit = try #require(ZipfFit(sample))
        #expect(fit.isUniform)
        #expect(close(fit.items, Double(items), relative: 0.1))
    }

    @Test func `Nothing is said of values that came once each, or of a single one`() {
        #expect(ZipfFit(occurrences: [1, 1, 1, 1], share: 1, total: 4) == nil)
        #expect(ZipfFit(occurrences: [1_000], share: 1, total: 1_000) == nil)
    }

    @Test func `A sample counts exactly, and keeps a known share of too many values`() {
        var sample = DistinctSample(most: 1_000)
        for round in 0..<5 {
            for item in 0..<UInt64(20_000) where round < 2 || item % 2 == 0 {
                sample.count(SeededRandom.mix(item))
            }
        }
        #expect(sample.total == 70_000)
        #expect(sample.distinct <= 1_000 && sample.distinct > 300)
        #expect(Set(sample.occurrences) == [2, 5])
        #expect(close(sample.estimatedDistinct, 20_000, relative: 0.15))
    }

    @Test func `Hashes that are not random cannot make it grow`() {
        var sample = DistinctSample(most: 100)
        for hash in 0..<UInt64(5_000) { sample.count(hash) }
        #expect(sample.total == 5_000)
    }
}
