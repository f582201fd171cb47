// Failures that somebody answers for, until a day: shown as what they are, and not gating until then.

import Comparisons
import Documents
import Quantities

/// One entry under `waive`: whose failure does not gate, until when, who says so, and why.
public struct Waiver: Hashable, Sendable {
    /// A verdict's id, `p99/recent_orders`, or a criterion's, for all its verdicts.
    public let id: String
    /// The last day of UTC on which it holds.
    public let until: Day
    public let by: String
    public let why: String
    /// Where the id stands.
    public let position: Position

    /// The criterion's id, and the part of the workload where it names one.
    private var target: (criterion: Substring, part: Substring?) {
        let parts = id.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        return (parts[0], parts.count > 1 ? parts[1] : nil)
    }

    /// Whether it is over at the end of a run.
    public func isExpired(at end: WallTime) -> Bool { end >= until.end }

    func covers(_ verdict: Verdict) -> Bool { id == verdict.id || id == verdict.criterion }
}

extension Waiver {
    /// The entries of `node`, a list of them or a single one. None may be incomplete, or of something that no criterion
    /// of `criteria` asks.
    static func read(_ node: Node?, for criteria: [Criterion]) throws(InputError) -> [Waiver] {
        guard let node else { return [] }
        var nodes = [node]
        if case .sequence(let members) = node.content { nodes = members }
        var found: [Waiver] = []
        for each in nodes {
            let waiver = try Waiver(reading: each)
            if let twin = found.first(where: { $0.id == waiver.id }) {
                throw InputError(
                    waiver.position, "'\(waiver.id)' is waived already at line \(twin.position.line)",
                    expected: "one waiver for each id")
            }
            if let problem = waiver.problem(criteria) { throw problem }
            found.append(waiver)
        }
        return found
    }

    private init(reading node: Node) throws(InputError) {
        var fields = try Fields(node, what: "a waiver")
        let name = try fields.required("id")
        id = try name.string(expected: "the id of a verdict or of a criterion")
        position = name.position
        let day = try fields.required("until")
        let text = try day.string(expected: "the last day on which it holds, such as 2026-12-31")
        do throws(QuantityError) { until = try Day(parsing: text) } catch {
            throw InputError(day.position, error.problem, expected: error.expected)
        }
        by = try Waiver.words(&fields, "by", expected: "who answers for it")
        why = try Waiver.words(&fields, "why", expected: "why the failure is acceptable")
        try fields.finish()
    }

    private static func words(_ fields: inout Fields, _ key: String, expected: String) throws(InputError) -> String {
        let node = try fields.required(key)
        let text = try node.string(expected: expected)
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw InputError(node.position, "'\(key)' of a waiver is empty", expected: expected)
        }
        return text
    }

    /// What is wrong with its id, as far as it can be told without a workload.
    private func problem(_ criteria: [Criterion]) -> InputError? {
        guard let criterion = criteria.first(where: { $0.id == target.criterion }) else {
            let known = criteria.map(\.id)
            return InputError(
                position,
                suggesting("the waiver of '\(id)' matches no criterion", String(target.criterion), among: known),
                expected: "one of \(known.joined(separator: ", ")), or one with a part: p99/recent_orders")
        }
        if target.part == nil
            || criterion.target.map({ $0.parts(operations: [], shapes: [], keyspaces: []) != nil }) == true
        {
            return nil
        }
        return InputError(
            position, "the waiver of '\(id)' matches no verdict: criterion '\(criterion.id)' has one alone",
            expected: criterion.id)
    }

    /// What is wrong with its part of the workload, now that the workload is known.
    func problem(
        _ criteria: [Criterion], operations: [String], shapes: [Shape]?, keyspaces: [String]?
    ) -> InputError? {
        guard let part = target.part, let criterion = criteria.first(where: { $0.id == target.criterion }),
            let parts = criterion.target?.parts(
                operations: operations, shapes: shapes ?? Shape.allCases, keyspaces: keyspaces ?? [String(part)]),
            !parts.contains(String(part))
        else { return nil }
        let problem = "the waiver of '\(id)' matches no verdict: the workload has no '\(part)'"
        return InputError(
            position, suggesting(problem, String(part), among: parts),
            expected: parts.map { "\(criterion.id)/\($0)" }.joined(separator: ", "))
    }
}

extension Target {
    /// The names of the parts that a verdict is given on, one by one; nil where there is one verdict alone.
    fileprivate func parts(operations: [String], shapes: [Shape], keyspaces: [String]) -> [String]? {
        switch self {
        case .eachOperation: operations
        case .eachShape: shapes.map(\.rawValue)
        case .eachKeyspace: keyspaces
        case .one: nil
        }
    }
}

/// A waiver as it stood at the end of a run, which is the "now" of judging.
public struct AppliedWaiver: Equatable, Sendable {
    public let waiver: Waiver
    public let isExpired: Bool

    /// `waived until 2026-12-31 by Jane Doe: known, fixed in 4.1.10`
    public var sentence: String {
        isExpired
            ? "the waiver until \(waiver.until) by \(waiver.by) has expired, so it gates again: \(waiver.why)"
            : "waived until \(waiver.until) by \(waiver.by): \(waiver.why)"
    }
}

extension Criteria {
    /// All waivers as they stood at `end`.
    func waivers(at end: WallTime) -> [AppliedWaiver] {
        waivers.map { AppliedWaiver(waiver: $0, isExpired: $0.isExpired(at: end)) }
    }
}

/// The verdicts with the waivers that cover them: one that holds before one that has expired, the verdict's own before
/// the criterion's.
func waived(_ verdicts: [Verdict], by waivers: [AppliedWaiver]) -> [Verdict] {
    verdicts.map { verdict in
        var verdict = verdict
        let covering = waivers.filter { $0.waiver.covers(verdict) }.sorted { first, second in
            (first.isExpired ? 1 : 0, first.waiver.id == verdict.id ? 0 : 1)
                < (second.isExpired ? 1 : 0, second.waiver.id == verdict.id ? 0 : 1)
        }
        verdict.waiver = covering.first
        return verdict
    }
}
