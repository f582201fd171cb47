// The counters that a worker writes while it measures: one array, fixed at the start, no allocation afterwards.

import Glibc

/// Counts values in nanoseconds. One thread writes; `snapshot` hands over what was seen.
public final class HistogramRecorder {
    private let counts: UnsafeMutablePointer<UInt64>
    @exclusivity(unchecked) public private(set) var count = 0
    @exclusivity(unchecked) private var lowestBin = BucketLayout.binCount
    @exclusivity(unchecked) private var highestBin = -1

    private static let size = BucketLayout.binCount * MemoryLayout<UInt64>.stride

    public init() {
        // Mapped pages are zero, and not resident before they are touched: a recorder costs what its values cover.
        guard
            let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else { preconditionFailure("out of memory") }
        counts = memory.bindMemory(to: UInt64.self, capacity: BucketLayout.binCount)
    }

    deinit { munmap(counts, Self.size) }

    /// Values beyond an hour are counted as an hour, negative ones as 0: nothing is lost.
    public func record(_ nanoseconds: Int64) {
        let bin = BucketLayout.bin(of: nanoseconds)
        counts[bin] &+= 1
        count &+= 1
        if bin < lowestBin { lowestBin = bin }
        if bin > highestBin { highestBin = bin }
    }

    public func snapshot() -> Histogram {
        guard count > 0 else { return Histogram() }
        var filled = FilledBins(capacity: Swift.min(count, highestBin - lowestBin + 1))
        for bin in lowestBin...highestBin where counts[bin] > 0 { filled.append(bin, Int(counts[bin])) }
        return Histogram(filled.trimmed, count: count)
    }

    /// Gives the pages back rather than writing zeros into them: one value far off would make all between resident for good.
    public func reset() {
        if count > 0 && madvise(counts, Self.size, MADV_DONTNEED) != 0 {
            // Pages that the process has locked stay.
            (counts + lowestBin).update(repeating: 0, count: highestBin - lowestBin + 1)
        }
        count = 0
        lowestBin = BucketLayout.binCount
        highestBin = -1
    }
}
