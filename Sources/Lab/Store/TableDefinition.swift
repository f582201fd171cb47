// What a table is: its columns, their kinds and order.

import CQLProtocol

/// A column of a table.
struct Column: Equatable {
    enum Kind: String { case partitionKey = "partition_key", clustering, regular }

    var name: String
    var type: CQLType
    /// The type as the schema writes it, `frozen` included.
    var typeName: String
    var kind = Kind.regular
    /// Among the columns of its kind, from 0.
    var position = 0
    /// Clustering order DESC.
    var reversed = false
}

/// A value of a table option as it was written: `WITH gc_grace_seconds = 10 AND compaction = {…}`.
typealias TableOptions = [String: Term]

struct TableDefinition {
    var keyspace: String
    var name: String
    /// In the order of `SELECT *`: partition key, clustering, then the rest by name.
    let columns: [Column]
    let partitionCount: Int
    let clusteringCount: Int
    var options: TableOptions
    private let places: [String: Int]

    init(
        keyspace: String, name: String, partition: [Column], clustering: [Column], regular: [Column],
        options: TableOptions
    ) {
        self.keyspace = keyspace
        self.name = name
        self.options = options
        partitionCount = partition.count
        clusteringCount = clustering.count
        func placed(_ columns: [Column], _ kind: Column.Kind) -> [Column] {
            columns.enumerated().map { position, column in
                var column = column
                (column.kind, column.position) = (kind, position)
                return column
            }
        }
        let rest = regular.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
        columns = placed(partition, .partitionKey) + placed(clustering, .clustering) + placed(rest, .regular)
        places = Dictionary(columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    var partitionColumns: ArraySlice<Column> { columns[..<partitionCount] }
    var clusteringColumns: ArraySlice<Column> { columns[partitionCount..<partitionCount + clusteringCount] }
    var regularColumns: ArraySlice<Column> { columns[(partitionCount + clusteringCount)...] }
    func place(of name: String) -> Int? { places[name] }

    /// The order of rows within a partition.
    var clusteringOrder: ClusteringOrder {
        ClusteringOrder(parts: clusteringColumns.map { (type: $0.type, reversed: $0.reversed) })
    }

    /// The key of a partition as it is hashed and routed by: the value alone, or each with its length and a zero.
    static func serialisedKey(_ parts: [[UInt8]]) -> [UInt8] {
        if parts.count == 1 { return parts[0] }
        var key: [UInt8] = []
        for part in parts {
            key.append(UInt8(truncatingIfNeeded: part.count >> 8))
            key.append(UInt8(truncatingIfNeeded: part.count))
            key.append(contentsOf: part)
            key.append(0)
        }
        return key
    }

    /// One value of a serialised partition key.
    func keyPart(_ index: Int, of key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        if partitionCount == 1 { return key }
        var offset = 0
        for _ in 0..<index { offset += Int(key[offset]) << 8 + Int(key[offset + 1]) + 3 }
        let count = Int(key[offset]) << 8 + Int(key[offset + 1])
        return UnsafeRawBufferPointer(rebasing: key[offset + 2..<offset + 2 + count])
    }
}
