// All randomness of Assay comes from here, from one seed: the same seed gives the same run, on any machine.

import Glibc

/// A seeded generator: xoshiro256++ (Blackman and Vigna, 2019), its state filled by SplitMix64.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    @usableFromInline var s0: UInt64
    @usableFromInline var s1: UInt64
    @usableFromInline var s2: UInt64
    @usableFromInline var s3: UInt64

    @inlinable public init(seed: UInt64) {
        s0 = SeededRandom.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
        s1 = SeededRandom.mix(seed &+ 0x3C6E_F372_FE94_F82A)
        s2 = SeededRandom.mix(seed &+ 0xDAA6_6D2C_7DDF_743F)
        s3 = SeededRandom.mix(seed &+ 0x78DD_E6E5_FD29_F054)
    }

    /// SplitMix64's finaliser: a bijection on 64 bits that scatters neighbours.
    @inlinable public static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A seed for the `index`-th child of `seed`; children of different seeds or indices are unrelated.
    @inlinable public static func derive(_ seed: UInt64, _ index: UInt64) -> UInt64 {
        mix(mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ (index &* 0xD1B5_4A32_D192_ED03 &+ 0x8CB9_2BA7_2F3D_8DD7))
    }

    /// A seed for a purpose with a name, such as "arrivals".
    public static func derive(_ seed: UInt64, _ purpose: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return derive(seed, hash)
    }

    @inlinable public mutating func next() -> UInt64 {
        let sum = s0 &+ s3
        let result = ((sum << 23) | (sum >> 41)) &+ s0
        let t = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = (s3 << 45) | (s3 >> 19)
        return result
    }

    /// Uniform in [0, 1), 53 bits.
    @inlinable public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in 0 ..< `bound`, by multiplication (bias below bound / 2^64). `bound` must be positive.
    @inlinable public mutating func below(_ bound: UInt64) -> UInt64 { next().multipliedFullWidth(by: bound).high }

    /// Exponential with mean 1.
    public mutating func exponential() -> Double { -log(1 - unit()) }

    /// Normal with mean 0 and standard deviation 1 (Box and Muller, one of the pair).
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return radius * cos(2 * .pi * unit())
    }

    /// Lognormal with the given median and standard deviation of the logarithm.
    public mutating func lognormal(median: Double, sigma: Double) -> Double { median * exp(sigma * normal()) }
}
