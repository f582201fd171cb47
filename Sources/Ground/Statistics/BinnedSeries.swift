// Histograms of consecutive units of time, pooled: quantiles and means of all of them, or of all but one.

import Glibc

/// Counts in bins for each of a row of units of time, held so that leaving one unit out costs next to nothing.
public struct BinnedSeries: Sendable {
    /// A unit's counts, in the order of the bins, only where there are any.
    public struct Unit: Sendable {
        var bins: [Int32] = []
        /// The count of this bin and of all below.
        var cumulative: [Int] = []
        var sum = 0.0
        public var count: Int { cumulative.last ?? 0 }

        /// Filled bins in rising order and how many values each holds; `middle` is what a value counts as in each of
        /// all bins, filled or not.
        public init(bins: [Int32], counts: [Int], middle: [Double]) {
            precondition(bins.count == counts.count, "each filled bin has its count")
            self.bins = bins
            cumulative.reserveCapacity(counts.count)
            var below = 0
            for place in 0..<bins.count {
                precondition(counts[place] > 0, "a filled bin is not empty")
                below += counts[place]
                cumulative.append(below)
                sum += Double(counts[place]) * middle[Int(bins[place])]
            }
        }

        /// The count in bins up to `bin`.
        func atMost(_ bin: Int) -> Int {
            var (low, high) = (0, bins.count)
            while low < high {
                let middle = (low + high) / 2
                if bins[middle] <= bin { low = middle + 1 } else { high = middle }
            }
            return low == 0 ? 0 : cumulative[low - 1]
        }
    }

    /// The logarithm of each bin's lower edge, and the bins' width on that scale.
    private let logLow: [Double]
    private let logWidth: [Double]
    public let units: [Unit]
    private let cumulative: [Int]
    private let sum: Double

    /// Bins in rising order, one entry each of `logLow` and `logWidth`, and the counts of each unit in time order.
    public init(logLow: [Double], logWidth: [Double], units: [Unit]) {
        precondition(logLow.count == logWidth.count, "each bin has an edge and a width")
        self.logLow = logLow
        self.logWidth = logWidth
        self.units = units
        var totals = [Int](repeating: 0, count: logLow.count)
        for unit in units {
            var before = 0
            for place in unit.bins.indices {
                totals[Int(unit.bins[place])] += unit.cumulative[place] - before
                before = unit.cumulative[place]
            }
        }
        var below = 0
        for bin in 0..<totals.count {
            below += totals[bin]
            totals[bin] = below
        }
        cumulative = totals
        sum = units.reduce(0) { $0 + $1.sum }
    }

    /// How many values there are in all.
    public var count: Int { cumulative.last ?? 0 }

    /// The logarithm of the `p` quantile of all units, or of all but the unit `without`; nil where nothing is left.
    ///
    /// The first bin that reaches p times the count, and within it in proportion, on the log scale.
    public func logQuantile(_ p: Double, without left: Int? = nil) -> Double? {
        precondition(p > 0 && p < 1, "a quantile lies between 0 and 1")
        let missing = left.map { units[$0] }
        let remaining = count - (missing?.count ?? 0)
        guard remaining > 0 else { return nil }
        let target = p * Double(remaining)
        func upTo(_ bin: Int) -> Int { bin < 0 ? 0 : cumulative[bin] - (missing?.atMost(bin) ?? 0) }
        var (low, high) = (0, logLow.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if Double(upTo(middle)) >= target { high = middle } else { low = middle + 1 }
        }
        let before = upTo(low - 1)
        return logLow[low] + logWidth[low] * (target - Double(before)) / Double(upTo(low) - before)
    }

    /// The logarithm of the mean of all units, or of all but the unit `without`; nil where nothing is left.
    public func logMean(without left: Int? = nil) -> Double? {
        let remaining = count - (left.map { units[$0].count } ?? 0)
        let total = sum - (left.map { units[$0].sum } ?? 0)
        return remaining > 0 && total > 0 ? log(total / Double(remaining)) : nil
    }

    /// What each unit adds to `estimate`, which is asked for the whole (nil) and without each unit.
    ///
    /// Nil where one of these is.
    public func pseudoValues(of estimate: (Int?) -> Double?) -> (whole: Double, values: [Double])? {
        guard let whole = estimate(nil) else { return nil }
        var without: [Double] = []
        for index in units.indices {
            guard let value = estimate(index) else { return nil }
            without.append(value)
        }
        return (whole, Statistics.pseudoValues(units: units.count, whole: whole) { without[$0] })
    }
}
