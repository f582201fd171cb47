// Failed operations of one side: how many, of which class, and how much that tells.

import Quantities
import Statistics

/// The error rate of one part of the workload on one side, or the share of its operations that timed out.
public struct ErrorRate: Equatable, Sendable {
    /// The error rate, or time-outs.
    public let measure: Measure
    public let scope: Scope
    public let side: Side
    public let evidence: ErrorEvidence
    /// Failed operations by class of outcome.
    public let classes: [String: Int]
    /// Why nothing can be said by it, whatever the counts are; nil where there is no such reason.
    public internal(set) var unavailable: String?
    public internal(set) var caveats: [Caveat] = []

    public var errors: Int { evidence.errors }
    public var operations: Int { evidence.operations }
    /// Errors over operations; 0 where there was no operation.
    public var rate: Double { evidence.rate }
    /// Units of time that it rests on.
    public var units: Int { evidence.units }
    /// The two-sided 90 % interval of the rate, bursts taken into account.
    public var interval: (low: Double, high: Double) {
        let bounds = evidence.bounds(alpha: 0.05)
        return (bounds.lower, bounds.upper)
    }

    /// `error rate of recent_orders on the new side`
    public var title: String { "\(measure.text) of \(scope.text) on the \(side) side" }
}
