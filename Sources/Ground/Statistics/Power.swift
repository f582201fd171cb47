// What a run can resolve, and how long another would have to be.

import Glibc

/// The relative change that a test at level `alpha` finds four times in five, given the standard error of a log ratio.
public func detectableEffect(standardError: Double, df: Double, alpha: Double = 0.05) -> Double {
    expm1((StudentT.quantile(1 - alpha, df: df) + StudentT.quantile(0.8, df: df)) * standardError)
}

/// How long a run must be to decide, four times in five, on a limit that lies `distance` from the estimate.
///
/// - Parameters:
///   - distance: the distance between estimate and limit, on the log scale, either sign.
///   - runError: the part of the standard error that more time makes smaller.
///   - floor: the part that it does not.
///   - duration: how long the run was, in any unit; the result is in the same.
/// - Returns: nil where no time is enough, since the floor alone hides the distance.
public func neededDuration(
    distance: Double, runError: Double, floor: Double, df: Double, alpha: Double, duration: Double
) -> Double? {
    let reach = StudentT.quantile(1 - alpha, df: df) + StudentT.quantile(0.8, df: df)
    let room = distance * distance - reach * reach * floor * floor
    return room > 0 ? duration * reach * reach * runError * runError / room : nil
}
