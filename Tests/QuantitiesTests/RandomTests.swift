// Seeded randomness: repeats, spreads, and has the distributions that it says.

import Glibc
import Quantities
import TestSupport
import Testing

@Test func theSameSeedRepeatsAndNeighboursDoNot() {
    var (a, b, c) = (SeededRandom(seed: 1), SeededRandom(seed: 1), SeededRandom(seed: 2))
    let first = (0..<100).map { _ in a.next() }
    #expect(first == (0..<100).map { _ in b.next() })
    #expect(Set(first).isDisjoint(with: (0..<100).map { _ in c.next() }))
    let children = Set((0..<10_000).map { SeededRandom.derive(7, UInt64($0)) })
    #expect(children.count == 10_000)
    #expect(SeededRandom.derive(7, "arrivals") != SeededRandom.derive(7, "operations"))
}

/// Mean and variance of many draws against those of the distribution, within six standard errors.
@Test func drawsHaveTheMomentsOfTheirDistribution() {
    let n = 200_000.0
    var random = SeededRandom(seed: 3)
    func check(_ mean: Double, _ variance: Double, _ draw: () -> Double) {
        var (sum, squares) = (0.0, 0.0)
        for _ in 0..<Int(n) {
            let x = draw()
            sum += x
            squares += x * x
        }
        #expect(abs(sum / n - mean) < 6 * (variance / n).squareRoot())
        #expect(abs(squares / n - sum * sum / n / n - variance) < 0.05 * variance)
    }
    check(0.5, 1.0 / 12) { random.unit() }
    check(1, 1) { random.exponential() }
    check(0, 1) { random.normal() }
    check(4.5, 8.25) { Double(random.below(10)) }
    let (median, sigma) = (3.0, 0.4)
    let mean = median * exp(sigma * sigma / 2)
    check(mean, mean * mean * (exp(sigma * sigma) - 1)) { random.lognormal(median: median, sigma: sigma) }
}

@Test(arguments: [0.5, 0.99, 1.0, 1.4])
func zipfianItemsHaveTheirShares(exponent: Double) {
    let zipfian = Zipfian(items: 1000, exponent: exponent)
    var random = SeededRandom(seed: 9)
    let n = 200_000
    var counts = [Int](repeating: 0, count: 1000)
    for _ in 0..<n { counts[Int(zipfian.sample(&random))] += 1 }
    let total = (1...1000).reduce(0.0) { $0 + pow(Double($1), -exponent) }
    for item in [0, 1, 9, 99, 999] {
        let share = pow(Double(item + 1), -exponent) / total
        let error = (share * (1 - share) / Double(n)).squareRoot()
        #expect(abs(Double(counts[item]) / Double(n) - share) < 6 * error, "item \(item)")
    }
}
