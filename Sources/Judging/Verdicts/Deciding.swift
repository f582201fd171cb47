// From the trials at each look to verdicts: the first decision stands, and what came later is said beside it.

import Statistics

/// The way to each verdict, in the order of the trials, the ids of those that more rounds of the same kind might still decide, and which of
/// these boost rounds might.
func decided(
    _ session: Session, _ boost: BoostSitting?
) -> (traces: [VerdictTrace], open: [String], openToBoost: [String]) {
    let last = session.sittings[session.sittings.count - 1].trials
    // Advisory tests are a family of their own: more of them must not make it harder for what gates to fail.
    let families = [false, true].map { advisory in
        TestFamily(last.indices.filter { last[$0].criterion.advisory == advisory }, of: session)
    }
    var taken = [Verdict?](repeating: nil, count: last.count)
    var steps = [[TraceStep]](repeating: [], count: last.count)
    for (place, sitting) in session.sittings.enumerated() {
        let isLast = place == session.sittings.count - 1
        for family in families {
            let rulings = family.rulings(sitting, at: place, undecided: { taken[$0] == nil })
            for (index, ruling) in rulings {
                let trial = sitting.trials[index]
                var verdict: Verdict?
                // What is seen after the last look at latency is judged once.
                if taken[index] == nil, isLast || trial.isSequential { verdict = trial.verdict(ruling) }
                if isLast || trial.isSequential {
                    steps[index].append(family.step(sitting, at: place, index, ruling, verdict))
                }
                if let verdict, verdict.finding != .undecided || isLast { taken[index] = verdict }
            }
        }
    }
    // What the looks left open, boost rounds may decide: with evidence and with a part of alpha that nothing else has seen.
    for index in last.indices where taken[index]?.finding == .undecided {
        guard let boost, let trial = boost.trial(at: index)?.beside(last[index]) else { continue }
        guard trial.blocked == nil || last[index].blocked != nil else { continue }
        for family in families {
            guard let ruling = family.ruling(trial, at: index, boost) else { continue }
            let verdict = trial.verdict(ruling)
            taken[index] = verdict
            steps[index].append(boost.step(trial, ruling, verdict))
        }
    }
    var (open, openToBoost): ([String], [String]) = ([], [])
    let traces = last.indices.map { index -> VerdictTrace in
        let trial = last[index]
        guard let decision = taken[index] else {
            preconditionFailure("the last sitting decides, or leaves undecided")
        }
        let (verdict, takenBack) = standing(decision, trial, boost?.trial(at: index))
        if verdict.finding == .undecided && trial.isSequential {
            open.append(verdict.id)
            if trial.isBoosted { openToBoost.append(verdict.id) }
        }
        let tested = last.count { $0.isTested && $0.criterion.advisory == trial.criterion.advisory }
        return VerdictTrace(
            id: verdict.id, criterion: trial.criterion, keepsHalfForBoost: trial.isBoosted, held: trial.held,
            steps: steps[index], takenBack: takenBack, advice: trial.advice(max(1, tested)), verdict: verdict)
    }
    return (traces, open, openToBoost)
}

/// A verdict that was taken, with what all that was seen says to it: `trial` at the end, `boosted` in boost rounds. And what took a pass back.
private func standing(
    _ verdict: Verdict, _ trial: Trial, _ boosted: Trial?
) -> (verdict: Verdict, takenBack: String?) {
    if verdict.look?.isBoost == true {
        let against = trial.contradiction(of: verdict, "the rounds of the workload's own mix say")
        return (against.map { verdict.contradicted(by: $0) } ?? verdict, nil)
    }
    // What forbids a pass (rows that differ, figures at the time-out) forbids it whenever it comes to light.
    if verdict.finding == .pass && trial.forbidsPass {
        return (trial.verdict(.nothing), trial.blocked ?? trial.neverPass.joined(separator: "; "))
    }
    if verdict.finding == .pass, let boosted, boosted.seesRowsDiffer {
        return (boosted.verdict(.nothing), "in boost rounds the sides answered with different numbers of rows")
    }
    let against = [
        verdict.look.flatMap { _ in trial.contradiction(of: verdict) },
        boosted?.contradiction(of: verdict, "boost rounds say")
    ].compactMap { $0 }
    return (against.isEmpty ? verdict : verdict.contradicted(by: against.joined(separator: "; ")), nil)
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
        let ratios = left.map { (sitting.trials[$0].failProbability ?? 1) / plans[$0]!.increments[place] }
        let holm = Dictionary(uniqueKeysWithValues: zip(left, zip(ratios, holmAdjusted(ratios))))
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
            var fails = false
            var failure = RulingTrace.FailureRule.untested
            if let (ratio, adjusted) = holm[index] {
                fails = isAlone || !isEnd ? probability < failLevel : adjusted < 1
                failure =
                    isAlone
                    ? .alone(below: failLevel)
                    : isEnd
                        ? .holm(adjusted: adjusted, rank: 1 + ratios.count { $0 < ratio }, left: left.count)
                        : .bonferroni(below: failLevel, tests: size)
            }
            var look: VerdictLook?
            if let number = sitting.look, session.planned > 1, trial.isSequential {
                look = VerdictLook(
                    number: number, planned: session.planned, minutes: sitting.minutes,
                    level: fails ? failLevel : pass)
            }
            return (index, Ruling(passBelow: pass, fails: fails, tested: tested, look: look, failure: failure))
        }
    }

    /// What the probabilities of one of the members have to be below in boost rounds; nil where it is none of them. A failure must stand
    /// by Bonferroni among all, with the half of alpha that the looks did not have.
    func ruling(_ trial: Trial, at index: Int, _ boost: BoostSitting) -> Ruling? {
        guard members.contains(index) else { return nil }
        let alpha = trial.criterion.alpha
        let failLevel = alpha / Double(max(1, size))
        let fails = trial.isTested && (trial.failProbability ?? 1) < failLevel
        let look = VerdictLook(
            number: session.planned + 1, planned: session.planned, minutes: boost.minutes,
            level: fails ? failLevel : alpha, isBoost: true)
        let failure =
            trial.isTested
            ? RulingTrace.FailureRule.bonferroni(below: failLevel, tests: max(1, size)) : .untested
        return Ruling(passBelow: alpha, fails: fails, tested: size, look: look, failure: failure)
    }

    /// What the sitting made of a member; `verdict` is nil where it had been decided before.
    func step(_ sitting: Sitting, at place: Int, _ index: Int, _ ruling: Ruling, _ verdict: Verdict?) -> TraceStep {
        let trial = sitting.trials[index]
        let increments = plans[index]!.increments
        let isRuled = verdict != nil && (sitting.decidesAll || !trial.isSequential)
        return TraceStep(
            look: sitting.look, minutes: sitting.minutes, rounds: sitting.rounds,
            fraction: trial.isSequential ? session.fractions[place] : 1,
            increment: increments[place], spent: increments.prefix(place + 1).reduce(0, +),
            passProbability: trial.passProbability, failProbability: trial.failProbability, evidence: trial.evidence,
            blocked: trial.blocked, forbidden: trial.neverPass,
            ruling: isRuled ? RulingTrace(passBelow: ruling.passBelow, failure: ruling.failure) : nil,
            finding: isRuled ? verdict?.finding : nil)
    }
}
