// A table with its partitions: found by key, scanned in the order of their tokens.

import Bytes

final class LabTable {
    let definition: TableDefinition
    let order: ClusteringOrder
    /// A name-based id, so that the same schema has the same ids wherever it is made.
    let id: [UInt8]
    /// Tables of the keyspaces `system…`: no service time, no faults, no writes by clients.
    let isSystem: Bool
    private var partitions: [PartitionKey: Partition] = [:]
    private var scanned: [Partition] = []
    private var unscanned: [Partition] = []

    init(_ definition: TableDefinition) {
        self.definition = definition
        order = definition.clusteringOrder
        id = nameUUID("\(definition.keyspace).\(definition.name)")
        isSystem = isSystemKeyspace(definition.keyspace)
    }

    func partition(_ key: PartitionKey) -> Partition? { partitions[key] }

    private func made(_ key: PartitionKey) -> Partition {
        if let partition = partitions[key] { return partition }
        let partition = Partition(key: key)
        partitions[key] = partition
        unscanned.append(partition)
        return partition
    }

    func write(_ write: RowWrite, key: PartitionKey, clustering: [[UInt8]]) {
        made(key).write(write, clustering: clustering, order)
    }
    func delete(_ slice: ClusteringSlice, key: PartitionKey, at time: Int64) {
        partitions[key]?.delete(slice, at: time, order)
    }
    func deletePartition(_ key: PartitionKey, at time: Int64) { made(key).deleteAll(at: time, order) }

    func truncate() {
        partitions = [:]
        scanned = []
        unscanned = []
    }

    /// All partitions in token order. What came since the last call is sorted and merged in.
    func inTokenOrder() -> [Partition] {
        guard !unscanned.isEmpty else { return scanned }
        let fresh = unscanned.sorted { PartitionKey.precedes($0.key, $1.key) }
        var merged: [Partition] = []
        merged.reserveCapacity(scanned.count + fresh.count)
        var next = 0
        for partition in scanned {
            while next < fresh.count && PartitionKey.precedes(fresh[next].key, partition.key) {
                merged.append(fresh[next])
                next += 1
            }
            merged.append(partition)
        }
        merged.append(contentsOf: fresh[next...])
        (scanned, unscanned) = (merged, [])
        return merged
    }
}

/// A UUID made of a name by hashing, in the form of a version 3 one.
func nameUUID(_ name: String) -> [UInt8] {
    let hash = Array(name.utf8).withUnsafeBytes { Murmur3.hash($0) }
    var bytes = [hash.0, hash.1].flatMap { half in
        (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * UInt64($0))) }
    }
    bytes[6] = bytes[6] & 0x0F | 0x30
    bytes[8] = bytes[8] & 0x3F | 0x80
    return bytes
}
