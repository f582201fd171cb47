// Differences by ranks alone: Hodges and Lehmann's estimate, and the tests of Wilcoxon and of Mann and Whitney.

import Glibc

/// The Hodges-Lehmann estimate (1963) of the centre of a sample, or of the shift between two, and its exact interval.
///
/// For display and cross-checks. Takes the values for independent; with values alike the interval is wider than need
/// be. Memory and time grow with the square of the sample and with its cube: meant for some hundreds of values.
public struct HodgesLehmann: Equatable, Sendable {
    public let estimate: Double
    /// The ends of the interval; nil where the sample is too small for any at this confidence.
    public let lower: Double?
    public let upper: Double?
    /// The probability that the interval holds the truth, at least the confidence asked for; 1 where there is none.
    public let coverage: Double

    /// The median of the means of all pairs of `sample`, each value with itself too (Walsh averages).
    ///
    /// The interval inverts Wilcoxon's signed-rank test and supposes a symmetric distribution.
    public init(_ sample: [Double], confidence: Double) {
        precondition(!sample.isEmpty, "a sample that is not empty")
        var averages: [Double] = []
        for (index, value) in sample.enumerated() {
            for other in sample[index...] { averages.append((value + other) / 2) }
        }
        let ranks = Array(1...sample.count)
        self.init(averages, subsetSumProbabilities(ranks, upTo: averages.count / 2), confidence)
    }

    /// The median of the differences new - old of all pairs. The interval inverts the test of Mann and Whitney.
    public init(old: [Double], new: [Double], confidence: Double) {
        precondition(!old.isEmpty && !new.isEmpty, "two samples that are not empty")
        let differences = new.flatMap { new in old.map { new - $0 } }
        self.init(differences, mannWhitneyProbabilities(old.count, new.count), confidence)
    }

    /// `probabilities` are those of the number of `values` below the truth.
    private init(_ values: [Double], _ probabilities: [Double], _ confidence: Double) {
        precondition(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1")
        let sorted = values.sorted()
        let count = sorted.count
        estimate = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
        let cut = largestBelow((1 - confidence) / 2, probabilities)
        lower = cut.map { sorted[$0.value] }
        upper = cut.map { sorted[count - 1 - $0.value] }
        coverage = 1 - 2 * (cut?.cumulative ?? 0)
    }
}

/// Wilcoxon's signed-rank test (1945) of a sample's centre against 0, exact, with values alike too.
public struct SignedRank: Equatable, Sendable {
    /// The sum of the ranks of the positive or of the negative values, whichever is smaller. Values alike share their
    /// mean rank; zeros are left out.
    public let statistic: Double
    /// The probability of so small a sum if each value were as likely on either side of 0, two-sided.
    public let probability: Double

    public init(_ sample: [Double]) {
        let values = sample.filter { $0 != 0 }
        let ranks = doubledRanks(values.map { abs($0) }).ranks
        let positive = zip(values, ranks).reduce(0) { $1.0 > 0 ? $0 + $1.1 : $0 }
        let smaller = min(positive, ranks.reduce(0, +) - positive)
        statistic = Double(smaller) / 2
        probability = min(1, 2 * subsetSumProbabilities(ranks, upTo: smaller).reduce(0, +))
    }
}

/// The test of Mann and Whitney (1947) of whether the values of one sample tend to be larger than another's.
///
/// For display and cross-checks: on windows of a run that drifts it raises far too many alarms.
public struct MannWhitney: Equatable, Sendable {
    /// How many pairs have the new value above the old; pairs alike count half.
    public let statistic: Double
    /// The two-sided probability of a statistic so far from its middle if the samples were alike, from the exact
    /// distribution; nil where values are alike, since that distribution does not know them.
    public let exactProbability: Double?
    /// The same from the normal approximation, corrected for continuity and for values alike.
    public let asymptoticProbability: Double

    public init(old: [Double], new: [Double]) {
        precondition(!old.isEmpty && !new.isEmpty, "two samples that are not empty")
        let (ranks, ties) = doubledRanks(old + new)
        let pairs = old.count * new.count
        // In half pairs, to stay whole.
        let doubled = ranks[old.count...].reduce(0, +) - new.count * (new.count + 1)
        let smaller = min(doubled, 2 * pairs - doubled)
        statistic = Double(doubled) / 2
        if ties.allSatisfy({ $0 == 1 }) {
            let below = mannWhitneyProbabilities(old.count, new.count)[...(smaller / 2)].reduce(0, +)
            exactProbability = min(1, 2 * below)
        } else {
            exactProbability = nil
        }
        let total = Double(ranks.count)
        let alike = ties.reduce(0.0) { $0 + Double($1) * (Double($1) * Double($1) - 1) }
        let variance = Double(pairs) / 12 * (total + 1 - alike / (total * (total - 1)))
        let distance = (Double(pairs) - Double(smaller) - 1) / 2
        asymptoticProbability =
            variance <= 0 || distance <= 0 ? 1 : 2 * Normal.cumulative(-distance / variance.squareRoot())
    }
}
