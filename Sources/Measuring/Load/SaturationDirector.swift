// What comes next on the way to the sides' limits, decided from what came before: rounds in, the next round out. A value without clock
// or sockets, so that a test can be the sides.

import Glibc
import Histograms
import Quantities
import Recordings
import Workloads

/// One round of saturation as it is to be run.
public struct SaturationRound: Equatable, Sendable {
    public var planned: PlannedRound
    public var guardLength: Nanoseconds
    public var length: Nanoseconds
    /// What each side is put under, old first.
    public var pressures: [Pressure]
}

/// Decides round after round until all are done, or none can be.
public struct SaturationDirector: Sendable {
    private enum Phase {
        case curve(ClosedLoopCurve)
        case holding([Int])
        case seeking([RateSearch])
    }

    private let plan: Plan
    private var phase: Phase
    private var index: Int
    /// Rounds at the limit that were given out.
    private var given = 0
    private var coin: SeededRandom
    private var firstOfBlock = Side.old
    private var steps = 0

    /// `plan` asks for saturation. Rounds are numbered on from the plan's own.
    public init(_ plan: Plan) {
        guard let saturation = plan.saturation else {
            preconditionFailure("a plan without saturation needs no director")
        }
        self.plan = plan
        index = plan.rounds.count
        coin = SeededRandom(seed: SeededRandom.derive(plan.saturationSeed, "order"))
        switch saturation.drive {
        case .closedLoop(let inFlight?): phase = .holding([inFlight, inFlight])
        case .closedLoop(nil): phase = .curve(ClosedLoopCurve())
        case .search:
            phase = .seeking(
                Side.allCases.map {
                    RateSearch(
                        from: plan.rate.perSecond,
                        seed: SeededRandom.derive(plan.saturationSeed, "steps of the \($0) side"))
                })
        }
    }

    /// The next round after `last`, which is the one that was given out before; nil where all is done.
    public mutating func next(after last: RoundRecord?) -> SaturationRound? {
        if let last { take(last) }
        switch phase {
        case .curve(let curve):
            if let count = curve.next { return step([.inFlight(count), .inFlight(count)]) }
            guard let chosen = curve.chosen else { return nil }
            phase = .holding(chosen)
            return next(after: nil)
        case .holding(let counts): return round(counts.map { .inFlight($0) })
        case .seeking(let searches):
            let pressures = searches.map { Pressure.rate(Rate(perSecond: $0.rate), missed: nil) }
            if searches.allSatisfy(\.isFound) { return round(pressures) }
            return searches.contains(where: \.isHopeless) ? nil : step(pressures)
        }
    }

    private mutating func take(_ round: RoundRecord) {
        switch phase {
        case .curve(var curve):
            curve.add(round, timeOut: plan.timeOut)
            phase = .curve(curve)
        case .holding: break
        case .seeking(var searches):
            let isSettled = searches.allSatisfy(\.isFound)
            for side in Side.allCases {
                guard case .rate(_, let missed) = round[side].pressure else { continue }
                // What the generator could not send says nothing about the side; but it cannot go higher. A round that counts is void as a
                // whole, a probe for the side alone that it was too much for.
                let isVoid = isSettled ? round.voidReason != nil : !round[side].selfCheck.faults.isEmpty
                searches[side.index].take(kept: missed == nil && !isVoid, isVoid: isVoid, settled: isSettled)
            }
            phase = .seeking(searches)
        }
    }

    /// A step of the curve: shorter than a slice, for it is only to be seen.
    private mutating func step(_ pressures: [Pressure]) -> SaturationRound {
        // A rate is tried for as long as the rounds will: a shorter look would overlook a slow jam.
        let isSearch = plan.saturation?.objective != nil
        let length = isSearch ? plan.saturationSlice : min(plan.saturationSlice, .seconds(1))
        steps += 1
        let guardLength = isSearch ? plan.saturationGuard : min(plan.guardLength, .milliseconds(250))
        return make(.curve, first: steps % 2 == 0 ? .old : .new, guardLength, length, pressures)
    }

    /// A round at the limit; in permuted blocks of two, as rounds of latency.
    private mutating func round(_ pressures: [Pressure]) -> SaturationRound? {
        guard given < plan.saturationRounds else { return nil }
        if given % 2 == 0 { firstOfBlock = coin.below(2) == 0 ? .old : .new }
        let first = given % 2 == 0 ? firstOfBlock : firstOfBlock.other
        given += 1
        return make(.saturation, first: first, plan.saturationGuard, plan.saturationSlice, pressures)
    }

    private mutating func make(
        _ purpose: RoundRecord.Purpose, first: Side, _ guardLength: Nanoseconds, _ length: Nanoseconds,
        _ pressures: [Pressure]
    ) -> SaturationRound {
        let seed = SeededRandom.derive(plan.saturationSeed, UInt64(index))
        let planned = PlannedRound(index: index, purpose: purpose, first: first, seed: seed)
        index += 1
        return SaturationRound(planned: planned, guardLength: guardLength, length: length, pressures: pressures)
    }

    // MARK: Whether a side kept the objective

    /// How a slice at a rate missed the objective; nil where it kept it. `backlog` is by how many operations more were in flight
    /// at its end than at its start.
    static func missed(_ objective: Objective, _ slice: SliceRecord, backlog: Int, operations: [String]) -> String? {
        let index = objective.operation.flatMap { operations.firstIndex(of: $0) }
        let responses = slice.responses(of: index)
        guard responses.count > 0 else { return "nothing was answered" }
        let found = Nanoseconds(Int64(responses.quantile(objective.quantile)))
        if found > objective.atMost { return "\(objective.figure) \(found)" }
        if slice.failed * 100 > slice.intended { return "\(grouped(slice.failed)) operations failed" }
        // A side that falls behind misses any objective in the end. What arrives at random is forgiven its spread.
        if Double(backlog)
            > max(0.01 * Double(slice.intended), 4 * Double(slice.intended).squareRoot().squareRoot() + 8)
        {
            return "fell behind by \(grouped(backlog)) operations"
        }
        return nil
    }
}
