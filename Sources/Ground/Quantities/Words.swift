// The words of the trade that every room uses: which side, which shape of operation.

/// One of the two sides of a pair.
public enum Side: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case old
    case new

    public var description: String { rawValue }
    public var other: Side { self == .old ? .new : .old }
    /// 0 for old, 1 for new: the index in arrays that hold one entry a side.
    public var index: Int { self == .old ? 0 : 1 }
}

/// What kind of access an operation makes. Verdicts are given per shape, because averages over a mix hide regressions.
public enum Shape: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case point
    case range
    case multiPartition = "multi_partition"
    /// All of a table, or a range of its tokens.
    case scan
    /// One row made of many: COUNT, SUM, …
    case aggregate
    case write
    /// Several writes in one request.
    case batch
    /// A lightweight transaction: a write with a condition, or a serial read.
    case lwt
    case counter
    /// A call of an API that is none of the above.
    case api

    public var description: String { rawValue }
    /// Whether its statements change data; a lightweight transaction may do either.
    public var isWrite: Bool { [.write, .batch, .counter].contains(self) }
}
