// A criteria file, read and checked: what is required was fixed before the run, in words that leave nothing open.

import Comparisons
import Documents
import Quantities

/// All requirements of one file.
public struct Criteria: Equatable, Sendable {
    public let name: String
    /// In the order of the families, and within a family in that of the file.
    public let criteria: [Criterion]

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
        try fields.finish()
        if found.isEmpty {
            throw InputError(
                fields.position, "no criterion in '\(name)'", expected: "at least one, in one of the families")
        }
        return Criteria(name: name, criteria: found)
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

    /// Throws for the first criterion on an operation, or a shape, that the workload does not have.
    public func validate(operations: [String], shapes: [Shape]? = nil) throws(InputError) {
        for criterion in criteria {
            switch criterion.target {
            case .one(.operation(let name)) where !operations.contains(name):
                throw InputError(
                    criterion.targetPosition,
                    suggesting(
                        "criterion '\(criterion.id)' is on the unknown operation '\(name)'", name, among: operations),
                    expected: "each operation, the workload, a shape, or one of " + operations.joined(separator: ", "))
            case .one(.shape(let shape)) where shapes.map { !$0.contains(shape) } ?? false:
                throw InputError(
                    criterion.targetPosition,
                    "criterion '\(criterion.id)' is on shape '\(shape)', which no operation has",
                    expected: "a shape that the workload has")
            default: continue
            }
        }
    }
}

extension Criterion {
    /// What is measured, for criteria of performance.
    public var measure: Measure? {
        switch requirement {
        case .change(let measure, _, _), .timeLimit(let measure, _, _, _): measure
        case .errorLimit: Measure(.errorRate)
        case .throughputLimit: Measure(.throughput)
        case .parity, .notCollected: nil
        }
    }

    /// Of which part of the workload, for criteria of performance.
    public var target: Target? {
        switch requirement {
        case .change(_, let target, _), .timeLimit(_, let target, _, _), .errorLimit(let target, _, _),
            .throughputLimit(let target, _, _):
            target
        case .parity, .notCollected: nil
        }
    }
}
