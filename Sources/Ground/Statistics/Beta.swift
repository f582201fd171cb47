// The regularised incomplete beta function: the root of the t, binomial and Clopper-Pearson figures.

import Glibc

/// The beta distribution with shape parameters `a` and `b`, both above 0.
public enum Beta {
    /// The regularised incomplete beta function I_x(a, b), the probability below `x` (DLMF 8.17).
    public static func cumulative(_ x: Double, _ a: Double, _ b: Double) -> Double {
        tails(x, complement: 1 - x, a, b).lower
    }

    /// 1 - I_x(a, b), without the loss that the subtraction would bring where it is small.
    public static func upperTail(_ x: Double, _ a: Double, _ b: Double) -> Double {
        tails(x, complement: 1 - x, a, b).upper
    }

    /// The `x` with I_x(a, b) = `p`.
    public static func quantile(_ p: Double, _ a: Double, _ b: Double) -> Double {
        precondition(p >= 0 && p <= 1, "a probability lies between 0 and 1")
        if p == 0 { return 0 }
        if p == 1 { return 1 }
        return firstReached(from: 0, to: 1) { cumulative($0, a, b) >= p }
    }

    /// Both tails at `x`, whose `complement` is 1 - x, given apart because the caller may know it to more digits.
    static func tails(_ x: Double, complement: Double, _ a: Double, _ b: Double) -> (lower: Double, upper: Double) {
        precondition(a > 0 && b > 0, "a beta distribution has positive parameters")
        if x <= 0 { return (0, 1) }
        if complement <= 0 { return (1, 0) }
        // The fraction converges fast on the near side of the mean only.
        if x * (a + b + 2) < a + 1 {
            let lower = nearTail(x, complement, a, b)
            return (lower, 1 - lower)
        }
        let upper = nearTail(complement, x, b, a)
        return (1 - upper, upper)
    }

    private static func nearTail(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
        min(binomialTerm(a, b, x, y) * b / (a + b) * fraction(x, a, b), 1)
    }

    /// The continued fraction of I_x(a, b) (DLMF 8.17.22), by the modified method of Lentz.
    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func apart(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / apart(1 - (a + b) * x / (a + 1))
        var value = d
        // Needs steps of the order of the root of the larger parameter.
        let limit = 200 + 20 * Int(max(a, b).squareRoot())
        for step in 1...limit {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / apart(1 + even * d)
            c = apart(1 + even / c)
            value *= c * d
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / apart(1 + odd * d)
            c = apart(1 + odd / c)
            value *= c * d
            if abs(c * d - 1) < 1e-15 { break }
        }
        return value
    }

    /// Gamma(n + 1) / (Gamma(a + 1) Gamma(b + 1)) x^a y^b with n = a + b: a binomial probability for real counts.
    ///
    /// In saddle-point form (Loader, "Fast and accurate computation of binomial probabilities", 2000): differences of
    /// logarithms of gamma functions would lose ten digits at the counts of an hour's run.
    private static func binomialTerm(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
        let n = a + b
        let exponent =
            stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * y)
        return exp(exponent) * (n / (2 * .pi * a * b)).squareRoot()
    }

    /// ln Gamma(z + 1) less Stirling's approximation of it.
    private static func stirlingError(_ z: Double) -> Double {
        if z < 16 { return logGamma(z + 1) - (z + 0.5) * log(z) + z - 0.5 * log(2 * .pi) }
        let s = 1 / (z * z)
        return (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s / 1188)))) / z
    }

    /// x ln(x / m) + m - x, by a series where x is near m and the terms would cancel.
    private static func deviance(_ x: Double, _ m: Double) -> Double {
        guard abs(x - m) < 0.1 * (x + m) else { return x * log(x / m) + m - x }
        let v = (x - m) / (x + m)
        var sum = (x - m) * v
        var term = 2 * x * v
        for j in 1..<1000 {
            term *= v * v
            let next = sum + term / Double(2 * j + 1)
            if next == sum { break }
            sum = next
        }
        return sum
    }
}

/// The natural logarithm of the gamma function of a positive number.
func logGamma(_ x: Double) -> Double { lgamma(x).0 }
