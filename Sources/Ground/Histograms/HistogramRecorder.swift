// The counters that a worker writes while it measures: one array, fixed at the start, no allocation afterwards.

import Glibc

/// Counts values in nanoseconds. One thread writes; `snapshot` hands over what was seen.
public final class HistogramRecorder {
    private let counts: UnsafeMutablePointer<UInt64>
    @exclusivity(unchecked) public private(set) var count = 0
    @exclusivity(unchecked) private var lowestBin = BucketLayout.binCount
    @exclusivity(unchecked) private var highestBin = -1

    public init() {
        // calloc's memory is zero and not resident before it is touched: a recorder costs what its values cover.
        guard let memory = calloc(BucketLayout.binCount, MemoryLayout<UInt64>.stride) else {
            preconditionFailure("out of memory")
        }
        counts = memory.bindMemory(to: UInt64.self, capacity: BucketLayout.binCount)
    }

    deinit { free(counts) }

    /// Values beyond an hour are counted as an hour, negative ones as 0: nothing is lost.
    public func record(_ nanoseconds: Int64) {
        let bin = BucketLayout.bin(of: nanoseconds)
        counts[bin] &+= 1
        count &+= 1
        if bin < lowestBin { lowestBin = bin }
        if bin > highestBin { highestBin = bin }
    }

    public func snapshot() -> Histogram {
        var histogram = Histogram()
        guard count > 0 else { return histogram }
        for bin in lowestBin...highestBin where counts[bin] > 0 { histogram.append(bin: bin, count: Int(counts[bin])) }
        return histogram
    }

    public func reset() {
        if count > 0 { (counts + lowestBin).update(repeating: 0, count: highestBin - lowestBin + 1) }
        count = 0
        lowestBin = BucketLayout.binCount
        highestBin = -1
    }
}
