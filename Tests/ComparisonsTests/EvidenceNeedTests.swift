// What must be measured before there can be a verdict: the published figures, and the judge's own counts.

import Comparisons
import Quantities
import Recordings
import RunSupport
import Testing

/// Method evidence, section 3.8: operations a side for p99, four times in five, without a floor.
@Test(arguments: [
    (0.55, 0.02, 133_000.0), (0.55, 0.04, 34_000), (0.55, 0.08, 9_000), (0.8, 0.02, 281_000), (0.8, 0.04, 72_000),
    (0.8, 0.08, 19_000)
])
func samplingAloneNeedsSoMany(spread: Double, tolerance: Double, operations: Double) throws {
    let exact = NoiseKnown(floor: 0, degreesOfFreedom: 1_000_000)
    let least = try #require(leastOperations(toTell: tolerance, by: .p(99), spread: spread, alpha: 0.05, exact))
    #expect(abs(least / operations - 1) < 0.04, "\(least)")
    // A floor makes it more, and at some height too much.
    let known = NoiseKnown(floor: tolerance / 10, degreesOfFreedom: 8)
    #expect(try #require(leastOperations(toTell: tolerance, by: .p(99), spread: spread, alpha: 0.05, known)) > least)
    let hidden = NoiseKnown(floor: tolerance / 2, degreesOfFreedom: 8)
    #expect(leastOperations(toTell: tolerance, by: .p(99), spread: spread, alpha: 0.05, hidden) == nil)
}

@Test func aMeanNeedsFewerThanItsTail() throws {
    let exact = NoiseKnown(floor: 0, degreesOfFreedom: 1_000_000)
    func least(_ measure: Measure) throws -> Double {
        try #require(leastOperations(toTell: 0.05, by: measure, spread: 0.5, alpha: 0.05, exact))
    }
    // (1.645 + 0.842)^2 * 2 * (e^0.25 - 1) / ln(1.05)^2
    #expect(abs(try least(Measure(.mean)) - 1475) < 5)
    #expect(try least(.p(50)) < least(.p(99)))
    #expect(try least(.p(99)) < least(.p(99.9)))
}

@Test func theLeastEvidenceIsThatOfEstimates() throws {
    // As many rounds as the forecast asks for give an estimate, and one less does not.
    for count in [1000, 100] {
        let need = EvidenceNeed(.p(99), operationsPerRound: Double(count), secondsPerRound: 10)
        for rounds in [need.rounds, need.rounds - 1] {
            var sketch = RunSketch()
            sketch.rounds = rounds
            let comparison = compare(sketch.recording { $0.take(3 + $0.random.unit(), count: count) })
            let estimate = comparison.effect(.p(99), of: .workload)?.estimate
            #expect((estimate != nil) == (rounds == need.rounds), "\(count): \(rounds)")
        }
    }
    #expect(EvidenceNeed(Measure(.errorRate), operationsPerRound: 1, secondsPerRound: 5).rounds == 24)
    #expect(EvidenceNeed(.p(99), operationsPerRound: 1e-12, secondsPerRound: 10).rounds > 1_000_000)
    #expect(abs(EvidenceNeed.operations(.p(99)) - 20_000) < 1e-6 && EvidenceNeed.operations(Measure(.mean)) == 200)
}
