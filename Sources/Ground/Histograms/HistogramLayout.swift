// The bins of any HdrHistogram: other tools choose other digits and another lowest value than ours.

/// Where an HdrHistogram counts a value, for any number of significant digits and any lowest discernible value.
///
/// Values below s · 2^u are counted in steps of 2^u, where s = 2^ceil(log2(2 · 10^digits)) and u = floor(log2(lowest)). Above, every doubling of
/// the value has s / 2 bins. `BucketLayout` is three digits from 1: s = 2048, u = 0. The highest trackable value only says where
/// counting ends. Every bin begins at a multiple of its width, which is a power of two: of two bins of any layouts that overlap, one holds the other.
public struct HistogramLayout: Hashable, Sendable {
    /// Significant decimal digits, 0 to 5.
    public let digits: Int
    /// The lowest discernible value, at least 1.
    public let lowest: Int64
    /// log2 of the narrowest bin's width.
    private let unitMagnitude: Int
    /// log2 of s / 2.
    private let halfMagnitude: Int

    /// The layout of all histograms of Assay's own.
    public static let own = HistogramLayout(
        digits: Int(BucketLayout.significantDigits), lowest: BucketLayout.lowestDiscernible)!

    /// nil where no HdrHistogram can have such a layout.
    public init?(digits: Int, lowest: Int64) {
        guard (0...5).contains(digits), lowest >= 1 else { return nil }
        self.digits = digits
        self.lowest = lowest
        unitMagnitude = 63 - lowest.leadingZeroBitCount
        let single = (0..<digits).reduce(2) { value, _ in value * 10 }
        halfMagnitude = Int.bitWidth - (single - 1).leadingZeroBitCount - 1
        guard unitMagnitude + halfMagnitude < 62 else { return nil }
    }

    /// Bins from 0 to the largest value that 63 bits hold.
    public var binCount: Int { (64 - halfMagnitude - unitMagnitude) << halfMagnitude }

    /// The smallest value of a bin and the smallest of the next, 2^63 - 1 where that is beyond 63 bits.
    public func edges(of bin: Int) -> (low: Int64, next: Int64) {
        precondition(bin >= 0 && bin < binCount, "a bin of this layout")
        let half = 1 << halfMagnitude
        let bucket = bin >> halfMagnitude - 1
        let (step, place) = bucket < 0 ? (unitMagnitude, bin) : (bucket + unitMagnitude, bin & (half - 1) + half)
        let low = Int64(place) << Int64(step)
        let next = low.addingReportingOverflow(1 << Int64(step))
        return (low, next.overflow ? .max : next.partialValue)
    }

    /// How wide the bin is that holds `value`, which is not negative.
    public func width(at value: Int64) -> Int64 {
        let smallest = (2 << halfMagnitude - 1) << unitMagnitude
        let bits = 64 - (value | Int64(smallest)).leadingZeroBitCount
        return 1 << Int64(bits - halfMagnitude - 1)
    }
}
