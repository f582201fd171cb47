// What a worker sends, seen from the worker: statements to prepare, and values that can be made again from a seed and a number.

import Bytes
import CQLProtocol
import HTTPClient
import Quantities

/// A statement as it is prepared and executed, or a batch of such.
public struct TrafficStatement: Sendable {
    /// What is prepared: one text, or the distinct texts of a batch.
    public var texts: [String]
    public var consistency: Consistency
    public var serialConsistency: Consistency?
    /// Rows a page; nil for everything at once.
    public var pageSize: Int32?
    /// Pages that are read at most.
    public var pages = Int32.max
    /// Whether it carries a client-side timestamp, as writes do, so that both sides hold the same data.
    public var isTimed: Bool
    /// Whether the answer says if a condition held.
    public var isConditional = false
    /// Whether it is sent as its prepared id. Else its text is sent; it is prepared all the same, for the types of its values.
    public var isPrepared = true
    /// Share of the requests that ask for a trace.
    public var tracedShare = 0.0
    /// Nil for a statement by itself.
    public var batch: Batch?
    /// How many requests an operation is, each with values of its own.
    public var fanOut = 1

    public struct Batch: Sendable {
        public var type: BatchType
        /// Its statements in order, each its place in `texts`.
        public var members: [Int]

        public init(type: BatchType, members: [Int]) {
            self.type = type
            self.members = members
        }
    }

    public init(cql: String, consistency: Consistency, pageSize: Int32? = nil, isTimed: Bool) {
        texts = [cql]
        self.consistency = consistency
        self.pageSize = pageSize
        self.isTimed = isTimed
    }
}

/// Where operations and their values come from. One worker uses it; it holds no state between calls but what `prepared` set.
public protocol TrafficSource: AnyObject {
    var statements: [TrafficStatement] { get }
    /// A side told what it takes for one of the texts of a statement. Throws where the workload's values do not fit.
    func prepared(_ statement: Int, text: Int, on side: Side, as answer: PreparedStatement) throws
    /// Which statement item `item` of the sequence `seed` is.
    func statement(of item: Int, seed: UInt64) -> Int
    /// Microseconds since 1970 for a write.
    func timestampMicroseconds(of item: Int, seed: UInt64) -> Int64
    /// Writes the bound values of an item, each as a [value].
    func writeValues(of item: Int, seed: UInt64, on side: Side, into writer: inout ByteWriter)
    /// The same for a batch; `begin` is called before the values of each of its statements.
    func writeBatch(
        of item: Int, seed: UInt64, on side: Side, into writer: inout ByteWriter,
        _ begin: (Int, inout ByteWriter) -> Void)
    /// What statements are over HTTP, one for each; empty where nothing is sent over it.
    var requests: [HTTPOperation] { get }
    /// Writes the request of an item.
    func writeRequest(of item: Int, seed: UInt64, on side: Side, into request: inout HTTPRequest)
}

extension TrafficSource {
    public func writeBatch(
        of item: Int, seed: UInt64, on side: Side, into writer: inout ByteWriter,
        _ begin: (Int, inout ByteWriter) -> Void
    ) { preconditionFailure("this traffic has no batches") }

    public var requests: [HTTPOperation] { [] }
    public func writeRequest(of item: Int, seed: UInt64, on side: Side, into request: inout HTTPRequest) {
        preconditionFailure("this traffic has no requests over HTTP")
    }
}
