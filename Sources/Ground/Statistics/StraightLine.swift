// A straight line through points, to see whether something moved with time or with the order of the sides.

/// The least-squares line through points, and the error of its slope were the residuals independent.
public struct StraightLine: Equatable, Sendable {
    public let slope: Double
    public let intercept: Double
    /// The probability of a slope so far from 0 if there were none, two-sided.
    public let probability: Double

    /// Nil for fewer than three points, or where all `x` are the same.
    public init?(x: [Double], y: [Double]) {
        precondition(x.count == y.count, "each x has its y")
        let count = Double(x.count)
        guard x.count >= 3 else { return nil }
        let meanX = x.reduce(0, +) / count
        let meanY = y.reduce(0, +) / count
        var (xx, xy, yy) = (0.0, 0.0, 0.0)
        for (a, b) in zip(x, y) {
            xx += (a - meanX) * (a - meanX)
            xy += (a - meanX) * (b - meanY)
            yy += (b - meanY) * (b - meanY)
        }
        guard xx > 0 else { return nil }
        slope = xy / xx
        intercept = meanY - slope * meanX
        let residual = max(0, yy - slope * xy)
        let error = (residual / (count - 2) / xx).squareRoot()
        if slope == 0 {
            probability = 1
        } else {
            probability = error == 0 ? 0 : min(1, 2 * StudentT.upperTail(abs(slope) / error, df: count - 2))
        }
    }
}
