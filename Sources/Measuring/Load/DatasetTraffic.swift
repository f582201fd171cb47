// The rows of a dataset as a worker's traffic: item n is row n of all partitions, in order.

import Bytes
import CQLClient
import CQLProtocol
import Quantities
import Workloads

/// One entry of a workload's dataset.
public final class DatasetTraffic: TrafficSource {
    public let statements: [TrafficStatement]
    private let dataset: DatasetPlan
    private let seed: UInt64
    private var binds: [BindPlan?] = [nil, nil]
    /// Number of the first row of each partition, and at the end the number of all rows.
    private let firstRows: [Int]

    public init(_ dataset: DatasetPlan, seed: UInt64) {
        self.dataset = dataset
        self.seed = seed
        var sum = 0
        firstRows =
            (0..<dataset.partitions).map { partition in
                defer { sum += dataset.rows(in: partition, seed: seed) }
                return sum
            } + [sum]
        statements = [TrafficStatement(cql: dataset.insert, consistency: .localQuorum, isTimed: true)]
    }

    public var rows: Int { firstRows.last! }

    public func prepared(_ statement: Int, text: Int, on side: Side, as answer: PreparedStatement) throws {
        binds[side.index] = try BindPlan(dataset, answer)
    }

    public func statement(of item: Int, seed: UInt64) -> Int { 0 }

    public func timestampMicroseconds(of item: Int, seed: UInt64) -> Int64 { dataset.timestampMicroseconds(of: item) }

    public func writeValues(of item: Int, seed: UInt64, on side: Side, into writer: inout ByteWriter) {
        var (low, high) = (0, firstRows.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if firstRows[middle] <= item { low = middle } else { high = middle }
        }
        let row = item - firstRows[low]
        binds[side.index]!.withSink(into: &writer) { sink in
            dataset.generate(partition: low, row: row, seed: self.seed, into: &sink)
        }
    }
}
