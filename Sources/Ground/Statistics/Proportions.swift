// Rates of rare events: exact bounds, bounds for errors that come in bursts, and the exact test of two rates.

import Glibc

/// One-sided Clopper-Pearson bounds on a proportion: `lower` and `upper` each miss with probability `alpha` at most.
///
/// `successes` of `trials`, both real, since overdispersed counts are judged by their effective size.
public func clopperPearson(successes: Double, trials: Double, alpha: Double) -> (lower: Double, upper: Double) {
    precondition(trials > 0 && successes >= 0 && successes <= trials, "successes lie between 0 and the trials")
    let failures = trials - successes
    let lower = successes == 0 ? 0 : Beta.quantile(alpha, successes, failures + 1)
    let upper = failures == 0 ? 1 : Beta.quantile(1 - alpha, successes + 1, failures)
    return (lower, upper)
}

/// How many errors were seen, and how much they tell when they come in bursts.
///
/// The counts of errors per unit of time vary more than a binomial's would; the design effect says how much more, and
/// errors and operations are divided by it before the exact bounds are taken.
public struct ErrorEvidence: Equatable, Sendable {
    /// A run that has seen fewer than five units with errors cannot know how they cluster; 50 at once is assumed.
    public static let assumedBurst = 50.0

    public let errors: Int
    public let operations: Int
    public let units: Int
    public let unitsWithErrors: Int
    /// The variance of the counts over that of a binomial, at least 1, and `assumedBurst` where too little was seen.
    public let designEffect: Double

    /// Errors and operations of each unit, in the same order.
    public init(errors: [Int], operations: [Int]) {
        precondition(errors.count == operations.count, "one count of errors for each count of operations")
        self.errors = errors.reduce(0, +)
        self.operations = operations.reduce(0, +)
        units = errors.count
        unitsWithErrors = errors.count { $0 > 0 }
        var effect = 1.0
        if units > 1, self.errors > 0, self.errors < self.operations {
            let mean = Double(self.errors) / Double(units)
            let meanOperations = Double(self.operations) / Double(units)
            let squares = errors.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
            effect = max(1, squares / Double(units - 1) / (mean * (1 - mean / meanOperations)))
        }
        designEffect = unitsWithErrors < 5 ? max(effect, ErrorEvidence.assumedBurst) : effect
    }

    /// Whether `designEffect` is assumed, since too little was seen to tell how errors cluster.
    public var isBurstAssumed: Bool { unitsWithErrors < 5 && designEffect == ErrorEvidence.assumedBurst }
    /// Errors over operations; 0 where there was no operation.
    public var rate: Double { operations == 0 ? 0 : Double(errors) / Double(operations) }
    /// What the exact bounds are taken of.
    public var effectiveErrors: Double { Double(errors) / designEffect }
    public var effectiveOperations: Double { Double(operations) / designEffect }

    /// Bounds on the rate, each missing with probability `alpha` at most; 0 and 1 where there was no operation.
    public func bounds(alpha: Double) -> (lower: Double, upper: Double) {
        guard operations > 0 else { return (0, 1) }
        return clopperPearson(successes: effectiveErrors, trials: effectiveOperations, alpha: alpha)
    }

    /// The probability of so few errors if the rate were `limit`: small where the rate is shown to be below.
    public func probabilityBelow(_ limit: Double) -> Double { probabilityBelow(limit, times: 1) }

    /// The probability of so many errors if the rate were `limit`: small where the rate is shown to be above.
    public func probabilityAbove(_ limit: Double) -> Double { probabilityAbove(limit, times: 1) }

    private func probabilityBelow(_ limit: Double, times: Double) -> Double {
        guard operations > 0, limit < 1 else { return 1 }
        let failures = times * (effectiveOperations - effectiveErrors)
        return failures <= 0 ? 1 : Beta.upperTail(limit, times * effectiveErrors + 1, failures)
    }

    private func probabilityAbove(_ limit: Double, times: Double) -> Double {
        guard errors > 0 else { return 1 }
        return Beta.cumulative(limit, times * effectiveErrors, times * (effectiveOperations - effectiveErrors) + 1)
    }

    /// How many times as much evidence of the same kind would decide on `limit`; nil where ten thousand would not.
    public func neededTimes(for limit: Double, alpha: Double) -> Double? {
        func decides(_ times: Double) -> Bool {
            probabilityBelow(limit, times: times) < alpha || probabilityAbove(limit, times: times) < alpha
        }
        var times = 1.0
        while !decides(times) {
            times *= 1.05
            if times > 1e4 { return nil }
        }
        return times
    }
}

/// Fisher's exact test of a 2 x 2 table, two-sided: the probability, given the margins, of tables no likelier.
public func fisherExact(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Double {
    precondition(min(a, b, c, d) >= 0, "a table holds counts")
    let row = a + b
    let column = a + c
    let total = a + b + c + d
    func logChoose(_ n: Int, _ k: Int) -> Double {
        logGamma(Double(n + 1)) - logGamma(Double(k + 1)) - logGamma(Double(n - k + 1))
    }
    func logProbability(_ x: Int) -> Double {
        logChoose(column, x) + logChoose(total - column, row - x) - logChoose(total, row)
    }
    let seen = logProbability(a)
    var sum = 0.0
    for x in max(0, row + column - total)...min(row, column) {
        let each = logProbability(x)
        // Tables as likely as the one seen count, whatever rounding makes of them.
        if each <= seen + 1e-7 { sum += exp(each) }
    }
    return min(sum, 1)
}
