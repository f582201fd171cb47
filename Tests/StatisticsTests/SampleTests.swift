// Tests and intervals on samples: values known by hand, and what must hold whatever the sample is.

import Glibc
import Quantities
import Statistics
import TestSupport
import Testing

@Test func pairsThatAllSayTheSame() {
    let twice = PairedT(old: [1, 2, 4], new: [2, 4, 8])
    #expect(close(twice.mean, log(2)) && twice.error == 0 && twice.df == 2)
    #expect(twice.statistic == .infinity && twice.probability == 0)
    #expect(twice.nonInferiority(tolerance: 0.5).passProbability == 1)
    #expect(twice.nonInferiority(tolerance: 0.5).failProbability == 0)
    let same = PairedT(old: [1, 2, 4], new: [1, 2, 4])
    #expect(same.statistic == 0 && same.probability == 1)
    #expect(same.nonInferiority(tolerance: 0).passProbability == 0.5)
    #expect(same.nonInferiority(tolerance: 0.05).passProbability == 0)
}

@Test func swappingThePairsNegatesTheRatio() {
    for (seed, generator) in seededCases(50) {
        var random = generator
        let old = (0..<12).map { _ in exp(random.normal()) }
        let new = (0..<12).map { _ in exp(random.normal()) }
        let there = PairedT(old: old, new: new)
        let back = PairedT(old: new, new: old)
        #expect(close(there.mean, -back.mean, relative: 1e-12) && close(there.error, back.error), "seed \(seed)")
        #expect(close(there.probability, back.probability), "seed \(seed)")
        let scaled = PairedT(old: old.map { $0 * 1000 }, new: new.map { $0 * 1000 })
        #expect(close(there.mean, scaled.mean, relative: 1e-9), "seed \(seed)")
        // The interval at confidence c ends where the two-sided probability is 1 - c.
        let reach = there.interval(confidence: 1 - there.probability)
        #expect(min(abs(reach.lower), abs(reach.upper)) < 1e-9, "seed \(seed)")
    }
}

@Test func resamplesOfItsOwnAreThoseOfTheSeed() throws {
    let sample = [0.3, -1.2, 2.5, 0.9, 1.1, -0.4, 4.2, 0.6]
    var random = SeededRandom(seed: 42)
    let resamples = (0..<500).map { _ in sample.map { _ in Int(random.below(8)) } }
    let given = try #require(BootstrapInterval(sample, resamples: resamples, confidence: 0.9))
    #expect(BootstrapInterval(sample, count: 500, seed: 42, confidence: 0.9) == given)
    let other = try #require(BootstrapInterval(sample, count: 500, seed: 43, confidence: 0.9))
    #expect(other != given && other.mean == given.mean && other.acceleration == given.acceleration)
    #expect(given.acceleration > 0 && given.lower < given.mean && given.mean < given.upper)
}

@Test func aBootstrapHoldsTheMeanAboutAsOftenAsItSays() throws {
    var random = SeededRandom(seed: 3)
    let repetitions = 400
    var held = 0
    for _ in 0..<repetitions {
        // Skewed: lognormal with the mean exp(1/8).
        let sample = (0..<40).map { _ in random.lognormal(median: 1, sigma: 0.5) }
        let found = try #require(BootstrapInterval(sample, count: 399, seed: random.next(), confidence: 0.9))
        if found.lower <= exp(0.125) && exp(0.125) <= found.upper { held += 1 }
    }
    // 90 % and three binomial standard deviations, and the 2 % that BCa may lack with 40 skewed values.
    #expect(Double(held) / Double(repetitions) > 0.835 && Double(held) / Double(repetitions) < 0.945, "\(held)")
}

@Test func bootstrapsOfLittle() throws {
    let flat = try #require(BootstrapInterval([2, 2, 2], count: 99, seed: 1, confidence: 0.95))
    #expect(flat.lower == 2 && flat.upper == 2 && flat.bias == 0 && flat.acceleration == 0)
    // The sample in another order is the mean itself, to the bit.
    let shuffled = try #require(
        BootstrapInterval([0.1, 0.2, 0.3], resamples: [[2, 0, 1], [1, 2, 0]], confidence: 0.9))
    #expect(shuffled.bias == 0)
    // All resamples on one side correct nothing.
    #expect(BootstrapInterval([1, 2, 3], resamples: [[0, 0, 0], [0, 0, 1]], confidence: 0.9) == nil)
}

@Test func hodgesAndLehmannByHand() {
    // Walsh averages of 1, 2, 6: 1, 1.5, 2, 3.5, 4, 6.
    let three = HodgesLehmann([1, 2, 6], confidence: 0.7)
    #expect(three.estimate == 2.75)
    // P(T = 0) = 1/8: the smallest and the largest average hold the centre with probability 3/4.
    #expect(three.lower == 1 && three.upper == 6 && three.coverage == 0.75)
    let tooFew = HodgesLehmann([1, 2, 6], confidence: 0.95)
    #expect(tooFew.lower == nil && tooFew.upper == nil && tooFew.coverage == 1 && tooFew.estimate == 2.75)
    // Differences of 5, 9 and 1, 2: 3, 4, 7, 8; one order in six has U = 0.
    let two = HodgesLehmann(old: [1, 2], new: [5, 9], confidence: 0.5)
    #expect(two.estimate == 5.5 && two.lower == 3 && two.upper == 8)
    #expect(close(two.coverage, 2.0 / 3))
}

@Test func theIntervalsOfRanksInvertTheirTests() throws {
    for (seed, generator) in seededCases(40) {
        var random = generator
        let old = (0..<9).map { _ in random.normal() }
        let new = (0..<11).map { _ in random.normal() + 1 }
        let shift = HodgesLehmann(old: old, new: new, confidence: 0.9)
        let (lower, upper) = (try #require(shift.lower), try #require(shift.upper))
        // Taken away a little less or a little more than the interval's ends, the samples differ, or they do not.
        func probability(_ shift: Double) throws -> Double {
            try #require(MannWhitney(old: old, new: new.map { $0 - shift }).exactProbability)
        }
        #expect(try probability(lower - 1e-9) <= 0.1 && probability(lower + 1e-9) > 0.1, "seed \(seed)")
        #expect(try probability(upper + 1e-9) <= 0.1 && probability(upper - 1e-9) > 0.1, "seed \(seed)")

        let centre = HodgesLehmann(new, confidence: 0.9)
        let (low, high) = (try #require(centre.lower), try #require(centre.upper))
        func signed(_ shift: Double) -> Double { SignedRank(new.map { $0 - shift }).probability }
        #expect(signed(low - 1e-9) <= 0.1 && signed(low + 1e-9) > 0.1, "seed \(seed)")
        #expect(signed(high + 1e-9) <= 0.1 && signed(high - 1e-9) > 0.1, "seed \(seed)")
    }
}

@Test func ranksOfLittle() {
    #expect(SignedRank([]).probability == 1 && SignedRank([0, 0]).statistic == 0)
    #expect(SignedRank([1, 2, 3, 4, 5]).probability == 2.0 / 32)
    // 1, 1 and -1 share the rank 2: of eight sums 0, 2, 2, 2, 4, 4, 4, 6 half are 2 at most.
    #expect(SignedRank([1, 1, -1]).statistic == 2 && SignedRank([1, 1, -1]).probability == 1)
    let apart = MannWhitney(old: [1, 2, 3], new: [4, 5, 6, 7])
    #expect(apart.statistic == 12)
    #expect(apart.exactProbability.map { close($0, 2.0 / 35) } == true)
    let alike = MannWhitney(old: [1, 1], new: [1, 1, 1])
    #expect(alike.statistic == 3 && alike.exactProbability == nil && alike.asymptoticProbability == 1)
    #expect(MannWhitney(old: [1], new: [2]).asymptoticProbability == 1)
}

@Test func exactRanksMeetTheNormalInLargeSamples() throws {
    var random = SeededRandom(seed: 5)
    let old = (0..<300).map { _ in random.normal() }
    let new = (0..<200).map { _ in random.normal() + 0.3 }
    let test = MannWhitney(old: old, new: new)
    let exact = try #require(test.exactProbability)
    #expect(close(exact, test.asymptoticProbability, relative: 0.05))
    let back = MannWhitney(old: new, new: old)
    #expect(back.statistic + test.statistic == 60_000 && back.exactProbability == test.exactProbability)
    let shift = HodgesLehmann(old: old, new: new, confidence: 0.95)
    #expect(shift.coverage >= 0.95 && shift.coverage < 0.951)
    #expect(HodgesLehmann(old, confidence: 0.95).coverage < 0.951)
}

@Test func extremesAreTrimmed() {
    let calm = TrimmedMean([1, 2, 3, 4, 100])
    #expect(calm.mean == 3 && calm.winsorised == [2, 2, 3, 4, 4])
    #expect(TrimmedMean([1, 2, 3, 4, 1e9]).mean == 3)
    #expect(TrimmedMean([7]).mean == 7 && TrimmedMean([1, 2], share: 0.49).mean == 1.5)
    let plain = TrimmedMean([5, 1, 3], share: 0)
    #expect(plain.mean == 3 && plain.pseudoValues == [5, 1, 3])
}

@Test func neighboursThatResembleEachOther() {
    #expect(neighbourCorrelation([1, 1, 1]) == 0)
    #expect(close(neighbourCorrelation([1, -1, 1, -1]), -0.75))
    #expect(neighbourCorrelation((0..<100).map { Double($0) }) > 0.95)
}
