// The rows that stand in a table before traffic begins. Any row can be made again alone, from the seed and its place.

import Documents
import Quantities

/// One entry of a workload's `dataset`: partitions 0 ..< `partitions`, each with rows 0 ..< `rows(in:seed:)`.
///
/// The partition key runs through its items, so every partition exists once; all else is drawn. Two rows of a partition whose
/// clustering keys are drawn equal are one row in the table, on both sides alike.
public struct DatasetPlan: Sendable {
    /// The statement that writes one row.
    public var insert: String
    public var keyspace: String
    public var table: String
    public var binds: [ValueGenerator]
    /// Index in `binds` of the partition key.
    public var partitionKey: Int
    public var partitions: Int
    public var rowsPerPartition: Distribution
    /// Of the statement in the file: where an error of the server about it belongs.
    public var position: Position
    private let index: Int
    private let firstItem: UInt64

    /// Most rows that a partition may get: beyond this a table serves nobody.
    static let mostRows = 10_000_000

    static func read(_ node: Node, index: Int, values: [ValueGenerator]) throws(InputError) -> DatasetPlan {
        let what = "dataset entry \(index + 1)"
        var fields = try Fields(node, what: what)
        let insertNode = try fields.required("insert")
        let bindNode = try fields.required("bind")
        let keyNode = fields.optional("partition_key")
        let partitionsNode = try fields.required("partitions")
        let partitions = try partitionsNode.integer(in: 1...100_000_000, "partitions")
        let rowsNode = try fields.required("rows_per_partition")
        try fields.finish()

        let verbs = ["INSERT", "UPDATE"]
        let statement = try BoundStatement(insertNode, bindNode, verbs: verbs, what: what, values: values)
        try statement.checkBinds(of: what)
        let (key, items) = try partitionKey(keyNode, statement.binds, at: bindNode.position, what)
        guard partitions <= items.items else {
            // Beyond its items a key may leave its type, and no read of the same key would ever meet those partitions.
            let problem = "\(what) has \(partitions) partitions and its key \(items.items) items"
            throw InputError(partitionsNode.position, problem, expected: "at most as many partitions as items")
        }
        let rows = try ValueReader(name: "rows_per_partition").number(rowsNode)
        switch rows.form {
        case .lognormal, .normal:
            guard rows.highest.isFinite else {
                throw InputError(
                    rowsNode.position, "rows_per_partition has no 'max'", expected: "one, such as max: 2000")
            }
        case .constant, .uniform: break
        }
        return DatasetPlan(
            insert: statement.cql, keyspace: statement.keyspace, table: statement.table, binds: statement.binds,
            partitionKey: key, partitions: partitions, rowsPerPartition: rows, position: insertNode.position,
            index: index,
            firstItem: items.from)
    }

    private static func partitionKey(
        _ node: Node?, _ binds: [ValueGenerator], at position: Position, _ what: String
    ) throws(InputError) -> (Int, Items) {
        let names = binds.map(\.name)
        var key = 0
        if let node {
            let name = try node.choice(of: names, "bind")
            key = names.firstIndex(of: name) ?? 0
        }
        guard let bind = binds.indices.contains(key) ? binds[key] : nil, let items = bind.items else {
            let name = names.indices.contains(key) ? "'\(names[key])'" : "nothing"
            throw InputError(
                node?.position ?? position, "the partition key of \(what) is \(name), which has no items",
                expected: "a key as first bind, or named by partition_key")
        }
        guard !bind.canBeMissing else {
            let problem = "the partition key of \(what), '\(bind.name)', is missing at times"
            throw InputError(node?.position ?? position, problem, expected: "a value without null and unset")
        }
        return (key, items)
    }

    // MARK: Rows

    /// How many rows a partition holds; at least 1.
    public func rows(in partition: Int, seed: UInt64) -> Int {
        var random = SeededRandom(seed: self.seed(of: partition, seed))
        return max(rowsPerPartition.count(&random, most: DatasetPlan.mostRows), 1)
    }

    /// Rows of all partitions.
    public func totalRows(seed: UInt64) -> Int { (0..<partitions).reduce(0) { $0 + rows(in: $1, seed: seed) } }

    /// The chance that a row is made from. Draw its binds from this, one after the other.
    public func random(partition: Int, row: Int, seed: UInt64) -> SeededRandom {
        SeededRandom(seed: SeededRandom.derive(self.seed(of: partition, seed), UInt64(row) + 1))
    }

    /// Puts bind number `bind` of a row of `partition`.
    public func generate<S: ValueSink & ~Copyable>(
        bind: Int, partition: Int, into sink: inout S, _ random: inout SeededRandom
    ) {
        if bind == partitionKey {
            binds[bind].generate(item: firstItem + UInt64(partition), into: &sink)
        } else {
            binds[bind].generate(into: &sink, &random)
        }
    }

    /// Puts all binds of one row.
    public func generate<S: ValueSink & ~Copyable>(partition: Int, row: Int, seed: UInt64, into sink: inout S) {
        var random = random(partition: partition, row: row, seed: seed)
        for bind in binds.indices { generate(bind: bind, partition: partition, into: &sink, &random) }
    }

    private func seed(of partition: Int, _ seed: UInt64) -> UInt64 {
        let entry = SeededRandom.derive(SeededRandom.derive(seed, "dataset"), UInt64(index))
        return SeededRandom.derive(entry, UInt64(partition))
    }
}
