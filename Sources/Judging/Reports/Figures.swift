// Numbers as reports write them. Three significant digits for times, one decimal for changes; a dash where nothing was measured.

import Comparisons
import Quantities

let nothing = "-"

/// `0.279 ms`, `12.3 ms`, `2.05 s`; beyond what a histogram holds, `over 1 h`
func time(milliseconds: Double?) -> String {
    guard let milliseconds, milliseconds.isFinite else { return nothing }
    if milliseconds > longestMilliseconds { return "over 1 h" }
    return milliseconds >= 999.5 ? significant(milliseconds / 1_000) + " s" : significant(milliseconds) + " ms"
}

/// A round number of an axis, without the digits that say nothing: `0.5 ms`, `20 ms`, `1 s`.
func roundTime(milliseconds: Double) -> String {
    milliseconds >= 999.5 ? plain(milliseconds / 1_000) + " s" : plain(milliseconds) + " ms"
}

/// A share that somebody wrote down, as it was written: `99 %`, `0.01 %`, `-3 %`.
func roundPercent(_ value: Double) -> String { plain(value * 100) + " %" }

/// Up to four decimals, and none that say nothing.
private func plain(_ value: Double) -> String {
    var digits = decimal(value, places: 4)
    while digits.last == "0" { digits.removeLast() }
    if digits.last == "." { digits.removeLast() }
    return digits
}

/// `[-0.5 %, +2.9 %]`
func changes(_ interval: (low: Double, high: Double)) -> String {
    "[\(changeText(log: interval.low)), \(changeText(log: interval.high))]"
}

/// A share that may be very small: `0 %`, `under 0.0001 %`, `0.0013 %`, `1.2 %`.
func share(_ value: Double) -> String {
    if value == 0 { return "0 %" }
    let percent = abs(value * 100)
    if percent < 0.00005 { return "under 0.0001 %" }
    let places = percent >= 1 ? 1 : percent >= 0.1 ? 2 : percent >= 0.01 ? 3 : 4
    return decimal(value * 100, places: places) + " %"
}

/// `4,498/s`; below ten with two decimals.
func rate(_ perSecond: Double?) -> String {
    guard let perSecond, perSecond.isFinite, perSecond < 1e15 else { return nothing }
    return perSecond < 10 ? "\(Rate(perSecond: perSecond))" : grouped(Int(perSecond.rounded())) + "/s"
}

/// The figures of old and new: times, or operations a second for throughput.
func bothSides(_ effect: Effect) -> (old: String, new: String) {
    effect.measure.metric == .throughput
        ? (rate(effect.oldPerSecond), rate(effect.newPerSecond))
        : (time(milliseconds: effect.oldMilliseconds), time(milliseconds: effect.newMilliseconds))
}

func perSecond(_ count: Int, in length: Nanoseconds) -> String {
    length.count > 0 ? grouped(Int((Double(count) / length.seconds).rounded())) + "/s" : nothing
}

/// `1 round`, `24 rounds`
func counted(_ count: Int, _ thing: String) -> String { "\(grouped(count)) \(thing)\(count == 1 ? "" : "s")" }
