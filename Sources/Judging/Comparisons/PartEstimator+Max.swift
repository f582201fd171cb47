// The largest value of each side: seen, shown, and never taken for more than that.

import Glibc
import Histograms
import Quantities

/// Why a maximum has neither an interval nor a verdict that passes.
public let maximumIsSeenAlone =
    "a maximum is what was seen: nothing is inferred from it, since a longer run sees larger ones"

extension PartEstimator {
    /// `rounds` holds the histograms of each round of the old side, and of the new; neither side is empty.
    func largest(_ measure: Measure, _ rounds: [[[Histogram]]]) -> (effect: Effect, levels: [Level]) {
        let largest = rounds.map { $0.joined().map(\.max).max() ?? 0 }
        let atTimeOut = largest.map { isAtTimeOut(log(Double($0))) }
        let unavailable = evidence.isComparable ? maximumIsSeenAlone : duetOnOneMachine
        let levels = Side.allCases.map { side in
            Level(
                measure: measure, scope: part.scope, side: side,
                milliseconds: Nanoseconds(largest[side.index]).milliseconds, estimate: nil, unavailable: unavailable,
                isAtTimeOut: atTimeOut[side.index])
        }
        let effect = Effect(
            measure: measure, scope: part.scope, shape: part.shape, keyspace: part.keyspace,
            oldMilliseconds: levels[0].milliseconds, newMilliseconds: levels[1].milliseconds, estimate: nil,
            unavailable: unavailable, caveats: caveats(measure, nil, atTimeOut: atTimeOut))
        return (effect, levels)
    }
}
