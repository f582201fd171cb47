// From the trials at each look to verdicts: the first decision stands, and what came later is said beside it.

import Statistics

/// The verdicts in the order of the trials, and the ids of those that more rounds of the same kind might still decide.
func decided(_ session: Session) -> (verdicts: [Verdict], open: [String]) {
    let last = session.sittings[session.sittings.count - 1].trials
    // Advisory tests are a family of their own: more of them must not make it harder for what gates to fail.
    let families = [false, true].map { advisory in
        TestFamily(last.indices.filter { last[$0].criterion.advisory == advisory }, of: session)
    }
    var taken = [Verdict?](repeating: nil, count: last.count)
    for (place, sitting) in session.sittings.enumerated() {
        let isLast = place == session.sittings.count - 1
        for family in families {
            let rulings = family.rulings(sitting, at: place, undecided: { taken[$0] == nil })
            for (index, ruling) in rulings where taken[index] == nil {
                let trial = sitting.trials[index]
                // What is seen after the last look at latency is judged once.
                guard isLast || trial.isSequential else { continue }
                let verdict = trial.verdict(ruling)
                if verdict.finding != .undecided || isLast { taken[index] = verdict }
            }
        }
    }
    var open: [String] = []
    let verdicts = zip(taken, last).map { verdict, trial in
        guard var verdict else { preconditionFailure("the last sitting decides, or leaves undecided") }
        // What forbids a pass (rows that differ, figures at the time-out) forbids it whenever it comes to light.
        if verdict.finding == .pass && trial.forbidsPass { verdict = trial.verdict(.nothing) }
        if verdict.finding == .undecided && trial.isSequential { open.append(verdict.id) }
        return trial.contradiction(of: verdict).map { verdict.contradicted(by: $0) } ?? verdict
    }
    return (verdicts, open)
}

/// Tests that a failure has to stand among.
private struct TestFamily {
    /// Places of its trials.
    private let members: [Int]
    private let session: Session
    /// The levels of each member.
    private let plans: [Int: (increments: [Double], nominal: [Double])]
    /// Tests in all, whether or not there is evidence for them: the same at every look, whatever is seen.
    private let size: Int

    init(_ members: [Int], of session: Session) {
        self.members = members
        self.session = session
        let last = session.sittings[session.sittings.count - 1].trials
        size = members.count { last[$0].criterion.measure != nil }
        var byAlpha: [Double: (increments: [Double], nominal: [Double])] = [:]
        var plans: [Int: (increments: [Double], nominal: [Double])] = [:]
        for index in members {
            let alpha = last[index].criterion.alpha
            let plan = byAlpha[alpha] ?? session.levels(alpha: alpha)
            byAlpha[alpha] = plan
            plans[index] = plan
        }
        self.plans = plans
    }

    /// What each member's probabilities have to be below at a sitting. Before the end a failure must stand by Bonferroni among all, at the
    /// end by Holm among those that are left: with the increments of what may be spent, no more than alpha in all.
    func rulings(_ sitting: Sitting, at place: Int, undecided: (Int) -> Bool) -> [(index: Int, ruling: Ruling)] {
        let isEnd = place == session.sittings.count - 1
        let left = members.filter { sitting.trials[$0].isTested && undecided($0) }
        let adjusted = holmAdjusted(
            left.map { (sitting.trials[$0].failProbability ?? 1) / plans[$0]!.increments[place] })
        let holm = Dictionary(uniqueKeysWithValues: zip(left, adjusted))
        let tested = max(1, members.count { sitting.trials[$0].isTested })
        return members.map { index in
            let trial = sitting.trials[index]
            let plan = plans[index]!
            guard sitting.decidesAll || !trial.isSequential else {
                return (index, .nothing)
            }
            let pass = trial.isSequential ? plan.nominal[place] : trial.criterion.alpha
            let isAlone = size == 1
            let failLevel =
                isAlone ? pass : plan.increments[place] / (isEnd ? 1 : Double(max(1, size)))
            let probability = trial.failProbability ?? 1
            let fails = left.contains(index) && (isAlone || !isEnd ? probability < failLevel : holm[index]! < 1)
            var look: VerdictLook?
            if let number = sitting.look, session.planned > 1, trial.isSequential {
                look = VerdictLook(
                    number: number, planned: session.planned, minutes: sitting.minutes,
                    level: fails ? failLevel : pass)
            }
            return (index, Ruling(passBelow: pass, fails: fails, tested: tested, look: look))
        }
    }
}
