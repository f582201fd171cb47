// The rows of one partition, in clustering order.

import Bytes

/// A serialised partition key with its token, which is also its hash.
struct PartitionKey: Hashable {
    let token: Int64
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        token = Murmur3.token(bytes)
    }

    static func == (a: PartitionKey, b: PartitionKey) -> Bool { a.token == b.token && a.bytes == b.bytes }
    func hash(into hasher: inout Hasher) { hasher.combine(token) }

    /// The order of a full scan: by token, then by the bytes.
    static func precedes(_ a: PartitionKey, _ b: PartitionKey) -> Bool {
        a.token != b.token ? a.token < b.token : a.bytes.lexicographicallyPrecedes(b.bytes)
    }
}

final class Partition {
    let key: PartitionKey
    private(set) var rows: [PackedRow] = []
    /// Everything written at or before this time is gone.
    private var deletion = PackedRow.none

    init(key: PartitionKey) { self.key = key }

    /// The index of the first row that `isBehind` holds for; it must hold for all after it.
    private func first(where isBehind: (PackedRow) -> Bool) -> Int {
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(rows[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The rows of a slice; rows that are deleted are among them.
    func indices(of slice: ClusteringSlice, _ order: ClusteringOrder) -> Range<Int> {
        let (start, end) = (slice.start, slice.end)
        let low =
            start.prefix.isEmpty
            ? 0 : first { order.compare($0, start.prefix) >= (start.inclusive ? 0 : 1) }
        let high =
            end.prefix.isEmpty
            ? rows.count : first { order.compare($0, end.prefix) >= (end.inclusive ? 1 : 0) }
        return low..<max(low, high)
    }

    func write(_ write: RowWrite, clustering: [[UInt8]], _ order: ClusteringOrder) {
        var write = write
        write.deletion = max(write.deletion ?? PackedRow.none, deletion)
        let index: Int
        // Datasets often come in order: the end is looked at first.
        if let last = rows.last, order.compare(last, clustering) < 0 {
            index = rows.count
        } else {
            index = first { order.compare($0, clustering) >= 0 }
        }
        if index == rows.count || order.compare(rows[index], clustering) != 0 {
            rows.insert(PackedRow(clustering: clustering), at: index)
        }
        rows[index].apply(write, clusteringCount: order.parts.count)
    }

    /// Deletes the rows that are in `slice` now. Unlike in Cassandra a row that comes later with an older time stays.
    func delete(_ slice: ClusteringSlice, at time: Int64, _ order: ClusteringOrder) {
        for index in indices(of: slice, order) {
            rows[index].apply(RowWrite(deletion: time), clusteringCount: order.parts.count)
        }
    }

    func deleteAll(at time: Int64, _ order: ClusteringOrder) {
        deletion = max(deletion, time)
        delete(.all, at: time, order)
    }
}
