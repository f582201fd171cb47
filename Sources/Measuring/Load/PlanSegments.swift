// A plan as a worker runs it: warm-up, then the rounds, each a slice a side or one for both.

import Quantities
import Recordings
import Workloads

extension Plan {
    /// Everything in order of time that is known before, up to the control round. A warm-up of a given length alternates sides in slices,
    /// until each had its length; one that is detected comes before all of this.
    public var segments: [Segment] { warmUpSegments + rounds.filter(\.purpose.isUsual).flatMap(segments(of:)) }

    /// Rounds of the boosted mix, which are run if they are still needed then.
    public var boostSegments: [Segment] { rounds.filter { $0.purpose == .boost }.flatMap(segments(of:)) }

    public var warmUpSegments: [Segment] {
        guard let warmUp = warmUp.given, warmUp > .zero else { return [] }
        let count = Int((warmUp.count - 1) / (slice + guardLength).count + 1)
        return (0..<count).flatMap { index -> [Segment] in
            let seed = SeededRandom.derive(warmUpSeed, UInt64(index))
            return sidesInOrder(first: .old).map {
                Segment(sides: $0, seed: seed, guardLength: guardLength, length: slice, round: nil)
            }
        }
    }

    private func segments(of round: PlannedRound) -> [Segment] {
        sidesInOrder(first: round.first).map {
            Segment(
                sides: $0, seed: round.seed, origin: origin(of: round), guardLength: guardLength, length: slice,
                round: round.index)
        }
    }

    /// The intended starts of a segment.
    public func arrivals(of segment: Segment) -> ArrivalSchedule {
        arrivalSchedule(seed: segment.seed, from: segment.origin)
    }

    func sidesInOrder(first: Side) -> [[Side]] { mode == .duet ? [[.old, .new]] : [[first], [first.other]] }

    public var warmUpLength: Nanoseconds { warmUpSegments.reduce(.zero) { $0 + $1.total } }
    /// Warm-up, rounds, control round, boost rounds and saturation; draining the last slice comes on top.
    public var totalLength: Nanoseconds { segments.reduce(.zero) { $0 + $1.total } + boostLength + saturationLength }
    /// Rounds of the boosted mix.
    public var boostLength: Nanoseconds { boostSegments.reduce(.zero) { $0 + $1.total } }
    /// Rounds at the sides' limits; the curve that leads there comes on top.
    public var saturationLength: Nanoseconds { (saturationSlice + saturationGuard) * (2 * saturationRounds) }
}
