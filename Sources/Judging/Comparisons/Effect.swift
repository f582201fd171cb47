// New against old, one figure of one part of the workload.

import Quantities

/// The ratio of one figure between the sides, with its error and its reservations, or the reason why there is none.
public struct Effect: Equatable, Sendable {
    public let measure: Measure
    public let scope: Scope
    /// The operation's or the scope's shape; nil for the workload.
    public let shape: Shape?
    /// The operation's keyspace, or that of all operations in the scope where they share one.
    public let keyspace: String?
    /// Pooled over the run, in milliseconds; nil where nothing was measured.
    public let oldMilliseconds: Double?
    public let newMilliseconds: Double?
    /// On the log of new over old; nil exactly where `unavailable` says why.
    public let estimate: Estimate?
    public let unavailable: String?
    public let caveats: [Caveat]
    /// For a mean: the part of the sum of times that failed operations make up, each at the time-out; the side with more.
    public internal(set) var failedShare = 0.0
    /// For throughput: operations a second of each side at its limit; nil for times.
    public internal(set) var oldPerSecond: Double?
    public internal(set) var newPerSecond: Double?

    /// The operation's name where the effect is that of one operation.
    public var operation: String? { if case .operation(let name) = scope { name } else { nil } }

    /// `p99 of recent_orders`
    public var title: String { "\(measure.short) of \(scope.text)" }

    public func has(_ code: Caveat.Code) -> Bool { caveats.contains { $0.code == code } }
}

/// One figure of one side, for limits that do not depend on the other side.
public struct Level: Equatable, Sendable {
    public let measure: Measure
    public let scope: Scope
    public let side: Side
    /// Pooled over the run; nil where nothing was measured.
    public let milliseconds: Double?
    /// On the log of milliseconds, or of operations a second; nil exactly where `unavailable` says why.
    public let estimate: Estimate?
    public let unavailable: String?
    /// Whether the figure lies at the time-out, so that the truth is there or beyond.
    public let isAtTimeOut: Bool
    /// For throughput: operations a second at its limit; nil for times.
    public internal(set) var perSecond: Double?

    /// `p99 of recent_orders on the new side`
    public var title: String { "\(measure.short) of \(scope.text) on the \(side) side" }
}
