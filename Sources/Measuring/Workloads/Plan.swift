// A plan: a workload and a pair resolved into exactly what will be sent, when, in which order.

import Documents
import Quantities
import Recordings

/// A file that the plan was made from.
public struct PlanInput: Hashable, Sendable {
    /// What it is to the plan: `workload`, `pair`, `criteria`.
    public var role: String
    /// Name of the file, without its folders.
    public var file: String
    /// Of its bytes, as 64 hexadecimal digits.
    public var sha256: String

    public init(role: String, file: String, sha256: String) {
        self.role = role
        self.file = file
        self.sha256 = sha256
    }
}

/// What a run decides beyond its files.
public struct PlanSettings: Sendable {
    /// Of all measured rounds with their guards; warm-up and the control round come on top.
    public var duration: Nanoseconds
    public var seed: UInt64
    public var mode: Mode
    /// In place of the workload's own.
    public var rate: Rate?
    public var slice: Nanoseconds?
    public var warmUp: WarmUp?
    /// What the workload's arrivals name a file for.
    public var trace: ArrivalTrace?
    public var saturation: Saturation?
    /// How often the run is judged while it lasts, its end included; nil where it is not.
    public var looks: Int?
    /// Rounds of another mix that follow.
    public var boost: Boost?

    public init(
        duration: Nanoseconds, seed: UInt64, mode: Mode = .interleaved, rate: Rate? = nil, slice: Nanoseconds? = nil,
        warmUp: WarmUp? = nil, trace: ArrivalTrace? = nil, saturation: Saturation? = nil, looks: Int? = nil,
        boost: Boost? = nil
    ) {
        self.duration = duration
        self.seed = seed
        self.mode = mode
        self.rate = rate
        self.slice = slice
        self.warmUp = warmUp
        self.trace = trace
        self.saturation = saturation
        self.looks = looks
        self.boost = boost
    }
}

/// One round as it is to be run.
public struct PlannedRound: Hashable, Sendable {
    public var index: Int
    public var purpose: RoundRecord.Purpose
    /// The side that is measured first; in duet mode both begin at once and this has no effect.
    public var first: Side
    /// Of the round's arrivals and operations, which are the same on both sides.
    public var seed: UInt64

    public init(index: Int, purpose: RoundRecord.Purpose, first: Side, seed: UInt64) {
        self.index = index
        self.purpose = purpose
        self.first = first
        self.seed = seed
    }
}

/// Everything that will be sent.
public struct Plan: Sendable {
    public var workload: String
    public var pair: PairFile
    public var parameters: [Profile.Setting]
    public var inputs: [PlanInput]
    public var seed: UInt64
    public var mode: Mode
    public var operations: [PlannedOperation]
    public var dataset: [DatasetPlan]
    public var arrivals: Arrivals
    let arrivalSource: ArrivalSource
    /// Of each side while it is active: the mean over the measured rounds.
    public var rate: Rate
    let writtenRate: Node?
    public var timeOut: Nanoseconds
    public var warmUp: WarmUp
    public var slice: Nanoseconds
    public var guardLength: Nanoseconds
    /// In the order in which they are run.
    public var rounds: [PlannedRound]
    /// What follows them; how many operations in flight, or which rates, is decided by what the sides do.
    public var saturation: Saturation?
    /// When it is judged while it lasts; nil where it is not.
    public var looks: Looks?
    /// Rounds of another mix that follow the control round; nil where there are to be none.
    public let boost: Boost?
    /// What `now` is when the run begins, in milliseconds since 1970; nil: the time of day.
    public let clock: Int64?
    let writtenValues: Node?
    let writtenDataset: Node?

    /// Throws where a setting is out of range.
    public init(
        _ profile: Profile, _ pair: PairFile, _ settings: PlanSettings, inputs: [PlanInput] = []
    ) throws(InputError) {
        try Plan.check(settings)
        workload = profile.name
        self.pair = pair
        parameters = profile.parameters
        self.inputs = inputs
        seed = settings.seed
        mode = settings.mode
        operations = profile.operations
        dataset = profile.dataset
        clock = profile.clock
        arrivals = profile.traffic.arrivals
        arrivalSource = try Plan.source(profile.traffic, settings)
        writtenRate = settings.rate == nil ? profile.writtenRate : nil
        timeOut = profile.traffic.timeOut
        warmUp = settings.warmUp ?? profile.traffic.warmUp
        slice = settings.slice ?? (mode == .blocks ? max(profile.traffic.slice, Plan.block) : profile.traffic.slice)
        guardLength = profile.traffic.guardLength
        saturation = settings.saturation ?? profile.traffic.saturation
        try saturation?.check(operations: operations.map(\.name), timeOut: timeOut, at: nil)
        writtenValues = profile.writtenValues
        writtenDataset = profile.writtenDataset
        let round = (slice + guardLength) * mode.slicesInRound
        let count = (settings.duration.count - 1) / round.count + 1
        let boost = settings.boost
        let boosted = Plan.boostRounds(boost?.rounds ?? 0, from: Int(count) + 1, seed: settings.seed)
        self.boost = boost
        rounds = Plan.rounds(Int(count), seed: settings.seed) + boosted
        let isSteady = arrivalSource.isSteady
        precondition(boost == nil || isSteady, "a boost is at the rate that all rounds have")
        looks = settings.looks.map { Looks(isSteady ? $0 : 1, over: Int(count)) }
        rate =
            switch arrivalSource {
            case .constant(let profile), .poisson(let profile): profile.mean(over: (slice + guardLength) * Int(count))
            case .trace(let trace): trace.meanRate
            }
    }

    /// Least length of a slice in mode `blocks`, unless told otherwise: long enough for caches to be a side's own.
    static let block = Nanoseconds.seconds(60)

    private static func source(_ traffic: Traffic, _ settings: PlanSettings) throws(InputError) -> ArrivalSource {
        if case .trace = traffic.arrivals {
            guard settings.rate == nil else {
                throw InputError(nil, "a rate beside a trace of arrivals", expected: "one of the two")
            }
            guard let trace = settings.trace else { preconditionFailure("the trace is read before the plan is made") }
            return .trace(trace)
        }
        let rate = settings.rate.map(RateProfile.constant) ?? traffic.rate!
        return traffic.arrivals == .constant ? .constant(rate) : .poisson(rate)
    }

    private static func check(_ settings: PlanSettings) throws(InputError) {
        guard settings.duration > .zero && settings.duration <= Traffic.longestRun else {
            throw InputError(nil, "duration is \(settings.duration)", expected: "more than 0 s, at most 7 d")
        }
        if let rate = settings.rate, !Traffic.rates.contains(rate.perSecond) {
            throw InputError(nil, "rate is \(rate)", expected: "0.001/s to 10,000,000/s")
        }
        if let slice = settings.slice, !(Nanoseconds.milliseconds(100)...Traffic.longestSlice).contains(slice) {
            throw InputError(nil, "slice is \(slice)", expected: "100 ms to 1 h")
        }
        if let warmUp = settings.warmUp?.given, !(Nanoseconds.zero...Traffic.longestRun).contains(warmUp) {
            throw InputError(nil, "warm-up is \(warmUp)", expected: "0 s to 7 d")
        }
        if let problem = settings.saturation?.problem {
            throw InputError(nil, problem.text, expected: problem.expected)
        }
    }

    /// `count` rounds, and after them round 0 once more as control.
    private static func rounds(_ count: Int, seed: UInt64) -> [PlannedRound] {
        let rounds = blocks(count, .measure, from: 0, seed: seed)
        return rounds + [
            PlannedRound(index: count, purpose: .rowsControl, first: rounds[0].first, seed: rounds[0].seed)
        ]
    }

    /// `count` rounds of the boosted mix, which follow the control round.
    private static func boostRounds(_ count: Int, from index: Int, seed: UInt64) -> [PlannedRound] {
        blocks(count, .boost, from: index, seed: SeededRandom.derive(seed, "boost"))
    }

    /// Permuted blocks of two, so that each side goes first in exactly one round of every block.
    private static func blocks(
        _ count: Int, _ purpose: RoundRecord.Purpose, from start: Int, seed: UInt64
    ) -> [PlannedRound] {
        var coin = SeededRandom(seed: SeededRandom.derive(seed, "order"))
        let seeds = SeededRandom.derive(seed, "round")
        var firstOfBlock = Side.old
        return (0..<count).map { number in
            if number % 2 == 0 { firstOfBlock = coin.below(2) == 0 ? .old : .new }
            return PlannedRound(
                index: start + number, purpose: purpose, first: number % 2 == 0 ? firstOfBlock : firstOfBlock.other,
                seed: SeededRandom.derive(seeds, UInt64(number)))
        }
    }

    /// Whether all rounds are offered the same rate.
    public var hasSteadyRate: Bool { arrivalSource.isSteady }

    /// Rounds of evidence; the control round and what follows it are not among them.
    public var measuredRounds: Int { rounds.count { $0.purpose == .measure } }

    /// Of a measured round, guards included.
    public var roundLength: Nanoseconds { (slice + guardLength) * mode.slicesInRound }

    /// The measured part of a slice of saturation; blocks are for latency alone.
    public var saturationSlice: Nanoseconds { saturation?.slice ?? (mode == .blocks ? .seconds(5) : slice) }
    public var saturationGuard: Nanoseconds { saturation?.guardLength(guardLength) ?? guardLength }

    /// Rounds at the sides' limits.
    public var saturationRounds: Int {
        guard let saturation else { return 0 }
        return Int((saturation.length.count - 1) / ((saturationSlice + saturationGuard) * 2).count + 1)
    }
    /// Names the order, operations and arrivals of rounds of saturation.
    public var saturationSeed: UInt64 { SeededRandom.derive(seed, "saturation") }

    /// Of the operations sent while warming up: none of them is a measured round's.
    public var warmUpSeed: UInt64 { SeededRandom.derive(seed, "warm_up") }

    /// The intended starts within a round or the warm-up with this seed; `origin` is a side's active time before it.
    public func arrivalSchedule(seed: UInt64, from origin: Nanoseconds = .zero) -> ArrivalSchedule {
        ArrivalSchedule(arrivalSource, from: origin, seed: seed)
    }

    /// A side's active time before a round: where a changing rate stands when it begins. The control round repeats the first.
    public func origin(of round: PlannedRound) -> Nanoseconds {
        round.purpose == .measure ? (slice + guardLength) * round.index : .zero
    }

    /// The operations within a round or the warm-up with this seed.
    public func operationStream(seed: UInt64) -> OperationStream { mix.stream(seed: seed) }

    /// How often each operation comes, in every round.
    public var mix: OperationMix {
        OperationMix(
            usual: operations.map(\.weight), boosted: boost?.weights(operations.map(\.info)) ?? [],
            boostSeeds: Set(rounds.filter { $0.purpose == .boost }.map(\.seed)))
    }
}
