// Values that somebody wrote down, in the workload or in a file of their own, drawn by their weights.

import Quantities

/// A table of values of one kind. Values are drawn through its `view`, which counts no references and must not outlive it.
public final class ListedValues: @unchecked Sendable {
    /// One value in two words; what they hold depends on the kind.
    @usableFromInline
    struct Entry {
        @usableFromInline var high: UInt64
        @usableFromInline var low: UInt64
    }

    @usableFromInline
    enum Kind: Sendable {
        /// `low` is the number, in two's complement; of dates, times and timestamps too.
        case integer, timestamp, date, time
        /// The bits of `low`.
        case double
        /// `low` unscaled, `high` the scale, both in two's complement.
        case decimal
        case uuid, timeuuid
        /// `low` is 0 or 1.
        case boolean
        /// `low` bytes from place `high` of the table's bytes on.
        case text, blob
    }

    // Written by `init` alone: hence Sendable.
    private let entries: UnsafeMutablePointer<Entry>
    private let bounds: UnsafeMutablePointer<Double>
    private let bytes: UnsafeMutablePointer<UInt8>
    private let kind: Kind
    public let count: Int

    /// `weights` are 0 or more, one an entry, not all 0.
    init(_ kind: Kind, _ entries: [Entry], weights: [Double], bytes: [UInt8]) {
        precondition(!entries.isEmpty && entries.count == weights.count, "a table has values, each with a weight")
        self.kind = kind
        count = entries.count
        self.entries = .allocate(capacity: count)
        bounds = .allocate(capacity: count)
        self.bytes = .allocate(capacity: max(bytes.count, 1))
        var sum = 0.0
        for index in 0..<count {
            sum += weights[index]
            (self.entries + index).initialize(to: entries[index])
            (bounds + index).initialize(to: sum)
        }
        for (index, byte) in bytes.enumerated() { (self.bytes + index).initialize(to: byte) }
    }

    deinit {
        entries.deallocate()
        bounds.deallocate()
        bytes.deallocate()
    }

    var view: View { View(entries: entries, bounds: bounds, bytes: bytes, count: count, kind: kind) }

    /// Borrowed from a table.
    public struct View: @unchecked Sendable {
        @usableFromInline let entries: UnsafePointer<Entry>
        let bounds: UnsafePointer<Double>
        let bytes: UnsafePointer<UInt8>
        let count: Int
        @usableFromInline let kind: Kind

        /// The first whose bound lies above a number drawn from all weights.
        @usableFromInline
        func place(_ random: inout SeededRandom) -> Int {
            let drawn = random.unit() * bounds[count - 1]
            var (low, high) = (0, count - 1)
            while low < high {
                let middle = (low + high) / 2
                if bounds[middle] > drawn { high = middle } else { low = middle + 1 }
            }
            return low
        }

        @inlinable
        func generate<S: ValueSink & ~Copyable>(into sink: inout S, _ random: inout SeededRandom) {
            let entry = entries[place(&random)]
            let number = Int64(bitPattern: entry.low)
            switch kind {
            case .integer: sink.put(integer: number)
            case .timestamp: sink.put(timestampMilliseconds: number)
            case .date: sink.put(days: Int32(clamping: number))
            case .time: sink.put(nanosecondsOfDay: number)
            case .double: sink.put(double: Double(bitPattern: entry.low))
            case .decimal: sink.put(unscaled: number, scale: Int32(truncatingIfNeeded: entry.high))
            case .uuid, .timeuuid: sink.put(uuidHigh: entry.high, low: entry.low)
            case .boolean: sink.put(boolean: entry.low != 0)
            case .text: sink.put(text: slice(entry))
            case .blob: sink.put(blob: slice(entry))
            }
        }

        @usableFromInline
        func slice(_ entry: Entry) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(start: bytes + Int(entry.high), count: Int(entry.low))
        }

    }
}

extension ListedValues.Kind {
    /// What such values are to a column.
    var valueKind: ValueKind {
        switch self {
        case .integer: .integer
        case .timestamp: .timestamp
        case .date: .date
        case .time: .time
        case .double: .float
        case .decimal: .decimal
        case .uuid: .uuid
        case .timeuuid: .timeuuid
        case .boolean: .boolean
        case .text: .text
        case .blob: .blob
        }
    }
}
