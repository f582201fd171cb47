// How skewed the popularity of values is: the exponent of a Zipf law, by maximum likelihood, with its error.
//
// Under the law item k of K is drawn with probability p_k, proportional to k^-s. Of N draws item k gets a number that is Poisson with mean
// N p_k. Which item has which rank is not known, and ranking values by their counts would bend the tail (what comes once by chance is not
// what belongs last). So ranks are averaged over: a value of the sample has the mixture of all K Poisson laws, and values that never came
// are counted by what they leave out:
//
//     log L(s, K) = sum over values seen of log P(n)  +  (M - D) log P(0)  +  log C(M, D)      with M = K times the sample's share
//
// and D distinct values seen. No traffic is a Zipf law to the last digit: counts of 64 and more may be off by `tolerance`, beside what Poisson
// allows, and a value here and there may be of no law at all. So a few odd values do not bend the whole, and the likelihood has one peak. The error is from the curvature along s, K free; it takes values for independent, which is cautious: each
// rank is there exactly once.

import Glibc

/// The popularity of a set of values.
struct ZipfFit: Equatable {
    /// 0 is uniform.
    var exponent: Double
    /// One standard error of the exponent.
    var error: Double
    /// How many items there are, those that never came included.
    var items: Double

    /// Largest exponent that is looked for.
    static let steepest = 3.0

    /// Whether a uniform law says the same: the exponent is less than three errors from 0, or too small to matter.
    var isUniform: Bool { exponent < max(3 * error, 0.05) }
}

extension ZipfFit {
    /// From `occurrences`, how often each value of a sample came; `share` of all values are in the sample, `total` draws were made. Nil
    /// where fewer than 2 values came, or none came twice: then nothing tells how many there are.
    init?(occurrences: [Int], share: Double, total: Int) {
        guard occurrences.count >= 2, occurrences.contains(where: { $0 > 1 }) else { return nil }
        let likelihood = ZipfLikelihood(occurrences: occurrences, share: share, total: Double(total))
        func profile(_ s: Double) -> Double { likelihood.best(s).value }
        // There may be several peaks where few values came often: a scan finds the highest.
        let step = 0.15
        let scan = (0...Int(ZipfFit.steepest / step)).map { Double($0) * step }
        let values = scan.map(profile)
        let peak = scan[values.indices.max { values[$0] < values[$1] } ?? 0]
        let found = highest(max(0, peak - step)...(peak + step), steps: 14, profile)
        let (value, items) = likelihood.best(found)
        let h = 0.02
        let curvature = (profile(found + h) - 2 * value + profile(abs(found - h))) / (h * h)
        exponent = found
        error = curvature < 0 ? (-1 / curvature).squareRoot() : .infinity
        self.items = items
    }

    /// Twice the logarithm of how much likelier the sample is by its own law than by the one of `exponent` and `items`: where both are one,
    /// chi-squared with two degrees of freedom.
    static func deviance(_ sample: DistinctSample, exponent: Double, items: Double) -> Double {
        guard let own = ZipfFit(sample) else { return 0 }
        let likelihood = ZipfLikelihood(
            occurrences: sample.occurrences, share: sample.share, total: Double(sample.total))
        let atLeast = max(items, sample.estimatedDistinct)
        return 2 * (likelihood.value(own.exponent, items: own.items) - likelihood.value(exponent, items: atLeast))
    }

    init?(_ sample: DistinctSample) {
        self.init(occurrences: sample.occurrences, share: sample.share, total: sample.total)
    }
}

/// Where `f` is highest in `range`, by golden section; `f` has one peak there.
private func highest(_ range: ClosedRange<Double>, steps: Int, _ f: (Double) -> Double) -> Double {
    let golden = (5.0.squareRoot() - 1) / 2
    var (low, high) = (range.lowerBound, range.upperBound)
    var (x1, x2) = (high - golden * (high - low), low + golden * (high - low))
    var (y1, y2) = (f(x1), f(x2))
    for _ in 0..<steps {
        if y1 > y2 {
            (high, x2, y2) = (x2, x1, y1)
            x1 = high - golden * (high - low)
            y1 = f(x1)
        } else {
            (low, x1, y1) = (x1, x2, y2)
            x2 = low + golden * (high - low)
            y2 = f(x2)
        }
    }
    return (low + high) / 2
}

private struct ZipfLikelihood {
    /// Counts `from` ..< `to`, and how many values have one of them.
    private struct Cell {
        var from: Int
        var to: Int
        var values: Double
        /// log(from!)
        var logFactorial: Double
        var isSingle: Bool { to == from + 1 }
    }

    private let cells: [Cell]
    private let distinct: Double
    private let share: Double
    private let total: Double

    /// Counts below this have a cell each; above, cells grow by a tenth, which is below the spread of a Poisson law only where it hardly
    /// matters.
    private static let exact = 64
    /// By what share a popular value's mean may differ from the law.
    private static let tolerance = 0.15
    /// How many items have a count that has nothing to do with the law.
    private static let ofNoLaw = 1e-4

    init(occurrences: [Int], share: Double, total: Double) {
        distinct = Double(occurrences.count)
        (self.share, self.total) = (share, total)
        var edges = Array(1...ZipfLikelihood.exact)
        let most = occurrences.max() ?? 1
        while edges[edges.count - 1] <= most { edges.append(edges[edges.count - 1] * 11 / 10) }
        var values = [Double](repeating: 0, count: edges.count)
        for count in occurrences {
            var (low, high) = (0, edges.count)
            while high - low > 1 {
                let middle = (low + high) / 2
                if edges[middle] <= count { low = middle } else { high = middle }
            }
            values[low] += 1
        }
        cells = (0..<edges.count - 1).compactMap { index in
            guard values[index] > 0 else { return nil }
            return Cell(
                from: edges[index], to: edges[index + 1], values: values[index],
                logFactorial: lgamma(Double(edges[index]) + 1))
        }
    }

    /// The number of items that fits best with exponent `s`, and how likely that is.
    func best(_ s: Double) -> (value: Double, items: Double) {
        let least = log(max(distinct / share, 1))
        let place = highest(least...(least + log(1000)), steps: 16) { value(s, items: exp($0)) }
        let (inside, atLeast) = (value(s, items: exp(place)), value(s, items: exp(least)))
        return atLeast >= inside ? (atLeast, exp(least)) : (inside, exp(place))
    }

    /// log L.
    func value(_ s: Double, items: Double) -> Double {
        let ranks = Ranks(items: items)
        let weights = ranks.middles.map { pow($0, -s) }
        let sum = zip(weights, ranks.widths).reduce(0) { $0 + $1.0 * $1.1 }
        let means = weights.map { total * $0 / sum }
        let logs = means.map { log($0) }
        var value = 0.0
        for cell in cells {
            var chance = 0.0
            if cell.isSingle {
                let n = Double(cell.from)
                for index in means.indices {
                    let exponent = n * logs[index] - means[index] - cell.logFactorial
                    if exponent > -40 { chance += exp(exponent) * ranks.widths[index] }
                }
            } else {
                for index in means.indices {
                    // The normal law that a Poisson law of so high a mean comes to, and the tolerance.
                    let off = ZipfLikelihood.tolerance * means[index]
                    let sigma = (means[index] + off * off).squareRoot()
                    let (a, b) = (
                        (Double(cell.from) - 0.5 - means[index]) / sigma, (Double(cell.to) - 0.5 - means[index]) / sigma
                    )
                    if a < 8 && b > -8 { chance += (normal(b) - normal(a)) * ranks.widths[index] }
                }
            }
            value += cell.values * log((chance + ZipfLikelihood.ofNoLaw) / items)
        }
        var none = 0.0
        for index in means.indices { none += exp(-means[index]) * ranks.widths[index] }
        let sampled = max(items * share, distinct)
        let unseen = sampled - distinct
        if unseen > 0 { value += unseen * log(max(none / items, 1e-300)) }
        return value + lgamma(sampled + 1) - lgamma(unseen + 1)
    }

    private func normal(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }
}

/// Ranks 1 to `items` in groups: the first each by itself, later ones together with their neighbours.
private struct Ranks {
    var middles: [Double] = []
    var widths: [Double] = []

    init(items: Double) {
        var edge = 0.5
        while edge < items + 0.5 {
            let next = min(edge < 200 ? edge + 1 : edge * 1.03, items + 0.5)
            middles.append((edge + next) / 2)
            widths.append(next - edge)
            edge = next
        }
    }
}
