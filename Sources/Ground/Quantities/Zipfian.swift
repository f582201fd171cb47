// Skewed popularity: few customers get most of the traffic.

import Glibc

/// Items 0 ..< `items`, item k with probability proportional to 1 / (k + 1)^`exponent`.
///
/// Rejection-inversion (Hörmann and Derflinger, 1996): constant time and no tables, exact for any exponent above 0.
public struct Zipfian: Sendable {
    public let items: UInt64
    public let exponent: Double
    private let integralOfFirst: Double
    private let integralOfLast: Double
    private let shortcut: Double

    public init(items: UInt64, exponent: Double) {
        precondition(items > 0 && exponent > 0, "Zipfian needs at least one item and an exponent above 0")
        self.items = items
        self.exponent = exponent
        integralOfFirst = Zipfian.integral(1.5, exponent) - 1
        integralOfLast = Zipfian.integral(Double(items) + 0.5, exponent)
        shortcut = 2 - Zipfian.inverse(Zipfian.integral(2.5, exponent) - pow(2, -exponent), exponent)
    }

    public func sample(_ random: inout SeededRandom) -> UInt64 {
        while true {
            let u = integralOfLast + random.unit() * (integralOfFirst - integralOfLast)
            let x = Zipfian.inverse(u, exponent)
            let k = min(max(x.rounded(), 1), Double(items))
            if k - x <= shortcut || u >= Zipfian.integral(k + 0.5, exponent) - pow(k, -exponent) {
                return UInt64(k) - 1
            }
        }
    }

    /// The integral of t^-s from 1 to x: (x^(1-s) - 1) / (1 - s), continuous at s = 1.
    private static func integral(_ x: Double, _ s: Double) -> Double {
        let logX = log(x)
        let t = (1 - s) * logX
        return abs(t) > 1e-8 ? expm1(t) / t * logX : (1 + t / 2 * (1 + t / 3)) * logX
    }

    private static func inverse(_ y: Double, _ s: Double) -> Double {
        let t = max(y * (1 - s), -1)
        return exp(abs(t) > 1e-8 ? log1p(t) / t * y : (1 - t * (0.5 - t / 3)) * y)
    }
}
