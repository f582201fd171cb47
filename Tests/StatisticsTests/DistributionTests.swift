// Distributions against published values and against what must hold between them.

import Glibc
import Quantities
import Statistics
import TestSupport
import Testing

@Test(arguments: [
    (0.95, 4, 2.1318467863266495), (0.95, 7.3, 1.8829300179564308), (0.95, 59, 1.6710930321038946),
    (0.975, 8, 2.306004135204166), (0.95, 6, 1.9431802805153042)
])
func quantilesOfStudentsT(p: Double, df: Double, x: Double) {
    #expect(close(StudentT.quantile(p, df: df), x))
    #expect(close(StudentT.quantile(1 - p, df: df), -x, relative: 1e-12 / (1 - p)))
    #expect(close(StudentT.cumulative(x, df: df), p))
}

@Test func tailsOfStudentsTStayExactFarOut() {
    #expect(close(StudentT.cumulative(-6, df: 4), 0.0019412685234802554))
    #expect(close(StudentT.cumulative(-6, df: 8), 0.00016169661094257446))
    // With one degree of freedom it is Cauchy's distribution, whose tail is 1 / (pi x).
    #expect(close(StudentT.upperTail(1e9, df: 1), 1e-9 / .pi))
    #expect(StudentT.upperTail(.infinity, df: 4) == 0)
    #expect(StudentT.upperTail(-.infinity, df: 4) == 1)
    #expect(StudentT.upperTail(0, df: 4) == 0.5)
}

@Test(arguments: [
    (1e-06, -4.753424308822899), (0.025, -1.9599639845400545), (0.5, 0), (0.95, 1.6448536269514722),
    (0.9999, 3.719016485455709)
])
func quantilesOfTheNormal(p: Double, x: Double) {
    #expect(close(Normal.quantile(p), x))
    #expect(close(Normal.cumulative(x), p))
}

@Test(arguments: [
    (0.5, 0.5, 0.3, 0.36901011956554536), (4, 0.5, 0.05, 1.7442718459491682e-06),
    (1000, 3, 0.995, 0.12318159331562695), (10, 10, 0.5, 0.5)
])
func incompleteBeta(a: Double, b: Double, x: Double, y: Double) {
    #expect(close(Beta.cumulative(x, a, b), y))
    #expect(close(Beta.quantile(y, a, b), x))
    #expect(close(Beta.upperTail(1 - x, b, a), y))
}

@Test func betaKnowsItsPolynomials() {
    for (seed, generator) in seededCases(200) {
        var random = generator
        let x = random.unit()
        // With whole parameters it is a polynomial: I_x(a, 1) = x^a and I_x(1, b) = 1 - (1 - x)^b.
        let k = Double(1 + random.below(400))
        #expect(close(Beta.cumulative(x, k, 1), pow(x, k)), "seed \(seed)")
        #expect(close(Beta.upperTail(x, 1, k), pow(1 - x, k), relative: 1e-8), "seed \(seed)")
        let (a, b) = (random.unit() * 50 + 0.01, random.unit() * 50 + 0.01)
        #expect(abs(Beta.cumulative(x, a, b) + Beta.cumulative(1 - x, b, a) - 1) < 1e-12, "seed \(seed)")
    }
}

@Test func betaHoldsAtTheCountsOfALongRun() {
    // A hundred million operations: the binomial is then a normal to a few digits, and no digits are lost.
    let n = 1e8
    let p = 0.001
    let at = n * p + 2 * (n * p).squareRoot()
    let tail = Beta.cumulative(p, at, n - at + 1)
    #expect(tail > 0.022 && tail < 0.024)
    let x = Beta.quantile(0.05, at, n - at + 1)
    #expect(close(Beta.cumulative(x, at, n - at + 1), 0.05, relative: 1e-9))
}

@Test func ranksThatBoundAQuantile() {
    let median = quantileRanks(count: 200, p: 0.5, confidence: 0.95)
    #expect(median.lower == 86 && median.upper == 115)
    #expect(close(median.coverage, 0.9599628083866005))
    let tail = quantileRanks(count: 200, p: 0.99, confidence: 0.95)
    #expect(tail.lower == 195 && tail.upper == nil)
    #expect(close(tail.coverage, 0.9839770930908224))
    #expect(quantileRanks(count: 368, p: 0.99, confidence: 0.95).upper == 368)
    #expect(quantileRanks(count: 367, p: 0.99, confidence: 0.95).upper == nil)
    #expect(quantileRanks(count: 3, p: 0.5, confidence: 0.95).lower == nil)
}
