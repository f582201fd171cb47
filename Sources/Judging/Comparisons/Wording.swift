// Changes and times in words, for reasons and reports alike: whatever the number, a few digits and no trap.

import Glibc
import Quantities

/// A ratio given by its logarithm, as a change: `+4.3 %`, `+212 %`, from tenfold on `×37`, then `over ×1000`.
public func changeText(log ratio: Double) -> String {
    let value = exp(ratio)
    if value > 1_000 { return "over ×1000" }
    if value >= 10 { return "×" + decimal(value, places: 0) }
    let text = signedPercent(value - 1, places: abs(value - 1) >= 0.9995 ? 0 : 1)
    return text == "-0.0 %" ? "+0.0 %" : text
}

/// A time given by the logarithm of its milliseconds: `3.2 ms`; beyond what a histogram holds, `over 1 h`.
public func timeText(logMilliseconds: Double) -> String {
    let milliseconds = exp(logMilliseconds)
    return milliseconds > longestMilliseconds ? "over 1 h" : Nanoseconds(milliseconds: milliseconds).description
}

/// An hour, in which every histogram ends.
public let longestMilliseconds = 3_600_000.0
