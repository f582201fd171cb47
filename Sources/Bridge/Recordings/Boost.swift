// Operations that are a small share of the traffic, and get a larger one in rounds of their own after the last look.

import Documents
import Quantities

/// A boost plan: rounds with another mix, at the same rate.
public struct Boost: Equatable, Sendable {
    /// Who asked for it.
    public enum Choice: String, CaseIterable, Sendable {
        /// The operation's `boost` in the workload file.
        case workload
        /// Its criteria need more operations than the run has.
        case planner
    }

    /// One boosted operation.
    public struct Member: Hashable, Sendable {
        public var operation: String
        /// Of the traffic in boost rounds, above 0 and below 1.
        public var share: Double
        public var chosenBy: Choice

        public init(_ operation: String, share: Double, chosenBy: Choice) {
            self.operation = operation
            self.share = share
            self.chosenBy = chosenBy
        }
    }

    /// In the order of the workload, at least one.
    public var members: [Member]
    /// Planned, each with a slice of either side.
    public var rounds: Int

    public init(_ members: [Member], rounds: Int) {
        precondition(!members.isEmpty && rounds > 0, "a boost has operations and rounds")
        self.members = members
        self.rounds = rounds
    }

    public func share(of operation: String) -> Double? { members.first { $0.operation == operation }?.share }

    /// The weights of all operations in boost rounds; they sum up to 1. What is not boosted shares the rest as it always does.
    public func weights(_ operations: [OperationInfo]) -> [Double] {
        let others = operations.filter { share(of: $0.name) == nil }.reduce(0) { $0 + $1.weight }
        let rest = 1 - members.reduce(0) { $0 + $1.share }
        return operations.map { share(of: $0.name) ?? rest * $0.weight / others }
    }

    /// As it stands in `plan.json` and `recording.json`.
    public var json: JSON {
        .object([
            "rounds": .integer(rounds),
            "operations": .array(
                members.map {
                    .object([
                        "name": .string($0.operation), "share_percent": .number($0.share * 100),
                        "chosen_by": .string($0.chosenBy.rawValue)
                    ])
                })
        ])
    }

    init(_ node: Node, among operations: [OperationInfo]) throws(InputError) {
        var fields = try Fields(node, what: "boost")
        let rounds = try fields.required("rounds").integer(in: 1...1 << 40, "boost rounds")
        let list = try fields.required("operations")
        var members: [Member] = []
        for item in try list.list() {
            var entry = try Fields(item, what: "a boosted operation")
            let name = try entry.required("name")
            let text = try name.string()
            guard operations.contains(where: { $0.name == text }), !members.contains(where: { $0.operation == text })
            else { throw InputError(name.position, "'\(text)' is boosted", expected: "an operation, and each once") }
            let share = try entry.required("share_percent")
            let percent = try share.number()
            guard percent > 0, percent < 100 else {
                throw InputError(share.position, "a share of \(percent) %", expected: "more than 0 and less than 100")
            }
            members.append(
                Member(
                    text, share: percent / 100,
                    chosenBy: try entry.required("chosen_by").choice(of: Choice.self, "choice")))
        }
        guard !members.isEmpty, members.count < operations.count, members.reduce(0, { $0 + $1.share }) < 1 else {
            throw InputError(
                list.position, "\(members.count) boosted operations of \(operations.count)",
                expected: "at least one, and a part of the traffic that is none of them")
        }
        self.init(members, rounds: rounds)
    }
}

extension Recording {
    /// Rounds with the boosted mix, void ones included, in order of time.
    public var boostRounds: [RoundRecord] { rounds.filter { $0.purpose == .boost } }

    /// The share of the traffic that an operation has in the workload, 0 to 1; nil where there is no such operation.
    public func usualShare(of operation: String) -> Double? {
        let whole = operations.reduce(0) { $0 + $1.weight }
        return operations.first { $0.name == operation }.map { $0.weight / whole }
    }

    /// The boost rounds as a recording of their own, measured rounds of another mix; nil where none was run.
    public var boosted: Recording? {
        let found = boostRounds
        guard boost != nil, let first = found.first, let last = found.last else { return nil }
        var other = self
        other.rounds = found.map { round in
            var round = round
            round.purpose = .measure
            return round
        }
        other.ended = started + (last.end - first.start)
        other.looks = nil
        other.boost = nil
        return other
    }
}
