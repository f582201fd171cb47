// The highest rate that a side keeps an objective at: up until it misses, halving the gap, then up and down around it.
//
// The rounds that count are an up-and-down staircase (Dixon and Mood, 1948): the rate rises a little after a probe that kept the
// objective and falls after one that missed it, by steps of random length. One bad probe costs one step, and the middle of the rates
// that were tried is the rate that is kept as often as missed.

import Glibc
import Quantities

struct RateSearch: Sendable {
    /// The rate to be tried next.
    private(set) var rate: Double
    /// Highest rate that was kept, lowest that was missed twice.
    private var kept: Double?
    private var missed: Double?
    /// A probe that misses is repeated once, before it is believed.
    private var isSecondTry = false
    private(set) var isFound = false
    /// Nothing is kept, however low the rate.
    private(set) var isHopeless = false
    private var step = RateSearch.smallestStep
    /// Probes that went the same way one after the other, on the staircase: positive upwards.
    private var streak = 0

    /// Relative; the staircase's, and the gap at which the search ends is twice as wide.
    static let smallestStep = 0.02
    private static let largestStep = 0.16
    static let lowest = 0.1
    static let highest = 10_000_000.0

    private var random: SeededRandom

    /// `seed` draws the lengths of the staircase's steps.
    init(from rate: Double, seed: UInt64) {
        self.rate = rate
        random = SeededRandom(seed: seed)
    }

    /// What the probe at `rate` gave. A void probe tells of the generator alone: the search goes no higher, the staircase stays.
    /// `settled`: both sides have been found, and rounds are evidence now.
    mutating func take(kept isKept: Bool, isVoid: Bool, settled: Bool) {
        if settled {
            if !isVoid { climb(isKept) }
        } else if isFound {
            // The other side is still being sought.
        } else if isKept {
            isSecondTry = false
            kept = max(kept ?? 0, rate)
            narrow()
        } else if !isSecondTry {
            isSecondTry = true
        } else {
            isSecondTry = false
            missed = min(missed ?? .infinity, rate)
            narrow()
        }
    }

    private mutating func narrow() {
        switch (kept, missed) {
        case (let low?, let high?) where high <= low * (1 + 2 * RateSearch.smallestStep):
            rate = (low * high).squareRoot()
            isFound = true
        case (let low?, let high?): rate = (low * high).squareRoot()
        case (let low?, nil): rate = min(low * 2, RateSearch.highest)
        case (nil, let high?): rate = high / 2
        case (nil, nil): preconditionFailure("a probe was kept or missed")
        }
        isFound = isFound || kept == RateSearch.highest
        isHopeless = rate < RateSearch.lowest
    }

    /// Three steps the same way say that the limit lies farther off: longer steps, until one goes the other way.
    private mutating func climb(_ up: Bool) {
        streak = up ? max(streak, 0) + 1 : min(streak, 0) - 1
        let isLost = abs(streak) > 3
        step = isLost ? min(step * 1.5, RateSearch.largestStep) : RateSearch.smallestStep
        // Half to one and a half times as long: on a grid of rates all rounds would lie to the same side of a sharp limit, by as much
        // as the grid happens to, and none of them would tell.
        let length = 1 + step * (0.5 + random.unit())
        rate = min(max(up ? rate * length : rate / length, RateSearch.lowest), RateSearch.highest)
    }
}
