// How keys are spread: which numbered item a key stands for, and the UUIDs that stand for items.

import Glibc
import Quantities

/// The numbered items that a key stands for: `from` ..< `from + items`, each as popular as `Popularity` says.
public struct Items: Sendable {
    public enum Popularity: Sendable {
        /// All alike.
        case uniform
        /// Item k with probability proportional to 1 / (k + 1)^exponent.
        case zipf(Zipfian)
        /// The same, with the popular items scattered among the others: item k stands where `scatter` says.
        case scattered(Zipfian, Scatter)
        /// The first `items` get `share` of the traffic, the others the rest, both alike among themselves.
        case hot(items: UInt64, share: Double)
        /// One after the other, and again from the first.
        case sequence
        /// As a distribution of numbers has it, rounded, and what lies beyond at the ends.
        case spread(Distribution)
    }

    public let from: UInt64
    public let items: UInt64
    public let popularity: Popularity

    public init(items: UInt64, from: UInt64 = 0, popularity: Popularity = .uniform) {
        precondition(items > 0, "a key needs at least one item")
        self.items = items
        self.from = from
        self.popularity = popularity
    }

    public func sample(_ drawing: inout Drawing) -> UInt64 {
        switch popularity {
        case .uniform: return from + drawing.random.below(items)
        case .zipf(let ranks): return from + ranks.sample(&drawing.random)
        case .scattered(let ranks, let scatter): return from + scatter.place(of: ranks.sample(&drawing.random))
        case .hot(let hot, let share):
            if drawing.random.unit() < share { return from + drawing.random.below(hot) }
            return from + hot + drawing.random.below(items - hot)
        case .sequence: return from + drawing.ordinal % items
        case .spread(let numbers):
            let number = numbers.sample(&drawing.random).rounded()
            return from + min(UInt64(min(max(number, 0), 0x1p63)), items - 1)
        }
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

/// An order of 0 ..< `count` in which neighbours stand far apart: multiplication by a number that has no divisor in common with
/// `count`, so that each place is taken once.
public struct Scatter: Sendable {
    private let count: UInt64
    private let factor: UInt64

    public init(count: UInt64) {
        self.count = count
        // The golden ratio spreads the first multiples most evenly.
        var factor = UInt64(Double(count) * 0.618_033_988_749_894_9) | 1
        while Scatter.commonDivisor(factor, count) != 1 { factor += 2 }
        self.factor = factor % count
    }

    public func place(of rank: UInt64) -> UInt64 {
        if count == 1 { return 0 }
        return count.dividingFullWidth((rank + 1).multipliedFullWidth(by: factor)).remainder
    }

    private static func commonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }
}
