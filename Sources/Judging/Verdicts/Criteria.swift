// A criteria file, read and checked: what is required was fixed before the run, in words that leave nothing open.

import Comparisons
import Documents
import Quantities
import Recordings

/// All requirements of one file.
public struct Criteria: Equatable, Sendable {
    public let name: String
    /// In the order of the families, and within a family in that of the file.
    public let criteria: [Criterion]
    /// Failures that somebody answers for, for a while.
    public let waivers: [Waiver]

    /// Reads a criteria file. Anything that is not understood is an error with its place, never a requirement less.
    public static func read(_ text: String, file: String) throws(InputError) -> Criteria {
        var fields = try Fields(try YAML.read(text, file: file), what: "a criteria file")
        let version = try fields.required("criteria")
        guard try version.integer() == 1 else {
            throw InputError(
                version.position, "unknown version \(version.summary) of criteria", expected: "criteria: 1")
        }
        let name = try fields.required("name").string(expected: "a name")
        var found: [Criterion] = []
        for family in Family.allCases {
            guard let list = fields.optional(family.rawValue) else { continue }
            for node in try list.list(expected: "a list of criteria") {
                let criterion = try Criterion(reading: node, of: family)
                if let twin = found.first(where: { $0.id == criterion.id }) {
                    throw InputError(
                        criterion.position, "the id '\(criterion.id)' is taken at line \(twin.position.line)",
                        expected: "an id of its own for each criterion")
                }
                found.append(criterion)
            }
        }
        let waivers = try Waiver.read(fields.optional("waive"), for: found)
        try fields.finish()
        if found.isEmpty {
            throw InputError(
                fields.position, "no criterion in '\(name)'", expected: "at least one, in one of the families")
        }
        return Criteria(name: name, criteria: found, waivers: waivers)
    }

    /// Latencies that the criteria ask for, each once.
    public var measures: [Measure] {
        var found: [Measure] = []
        for criterion in criteria {
            guard let measure = criterion.measure, measure.isLatency, !found.contains(measure) else { continue }
            found.append(measure)
        }
        return found
    }

    /// Whether a criterion is on this figure of this part of the workload.
    func asks(_ scope: Scope, _ measure: Measure) -> Bool {
        criteria.contains { criterion in
            criterion.target?.covers(scope) ?? false
                && criterion.requirement.limits.contains { $0.measure == measure }
        }
    }

    /// Throws for the first of `problems`.
    public func validate(
        operations: [String], shapes: [Shape]? = nil, keyspaces: [String]? = nil
    ) throws(InputError) {
        if let first = problems(operations: operations, shapes: shapes, keyspaces: keyspaces).first { throw first }
    }

    /// Criteria and waivers on an operation, a shape or a keyspace that the workload does not have, in the order of the
    /// file.
    public func problems(
        operations: [String], shapes: [Shape]? = nil, keyspaces: [String]? = nil
    ) -> [InputError] {
        criteria.compactMap { criterion in
            switch criterion.target {
            case .one(.operation(let name)) where !operations.contains(name):
                return criterion.unknown(
                    "operation", name, among: operations, expected: "each operation, the workload, a shape, a keyspace")
            case .one(.shape(let shape)) where shapes.map { !$0.contains(shape) } ?? false:
                return InputError(
                    criterion.targetPosition,
                    "criterion '\(criterion.id)' is on shape '\(shape)', which no operation has",
                    expected: "a shape that the workload has")
            case .one(.keyspace(let name)) where keyspaces.map { !$0.contains(name) } ?? false:
                return criterion.unknown(
                    "keyspace", name, among: keyspaces ?? [], expected: "each keyspace, the workload")
            default: return nil
            }
        }
            + waivers.compactMap { waiver in
                waiver.problem(criteria, operations: operations, shapes: shapes, keyspaces: keyspaces)
            }
    }
}

/// As much of a comparison as `criteria` look at, for those that nobody reads.
public func compare(_ recording: Recording, for criteria: Criteria) -> Comparison {
    compare(recording, measures: criteria.measures, asks: criteria.asks)
}

extension Target {
    fileprivate func covers(_ scope: Scope) -> Bool {
        switch (self, scope) {
        case (.eachOperation, .operation), (.eachShape, .shape), (.eachKeyspace, .keyspace): true
        case (.one(let one), _): one == scope
        default: false
        }
    }
}

extension Criterion {
    /// What is measured, for criteria of performance.
    public var measure: Measure? { requirement.measure }
    /// Of which part of the workload, for criteria of performance.
    public var target: Target? { requirement.target }

    fileprivate func unknown(_ kind: String, _ name: String, among names: [String], expected: String) -> InputError {
        InputError(
            targetPosition, suggesting("criterion '\(id)' is on the unknown \(kind) '\(name)'", name, among: names),
            expected: expected + ", or one of " + names.joined(separator: ", "))
    }
}

extension Requirement {
    fileprivate var measure: Measure? {
        switch self {
        case .change(let measure, _, _), .timeLimit(let measure, _, _, _), .errorLimit(let measure, _, _, _): measure
        case .both(let first, _): first.measure
        case .throughputLimit: Measure(.throughput)
        case .parity, .notCollected: nil
        }
    }

    fileprivate var target: Target? {
        switch self {
        case .change(_, let target, _), .timeLimit(_, let target, _, _), .errorLimit(_, let target, _, _),
            .throughputLimit(let target, _, _):
            target
        case .both(let first, _): first.target
        case .parity, .notCollected: nil
        }
    }
}
