// Throughput against the number of operations in flight: the steps, when to stop, and which number to hold.
//
// Both sides are held at one number wherever that is fair: the smallest at which each does all that it can, to within 2 %. Below it a
// closed loop measures latency, not capacity. A side that falls off beyond its own best is held at that instead
// (docs/decisions/0005).

import Histograms
import Quantities
import Recordings

struct ClosedLoopCurve: Sendable {
    struct Step: Equatable, Sendable {
        var inFlight: Int
        /// Operations completed a second, old first.
        var perSecond: [Double]
    }

    private(set) var steps: [Step] = []
    private var isOver = false

    /// Doubling from 1.
    static let most = 1024
    /// Throughput within so much of the best is the best, as far as a short look tells.
    static let near = 0.98
    /// A side that does less than this share of its best at the number that the other needs is held at a number of its own.
    static let shared = 0.95
    /// Less growth than this is none.
    static let growth = 1.03

    /// The next number to try; nil where the curve is over.
    var next: Int? {
        guard !isOver else { return nil }
        guard let last = steps.last?.inFlight else { return 1 }
        return last < ClosedLoopCurve.most ? last * 2 : nil
    }

    /// What both sides did at the step that was tried. A step at which the generator was the limit ends the curve and is no part of it;
    /// one at which operations take half of their time-out ends it too, and is its last.
    mutating func add(_ round: RoundRecord, timeOut: Nanoseconds) {
        guard round.voidReason == nil, case .inFlight(let count) = round.old.pressure else {
            isOver = true
            return
        }
        add(Step(inFlight: count, perSecond: Side.allCases.map { round[$0].completedPerSecond }))
        for side in Side.allCases {
            let responses = round[side].responses()
            if responses.count > 0, responses.quantile(0.5) > Double(timeOut.count) / 2 { isOver = true }
        }
    }

    mutating func add(_ step: Step) {
        steps.append(step)
        guard steps.count > 2 else { return }
        // Two doublings that brought nothing, on neither side.
        isOver =
            isOver
            || Side.allCases.allSatisfy { side in
                let before = steps.dropLast(2).map { $0.perSecond[side.index] }.max()!
                return steps.suffix(2).allSatisfy { $0.perSecond[side.index] < before * ClosedLoopCurve.growth }
            }
    }

    /// How many to hold on each side, old first; nil where no step gave a figure.
    var chosen: [Int]? {
        let best = Side.allCases.map { side in steps.map { $0.perSecond[side.index] }.max() ?? 0 }
        guard best.allSatisfy({ $0 > 0 }) else { return nil }
        func share(_ step: Step) -> Double { Side.allCases.map { step.perSecond[$0.index] / best[$0.index] }.min()! }
        let fairest = steps.map(share).max()!
        if fairest >= ClosedLoopCurve.shared,
            let one = steps.first(where: { share($0) >= fairest * ClosedLoopCurve.near })
        {
            return [one.inFlight, one.inFlight]
        }
        return Side.allCases.map { side in
            steps.first { $0.perSecond[side.index] >= best[side.index] * ClosedLoopCurve.near }!.inFlight
        }
    }
}
