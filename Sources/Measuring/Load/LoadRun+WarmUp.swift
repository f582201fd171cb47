// Warming up until the sides have settled: slices that nobody counts, and a decision after each pair of them.

import Quantities
import Recordings
import Workloads

/// How a detected warm-up ended.
public struct WarmUpResult: Equatable, Sendable {
    /// Of each side, guards included.
    public var length: Nanoseconds
    /// False where the longest time was over before the sides had settled.
    public var isSettled: Bool
}

extension Plan {
    /// Slices of a detected warm-up carry negative numbers in place of a round's index.
    static func warmUpRound(_ pair: Int) -> Int { -1 - pair }

    func warmUpPair(_ pair: Int) -> [Segment] {
        let seed = SeededRandom.derive(warmUpSeed, UInt64(pair))
        return sidesInOrder(first: pair % 2 == 0 ? .old : .new).map {
            Segment(sides: $0, seed: seed, guardLength: guardLength, length: slice, round: Plan.warmUpRound(pair))
        }
    }
}

/// What the workers of a run know of its warm-up together.
struct WarmUpState: Sendable {
    var detector = WarmUpDetector()
    var result: WarmUpResult?

    /// After `pairs` pairs of slices: notes the result when it is time to begin.
    mutating func decide(_ plan: Plan, pairs: Int) {
        guard case .detected(let least, let most) = plan.warmUp else { return }
        let length = (plan.slice + plan.guardLength) * pairs
        if detector.isSettled && length >= least {
            result = WarmUpResult(length: length, isSettled: true)
        } else if length >= most {
            result = WarmUpResult(length: length, isSettled: false)
        }
    }
}
