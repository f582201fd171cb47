// Inverts monotone functions to the last bit. Distributions are inverted rarely: certainty is worth more than speed.

/// The smallest number in `low ... high` at which `reached` holds, for a condition that stays true once it is.
/// Neither may be negative.
///
/// Halves the interval between bit patterns, which order as the numbers do: 64 steps give every bit, near 0 too.
func firstReached(from low: Double, to high: Double, _ reached: (Double) -> Bool) -> Double {
    precondition(low >= 0 && low <= high, "the interval to search must be non-negative and in order")
    var below = low.bitPattern
    var above = high.bitPattern
    while below < above {
        let middle = below + (above - below) / 2
        if reached(Double(bitPattern: middle)) { above = middle } else { below = middle + 1 }
    }
    return Double(bitPattern: above)
}
