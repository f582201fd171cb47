// How numbers are spread: values, lengths, counts.

import Glibc
import Quantities

/// A distribution of numbers, cut off at `lowest` and `highest` (what lies beyond becomes the bound itself).
public struct Distribution: Hashable, Sendable {
    public enum Form: Hashable, Sendable {
        case constant(Double)
        /// Every number from `lowest` to `highest` alike.
        case uniform
        case lognormal(median: Double, sigma: Double)
        case normal(mean: Double, sigma: Double)
        case exponential(mean: Double)
    }

    public var form: Form
    public var lowest: Double
    public var highest: Double

    public init(_ form: Form, lowest: Double = -.infinity, highest: Double = .infinity) {
        self.form = form
        self.lowest = lowest
        self.highest = highest
    }

    public func sample(_ random: inout SeededRandom) -> Double {
        let value =
            switch form {
            case .constant(let value): value
            case .uniform: lowest + (highest - lowest) * random.unit()
            case .lognormal(let median, let sigma): random.lognormal(median: median, sigma: sigma)
            case .normal(let mean, let sigma): mean + sigma * random.normal()
            case .exponential(let mean): mean * random.exponential()
            }
        return min(max(value, lowest), highest)
    }

    /// The value that lies as high in this distribution as `z` does in a standard normal one.
    func value(at z: Double) -> Double {
        let value =
            switch form {
            case .constant(let value): value
            case .uniform: lowest + (highest - lowest) * Distribution.cumulative(z)
            case .lognormal(let median, let sigma): median * exp(sigma * z)
            case .normal(let mean, let sigma): mean + sigma * z
            case .exponential(let mean): -mean * log(Distribution.cumulative(-z))
            }
        return min(max(value, lowest), highest)
    }

    /// Rounded to the nearest whole number within 0 ... `most`, as for a length or a count.
    public func count(_ random: inout SeededRandom, most: Int) -> Int {
        Int(min(max(sample(&random).rounded(), 0), Double(most)))
    }

    /// The probability of a standard normal value below `z`.
    private static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    /// The value above which a standard normal one lies with probability `p`, to 0.0005 (Abramowitz and Stegun, 26.2.23).
    static func upperScore(_ p: Double) -> Double {
        if p > 0.5 { return -upperScore(1 - p) }
        let t = (-2 * log(p)).squareRoot()
        let above = 2.515517 + t * (0.802853 + t * 0.010328)
        let below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
        return t - above / below
    }
}
