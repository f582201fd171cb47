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
            units.append(
                BinnedSeries.Unit(bins: histograms[0].bins, counts: histograms[0].counts, middle: BinTable.middle))
        } else {
            units.append(sum(histograms, &sums))
        }
    }
    return BinnedSeries(logLow: BinTable.logLow, logWidth: BinTable.logWidth, units: units)
}

/// The sum of `histograms` as one unit. `sums` holds a zero for each bin, before and after.
private func sum(_ histograms: [Histogram], _ sums: inout [Int]) -> BinnedSeries.Unit {
    var (lowest, highest, filled) = (BucketLayout.binCount, -1, 0)
    for histogram in histograms {
        let (bins, counts) = (histogram.bins, histogram.counts)
        guard let first = bins.first, let last = bins.last else { continue }
        lowest = min(lowest, Int(first))
        highest = max(highest, Int(last))
        filled += bins.count
        for place in 0..<bins.count { sums[Int(bins[place])] += counts[place] }
    }
    var bins: [Int32] = []
    var counts: [Int] = []
    bins.reserveCapacity(max(0, min(filled, highest - lowest + 1)))
    counts.reserveCapacity(bins.capacity)
    var bin = lowest
    while bin <= highest {
        if sums[bin] > 0 {
            bins.append(Int32(bin))
            counts.append(sums[bin])
            sums[bin] = 0
        }
        bin += 1
    }
    return BinnedSeries.Unit(bins: bins, counts: counts, middle: BinTable.middle)
}

/// The logarithm of a millisecond in nanoseconds: what lies between the logs of the two.
let logMillisecond = log(1e6)

/// From the log of nanoseconds, in which histograms are pooled.
func milliseconds(ofLogNanoseconds value: Double) -> Double { exp(value - logMillisecond) }
