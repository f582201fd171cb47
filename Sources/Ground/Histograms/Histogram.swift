// What was measured, at rest: only the bins that hold something. Adding, subtracting, asking.

import Glibc

/// A histogram of nanoseconds in `BucketLayout`. Memory goes with the number of filled bins, not with the range.
public struct Histogram: Sendable, Equatable {
    public private(set) var filled = FilledBins()
    /// Number of values.
    public private(set) var count = 0

    public init() {}

    /// Bins that take no more room than they need, and the values in them.
    init(_ filled: FilledBins, count: Int) {
        self.filled = filled
        self.count = count
    }

    /// All of `parts` added up.
    public init(sum parts: [Histogram]) {
        // In one array over all bins: merging sorted lists again and again would cost most of the time.
        var sums = [Int](repeating: 0, count: BucketLayout.binCount)
        for part in parts {
            part.filled.add(to: &sums)
            count += part.count
        }
        var sum = FilledBins(capacity: Swift.min(count, 1 << 12))
        for bin in sums.indices where sums[bin] > 0 { sum.append(bin, sums[bin]) }
        filled = sum.trimmed
    }

    /// For few values; a worker uses `HistogramRecorder`.
    public mutating func record(_ nanoseconds: Int64, count added: Int = 1) {
        precondition(added > 0, "a value is recorded at least once")
        var single = FilledBins()
        single.append(BucketLayout.bin(of: nanoseconds), added)
        combine(single, sign: 1)
        count += added
    }

    public mutating func add(_ other: Histogram) {
        combine(other.filled, sign: 1)
        count += other.count
    }

    /// `other` must be part of this histogram, as a unit is of the total.
    public mutating func subtract(_ other: Histogram) {
        combine(other.filled, sign: -1)
        count -= other.count
    }

    private mutating func combine(_ other: FilledBins, sign: Int) {
        var result = FilledBins(capacity: filled.size + other.size)
        var (mine, others) = (filled.makeIterator(), other.makeIterator())
        var (a, b) = (mine.next(), others.next())
        while a != nil || b != nil {
            let (left, right) = (a?.bin ?? .max, b?.bin ?? .max)
            let sum = (left <= right ? a!.count : 0) + (right <= left ? sign * b!.count : 0)
            precondition(sum >= 0, "subtracted more than there was")
            if sum > 0 { result.append(Swift.min(left, right), sum) }
            if left <= right { a = mine.next() }
            if right <= left { b = others.next() }
        }
        filled = result.trimmed
    }

    /// Calls `body` with each filled bin: its smallest value, the smallest value of the next bin, and its count.
    public func forEachBin(_ body: (_ low: Int64, _ next: Int64, _ count: Int) -> Void) {
        for (bin, count) in filled { body(BucketLayout.low(bin), BucketLayout.next(bin), count) }
    }
}

extension Histogram {
    /// Largest value, to its bin (the bin's highest), 0 where there is none.
    public var max: Int64 { count > 0 ? BucketLayout.next(filled.last) - 1 : 0 }
    /// Smallest value, to its bin (the bin's lowest), 0 where there is none.
    public var min: Int64 { filled.first { _ in true }.map { BucketLayout.low($0.bin) } ?? 0 }

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
        for (bin, here) in filled {
            if Double(before + here) >= target || bin == filled.last {
                // Bin 0 holds the value 0, which has no logarithm: it is taken to begin at half a nanosecond.
                let low = Swift.max(Double(BucketLayout.low(bin)), 0.5)
                let width = log(Double(BucketLayout.next(bin)) / low)
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
        for (bin, here) in filled {
            seen += here
            if seen >= rank { return BucketLayout.next(bin) - 1 }
        }
        return 0
    }
}
