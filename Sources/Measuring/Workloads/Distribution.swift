// How numbers and keys are spread: the two kinds of chance that values are made of.

import Quantities

/// A distribution of numbers, cut off at `lowest` and `highest` (what lies beyond becomes the bound itself).
public struct Distribution: Hashable, Sendable {
    public enum Form: Hashable, Sendable {
        case constant(Double)
        /// Every number from `lowest` to `highest` alike.
        case uniform
        case lognormal(median: Double, sigma: Double)
        case normal(mean: Double, sigma: Double)
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
            }
        return min(max(value, lowest), highest)
    }

    /// Rounded to the nearest whole number within 0 ... `most`, as for a length or a count.
    public func count(_ random: inout SeededRandom, most: Int) -> Int {
        Int(min(max(sample(&random).rounded(), 0), Double(most)))
    }
}

/// The numbered items that a key stands for: `from` ..< `from + items`, all alike or the first the most popular.
public struct Items: Sendable {
    public let from: UInt64
    public let items: UInt64
    private let popularity: Zipfian?

    /// With an exponent the k-th item is drawn with probability proportional to 1 / (k + 1)^exponent.
    public init(items: UInt64, from: UInt64 = 0, exponent: Double? = nil) {
        precondition(items > 0, "a key needs at least one item")
        self.items = items
        self.from = from
        popularity = exponent.map { Zipfian(items: items, exponent: $0) }
    }

    public func sample(_ random: inout SeededRandom) -> UInt64 {
        if let popularity { return from + popularity.sample(&random) }
        return from + random.below(items)
    }

    /// The UUID (version 4, RFC 9562) that stands for an item: scattered, and never the same for two items, since the 64 bits of
    /// SplitMix64's bijection are all in it.
    public static func uuid(of item: UInt64) -> (high: UInt64, low: UInt64) {
        let scattered = SeededRandom.mix(item &+ 0x9E37_79B9_7F4A_7C15)
        let filling = SeededRandom.mix(scattered &+ 0x9E37_79B9_7F4A_7C15)
        let high = (scattered >> 16) << 16 | 0x4000 | (scattered >> 4) & 0xFFF
        let low = 0x8000_0000_0000_0000 | (scattered & 0xF) << 58 | filling >> 6
        return (high, low)
    }
}
