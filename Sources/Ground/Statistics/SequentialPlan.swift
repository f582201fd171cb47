// Nominal levels for evidence that is looked at several times: what a probability must be below to decide at a look.

import Glibc

/// Looks at growing evidence, and the nominal level of each, such that all together miss with probability alpha.
///
/// Exact for statistics with independent normal increments, as an efficient estimate has (Jennison and Turnbull, 2000,
/// chapter 11); the levels come from numerical integration (Armitage, McPherson and Rowe, 1969; Jennison and Turnbull,
/// chapter 19) to about 12 digits. The level of a look does not depend on the looks after it, so a plan whose later
/// looks slip is made again with the fractions as they came.
public struct SequentialPlan: Sendable {
    /// The least distance between two looks, and of the first from the start, as a fraction of the information.
    public static let leastStep = 1e-6
    /// A look that may spend less than this cannot decide: its nominal level is 0.
    public static let leastIncrement = 1e-100

    /// The alpha spent at each look; they sum to alpha.
    public let increments: [Double]
    /// The one-sided nominal level of each look: a probability below it decides.
    public let nominal: [Double]

    /// Plans looks at `fractions` of the information.
    ///
    /// - Parameters:
    ///   - fractions: ascending, at least `leastStep` apart, the last 1. Time and memory grow with one over the root
    ///     of the smallest step: 6 equal looks take about 0.2 ms, two that are only `leastStep` apart 40 ms.
    ///   - alpha: the one-sided level, above 0 and below 0.5.
    ///   - spending: how alpha is spent.
    public init(fractions: [Double], alpha: Double, spending: Spending = .hwangShihDeCani(-2)) {
        precondition(fractions.last == 1, "the last look has all of the information")
        precondition(alpha > 0 && alpha < 0.5, "a one-sided level lies between 0 and 0.5")
        var increments: [Double] = []
        var nominal: [Double] = []
        var walk = UncrossedWalk()
        var spent = 0.0
        for (look, fraction) in fractions.enumerated() {
            precondition(fraction - walk.time >= SequentialPlan.leastStep * (1 - 1e-6), "looks ascend and stand apart")
            let total = spending.spent(at: fraction, of: alpha)
            let increment = max(0, total - spent)
            spent = total
            increments.append(increment)
            let boundary = walk.boundary(crossedWith: increment, at: fraction)
            let decides = increment >= SequentialPlan.leastIncrement
            nominal.append(decides ? Normal.cumulative(-boundary / fraction.squareRoot()) : 0)
            if look + 1 < fractions.count {
                walk = walk.advanced(to: fraction, below: boundary, next: fractions[look + 1])
            }
        }
        self.increments = increments
        self.nominal = nominal
    }
}

/// Brownian motion that has crossed no boundary yet: its density at a look, on the places of a quadrature rule.
private struct UncrossedWalk {
    /// The variance so far: the fraction of the information.
    var time = 0.0
    /// The walk is below this.
    var boundary = 0.0
    /// In rising order.
    var places = [0.0]
    /// The density at each place times the weight of the rule.
    var masses = [1.0]

    /// The probability that the walk is above `limit` at the time `next`, and its derivative's magnitude.
    private func crossing(_ limit: Double, at next: Double) -> (probability: Double, density: Double) {
        let scale = 1 / (next - time).squareRoot()
        var (probability, density) = (0.0, 0.0)
        for index in places.indices {
            let distance = (limit - places[index]) * scale
            probability += masses[index] * Normal.cumulative(-distance)
            density += masses[index] * exp(-0.5 * distance * distance)
        }
        return (probability, density * scale / (2 * .pi).squareRoot())
    }

    /// The limit above which the walk is at the time `next` with probability `increment`.
    ///
    /// For an increment that is next to nothing a limit that is never reached.
    func boundary(crossedWith increment: Double, at next: Double) -> Double {
        let reach = -Normal.quantile(max(increment, SequentialPlan.leastIncrement))
        // It would be there if nothing had crossed before, and also if all were just below the boundary before.
        var limit = min(reach * next.squareRoot(), boundary + reach * (next - time).squareRoot())
        if increment < SequentialPlan.leastIncrement { return limit }
        // The logarithm of the probability is concave and falls: Newton's steps from above never go too far.
        for _ in 0..<100 {
            let (probability, density) = crossing(limit, at: next)
            let change = log(probability / increment) * probability / density
            limit += change
            if abs(change) <= 4 * limit.ulp { break }
        }
        return limit
    }

    /// The walk at the time `now`, of which what is above `limit` is taken away. `next` is the time of the look after.
    func advanced(to now: Double, below limit: Double, next: Double) -> UncrossedWalk {
        let step = now - time
        // Both the density and the kernel that will be laid over it are smooth on this scale.
        let width = 4 * min(step, next - now).squareRoot()
        let low = -8 * now.squareRoot()
        let panels = Int(((limit - low) / width).rounded(.up))
        let rule = GaussLegendre(low: low, high: limit, panels: panels)
        var masses: [Double] = []
        masses.reserveCapacity(rule.places.count)
        let scale = 1 / (2 * .pi * step).squareRoot()
        // Where the walk was, given where it is, lies within ten deviations of a straight line, or of the boundary.
        let reach = 10 * (step * time / now).squareRoot()
        var (first, end) = (0, 0)
        for (place, weight) in zip(rule.places, rule.weights) {
            let centre = min(place * time / now, boundary)
            while first < places.count && places[first] < centre - reach { first += 1 }
            while end < places.count && places[end] <= centre + reach { end += 1 }
            var density = 0.0
            for index in first..<end {
                let distance = place - places[index]
                density += self.masses[index] * exp(-0.5 * distance * distance / step)
            }
            masses.append(density * scale * weight)
        }
        return UncrossedWalk(time: now, boundary: limit, places: rule.places, masses: masses)
    }
}

/// Gauss and Legendre's rule with 16 places on each of a row of panels of equal width.
private struct GaussLegendre {
    var places: [Double] = []
    var weights: [Double] = []

    init(low: Double, high: Double, panels: Int) {
        let order = 16
        var rule: [(place: Double, weight: Double)] = []
        for root in (1...order).reversed() {
            // Newton's steps from a close guess (Abramowitz and Stegun 22.16.6).
            var x = cos(.pi * (Double(root) - 0.25) / (Double(order) + 0.5))
            var slope = 0.0
            for _ in 0..<6 {
                var (before, value) = (1.0, x)
                for n in 2...order {
                    (before, value) = (value, (Double(2 * n - 1) * x * value - Double(n - 1) * before) / Double(n))
                }
                slope = Double(order) * (x * value - before) / (x * x - 1)
                x -= value / slope
            }
            rule.append((x, 2 / ((1 - x * x) * slope * slope)))
        }
        let half = (high - low) / Double(panels) / 2
        places.reserveCapacity(order * panels)
        weights.reserveCapacity(order * panels)
        for panel in 0..<panels {
            let middle = low + half * Double(2 * panel + 1)
            for (place, weight) in rule {
                places.append(middle + half * place)
                weights.append(half * weight)
            }
        }
    }
}
