// One upfront requirement, as read from a criteria file.

import Comparisons
import Documents
import Quantities

/// The six families of evidence that a qualification rests on.
public enum Family: String, CaseIterable, Hashable, Sendable {
    case performance
    case functional
    case security
    case plans
    case observability
    case components
}

/// What part of the workload a criterion speaks of.
public enum Target: Hashable, Sendable {
    case eachOperation
    case eachShape
    case eachKeyspace
    case one(Scope)
}

/// What is required.
public indirect enum Requirement: Hashable, Sendable {
    /// New may differ from old by at most this share; negative for throughput, which is bad when low.
    case change(Measure, of: Target, allow: Ratio)
    /// A latency of one side, at most so long. A maximum is held against it as it was seen.
    case timeLimit(Measure, of: Target, on: Side, atMost: Nanoseconds)
    /// Failed operations of one side, or those that timed out, at most this share.
    case errorLimit(Measure, of: Target, on: Side, atMost: Ratio)
    /// A throughput of one side, at least so much.
    case throughputLimit(of: Target, on: Side, atLeast: Rate)
    /// A tolerance between the sides and a limit of one: both must hold, and each is tested by itself.
    case both(Requirement, Requirement)
    /// Differences of parity that the pair file does not expect, at most so many.
    case parity(atMost: Int)
    /// Evidence that this version does not collect, in the words of the file.
    case notCollected(String)

    /// What is tested by itself, in the order of the file's keys.
    public var limits: [Requirement] {
        if case .both(let first, let second) = self { first.limits + second.limits } else { [self] }
    }
}

/// One requirement, with its weight and how sure a verdict on it must be.
public struct Criterion: Hashable, Sendable {
    public let id: String
    public let family: Family
    public let requirement: Requirement
    /// One minus the probability with which a verdict on a requirement that is just met or just missed may be wrong.
    public let confidence: Double
    public let weight: Double
    /// Shown and scored, but never decides the outcome.
    public let advisory: Bool
    /// Where the criterion stands.
    public let position: Position
    /// Where the file says what part of the workload is meant.
    public let targetPosition: Position

    /// One-sided.
    public var alpha: Double { 1 - confidence }
}
