// One criterion from its mapping: the keys of its family, all checked, none silently without effect.

import Comparisons
import Documents
import Quantities

extension Criterion {
    init(reading node: Node, of family: Family) throws(InputError) {
        var fields = try Fields(node, what: "a \(family) criterion")
        let name = try fields.required("id")
        let id = try name.string(expected: "an id")
        guard !id.isEmpty, id.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }) else {
            throw InputError(name.position, "'\(id)' is no id", expected: "letters, digits, '-', '_' and '.'")
        }
        self.id = id
        self.family = family
        position = node.position
        advisory = try fields.optional("advisory")?.boolean() ?? false
        weight = try Criterion.weight(fields.optional("weight"))
        confidence = try Criterion.confidence(fields.optional("confidence"))
        switch family {
        case .performance:
            let measureNode = try fields.required("measure")
            let measure = try Measure(reading: measureNode)
            let targetNode = try fields.required("of")
            targetPosition = targetNode.position
            let target = try Target(reading: targetNode)
            if measure.metric == .throughput, target != .one(.workload) {
                throw InputError(
                    targetNode.position, "throughput of \(targetNode.summary)",
                    expected: "throughput of: the workload, since a side at its limit runs all of it")
            }
            requirement = try Criterion.performance(measure, of: target, at: measureNode.position, &fields)
        case .functional:
            targetPosition = node.position
            requirement = try Criterion.functional(&fields)
        case .security, .plans, .observability, .components:
            targetPosition = node.position
            requirement = try Criterion.attested(family, &fields)
        }
        try fields.finish()
    }

    private static func weight(_ node: Node?) throws(InputError) -> Double {
        guard let node else { return 1 }
        let weight = try node.number()
        guard weight > 0 else {
            throw InputError(node.position, "the weight is \(node.summary)", expected: "a number above 0")
        }
        return weight
    }

    private static func confidence(_ node: Node?) throws(InputError) -> Double {
        guard let node else { return 0.95 }
        let confidence = try node.ratio().value
        // No run can tell 99.99 % from more, and the quantile of what is next to nothing is no number.
        guard confidence >= 0.5, confidence <= 0.9999 + 1e-12 else {
            throw InputError(
                node.position, "a confidence of \(node.summary)", expected: "50 % to 99.99 %, such as 95 %")
        }
        return confidence
    }

    /// Exactly one of `allow`, `at_most` and `at_least`, in the unit of the measure.
    private static func performance(
        _ measure: Measure, of target: Target, at position: Position, _ fields: inout Fields
    ) throws(InputError) -> Requirement {
        let allow = fields.optional("allow")
        let atMost = fields.optional("at_most")
        let atLeast = fields.optional("at_least")
        let side = try fields.optional("side")?.choice(of: Side.self, "side")
        let given = [("allow", allow), ("at_most", atMost), ("at_least", atLeast)].filter { $0.1 != nil }.map(\.0)
        let usable: [String]
        switch measure.metric {
        case .quantile, .mean: usable = ["allow", "at_most"]
        case .throughput: usable = ["allow", "at_least"]
        case .errorRate: usable = ["at_most"]
        }
        guard given.count == 1, usable.contains(given[0]) else {
            let what = given.isEmpty ? "no limit" : given.joined(separator: " and ")
            throw InputError(
                position, "a criterion on \(measure.text) has \(what)",
                expected: (usable.count > 1 ? "exactly one of " : "") + usable.joined(separator: ", "))
        }
        if let allow {
            if side != nil {
                throw InputError(
                    fields.position(of: "side"), "'side' beside 'allow', which compares both sides",
                    expected: "'side' only with at_most or at_least")
            }
            return .change(measure, of: target, allow: try tolerance(allow, for: measure))
        }
        let limited = side ?? .new
        if let atLeast { return .throughputLimit(of: target, on: limited, atLeast: try atLeast.rate()) }
        guard let atMost else { preconditionFailure("one limit was given, and it is none of the three") }
        if measure.metric == .errorRate {
            let limit = try atMost.ratio()
            guard limit.value >= 0, limit.value < 1 else {
                throw InputError(
                    atMost.position, "an error rate of \(atMost.summary)", expected: "0 % or more, below 100 %")
            }
            return .errorLimit(of: target, on: limited, atMost: limit)
        }
        let limit = try atMost.duration()
        guard limit > .zero else {
            throw InputError(atMost.position, "a time of \(atMost.summary)", expected: "a time above 0, such as 50 ms")
        }
        return .timeLimit(measure, of: target, on: limited, atMost: limit)
    }

    /// The sign says which way is bad: a latency may grow by so much, a throughput may fall by so much.
    private static func tolerance(_ node: Node, for measure: Measure) throws(InputError) -> Ratio {
        let allowed = try node.ratio()
        if measure.metric == .throughput {
            guard allowed.value <= 0, allowed.value > -1 else {
                throw InputError(
                    node.position, "a throughput may change by \(node.summary)",
                    expected: "by how much it may fall, such as -3 %")
            }
        } else if allowed.value < 0 || allowed.value > 10 {
            throw InputError(
                node.position, "a latency may change by \(node.summary)",
                expected: "by how much it may grow, such as +5 %, at most +1000 %")
        }
        return allowed
    }

    private static func functional(_ fields: inout Fields) throws(InputError) -> Requirement {
        let measure = try fields.required("measure")
        let text = try measure.choice(of: ["differences of parity", "differing answers"], "measure")
        let limit = try fields.required("at_most")
        let atMost = try limit.integer(in: 0...Int.max, "the number of differences")
        if text == "differences of parity" { return .parity(atMost: atMost) }
        if let ignored = fields.optional("ignoring") { try texts(ignored) }
        return .notCollected(text)
    }

    /// Families whose evidence is probed or attested: their keys are checked, and evidence is not collected yet.
    private static func attested(_ family: Family, _ fields: inout Fields) throws(InputError) -> Requirement {
        if family == .plans {
            let evidence = try fields.required("evidence").string(expected: "the path of a file")
            if let reviewers = fields.optional("reviewed_by") {
                _ = try reviewers.integer(in: 1...1000, "the number of reviewers")
            }
            if let age = fields.optional("newer_than") { _ = try age.duration() }
            return .notCollected("the plan \(evidence)")
        }
        let required = try fields.required("require").string(expected: "what is required, in words")
        if family == .observability, let series = fields.optional("series") { try texts(series) }
        return .notCollected("'\(required)'")
    }

    private static func texts(_ node: Node) throws(InputError) {
        for each in try node.list(expected: "a list of texts") { _ = try each.string() }
    }
}
