// An interval against its limit, and the axis that the verdicts of one criterion share, so that they can be compared by eye.

import Glibc
import Quantities

/// What one verdict's evidence looks like on a line.
struct Gauge: Equatable {
    enum Axis: Equatable {
        /// Logarithms of new over old; ticks are changes.
        case change
        /// Logarithms of milliseconds.
        case milliseconds
        /// Logarithms of operations a second.
        case perSecond
        /// Shares from 0 on, linear.
        case share
    }

    var low: Double
    var point: Double
    var high: Double
    var limit: Double
    var badIsHigh: Bool
    var axis: Axis
}

/// A stretch of an axis, with ticks at round numbers.
struct Scale {
    let axis: Gauge.Axis
    let from: Double
    let to: Double

    /// Holds all intervals and limits, "no change" where that is on the axis, and some room on both sides. An interval wider than
    /// 20-fold is cut off rather than allowed to press the others flat.
    init(_ gauges: [Gauge]) {
        precondition(!gauges.isEmpty, "an axis is made for something to draw")
        let axis = gauges[0].axis
        self.axis = axis
        let reach = log(20.0)
        var low = gauges.map { axis == .share ? 0 : max($0.low, $0.point - reach) }.min() ?? 0
        var high = gauges.map { axis == .share ? $0.high : min($0.high, $0.point + reach) }.max() ?? 1
        for gauge in gauges { (low, high) = (min(low, gauge.limit), max(high, gauge.limit)) }
        if axis == .change { (low, high) = (min(low, 0), max(high, 0)) }
        let room = max((high - low) * 0.06, axis == .share ? 1e-7 : 0.005)
        from = axis == .share ? 0 : low - room
        to = high + room
    }

    /// Where `value` is drawn, 0 ... 100; at an end where it lies beyond.
    func percent(_ value: Double) -> Double { min(max((value - from) / (to - from), 0), 1) * 100 }

    func holds(_ value: Double) -> Bool { value >= from && value <= to }

    /// Three to seven round numbers on the axis, with their texts.
    var ticks: [(at: Double, text: String)] {
        switch axis {
        case .change:
            let (low, high) = (exp(from) - 1, exp(to) - 1)
            return Scale.rounds(low, high).map { (log(1 + $0), percentTick($0, high - low)) }
        case .share:
            return Scale.rounds(from, to).map { ($0, share($0)) }
        case .milliseconds:
            return Scale.decades(exp(from), exp(to)).map { (log($0), roundTime(milliseconds: $0)) }
        case .perSecond:
            return Scale.decades(exp(from), exp(to)).map { (log($0), rate($0)) }
        }
    }

    private func percentTick(_ value: Double, _ width: Double) -> String {
        value == 0 ? "0 %" : signedPercent(value, places: width < 0.05 ? 1 : 0)
    }

    /// Multiples of 1, 2 or 5 times a power of ten, at most seven of them. Above -1, for a change of -100 % has no logarithm.
    static func rounds(_ low: Double, _ high: Double) -> [Double] {
        let raw = max((high - low) / 6.5, 1e-12)
        let power = pow(10, floor(log10(raw)))
        let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= raw * 0.999 } ?? power * 10
        let first = Int((low / step).rounded(.up))
        let last = Int((high / step).rounded(.down))
        return first > last ? [] : (first...last).map { Double($0) * step }.filter { $0 > -0.999 }
    }

    /// 1, 2 and 5 times powers of ten between `low` and `high`, both positive; fewer where these would be many, ends where few.
    static func decades(_ low: Double, _ high: Double) -> [Double] {
        let powers = Int(floor(log10(low)))...Int(ceil(log10(high)))
        for factors in [[1.0, 2, 5], [1.0]] {
            let found = powers.flatMap { power in factors.map { $0 * pow(10, Double(power)) } }
                .filter { $0 >= low && $0 <= high }
            if found.count <= 7 && found.count >= 2 { return found }
        }
        return rounds(low, high).filter { $0 > 0 }
    }
}
