// A run that is judged at planned looks: what each look saw, and how small a probability decides there.
//
// The level of every test is spent over the looks by a function of how much of the planned evidence is there (Lan and DeMets, 1983, with
// the spending of Hwang, Shih and DeCani, 1990): looking early costs a little, and whoever ends a run when all is decided is wrong no more
// often than who waits. Rounds that are void make a look poorer, and its level with it.

import Comparisons
import Quantities
import Recordings
import Statistics

/// What was known at one time, as trials in the order of the criteria.
struct Sitting {
    /// From 1; nil for what is judged after the last look that was taken, where the run did not come to its planned end.
    let look: Int?
    let trials: [Trial]
    /// Of rounds, guards included.
    let minutes: Double
    /// Whether tests that grow with the rounds are decided here: not in what a run that ended itself saw after its last look.
    let decidesAll: Bool
    /// That counted until then.
    let rounds: Int
}

/// All sittings of a run, and the levels at each.
struct Session {
    let sittings: [Sitting]
    /// Looks that were planned.
    let planned: Int
    /// Share of the planned evidence at each look that was taken, and 1 for the end.
    let fractions: [Double]

    /// `comparison` is that of the whole recording; `trials` puts the criteria to a comparison.
    init(
        _ recording: Recording, _ comparison: Comparison, _ criteria: Criteria,
        trials: (Comparison, Recording) -> [Trial]
    ) {
        let looks = recording.looks ?? Looks(1, over: max(1, recording.rounds.count { $0.purpose == .measure }))
        planned = looks.afterRounds.count
        let seen = (recording.rounds.filter { $0.purpose == .measure }.last?.index ?? -1) + 1
        let total = Double(looks.afterRounds[planned - 1])
        let reached = looks.afterRounds.prefix(looks.stoppedAt ?? planned).count { $0 <= seen }
        // The last look is the whole recording; it was reached where nothing of the plan is missing.
        let isWhole = planned == 1 || (looks.stoppedAt == nil && reached == planned)
        var sittings: [Sitting] = []
        var fractions: [Double] = []
        for number in 1..<(isWhole ? planned : reached + 1) {
            let early = recording.upTo(measuredRounds: looks.afterRounds[number - 1])
            // While a run lasts, its newest look is the whole recording.
            let found = early.rounds.count == recording.rounds.count ? comparison : compare(early, for: criteria)
            let fraction = Double(found.run.countedRounds) / total
            // A look that shows next to nothing new decides nothing.
            let step = SequentialPlan.leastStep
            guard fraction - (fractions.last ?? 0) >= 2 * step, 1 - fraction >= 2 * step else { continue }
            fractions.append(fraction)
            sittings.append(
                Sitting(
                    look: number, trials: trials(found, early), minutes: found.run.minutes, decidesAll: true,
                    rounds: found.run.countedRounds))
        }
        sittings.append(
            Sitting(
                look: isWhole ? planned : nil, trials: trials(comparison, recording), minutes: comparison.run.minutes,
                decidesAll: looks.stoppedAt == nil, rounds: comparison.run.countedRounds))
        self.sittings = sittings
        self.fractions = fractions + [1]
    }

    /// The levels of one test with `alpha` in all at each sitting: what is spent there, and what decides.
    func levels(alpha: Double) -> (increments: [Double], nominal: [Double]) {
        // One look has all of it, to the last digit.
        if fractions.count == 1 { return ([alpha], [alpha]) }
        let plan = SequentialPlan(fractions: fractions, alpha: min(alpha, 0.499))
        return (plan.increments, plan.nominal)
    }
}

/// What a probability has to be below at one sitting.
struct Ruling {
    /// For a pass.
    let passBelow: Double
    /// Whether the requirement is missed beyond doubt, all tests taken together.
    let fails: Bool
    /// Tests that a failure has to stand among.
    let tested: Int
    /// nil where the run has one look only.
    let look: VerdictLook?
    /// How a failure had to stand among the tests.
    let failure: RulingTrace.FailureRule

    /// Nothing is decided.
    static let nothing = Ruling(passBelow: 0, fails: false, tested: 1, look: nil, failure: .untested)
}

/// The look at which a verdict was taken.
public struct VerdictLook: Equatable, Sendable {
    /// From 1.
    public let number: Int
    /// Looks that were planned.
    public let planned: Int
    /// Of rounds until then, guards included.
    public let minutes: Double
    /// What the probability had to be below.
    public let level: Double
    /// Whether it was after the last look, at boost rounds: `minutes` are theirs then, and `number` is one more than was planned.
    public internal(set) var isBoost = false
}
