// When operations fall due: intended starts, a pure function of the rate, the place in the run and the seed.

import Documents
import Quantities

/// How intended starts follow each other.
public enum Arrivals: Hashable, Sendable {
    /// One every 1/rate, the first at 0.
    case constant
    /// Independent of each other, as many users make them: exponential gaps with mean 1/rate.
    case poisson
    /// As a file has them, named here as it was written.
    case trace(file: String)

    /// `constant`, `poisson` or `trace`.
    public var name: String {
        switch self {
        case .constant: "constant"
        case .poisson: "poisson"
        case .trace: "trace"
        }
    }

    private enum Word: String, CaseIterable { case constant, poisson }

    static func read(_ node: Node) throws(InputError) -> Arrivals {
        guard case .mapping = node.content else {
            return try node.choice(of: Word.self, "arrivals") == .constant ? .constant : .poisson
        }
        var fields = try Fields(node, what: "arrivals")
        let file = try fields.required("trace").string(expected: "the path of a trace")
        try fields.finish()
        return .trace(file: file)
    }
}

/// What intended starts are made from.
public enum ArrivalSource: Sendable {
    /// One every 1/rate.
    case constant(RateProfile)
    /// Exponential gaps.
    case poisson(RateProfile)
    case trace(ArrivalTrace)

    /// Whether every part of a run is offered the same: what is seen early tells of later only then.
    var isSteady: Bool {
        switch self {
        case .constant(let profile), .poisson(let profile): profile.constant != nil
        case .trace: false
        }
    }
}

/// The intended starts of one slice, counted from its start, in order. Never ends; the caller stops at the slice's end.
public struct ArrivalSchedule: Sendable {
    private enum Form {
        /// Index of the next.
        case constant(gapNanoseconds: Double, index: Int)
        case poisson(gapNanoseconds: Double, elapsedNanoseconds: Double)
        /// Along a rate that changes.
        case changing(RateProfile.Walk, isPoisson: Bool, isFirst: Bool)
        /// `turn` is what earlier turns of the trace took, less the origin.
        case trace(ArrivalTrace, index: Int, turn: Nanoseconds)
    }

    private var form: Form
    private var random: SeededRandom

    /// Rates must be above 0. `origin` is the place in a changing rate or in a trace at which the schedule begins. The same source,
    /// origin and seed give the same starts.
    public init(_ source: ArrivalSource, from origin: Nanoseconds = .zero, seed: UInt64) {
        random = SeededRandom(seed: SeededRandom.derive(seed, "arrivals"))
        switch source {
        case .constant(let profile):
            if let rate = profile.constant {
                form = .constant(gapNanoseconds: 1e9 / rate.perSecond, index: 0)
            } else {
                form = .changing(RateProfile.Walk(profile, from: origin), isPoisson: false, isFirst: true)
            }
        case .poisson(let profile):
            if let rate = profile.constant {
                form = .poisson(gapNanoseconds: 1e9 / rate.perSecond, elapsedNanoseconds: 0)
            } else {
                form = .changing(RateProfile.Walk(profile, from: origin), isPoisson: true, isFirst: true)
            }
        case .trace(let trace):
            let place = Nanoseconds(origin.count % trace.length.count)
            form = .trace(trace, index: trace.index(atOrAfter: place), turn: .zero - place)
        }
    }

    /// The next intended start.
    public mutating func next() -> Nanoseconds {
        switch form {
        case .constant(let gap, let index):
            // From the index, not from the last start, so that rounding does not add up.
            form = .constant(gapNanoseconds: gap, index: index + 1)
            return Nanoseconds(Int64((Double(index) * gap).rounded()))
        case .poisson(let gap, let before):
            let elapsed = before + random.exponential() * gap
            form = .poisson(gapNanoseconds: gap, elapsedNanoseconds: elapsed)
            return Nanoseconds(Int64(elapsed.rounded()))
        case .changing(var walk, let isPoisson, let isFirst):
            let step = isPoisson ? random.exponential() : isFirst ? 0 : 1
            let seconds = step == 0 ? 0 : walk.advance(step)
            form = .changing(walk, isPoisson: isPoisson, isFirst: false)
            return Nanoseconds(Int64((seconds * 1e9).rounded()))
        case .trace(let trace, var index, var turn):
            if index == trace.offsets.count {
                index = 0
                turn = turn + trace.length
            }
            form = .trace(trace, index: index + 1, turn: turn)
            return turn + trace.offsets[index]
        }
    }
}
