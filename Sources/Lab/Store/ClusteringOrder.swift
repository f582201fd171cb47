// Where rows stand in a partition, and which stretch of it a restriction selects.

import CQLProtocol

/// The order of rows: by each clustering column in turn, some of them reversed.
struct ClusteringOrder {
    var parts: [(type: CQLType, reversed: Bool)]

    /// Compares a row with the first values of a clustering key; equal where the row begins with them.
    func compare(_ row: PackedRow, _ prefix: [[UInt8]]) -> Int {
        row.withView { view in
            var offset = 16
            for (index, wanted) in prefix.enumerated() {
                let count = Int(view.bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
                let value = UnsafeRawBufferPointer(rebasing: view.bytes[offset + 4..<offset + 4 + count])
                let order = wanted.withUnsafeBytes { parts[index].type.compare(value, $0) }
                if order != 0 { return parts[index].reversed ? -order : order }
                offset += 4 + count
            }
            return 0
        }
    }

    /// Compares two prefixes of the same length.
    func compare(_ a: [[UInt8]], _ b: [[UInt8]]) -> Int {
        for (index, (x, y)) in zip(a, b).enumerated() {
            let order = parts[index].type.compare(x, y)
            if order != 0 { return parts[index].reversed ? -order : order }
        }
        return a.count - b.count
    }
}

/// One end of a stretch of rows: the first values of a clustering key.
struct ClusteringBound {
    var prefix: [[UInt8]]
    var inclusive: Bool
}

/// A stretch of rows in the order of storage.
struct ClusteringSlice {
    var start: ClusteringBound
    var end: ClusteringBound

    static let all = ClusteringSlice(
        start: ClusteringBound(prefix: [], inclusive: true), end: ClusteringBound(prefix: [], inclusive: true))
    static func rows(_ prefix: [[UInt8]]) -> ClusteringSlice {
        let bound = ClusteringBound(prefix: prefix, inclusive: true)
        return ClusteringSlice(start: bound, end: bound)
    }
}
