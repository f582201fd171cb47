// Which operation comes when, with which values: a pure function of the round's seed and the operation's index in it.

import Quantities

/// How often operations come: in all rounds alike, but for boost rounds.
public struct OperationMix: Sendable {
    let usual: [Double]
    let boosted: [Double]
    /// Of boost rounds.
    let boostSeeds: Set<UInt64>

    /// The operations within a round or the warm-up with this seed; `place` is where it stands in the run.
    public func stream(seed: UInt64, at place: RunPlace = RunPlace()) -> OperationStream {
        OperationStream(weights: boostSeeds.contains(seed) ? boosted : usual, seed: seed, at: place)
    }
}

/// The operations of one round, the same on both sides. Any of them can be made again alone.
public struct OperationStream: Sendable {
    private let seed: UInt64
    private let place: RunPlace
    /// Upper bound of each operation's part of the sum of weights.
    private let bounds: [Double]

    /// `weights` are those of the operations, all above 0; `place` is that of the round in the run.
    public init(weights: [Double], seed: UInt64, at place: RunPlace = RunPlace()) {
        precondition(!weights.isEmpty && weights.allSatisfy { $0 > 0 }, "operations need weights above 0")
        self.seed = SeededRandom.derive(seed, "operations")
        self.place = place
        var sum = 0.0
        bounds = weights.map { weight in
            sum += weight
            return sum
        }
    }

    /// The operation at `index` and the chance from which its values are drawn, bind by bind.
    public func operation(at index: Int) -> (operationIndex: Int, random: SeededRandom) {
        var random = SeededRandom(seed: SeededRandom.derive(seed, UInt64(index)))
        let last = bounds.count - 1
        let drawn = random.unit() * bounds[last]
        var operation = 0
        while operation < last && drawn >= bounds[operation] { operation += 1 }
        return (operation, random)
    }

    /// The operation at `index` and the drawing that its values are made from, bind by bind.
    public func drawn(at index: Int) -> (operationIndex: Int, drawing: Drawing) {
        let (operation, random) = operation(at: index)
        let drawing = Drawing(
            random, ordinal: place.ordinal &+ UInt64(index),
            now: place.now + Int64(place.millisecondsApart * Double(index)), datasetSeed: place.datasetSeed)
        return (operation, drawing)
    }
}

/// Where a round or another segment stands in the run: what its operations count from.
public struct RunPlace: Sendable {
    /// Number of its first operation.
    public var ordinal: UInt64 = 0
    /// At its first operation, in milliseconds since 1970.
    public var now: Int64 = 0
    /// From one operation to the next at the mean rate: `now` must not depend on when a side was served.
    public var millisecondsApart = 0.0
    public var datasetSeed: UInt64 = 0

    public init() {}
}

/// The places of all segments of a run, by their seeds. Times are a side's active time from the first slice of warm-up on.
public struct RunPlaces: Sendable {
    private let positions: [UInt64: Int]
    private let length: Nanoseconds
    private let rate: Rate
    private let start: Int64
    private let datasetSeed: UInt64

    /// `startedMilliseconds` is what `now` is at the start where the workload names no clock.
    public init(_ plan: Plan, startedMilliseconds: Int64) {
        length = plan.slice + plan.guardLength
        rate = plan.rate
        start = plan.clock ?? startedMilliseconds
        datasetSeed = plan.seed
        var positions: [UInt64: Int] = [:]
        let warmUp = Int((plan.warmUp.longest.count + length.count - 1) / length.count)
        for index in 0..<warmUp { positions[SeededRandom.derive(plan.warmUpSeed, UInt64(index))] = index }
        for round in plan.rounds where positions[round.seed] == nil { positions[round.seed] = warmUp + round.index }
        let saturation = plan.saturation == nil ? 0 : plan.rounds.count + plan.saturationRounds + 64
        for index in 0..<saturation {
            positions[SeededRandom.derive(plan.saturationSeed, UInt64(index))] = warmUp + plan.rounds.count + index
        }
        self.positions = positions
    }

    public func place(of seed: UInt64) -> RunPlace {
        let position = positions[seed] ?? 0
        var place = RunPlace()
        // Twice what falls due on average, so that neighbours do not meet.
        let apart = UInt64((rate.perSecond * length.seconds).rounded(.up)) * 2 + 64
        place.ordinal = UInt64(position) * apart
        place.now = start + (length * position).count / 1_000_000
        place.millisecondsApart = 1000 / rate.perSecond
        place.datasetSeed = datasetSeed
        return place
    }
}
