// Which share of the traffic boosted operations get in rounds of their own.

import Documents
import Quantities
import Recordings

/// What a workload file says about boosting an operation.
public enum BoostWish: Hashable, Sendable {
    /// `false`: never, whatever its criteria need.
    case never
    /// `true`: with the share that the planner finds.
    case always
    /// With this share of the traffic.
    case share(Double)

    /// `true`, `false`, or a percentage.
    static func read(_ node: Node) throws(InputError) -> BoostWish {
        if case .scalar(let text, false) = node.content, text == "true" || text == "false" {
            return text == "true" ? .always : .never
        }
        let expected = "true, false, or a share of the traffic such as 20 %"
        var share: Double
        do throws(InputError) { share = try node.ratio().value } catch {
            throw InputError(error.position, error.problem, expected: expected)
        }
        guard share > 0, share < 1 else {
            throw InputError(node.position, "boost is \(node.summary)", expected: expected)
        }
        return .share(share)
    }
}

/// Shares of operations in boost rounds.
public enum BoostMix {
    /// How many times its usual share an operation gets at most, where the file does not say how much.
    public static let mostTimes = 10.0
    /// What all boosted operations get together where the file does not say, and what they may get at most.
    public static let usualTotal = 0.5
    public static let mostTotal = 0.9

    /// `chosen` are the planner's, by name; the file's own wishes come first. nil where nothing is boosted.
    ///
    /// Where the file names no share, an operation gets ten times its usual one, and all together half of the traffic, divided evenly.
    public static func members(
        _ operations: [PlannedOperation], chosen: [String] = []
    ) throws(InputError) -> [Boost.Member] {
        let whole = operations.reduce(0) { $0 + $1.weight }
        var named = 0.0
        var open = 0
        for operation in operations {
            switch operation.boost {
            case .share(let share): named += share
            case .always: open += 1
            case nil: open += chosen.contains(operation.name) ? 1 : 0
            case .never: break
            }
        }
        var members: [Boost.Member] = []
        for operation in operations {
            let usual = operation.weight / whole
            let found = min(usual * mostTimes, (usualTotal - named) / Double(max(1, open)))
            switch operation.boost {
            case .share(let share):
                try check(operation, share, usual)
                members.append(Boost.Member(operation.name, share: share, chosenBy: .workload))
            case .always:
                try check(operation, found, usual)
                members.append(Boost.Member(operation.name, share: found, chosenBy: .workload))
            case nil where chosen.contains(operation.name) && found > usual:
                members.append(Boost.Member(operation.name, share: found, chosenBy: .planner))
            case nil, .never: break
            }
        }
        let total = members.reduce(0) { $0 + $1.share }
        if let last = operations.last(where: { $0.boost != nil && $0.boost != .never }),
            total > mostTotal || members.count == operations.count
        {
            throw InputError(
                last.position, "boosted operations make up \(decimal(total * 100, places: 1)) % of the traffic",
                expected: "at most 90 %, and an operation that is not boosted")
        }
        return members
    }

    private static func check(_ operation: PlannedOperation, _ share: Double, _ usual: Double) throws(InputError) {
        guard share > usual else {
            throw InputError(
                operation.position,
                "'\(operation.name)' is \(decimal(usual * 100, places: 1)) % of the traffic, and would be"
                    + " \(decimal(share * 100, places: 1)) % in boost rounds",
                expected: "more; name a share, or leave boost out")
        }
    }
}
