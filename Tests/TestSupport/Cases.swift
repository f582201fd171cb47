// Shared by all tests: seeded cases, tolerance.

import Quantities

/// `count` generators, each from its own seed, so that a failing case can be repeated from the number that is printed.
public func seededCases(_ count: Int, from seed: UInt64 = 1) -> [(seed: UInt64, random: SeededRandom)] {
    (0..<UInt64(count)).map { (seed &+ $0, SeededRandom(seed: SeededRandom.derive(seed, $0))) }
}

/// Whether `a` and `b` agree to `tolerance`, relative to the larger of the two (absolute below 1e-300).
public func close(_ a: Double, _ b: Double, relative tolerance: Double = 1e-9) -> Bool {
    a == b || abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-300)
}
