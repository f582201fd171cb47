// How a run finds out what its sides can do at most: closed loop, or a search for the highest rate that keeps an objective.

import Documents
import Quantities

/// What a side must keep to while its rate is searched: a quantile of the response times of the workload or of one operation.
public struct Objective: Hashable, Sendable, CustomStringConvertible {
    /// 0 < p < 1
    public var quantile: Double
    public var atMost: Nanoseconds
    /// nil: of the workload.
    public var operation: String?

    /// Reads `p99 <= 50 ms` or `p99 of latest_order <= 50 ms`.
    public init(parsing text: String) throws(QuantityError) {
        let wanted = "a quantile and its limit, such as p99 <= 50 ms or p99 of latest_order <= 50 ms"
        func wrong(_ problem: String) -> QuantityError { QuantityError(problem: problem, expected: wanted) }
        let halves = text.split(separator: "<=", omittingEmptySubsequences: false).map {
            $0.split(separator: " ").map(String.init)
        }
        guard halves.count == 2, let name = halves[0].first, name.first == "p",
            let percent = parseNumber(name.dropFirst()), (1...99.99).contains(percent)
        else { throw wrong("'\(text)' is not an objective") }
        switch halves[0].dropFirst().map({ $0 }) {
        case [], ["of", "the", "workload"]: operation = nil
        case let words where words.count == 2 && words[0] == "of": operation = words[1]
        default: throw wrong("'\(text)' does not say of what")
        }
        atMost = try Nanoseconds(parsing: halves[1].joined(separator: " "))
        guard atMost > .zero else { throw wrong("an objective of \(atMost)") }
        quantile = percent / 100
    }

    /// `p99`
    public var figure: String {
        var digits = decimal(quantile * 100, places: 4)
        while digits.last == "0" { digits.removeLast() }
        return "p" + (digits.last == "." ? String(digits.dropLast()) : digits)
    }

    public var description: String { "\(figure) of \(operation ?? "the workload") <= \(atMost)" }
}

/// Rounds in which both sides are at their limits, after the last look at latency.
public struct Saturation: Hashable, Sendable {
    public enum Drive: Hashable, Sendable {
        /// So many operations in flight on each side; nil: as many as it takes, found by a curve.
        case closedLoop(inFlight: Int?)
        /// The highest rate that keeps the objective.
        case search(Objective)
    }

    public var drive: Drive
    /// Of all its rounds with their guards; the curve that leads there comes on top.
    public var length: Nanoseconds
    /// Measured part of a slice; nil: that of the other rounds.
    public var slice: Nanoseconds?

    public init(_ drive: Drive, length: Nanoseconds, slice: Nanoseconds? = nil) {
        self.drive = drive
        self.length = length
        self.slice = slice
    }

    /// The most operations that are kept in flight on a side.
    public static let mostInFlight = 4096
    /// Where only the drive is asked for: enough rounds of five seconds a side for a verdict.
    public static let usualLength = Nanoseconds.seconds(180)

    /// Before a slice, where `usual` goes before the others. In a search as many operations as a side that keeps the objective has under
    /// way must be so when the measured part begins: what is added later is then a side that falls behind.
    public func guardLength(_ usual: Nanoseconds) -> Nanoseconds { max(usual, objective?.atMost ?? .zero) }

    public var objective: Objective? { if case .search(let objective) = drive { objective } else { nil } }

    /// The keys `saturation` and `search` of a workload's traffic; nil where there is neither.
    static func read(saturation: Node?, search: Node?) throws(InputError) -> Saturation? {
        if let saturation, let search {
            let later = max(saturation.position.line, search.position.line)
            throw InputError(
                later == search.position.line ? search.position : saturation.position,
                "saturation and search in one run",
                expected: "one of them: what a side does at its limit is one figure")
        }
        if let saturation {
            var fields = try Fields(saturation, what: "saturation")
            let inFlight = try fields.optional("in_flight").flatMap(inFlight)
            return try read(&fields, .closedLoop(inFlight: inFlight))
        }
        guard let search else { return nil }
        var fields = try Fields(search, what: "search")
        let node = try fields.required("objective")
        var objective: Objective
        do throws(QuantityError) {
            objective = try Objective(parsing: try node.textOfObjective())
        } catch {
            throw InputError(node.position, error.problem, expected: error.expected)
        }
        if let of = fields.optional("of") {
            let text = try of.string(expected: "the workload, or an operation")
            objective.operation = text == "the workload" ? nil : text
        }
        return try read(&fields, .search(objective))
    }

    /// `auto`, or a number.
    private static func inFlight(_ node: Node) throws(InputError) -> Int? {
        if case .scalar("auto", _) = node.content { return nil }
        return try node.integer(in: 1...mostInFlight, "in_flight (a number, or auto)")
    }

    private static func read(_ fields: inout Fields, _ drive: Drive) throws(InputError) -> Saturation {
        let lengthNode = fields.optional("length")
        let sliceNode = fields.optional("slice")
        try fields.finish()
        let saturation = Saturation(
            drive, length: try lengthNode?.duration() ?? usualLength, slice: try sliceNode?.duration())
        if let problem = saturation.problem {
            let node = problem.isSlice ? sliceNode : lengthNode
            throw InputError(node?.position ?? fields.position, problem.text, expected: problem.expected)
        }
        return saturation
    }

    /// What is out of range.
    var problem: (isSlice: Bool, text: String, expected: String)? {
        if !(Nanoseconds.milliseconds(100)...Traffic.longestRun).contains(length) {
            return (false, "the length of saturation is \(length)", "100 ms to 7 d")
        }
        if let slice, !(Nanoseconds.milliseconds(100)...Traffic.longestSlice).contains(slice) {
            return (true, "the slice of saturation is \(slice)", "100 ms to 1 h")
        }
        return nil
    }

    /// Throws where the objective is on an operation that the workload does not have, or cannot be told from a time-out.
    func check(operations: [String], timeOut: Nanoseconds, at position: Position?) throws(InputError) {
        guard let objective else { return }
        if let name = objective.operation, !operations.contains(name) {
            throw InputError(
                position, suggesting("the objective is on the unknown operation '\(name)'", name, among: operations),
                expected: "the workload, or one of " + operations.joined(separator: ", "))
        }
        if objective.atMost >= timeOut {
            throw InputError(
                position, "an objective of \(objective.atMost)", expected: "less than the time-out of \(timeOut)")
        }
    }
}

extension Node {
    fileprivate func textOfObjective() throws(QuantityError) -> String {
        guard case .scalar(let text, _) = content else {
            throw QuantityError(problem: "found \(summary)", expected: "an objective, such as \"p99 <= 50 ms\"")
        }
        return text
    }
}
