// The bins of a histogram at rest: one byte for most of them, since a slice of a run fills many bins with few values each.

/// The filled bins of a histogram in rising order, and how many values each holds (always above 0).
///
/// Each bin is written as its distance from the one before (from -1 for the first) and its count: both in one byte where the distance is at
/// most 31 and the count at most 7, `distance << 3 | count`; else as a zero and both in LEB128. The same bins are always the same bytes.
public struct FilledBins: Sequence, Equatable, Sendable {
    @usableFromInline var bytes: [UInt8] = []
    /// The highest bin; -1 where there is none.
    public private(set) var last = -1

    init() {}

    /// Room for about so many bins.
    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// What `write` has written, up to the bin `last`.
    init(written bytes: UnsafeBufferPointer<UInt8>, last: Int) {
        self.bytes = Array(bytes)
        self.last = last
    }

    /// Bytes that the bins take: at least one each.
    public var size: Int { bytes.count }

    /// Adds a bin above all that are there.
    mutating func append(_ bin: Int, _ count: Int) {
        precondition(bin > last && count > 0, "bins are appended in rising order, and filled")
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: FilledBins.mostBytes) { space in
            let size = FilledBins.write(distance: bin - last, count: count, to: space.baseAddress!)
            bytes += UnsafeBufferPointer(rebasing: space[..<size])
        }
        last = bin
    }

    /// Bytes of a bin at most: a zero, and two numbers of nine bytes.
    static let mostBytes = 19

    /// Writes one bin and returns its bytes, at most `mostBytes`.
    @inline(__always)
    static func write(distance: Int, count: Int, to place: UnsafeMutablePointer<UInt8>) -> Int {
        if distance < 32 && count < 8 {
            place[0] = UInt8(truncatingIfNeeded: distance << 3 | count)
            return 1
        }
        place[0] = 0
        var size = 1
        for value in [distance, count] {
            var rest = value
            while rest > 0x7F {
                place[size] = UInt8(truncatingIfNeeded: rest | 0x80)
                rest >>= 7
                size += 1
            }
            place[size] = UInt8(truncatingIfNeeded: rest)
            size += 1
        }
        return size
    }

    /// Adds each count to the entry of its bin.
    public func add(to sums: inout [Int]) {
        precondition(last < sums.count, "an entry for each bin")
        bytes.withUnsafeBufferPointer { bytes in
            sums.withUnsafeMutableBufferPointer { sums in
                var (bin, place) = (-1, 0)
                while place < bytes.count {
                    let byte = Int(bytes[place])
                    place += 1
                    if byte != 0 {
                        bin += byte >> 3
                        sums[bin] += byte & 7
                    } else {
                        bin += FilledBins.number(bytes, &place)
                        sums[bin] += FilledBins.number(bytes, &place)
                    }
                }
            }
        }
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int) -> Int {
        var (value, shift) = (0, 0)
        while true {
            let byte = Int(bytes[place])
            place += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// The same bins without room for more.
    var trimmed: FilledBins { bytes.withUnsafeBufferPointer { FilledBins(written: $0, last: last) } }

    @inlinable public func makeIterator() -> Iterator { Iterator(bytes) }

    /// In rising order.
    public struct Iterator: IteratorProtocol {
        @usableFromInline let bytes: [UInt8]
        @usableFromInline var place = 0
        @usableFromInline var bin = -1

        @usableFromInline init(_ bytes: [UInt8]) { self.bytes = bytes }

        @inlinable
        public mutating func next() -> (bin: Int, count: Int)? {
            guard place < bytes.count else { return nil }
            let byte = Int(bytes[place])
            place += 1
            if byte != 0 {
                bin += byte >> 3
                return (bin, byte & 7)
            }
            bin += number()
            return (bin, number())
        }

        @usableFromInline
        mutating func number() -> Int { bytes.withUnsafeBufferPointer { FilledBins.number($0, &place) } }
    }
}
