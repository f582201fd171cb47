// Histograms of consecutive units of time, pooled: quantiles and means of all of them, or of all but one.

import Glibc

/// Counts in bins for each of a row of units of time, held so that leaving one unit out costs next to nothing.
public struct BinnedSeries: Sendable {
    /// A unit's counts, in the order of the bins, only where there are any.
    public struct Unit: Sendable {
        @usableFromInline let bins: [Int32]
        /// The count of this bin and of all below.
        @usableFromInline let cumulative: [Int]
        @usableFromInline let sum: Double
        public var count: Int { cumulative.last ?? 0 }

        /// Filled bins in rising order and how many values each holds, no more than `most`; `middle` is what a value
        /// counts as in each of all bins, filled or not.
        @inlinable
        public init(_ filled: some Sequence<(bin: Int, count: Int)>, atMost most: Int, middle: [Double]) {
            var (cumulative, sum) = ([Int](), 0.0)
            bins = [Int32](unsafeUninitializedCapacity: most) { bins, size in
                var (place, below) = (0, 0)
                cumulative = [Int](unsafeUninitializedCapacity: most) { cumulative, size in
                    for (bin, count) in filled {
                        precondition(count > 0 && place < most, "a filled bin is not empty, and there is room for it")
                        below += count
                        bins[place] = Int32(truncatingIfNeeded: bin)
                        cumulative[place] = below
                        sum += Double(count) * middle[bin]
                        place += 1
                    }
                    size = place
                }
                size = place
            }
            self.cumulative = cumulative
            self.sum = sum
        }

        /// The same from two lists.
        public init(bins: [Int32], counts: [Int], middle: [Double]) {
            precondition(bins.count == counts.count, "each filled bin has its count")
            self.init(
                zip(bins, counts).lazy.map { (bin: Int($0), count: $1) }, atMost: bins.count, middle: middle)
        }

        /// Adds each count to the entry of its bin.
        fileprivate func add(to totals: inout [Int]) {
            precondition(bins.last.map { $0 < totals.count } ?? true, "an entry for each bin")
            totals.withUnsafeMutableBufferPointer { totals in
                var before = 0
                for place in 0..<bins.count {
                    totals[Int(bins[place])] += cumulative[place] - before
                    before = cumulative[place]
                }
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
        for unit in units { unit.add(to: &totals) }
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
        func firstBin(_ low: Int, _ high: Int, _ isReached: (Int) -> Bool) -> Int {
            var (low, high) = (low, high)
            while low < high {
                let middle = (low + high) / 2
                if isReached(middle) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        // Without the unit the bin is the same or a later one: it is looked for in steps that double.
        var low = firstBin(0, logLow.count - 1) { Double(cumulative[$0]) >= target }
        if missing != nil {
            var (high, step) = (low, 1)
            while Double(upTo(high)) < target && high < logLow.count - 1 {
                low = high + 1
                high = min(logLow.count - 1, high + step)
                step *= 2
            }
            low = firstBin(low, high) { Double(upTo($0)) >= target }
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
