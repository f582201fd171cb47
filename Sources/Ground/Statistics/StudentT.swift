// Student's t distribution: every interval and every verdict on a latency goes through it.

import Glibc

/// Student's t distribution with `df` degrees of freedom, any positive number of them.
public enum StudentT {
    /// The probability of a value below `x`.
    public static func cumulative(_ x: Double, df: Double) -> Double { upperTail(-x, df: df) }

    /// The probability of a value above `x`, exact where it is small. An infinite `x` is taken at its word.
    public static func upperTail(_ x: Double, df: Double) -> Double {
        precondition(df > 0, "degrees of freedom are positive")
        precondition(!x.isNaN, "a statistic that is not a number has no probability")
        let square = x * x
        let near = square == 0 ? 0 : 1 / (1 + df / square)
        let beyond = 0.5 * Beta.tails(1 / (1 + square / df), complement: near, df / 2, 0.5).lower
        return x >= 0 ? beyond : 1 - beyond
    }

    /// The value below which the probability is `p`, for 0 < p < 1.
    public static func quantile(_ p: Double, df: Double) -> Double {
        precondition(p > 0 && p < 1, "a quantile is asked for at a probability between 0 and 1")
        if p == 0.5 { return 0 }
        let tail = min(p, 1 - p)
        let magnitude = firstReached(from: 0, to: 1e150) { upperTail($0, df: df) <= tail }
        return p > 0.5 ? magnitude : -magnitude
    }
}

/// The normal distribution with mean 0 and standard deviation 1.
public enum Normal {
    /// The probability of a value below `x`.
    public static func cumulative(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

    /// The value below which the probability is `p`, for 0 < p < 1.
    public static func quantile(_ p: Double) -> Double {
        precondition(p > 0 && p < 1, "a quantile is asked for at a probability between 0 and 1")
        if p == 0.5 { return 0 }
        let tail = min(p, 1 - p)
        let magnitude = firstReached(from: 0, to: 40) { cumulative(-$0) <= tail }
        return p > 0.5 ? magnitude : -magnitude
    }
}
