// A sample of partitions whose rows are counted on both sides: whether the same data was loaded.

import Bytes
import CQLClient
import CQLProtocol
import Documents
import Quantities
import Workloads

/// Partition keys of one table.
public struct PartitionSample: Hashable, Sendable {
    public var table: TableName
    /// The columns of the partition key.
    public var columns: [String]
    /// Each a value for each of `columns`.
    public var keys: [[CQLValue]]

    public init(table: TableName, columns: [String], keys: [[CQLValue]]) {
        self.table = table
        self.columns = columns
        self.keys = keys
    }

    /// `count` partitions of a dataset, evenly spread and the first among them. `prepared` is what a side answered to preparing
    /// `dataset.insert`. Nil where the server does not say which binds are the partition key. Throws where the dataset's values do
    /// not fit the table.
    public init?(
        _ dataset: DatasetPlan, seed: UInt64, count: Int, prepared: PreparedStatement
    ) throws(InputError) {
        guard !prepared.partitionKeyIndices.isEmpty else { return nil }
        let plan = try BindPlan(dataset, prepared)
        let key = prepared.partitionKeyIndices
        var keys: [[CQLValue]] = []
        var writer = ByteWriter()
        let wanted = min(count, dataset.partitions)
        for index in 0..<wanted {
            writer.clear()
            let partition = dataset.partitions / wanted * index
            plan.withSink(into: &writer) { dataset.generate(partition: partition, row: 0, seed: seed, into: &$0) }
            let values = PartitionSample.values(writer.bytes, prepared.binds.map(\.type))
            keys.append(key.map { values[$0] })
        }
        self.init(
            table: TableName(dataset.keyspace, dataset.table), columns: key.map { prepared.binds[$0].name }, keys: keys)
    }

    /// What was just written, read back; that it can be read is our own duty.
    private static func values(_ bytes: UnsafeRawBufferPointer, _ types: [CQLType]) -> [CQLValue] {
        var reader = BodyReader(bytes)
        return types.map { type in
            do {
                return try CQLValue(try reader.bytes().map(Array.init), as: type)
            } catch { preconditionFailure("a value of the dataset cannot be read back: \(error)") }
        }
    }

    /// `SELECT count(*) FROM shop.orders WHERE customer = ?`
    var countStatement: String {
        "SELECT count(*) FROM \(table.cql) WHERE " + columns.map { quotedName($0) + " = ?" }.joined(separator: " AND ")
    }

    /// How many of the partitions hold no row on one side. Each should hold one at least: the sample is drawn from the dataset.
    public func emptyPartitions(_ session: SimpleSession) throws(RequestFailure) -> Int {
        try count(session).count { $0 == .rows(0) }
    }

    /// Rows of each partition on one side, in the order of `keys`; the class of the error where the server gave one.
    func count(_ session: SimpleSession) throws(RequestFailure) -> [PartitionCount] {
        let statement = try session.prepare(countStatement)
        var counts: [PartitionCount] = []
        for key in keys {
            do throws(RequestFailure) {
                let rows = try session.execute(statement, key, cql: countStatement)
                guard rows.count == 1, let count = rows.values[0].first?.integer else {
                    throw RequestFailure(target: session.target, statement: countStatement, reason: .unexpectedAnswer)
                }
                counts.append(.rows(count))
            } catch {
                guard case .server(let answer) = error.reason else { throw error }
                counts.append(.failed(answer.outcome))
            }
        }
        return counts
    }
}

/// What counting a partition came to.
enum PartitionCount: Hashable, Sendable, CustomStringConvertible {
    case rows(Int64)
    case failed(OutcomeClass)

    var rows: Int64 { if case .rows(let count) = self { count } else { 0 } }
    var description: String {
        switch self {
        case .rows(let count): "\(count)"
        case .failed(let outcome): outcome.rawValue
        }
    }
}

extension PartitionSample {
    /// One observation where the counts differ in any partition; nil where they agree.
    func observation(_ old: [PartitionCount], _ new: [PartitionCount]) -> Observed? {
        precondition(old.count == keys.count && new.count == keys.count, "a count for each key")
        let differing = keys.indices.filter { old[$0] != new[$0] }
        guard let first = differing.first else { return nil }
        let key = zip(columns, keys[first]).map { "\($0) = \($1)" }.joined(separator: " AND ")
        func text(_ counts: [PartitionCount]) -> String {
            let total = counts.reduce(0) { $0 + $1.rows }
            return "\(total) rows in \(keys.count) partitions, \(counts[first]) where \(key)"
        }
        let note = "\(differing.count) of \(keys.count) sampled partitions differ in their rows"
        return Observed(subject: "row_counts.\(table)", old: text(old), new: text(new), note: note)
    }
}
