// Everything that one recording says about new against old, before any criterion is asked.

import Quantities

/// Whether the run can be evidence at all: faults of the generator's own, and a set-up that favours a side; never slowness of a side.
public struct RunValidity: Equatable, Sendable {
    /// Rounds that were measured for evidence, void ones included.
    public let rounds: Int
    public let voidRounds: Int
    /// Rounds in which the generator was at fault in the slice of this side.
    public let voidOld: Int
    public let voidNew: Int
    /// Why the run is void; empty where it is valid.
    public let reasons: [String]

    public var isVoid: Bool { !reasons.isEmpty }
}

/// The circumstances of the run that judging needs.
public struct RunFacts: Equatable, Sendable {
    public let countedRounds: Int
    /// How long the rounds took, guards included.
    public let minutes: Double
    /// False for both sides at once on a shared machine: they slow each other down, and their ratio goes to 1.
    public let isComparable: Bool
    public let interrupted: Bool
    /// Rounds of saturation that count, and how long all of them took, guards included.
    public internal(set) var saturationRounds = 0
    public internal(set) var saturationMinutes = 0.0
    /// Whether these are facts of boost rounds, and of no others.
    public internal(set) var isBoost = false
}

/// What a recording says: effects, levels, error rates, rows, and whether the run was valid.
public struct Comparison: Equatable, Sendable {
    public let run: RunFacts
    public let validity: RunValidity
    public let operations: [String]
    public let effects: [Effect]
    public let levels: [Level]
    public let errorRates: [ErrorRate]
    /// As `errorRates`, for operations that failed by the time-out alone.
    public let timeOuts: [ErrorRate]
    public let rows: [RowComparison]
    /// What boost rounds say, apart from all of the above; nil where there were none.
    public internal(set) var boost: BoostComparison?

    public func effect(_ measure: Measure, of scope: Scope) -> Effect? {
        effects.first { $0.measure == measure && $0.scope == scope }
    }

    public func level(_ measure: Measure, of scope: Scope, on side: Side) -> Level? {
        levels.first { $0.measure == measure && $0.scope == scope && $0.side == side }
    }

    public func errorRate(of scope: Scope, on side: Side) -> ErrorRate? {
        share(Measure(.errorRate), of: scope, on: side)
    }

    /// The share of failures that `measure` names: the error rate, or that of time-outs.
    public func share(_ measure: Measure, of scope: Scope, on side: Side) -> ErrorRate? {
        let rates = measure.metric == .timeOuts ? timeOuts : errorRates
        return rates.first { $0.scope == scope && $0.side == side }
    }

    /// The parts of the workload that were looked at, each once: operations, shapes, keyspaces, the whole.
    public var scopes: [Scope] { errorRates.filter { $0.side == .old }.map(\.scope) }
}
