// What was measured, at rest: only the bins that hold something. Adding, subtracting, asking.

import Glibc

/// A histogram of nanoseconds in `BucketLayout`. Memory goes with the number of filled bins, not with the range.
public struct Histogram: Sendable, Equatable {
    /// Filled bins, ascending, and how many values each holds (always above 0).
    public private(set) var bins: [Int32] = []
    public private(set) var counts: [Int] = []
    /// Number of values.
    public private(set) var count = 0

    public init() {}

    /// Adds a bin above all that are there: how recorders and decoders fill a histogram.
    mutating func append(bin: Int, count added: Int) {
        precondition(bins.last.map { $0 < bin } ?? true, "bins are appended in ascending order")
        bins.append(Int32(bin))
        counts.append(added)
        count += added
    }

    /// For few values; a worker uses `HistogramRecorder`.
    public mutating func record(_ nanoseconds: Int64, count added: Int = 1) {
        precondition(added > 0, "a value is recorded at least once")
        let bin = Int32(BucketLayout.bin(of: nanoseconds))
        let place = lowerBound(bin)
        if place < bins.count && bins[place] == bin {
            counts[place] += added
        } else {
            bins.insert(bin, at: place)
            counts.insert(added, at: place)
        }
        count += added
    }

    private func lowerBound(_ bin: Int32) -> Int {
        var (low, high) = (0, bins.count)
        while low < high {
            let middle = (low + high) / 2
            if bins[middle] < bin { low = middle + 1 } else { high = middle }
        }
        return low
    }

    public mutating func add(_ other: Histogram) { combine(other, sign: 1) }

    /// `other` must be part of this histogram, as a unit is of the total.
    public mutating func subtract(_ other: Histogram) { combine(other, sign: -1) }

    private mutating func combine(_ other: Histogram, sign: Int) {
        var result = Histogram()
        result.bins.reserveCapacity(Swift.max(bins.count, other.bins.count))
        result.counts.reserveCapacity(Swift.max(bins.count, other.bins.count))
        var (i, j) = (0, 0)
        while i < bins.count || j < other.bins.count {
            let a = i < bins.count ? bins[i] : Int32.max
            let b = j < other.bins.count ? other.bins[j] : Int32.max
            let sum = (a <= b ? counts[i] : 0) + (b <= a ? sign * other.counts[j] : 0)
            precondition(sum >= 0, "subtracted more than there was")
            if sum > 0 { result.append(bin: Int(Swift.min(a, b)), count: sum) }
            if a <= b { i += 1 }
            if b <= a { j += 1 }
        }
        self = result
    }

    /// Calls `body` with each filled bin: its smallest value, the smallest value of the next bin, and its count.
    public func forEachBin(_ body: (_ low: Int64, _ next: Int64, _ count: Int) -> Void) {
        for place in bins.indices {
            body(BucketLayout.low(Int(bins[place])), BucketLayout.next(Int(bins[place])), counts[place])
        }
    }
}

extension Histogram {
    /// Largest value, to its bin (the bin's highest), 0 where there is none.
    public var max: Int64 { bins.last.map { BucketLayout.next(Int($0)) - 1 } ?? 0 }
    /// Smallest value, to its bin (the bin's lowest), 0 where there is none.
    public var min: Int64 { bins.first.map { BucketLayout.low(Int($0)) } ?? 0 }

    /// Sum of all values, each taken at the middle of its bin (within 0.05 %), nanoseconds.
    public var sum: Double {
        var total = 0.0
        forEachBin { low, next, count in total += Double(count) * (Double(low) + Double(next - 1)) / 2 }
        return total
    }

    /// Mean in nanoseconds; NaN where there is no value.
    public var mean: Double { count > 0 ? sum / Double(count) : .nan }

    /// The value at rank p * n, in nanoseconds, interpolated in the logarithm inside its bin; NaN where empty.
    public func quantile(_ p: Double) -> Double {
        guard count > 0 else { return .nan }
        let target = p * Double(count)
        var before = 0
        for place in bins.indices {
            let here = counts[place]
            if Double(before + here) >= target || place == bins.count - 1 {
                // Bin 0 holds the value 0, which has no logarithm: it is taken to begin at half a nanosecond.
                let low = Swift.max(Double(BucketLayout.low(Int(bins[place]))), 0.5)
                let width = log(Double(BucketLayout.next(Int(bins[place]))) / low)
                let share = Swift.min(Swift.max((target - Double(before)) / Double(here), 0), 1)
                return low * exp(width * share)
            }
            before += here
        }
        return .nan
    }

    /// HdrHistogram's percentile: the highest value of the bin that holds rank `percent` / 100 * n, rounded to the nearest, at least 1.
    public func value(atPercentile percent: Double) -> Int64 {
        let rank = Swift.max(1, Int(Swift.min(percent, 100) / 100 * Double(count) + 0.5))
        var seen = 0
        for place in bins.indices {
            seen += counts[place]
            if seen >= rank { return BucketLayout.next(Int(bins[place])) - 1 }
        }
        return 0
    }
}
