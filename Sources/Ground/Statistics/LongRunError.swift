// The standard error of the mean of a series whose neighbours resemble each other.

import Glibc

/// The mean of a series in time order and its standard error, with and without regard to slow drift.
public struct LongRunError: Equatable, Sendable {
    /// The mean of the series.
    public let mean: Double
    /// The equal-weighted cosine estimate (Müller, 2004; Lazarus, Lewis, Stock and Watson, 2018).
    public let cosine: Double
    /// What it would be were the values independent.
    public let independent: Double
    /// The number of cosine terms: the degrees of freedom of the estimate.
    public let terms: Int
    /// How much of each cosine there is in the series, as `cosineCoefficients` has it.
    public let coefficients: [Double]

    /// `series` holds at least two values, in time order.
    public init(_ series: [Double], terms: Int) {
        precondition(series.count >= 2 && terms >= 1, "a standard error needs two values and a cosine term")
        let count = Double(series.count)
        let mean = series.reduce(0, +) / count
        let sums = cosineSums(series, terms: terms)
        let power = sums.reduce(0.0) { $0 + 2 / count * $1 * $1 }
        let squares = series.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
        self.mean = mean
        self.terms = terms
        coefficients = sums.map { (2 / count).squareRoot() * $0 }
        cosine = (power / Double(terms) / count).squareRoot()
        independent = (squares / (count - 1) / count).squareRoot()
    }

    /// The larger of the two: drift widens the error, and a lucky series does not narrow it.
    public var error: Double { max(cosine, independent) }

    /// How much drift widens the variance: 1 for independent values; 1 too where the series does not vary.
    public var varianceInflation: Double {
        independent == 0 ? 1 : cosine * cosine / (independent * independent)
    }

    /// The number of cosine terms for `units` values: few terms are robust, many are precise.
    public static func terms(units: Int) -> Int { units < 16 ? 4 : units < 24 ? 6 : 8 }
}

/// How much of each of the first `terms` cosines there is in `series`: alike in size where it does not drift.
///
/// The long-run variance is estimated by the mean of their squares.
public func cosineCoefficients(_ series: [Double], terms: Int) -> [Double] {
    precondition(!series.isEmpty && terms >= 1, "a series that is not empty, and a cosine")
    return cosineSums(series, terms: terms).map { (2 / Double(series.count)).squareRoot() * $0 }
}

private func cosineSums(_ series: [Double], terms: Int) -> [Double] {
    let count = Double(series.count)
    let mean = series.reduce(0, +) / count
    return (1...terms).map { j in
        var sum = 0.0
        for (index, value) in series.enumerated() {
            // The cosines sum to nothing, so taking the mean off first changes only the rounding.
            sum += (value - mean) * cos(.pi * Double(j) * (Double(index) + 0.5) / count)
        }
        return sum
    }
}

/// How much neighbours in `series` resemble each other: their correlation, 0 where the series does not vary.
public func neighbourCorrelation(_ series: [Double]) -> Double {
    precondition(!series.isEmpty, "a series that is not empty")
    let mean = series.reduce(0, +) / Double(series.count)
    let squares = series.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
    let products = zip(series, series.dropFirst()).reduce(0.0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
    return squares == 0 ? 0 : products / squares
}

/// Jackknife pseudo-values: what each of `units` adds to an estimate that is no average.
///
/// `whole` is the estimate from all units, `without(r)` that from all but unit r.
public func pseudoValues(units: Int, whole: Double, without: (Int) -> Double) -> [Double] {
    let count = Double(units)
    return (0..<units).map { count * whole - (count - 1) * without($0) }
}
