// From histograms to pooled series: the bins' edges on the log scale, once for all.

import Glibc
import Histograms
import Statistics

/// Edges of all bins of `BucketLayout` on the log scale.
enum BinTable {
    /// Bin 0 holds the value 0, which has no logarithm: it is taken to begin at half a nanosecond.
    static let logLow: [Double] = (0..<BucketLayout.binCount).map { log(max(Double(BucketLayout.low($0)), 0.5)) }
    static let logWidth: [Double] = (0..<BucketLayout.binCount).map { log(Double(BucketLayout.next($0))) - logLow[$0] }
}

/// Histograms of consecutive rounds as a series of units, each the sum of the rounds in its range.
func pooled(_ histograms: [Histogram], _ ranges: [Range<Int>]) -> BinnedSeries {
    let units = ranges.map { range in
        var sum = Histogram()
        for index in range {
            if sum.count == 0 { sum = histograms[index] } else { sum.add(histograms[index]) }
        }
        var unit = BinnedSeries.Unit(capacity: sum.bins.count)
        for (bin, count) in zip(sum.bins, sum.counts) {
            let (low, next) = (BucketLayout.low(Int(bin)), BucketLayout.next(Int(bin)))
            unit.append(bin: Int(bin), count: count, sum: Double(count) * (Double(low) + Double(next - 1)) / 2)
        }
        return unit
    }
    return BinnedSeries(logLow: BinTable.logLow, logWidth: BinTable.logWidth, units: units)
}

/// The logarithm of a millisecond in nanoseconds: what lies between the logs of the two.
let logMillisecond = log(1e6)

/// From the log of nanoseconds, in which histograms are pooled.
func milliseconds(ofLogNanoseconds value: Double) -> Double { exp(value - logMillisecond) }
