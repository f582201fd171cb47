// The exact distributions of rank statistics where nothing differs: counted, as probabilities.

/// The probabilities that a random choice among `weights`, each taken with probability 1/2, sums to 0 ... `limit`.
///
/// With the ranks from 1 up as weights it is the distribution of Wilcoxon's signed-rank sum.
func subsetSumProbabilities(_ weights: [Int], upTo limit: Int) -> [Double] {
    var probabilities = [Double](repeating: 0, count: limit + 1)
    probabilities[0] = 1
    for weight in weights {
        precondition(weight > 0, "a weight is positive")
        for sum in (0...limit).reversed() {
            let with = sum >= weight ? probabilities[sum - weight] : 0
            probabilities[sum] = (probabilities[sum] + with) / 2
        }
    }
    return probabilities
}

/// The probabilities of Mann and Whitney's U from 0 to half of first * second, of samples without ties.
///
/// They are the coefficients of a Gaussian binomial, built factor by factor. Each division leaves whole numbers that
/// rise towards the middle, so what rounding does to the small ones does not show in the large ones.
func mannWhitneyProbabilities(_ first: Int, _ second: Int) -> [Double] {
    let (small, large) = (min(first, second), max(first, second))
    let limit = small * large / 2
    var probabilities = [Double](repeating: 0, count: limit + 1)
    probabilities[0] = 1
    for factor in stride(from: 1, through: small, by: 1) {
        for u in stride(from: limit, through: large + factor, by: -1) {
            probabilities[u] -= probabilities[u - large - factor]
        }
        for u in stride(from: factor, through: limit, by: 1) { probabilities[u] += probabilities[u - factor] }
        // As many ways to choose more than with one factor less.
        let ways = Double(large + factor) / Double(factor)
        for u in 0...limit { probabilities[u] /= ways }
    }
    return probabilities
}

/// The largest value whose cumulative probability is `alpha` at most, and that probability; nil if there is none.
func largestBelow(_ alpha: Double, _ probabilities: [Double]) -> (value: Int, cumulative: Double)? {
    var cumulative = 0.0
    var found: (Int, Double)?
    for (value, probability) in probabilities.enumerated() {
        cumulative += probability
        guard cumulative <= alpha else { break }
        found = (value, cumulative)
    }
    return found
}

/// The rank of each value among `values`, from 1, doubled so that it is whole; values alike share their mean rank.
/// `ties` holds how many there are of each value.
func doubledRanks(_ values: [Double]) -> (ranks: [Int], ties: [Int]) {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Int](repeating: 0, count: values.count)
    var ties: [Int] = []
    var start = 0
    while start < order.count {
        var end = start + 1
        while end < order.count && values[order[end]] == values[order[start]] { end += 1 }
        for place in start..<end { ranks[order[place]] = start + 1 + end }
        ties.append(end - start)
        start = end
    }
    return (ranks, ties)
}
