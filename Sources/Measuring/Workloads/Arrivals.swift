// When operations fall due: intended starts, a pure function of the rate and the seed.

import Quantities

/// How intended starts follow each other.
public enum Arrivals: String, CaseIterable, Hashable, Sendable {
    /// One every 1/rate, the first at 0.
    case constant
    /// Independent of each other, as many users make them: exponential gaps with mean 1/rate.
    case poisson
}

/// The intended starts of one slice, counted from its start, in order. Never ends; the caller stops at the slice's end.
public struct ArrivalSchedule: Sendable {
    private let arrivals: Arrivals
    private let gapNanoseconds: Double
    private var index = 0
    private var elapsedNanoseconds = 0.0
    private var random: SeededRandom

    /// `rate` must be above 0. The same arrivals, rate and seed give the same starts.
    public init(arrivals: Arrivals, rate: Rate, seed: UInt64) {
        precondition(rate.perSecond > 0, "arrivals need a rate above 0")
        self.arrivals = arrivals
        gapNanoseconds = 1e9 / rate.perSecond
        random = SeededRandom(seed: SeededRandom.derive(seed, "arrivals"))
    }

    /// The next intended start.
    public mutating func next() -> Nanoseconds {
        switch arrivals {
        case .constant:
            // From the index, not from the last start, so that rounding does not add up.
            elapsedNanoseconds = Double(index) * gapNanoseconds
            index += 1
        case .poisson:
            elapsedNanoseconds += random.exponential() * gapNanoseconds
        }
        return Nanoseconds(Int64(elapsedNanoseconds.rounded()))
    }
}
