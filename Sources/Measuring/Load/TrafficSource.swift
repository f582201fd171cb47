// What a worker sends, seen from the worker: statements to prepare, and values that can be made again from a seed and a number.

import Bytes
import CQLProtocol
import Quantities

/// A statement as it is prepared and executed.
public struct TrafficStatement: Sendable {
    public var cql: String
    public var consistency: Consistency
    /// Rows a page; nil for everything at once.
    public var pageSize: Int32?
    /// Whether it writes: writes carry a client-side timestamp, so that both sides hold the same data.
    public var isWrite: Bool

    public init(cql: String, consistency: Consistency, pageSize: Int32? = nil, isWrite: Bool) {
        self.cql = cql
        self.consistency = consistency
        self.pageSize = pageSize
        self.isWrite = isWrite
    }
}

/// Where operations and their values come from. One worker uses it; it holds no state between calls but what `prepared` set.
public protocol TrafficSource: AnyObject {
    var statements: [TrafficStatement] { get }
    /// A side told what it takes for a statement. Throws where the workload's values do not fit.
    func prepared(_ statement: Int, on side: Side, as answer: PreparedStatement) throws
    /// Which statement item `item` of the sequence `seed` is.
    func statement(of item: Int, seed: UInt64) -> Int
    /// Microseconds since 1970 for a write.
    func timestampMicroseconds(of item: Int, seed: UInt64) -> Int64
    /// Writes the bound values of an item, each as a [value].
    func writeValues(of item: Int, seed: UInt64, on side: Side, into writer: inout ByteWriter)
}
