// Failed operations of one side: how many, of which class, and how much that tells.

import Quantities
import Statistics

/// The error rate of one part of the workload on one side.
public struct ErrorRate: Equatable, Sendable {
    public let scope: Scope
    public let side: Side
    public let evidence: ErrorEvidence
    /// Failed operations by class of outcome.
    public let classes: [String: Int]

    /// `error rate of recent_orders on the new side`
    public var title: String { "error rate of \(scope.text) on the \(side) side" }
}
