// Where a value goes: the bucket arithmetic of HdrHistogram for three significant digits.

/// HdrHistogram's layout with lowest discernible value 1, highest trackable 3,600,000,000,000 and three significant digits.
///
/// Values below 2048 have a bin each. Above, every doubling of the value has 1024 bins: a value v between 2^(k+10) and 2^(k+11)
/// is counted in steps of 2^k. So 3,000 (between 2^11 and 2^12, k = 1) shares its bin with 3,001, and a bin is never wider than 1/1024 of
/// its value. Bin `(k + 1) * 1024 + (v >> k) - 1024` holds v, with k = 0 for all values below 2048.
public enum BucketLayout {
    /// One hour in nanoseconds; larger values are counted as this.
    public static let highestTrackable: Int64 = 3_600_000_000_000
    public static let lowestDiscernible: Int64 = 1
    public static let significantDigits: Int32 = 3
    /// 2048 doubled 31 times is the first power beyond an hour: 32 buckets, and one half more for the values below 1024.
    public static let binCount = 33 * 1024

    /// The bin of `value`, which is clamped to 0 ... `highestTrackable`.
    @inlinable public static func bin(of value: Int64) -> Int {
        let v = UInt64(max(0, min(value, highestTrackable)))
        let k = 53 - (v | 2047).leadingZeroBitCount
        return k << 10 + Int(v >> UInt64(k))
    }

    /// The smallest value of a bin.
    @inlinable public static func low(_ bin: Int) -> Int64 {
        bin < 2048 ? Int64(bin) : Int64(1024 + bin & 1023) << Int64(bin >> 10 - 1)
    }

    /// The smallest value of the bin after this one.
    @inlinable public static func next(_ bin: Int) -> Int64 {
        low(bin) + (bin < 2048 ? 1 : 1 << Int64(bin >> 10 - 1))
    }
}
