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
            let targetNode = try fields.required("of")
            targetPosition = targetNode.position
            let target = try Target(reading: targetNode)
            if let resource = Resource(reading: measureNode) {
                requirement = try Criterion.resource(resource, at: measureNode, of: target, targetNode, &fields)
                break
            }
            let measure = try Measure(reading: measureNode)
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

    /// What limits a figure: a tolerance between the sides, a limit of one side, or both of them.
    private struct Limits {
        let allow: Node?
        let atMost: Node?
        let atLeast: Node?
        let side: Side?

        /// `usable` are the keys that make sense for `what`; `position` is where the figure is named.
        init(_ fields: inout Fields, _ what: String, usable: [String], at position: Position) throws(InputError) {
            allow = fields.optional("allow")
            atMost = fields.optional("at_most")
            atLeast = fields.optional("at_least")
            side = try fields.optional("side")?.choice(of: Side.self, "side")
            let given = [("allow", allow), ("at_most", atMost), ("at_least", atLeast)].filter { $0.1 != nil }.map(\.0)
            let stranger = given.first { !usable.contains($0) }
            guard !given.isEmpty, stranger == nil else {
                let found = given.isEmpty ? "no limit" : given.joined(separator: " and ")
                throw InputError(
                    stranger.map { fields.position(of: $0) } ?? position, "a criterion on \(what) has \(found)",
                    expected: usable.joined(separator: ", ") + (usable.count > 1 ? ", or both" : ""))
            }
            if side != nil, atMost == nil, atLeast == nil {
                throw InputError(
                    fields.position(of: "side"), "'side' beside 'allow' alone, which compares both sides",
                    expected: "'side' only with at_most or at_least")
            }
        }
    }

    /// `allow`, `at_most` and `at_least`, in the unit of the measure: one of them, or a tolerance and a limit together.
    private static func performance(
        _ measure: Measure, of target: Target, at position: Position, _ fields: inout Fields
    ) throws(InputError) -> Requirement {
        let usable =
            switch measure.metric {
            case .quantile, .mean: ["allow", "at_most"]
            case .throughput: ["allow", "at_least"]
            case .max, .errorRate, .timeOuts: ["at_most"]
            }
        let limits = try Limits(&fields, measure.text, usable: usable, at: position)
        let tolerated = try limits.allow.map { (node) throws(InputError) -> Requirement in
            .change(measure, of: target, allow: try tolerance(node, for: measure))
        }
        let limited = limits.side ?? .new
        var limit: Requirement?
        if let atLeast = limits.atLeast {
            limit = .throughputLimit(of: target, on: limited, atLeast: try rate(atLeast))
        } else if let atMost = limits.atMost {
            limit =
                measure.isLatency
                ? .timeLimit(measure, of: target, on: limited, atMost: try time(atMost))
                : .errorLimit(measure, of: target, on: limited, atMost: try share(atMost, "\(measure.text)"))
        }
        if let tolerated, let limit { return .both(tolerated, limit) }
        guard let only = tolerated ?? limit else {
            preconditionFailure("one limit was given, and it is none of the three")
        }
        return only
    }

    private static func rate(_ node: Node) throws(InputError) -> Rate {
        let rate = try node.rate()
        guard rate.perSecond > 0 else {
            throw InputError(node.position, "a rate of \(node.summary)", expected: "a rate above 0, such as 2000/s")
        }
        return rate
    }

    private static func time(_ node: Node) throws(InputError) -> Nanoseconds {
        let limit = try node.duration()
        guard limit > .zero else {
            throw InputError(node.position, "a time of \(node.summary)", expected: "a time above 0, such as 50 ms")
        }
        return limit
    }

    /// Of operations, or of a machine: `what` may reach it.
    private static func share(_ node: Node, _ what: String) throws(InputError) -> Ratio {
        let limit = try node.ratio()
        guard limit.value >= 0, limit.value < 1 else {
            throw InputError(
                node.position, "\(what) of \(node.summary)", expected: "0 % or more, below 100 %")
        }
        return limit
    }

    /// A figure of the sides' machines: checked like any other, and never decided, since this version collects none.
    private static func resource(
        _ resource: Resource, at measureNode: Node, of target: Target, _ targetNode: Node, _ fields: inout Fields
    ) throws(InputError) -> Requirement {
        guard target == .one(.workload) else {
            throw InputError(
                targetNode.position, "\(resource.rawValue) of \(targetNode.summary)",
                expected: "\(resource.rawValue) of: the workload, since a machine runs all of it")
        }
        let limits = try Limits(
            &fields, resource.rawValue, usable: ["allow", "at_most"], at: measureNode.position)
        var words: [String] = []
        if let allow = limits.allow {
            words.append("+\(percent(try growth(allow, resource.rawValue).value)) from old to new")
        }
        if let atMost = limits.atMost {
            words.append("\(percent(try share(atMost, resource.rawValue).value)) on the \(limits.side ?? .new) side")
        }
        return .notCollected(
            "\(resource.rawValue) of the sides' machines, at most \(words.joined(separator: " and "))"
                + " (it would take \(resource.evidence))")
    }

    /// The sign says which way is bad: a latency may grow by so much, a throughput may fall by so much.
    private static func tolerance(_ node: Node, for measure: Measure) throws(InputError) -> Ratio {
        if measure.metric == .throughput {
            let allowed = try node.ratio()
            guard allowed.value <= 0, allowed.value > -1 else {
                throw InputError(
                    node.position, "a throughput may change by \(node.summary)",
                    expected: "by how much it may fall, such as -3 %")
            }
            return allowed
        }
        return try growth(node, "a latency")
    }

    private static func growth(_ node: Node, _ what: String) throws(InputError) -> Ratio {
        let allowed = try node.ratio()
        guard allowed.value >= 0, allowed.value <= 10 else {
            throw InputError(
                node.position, "\(what) may change by \(node.summary)",
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
