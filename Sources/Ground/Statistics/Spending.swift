// How the level of a test is spent when its evidence is looked at several times.

import Glibc

/// How a one-sided level is spent over the planned looks.
///
/// What was spent by a look depends only on the information gathered until then: it does not matter how many looks
/// there were, or how many will follow.
public enum Spending: Hashable, Sendable {
    /// Hwang, Shih and DeCani (1990) with their gamma, of magnitude 100 at most: negative spends late, 0 evenly,
    /// positive early.
    case hwangShihDeCani(Double)
    /// Lan and DeMets (1983), with boundaries like those of O'Brien and Fleming: next to nothing at the start.
    case obrienFleming
    /// Lan and DeMets (1983), with boundaries like Pocock's: about the same nominal level at each look.
    case pocock

    /// How much of the one-sided level `alpha` is spent when the `fraction` (0 to 1) of the information is there.
    public func spent(at fraction: Double, of alpha: Double) -> Double {
        precondition(fraction >= 0 && fraction <= 1, "a fraction of the information lies between 0 and 1")
        precondition(alpha > 0 && alpha < 1, "a level lies between 0 and 1")
        if fraction == 0 { return 0 }
        if fraction == 1 { return alpha }
        switch self {
        case .hwangShihDeCani(let gamma):
            precondition(abs(gamma) <= 100, "gamma lies between -100 and 100")
            return gamma == 0 ? alpha * fraction : alpha * expm1(-gamma * fraction) / expm1(-gamma)
        case .obrienFleming:
            return 2 * Normal.cumulative(Normal.quantile(alpha / 2) / fraction.squareRoot())
        case .pocock:
            return alpha * log1p((M_E - 1) * fraction)
        }
    }
}
