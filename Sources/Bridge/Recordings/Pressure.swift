// How hard a side was driven in a slice of saturation, and how much it did under it.

import Documents
import Histograms
import Quantities

/// What keeps a side busy where the workload's own arrivals do not say so.
public enum Pressure: Equatable, Sendable {
    /// Closed loop: so many operations under way, the next is sent when one ends.
    case inFlight(Int)
    /// Open loop at a rate that is tried; `missed` says how the side missed the objective, and is nil where it kept to it.
    case rate(Rate, missed: String?)

    func json() -> [String: JSON] {
        switch self {
        case .inFlight(let count): ["in_flight": .integer(count)]
        case .rate(let rate, let missed):
            ["probe_rate_per_s": .number(rate.perSecond), "missed": missed.map { .string($0) } ?? .null]
        }
    }

    /// Of a slice's keys; nil where there are none of it.
    static func read(_ fields: inout Fields) throws(InputError) -> Pressure? {
        if let count = fields.optional("in_flight") { return .inFlight(try count.recordedCount()) }
        guard let rate = fields.optional("probe_rate_per_s") else { return nil }
        let perSecond = try rate.number()
        guard perSecond > 0 else {
            throw InputError(rate.position, "a rate of \(perSecond)", expected: "more than 0")
        }
        return .rate(Rate(perSecond: perSecond), missed: try fields.optional("missed")?.string())
    }
}

extension SliceRecord {
    public var completed: Int { operations.reduce(0) { $0 + $1.completed } }
    public var failed: Int { operations.reduce(0) { $0 + $1.failed } }
    public var intended: Int { operations.reduce(0) { $0 + $1.intended } }
    /// Operations completed a second of the measured part. A failed operation is none of them.
    public var completedPerSecond: Double { Double(completed) / length.seconds }

    /// Response times of all operations, or of the one at `index`, merged.
    public func responses(of index: Int? = nil) -> Histogram {
        var all = Histogram()
        for place in operations.indices where index.map({ $0 == place }) ?? true { all.add(operations[place].response) }
        return all
    }
}

extension RoundRecord {
    /// Of the measured parts of both slices, counted from `Recording.started`.
    public var start: Nanoseconds { min(old.start, new.start) }
    /// Measured time of the round, seconds: of both slices, or of the longer where both sides were measured at once.
    public func measuredSeconds(_ mode: Mode) -> Double {
        let (old, new) = (old.length.seconds, new.length.seconds)
        return mode == .duet ? max(old, new) : old + new
    }
    public var end: Nanoseconds { max(old.start + old.length, new.start + new.length) }
}

extension Recording {
    /// Rounds in which both sides were at their limits, void ones included, in order of time.
    public var saturationRounds: [RoundRecord] { rounds.filter { $0.purpose == .saturation } }
    /// The way there: one round a step.
    public var curveRounds: [RoundRecord] { rounds.filter { $0.purpose == .curve } }
}
