// Which operations of a run get boost rounds, and how many: by the workload file, or because their criteria cannot be decided without.

import Comparisons
import Documents
import Quantities
import Recordings
import Verdicts
import Workloads

enum BoostPlanning {
    static let flag = Flag(
        "--boost", "TIME",
        "rounds in which operations that are a small share of the traffic come more often, after the others; none: no such rounds"
            + " (default: as criteria need, at most half of --duration)",
        example: "--pair P --workload W --criteria C --boost 5m")

    /// A larger share is no small one: the planner leaves it alone.
    static let smallShare = 0.1
    /// The fewest rounds: some more than the least evidence takes, since some of them may be void.
    private static let fewestRounds = 14
    /// A run takes longer than the least that a verdict needs.
    private static let margin = 2

    /// nil where nothing is boosted. `usual` is the plan without.
    static func boost(_ usual: Plan, _ criteria: Criteria?, _ arguments: Arguments, verb: String) throws -> Boost? {
        if arguments.string("--boost") == "none" { return nil }
        let length = try arguments.duration("--boost")
        if let length, !(Nanoseconds.milliseconds(100)...Nanoseconds.seconds(7 * 86_400)).contains(length) {
            throw Failure(.usage, "assay \(verb): --boost is \(length), expected 100 ms to 7 d, or none")
        }
        let wishes = usual.operations.filter { $0.boost != nil && $0.boost != .never }
        guard usual.hasSteadyRate else {
            guard let wish = wishes.first, length == nil else {
                guard length == nil else { throw Failure(.usage, "assay \(verb): --boost with a rate that changes") }
                return nil
            }
            throw InputError(
                wish.position, "'\(wish.name)' is to be boosted, and the rate changes",
                expected: "a constant rate, or --boost none")
        }
        let half = Nanoseconds(usual.roundLength.count * Int64(usual.measuredRounds) / 2)
        let chosen = try criteria.map { try choice(usual, $0, within: length ?? half) } ?? []
        let members = try BoostMix.members(usual.operations, chosen: chosen)
        guard !members.isEmpty else {
            guard length == nil else {
                throw Failure(
                    .usage,
                    "assay \(verb): --boost: no operation that is a small share of the traffic needs it; name one"
                        + " with 'boost: true' in the workload")
            }
            return nil
        }
        let need = criteria.flatMap { criteria -> Nanoseconds? in
            let needs = longestNeeds(criteria, for: traffic(usual, members), alphaShare: 0.5)
            return members.compactMap { needs[$0.operation] }.max()
        }
        let planned = length ?? min(half, need.map { $0 * margin } ?? half)
        let rounds = Int((planned.count - 1) / usual.roundLength.count + 1)
        return Boost(members, rounds: length == nil ? evened(max(fewestRounds, rounds)) : evened(rounds))
    }

    /// Each side goes first as often as the other.
    private static func evened(_ rounds: Int) -> Int { (rounds + 1) / 2 * 2 }

    /// Small operations with a gating criterion that the run cannot decide and boost rounds of `length` can. Scans are left alone: ten times
    /// as many are another load.
    private static func choice(
        _ plan: Plan, _ criteria: Criteria, within length: Nanoseconds
    ) throws(InputError) -> [String] {
        let planned = Nanoseconds(plan.roundLength.count * Int64(plan.measuredRounds))
        let needs = longestNeeds(criteria, for: traffic(plan, []))
        let whole = plan.operations.reduce(0) { $0 + $1.weight }
        var chosen = plan.operations.filter { operation in
            operation.boost == nil && operation.shape != .scan && operation.weight / whole < smallShare
                && needs[operation.name].map { $0 > planned } ?? false
        }.map(\.name)
        // The fewer there are the more each of them gets: one is given up after the other until the rest is served.
        while !chosen.isEmpty {
            let members = try BoostMix.members(plan.operations, chosen: chosen)
            let needs = longestNeeds(criteria, for: traffic(plan, members), alphaShare: 0.5)
            func need(_ name: String) -> Nanoseconds { needs[name] ?? .seconds(Double(Int32.max)) }
            let isMember = Set(members.map(\.operation))
            guard let worst = chosen.max(by: { need($0) < need($1) }) else { break }
            if isMember.isSuperset(of: chosen) && need(worst) <= length { break }
            chosen.removeAll { $0 == worst }
        }
        return chosen
    }

    /// As it will be where these are boosted.
    private static func traffic(_ plan: Plan, _ members: [Boost.Member]) -> PlannedTraffic {
        var operations = plan.operations.map(\.info)
        if !members.isEmpty {
            let weights = Boost(members, rounds: 1).weights(operations)
            for index in operations.indices { operations[index].weight = weights[index] }
        }
        return PlannedTraffic(
            operations: operations, ratePerSecond: plan.rate.perSecond, mode: plan.mode, slice: plan.slice,
            guardLength: plan.guardLength)
    }

    /// `; then 28 boost rounds with rare at 20 % of the traffic, chosen by the planner, if they are still needed`
    static func describe(_ plan: Plan) -> String {
        guard let boost = plan.boost else { return "" }
        let members = boost.members.map { member in
            "\(member.operation) at \(sharePercent(member.share)) of the traffic"
                + (member.chosenBy == .planner ? " (chosen by the planner)" : "")
        }
        let needed = plan.looks == nil ? "" : ", unless all is decided before"
        return "; then \(boost.rounds) boost rounds with \(members.joined(separator: ", "))\(needed)"
    }
}
