// The rows that stand in a table before traffic begins. Any row can be made again alone, from the seed and its place.

import Documents
import Quantities

/// One entry of a workload's `dataset`: partitions 0 ..< `partitions`, each with rows 0 ..< `rows(in:seed:)`.
///
/// The partition key runs through its items, so every partition exists once; all else is drawn. Two rows of a partition whose
/// clustering keys are drawn equal are one row in the table, on both sides alike.
public struct DatasetPlan: Sendable {
    /// The statement that writes one row, or deletes it.
    public var insert: String
    public var keyspace: String
    public var table: String
    public var binds: [ValueGenerator]
    /// Index in `binds` of the partition key.
    public var partitionKey: Int
    public var partitions: Int { rows.partitions }
    public let rows: DatasetRows
    /// Of the statement in the file: where an error of the server about it belongs.
    public var position: Position
    private let bindNumbers: [UInt64]

    /// `now` is what the workload's clock begins with, nil where that is the start of a run; `later` are names of values that need
    /// the dataset themselves.
    static func read(
        _ node: Node, index: Int, values: [ValueGenerator], later: Set<String>, now: Int64?
    ) throws(InputError) -> DatasetPlan {
        let what = "dataset entry \(index + 1)"
        var fields = try Fields(node, what: what)
        let deleteNode = fields.optional("delete")
        let insertNode = if let deleteNode { deleteNode } else { try fields.required("insert") }
        if deleteNode != nil, let node = fields.optional("insert") {
            throw InputError(node.position, "insert and delete in \(what)", expected: "one of them")
        }
        let bindNode = try fields.required("bind")
        let keyNode = fields.optional("partition_key")
        let partitionsNode = try fields.required("partitions")
        let partitions = try partitionsNode.integer(in: 1...100_000_000, "partitions")
        let rowsNode = try fields.required("rows_per_partition")
        let correlation = try fields.optional("rank_correlation").map(rankCorrelation) ?? 0
        try fields.finish()

        for node in try bindNode.list(expected: "a list of names of values") {
            if case .scalar(let name, _) = node.content, later.contains(name) {
                let problem = "\(what) binds '\(name)', which is that of rows that exist"
                throw InputError(node.position, problem, expected: "a value that makes rows")
            }
        }
        let verbs = deleteNode == nil ? ["INSERT", "UPDATE"] : ["DELETE"]
        let statement = try BoundStatement(insertNode, bindNode, verbs: verbs, what: what, values: values)
        try statement.checkBinds(of: what)
        if now == nil, let bind = statement.binds.first(where: \.isMoving) {
            let problem = "\(what) binds '\(bind.name)', which is relative to now"
            throw InputError(bindNode.position, problem, expected: "a 'clock' in the workload, so that now is known")
        }
        let (key, items) = try partitionKey(keyNode, statement.binds, at: bindNode.position, what)
        guard partitions <= items.items else {
            // Beyond its items a key may leave its type, and no read of the same key would ever meet those partitions.
            let problem = "\(what) has \(partitions) partitions and its key \(items.items) items"
            throw InputError(partitionsNode.position, problem, expected: "at most as many partitions as items")
        }
        let rows = try ValueReader(name: "rows_per_partition").number(rowsNode)
        switch rows.form {
        case .lognormal, .normal, .exponential:
            guard rows.highest.isFinite else {
                throw InputError(
                    rowsNode.position, "rows_per_partition has no 'max'", expected: "one, such as max: 2000")
            }
        case .constant, .uniform: break
        }
        return DatasetPlan(
            insert: statement.cql, keyspace: statement.keyspace, table: statement.table, binds: statement.binds,
            partitionKey: key,
            rows: DatasetRows(
                index: UInt64(index), partitions: partitions, firstItem: items.from, sizes: rows,
                rankCorrelation: correlation, now: now ?? 0),
            position: insertNode.position, bindNumbers: numbers(statement.binds))
    }

    private static func rankCorrelation(_ node: Node) throws(InputError) -> Double {
        let value = try node.number()
        guard (0...1).contains(value) else {
            throw InputError(node.position, "rank_correlation is \(value)", expected: "0 to 1")
        }
        return value
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
    public func rows(in partition: Int, seed: UInt64) -> Int { rows.rows(in: partition, seed: seed) }

    /// Rows of all partitions.
    public func totalRows(seed: UInt64) -> Int { (0..<partitions).reduce(0) { $0 + rows(in: $1, seed: seed) } }

    /// When row number `item` of all is written, in microseconds since 1970: before any run, so that loading twice changes nothing,
    /// and after all rows of the entries before this one, so that these can be deleted.
    public func timestampMicroseconds(of item: Int) -> Int64 {
        1_500_000_000_000_000 + Int64(rows.index) << 40 + Int64(item)
    }

    /// Puts bind number `bind` of a row, which is made alone.
    public func generate<S: ValueSink & ~Copyable>(
        bind: Int, partition: Int, row: Int, seed: UInt64, into sink: inout S
    ) { generate(bind, partition, rows.drawing(partition: partition, row: row, seed: seed), into: &sink) }

    /// Puts all binds of one row.
    public func generate<S: ValueSink & ~Copyable>(partition: Int, row: Int, seed: UInt64, into sink: inout S) {
        let drawing = rows.drawing(partition: partition, row: row, seed: seed)
        for bind in binds.indices { generate(bind, partition, drawing, into: &sink) }
    }

    private func generate<S: ValueSink & ~Copyable>(
        _ bind: Int, _ partition: Int, _ row: Drawing, into sink: inout S
    ) {
        if bind == partitionKey {
            binds[bind].generate(item: rows.firstItem + UInt64(partition), into: &sink)
        } else {
            var drawing = row.shared(bindNumbers[bind])
            binds[bind].generate(into: &sink, &drawing)
        }
    }

    /// By which each bind is drawn: its name's number, and for a name that stands there again one of its own.
    private static func numbers(_ binds: [ValueGenerator]) -> [UInt64] {
        var seen: [String: UInt64] = [:]
        return binds.map { bind in
            let again = seen[bind.name, default: 0]
            seen[bind.name] = again + 1
            let number = Drawing.number(of: bind.name)
            return again == 0 ? number : SeededRandom.derive(number, again)
        }
    }

    /// A row's value `name`, for operations that ask for rows that exist.
    func existing(_ name: String, key: ValueGenerator, _ items: Items) -> ExistingRow {
        ExistingRow(rows: rows, items: items, key: Drawing.number(of: key.name), column: Drawing.number(of: name))
    }

    /// Whether the partitions of `items` are all there.
    func holds(_ items: Items) -> Bool {
        items.from >= rows.firstItem && items.from - rows.firstItem <= UInt64(partitions)
            && items.items <= UInt64(partitions) - (items.from - rows.firstItem)
    }
}
