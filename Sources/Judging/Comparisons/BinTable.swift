// From histograms to pooled series: the bins' edges on the log scale, once for all.

import Glibc
import Histograms
import Statistics

/// Edges of all bins of `BucketLayout` on the log scale.
enum BinTable {
    /// Bin 0 holds the value 0, which has no logarithm: it is taken to begin at half a nanosecond.
    static let logLow: [Double] = (0..<BucketLayout.binCount).map { log(max(Double(BucketLayout.low($0)), 0.5)) }
    /// What each value in a bin counts as in a sum, as in `Histogram.sum`.
    static let middle: [Double] = (0..<BucketLayout.binCount).map {
        (Double(BucketLayout.low($0)) + Double(BucketLayout.next($0) - 1)) / 2
    }
    static let logWidth: [Double] = (0..<BucketLayout.binCount).map { log(Double(BucketLayout.next($0))) - logLow[$0] }
}

/// The histograms of each round as a series of units, each the sum of what the rounds in its range hold.
func pooled(_ rounds: [[Histogram]], _ ranges: [Range<Int>]) -> BinnedSeries {
    // Sums are taken in one array over all bins: merging sorted lists again and again would cost most of the time.
    var sums = [Int](repeating: 0, count: BucketLayout.binCount)
    var units: [BinnedSeries.Unit] = []
    units.reserveCapacity(ranges.count)
    for range in ranges {
        let histograms = rounds[range].flatMap { $0 }
        if histograms.count == 1 {
            let filled = histograms[0].filled
            units.append(BinnedSeries.Unit(filled, atMost: filled.size, middle: BinTable.middle))
        } else {
            units.append(sum(histograms, &sums))
        }
    }
    return BinnedSeries(logLow: BinTable.logLow, logWidth: BinTable.logWidth, units: units)
}

/// The sum of `histograms` as one unit. `sums` holds a zero for each bin, before and after.
private func sum(_ histograms: [Histogram], _ sums: inout [Int]) -> BinnedSeries.Unit {
    var (lowest, highest, size) = (BucketLayout.binCount, -1, 0)
    for histogram in histograms where histogram.count > 0 {
        histogram.filled.add(to: &sums)
        lowest = min(lowest, BucketLayout.bin(of: histogram.min))
        highest = max(highest, histogram.filled.last)
        size += histogram.filled.size
    }
    let range = lowest..<max(lowest, highest + 1)
    let unit = sums.withUnsafeBufferPointer { sums in
        let filled = range.lazy.filter { sums[$0] > 0 }.map { (bin: $0, count: sums[$0]) }
        return BinnedSeries.Unit(filled, atMost: min(size, range.count), middle: BinTable.middle)
    }
    for bin in range { sums[bin] = 0 }
    return unit
}

/// The logarithm of a millisecond in nanoseconds: what lies between the logs of the two.
let logMillisecond = log(1e6)

/// From the log of nanoseconds, in which histograms are pooled.
func milliseconds(ofLogNanoseconds value: Double) -> Double { exp(value - logMillisecond) }
