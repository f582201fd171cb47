// An operation of a workload: one statement, how often it comes, and what is bound to it.

import Documents
import Quantities

/// How many replicas must answer, by its name in CQL.
public enum ConsistencyLevel: String, CaseIterable, Hashable, Sendable {
    case any = "ANY"
    case one = "ONE"
    case two = "TWO"
    case three = "THREE"
    case quorum = "QUORUM"
    case all = "ALL"
    case localQuorum = "LOCAL_QUORUM"
    case eachQuorum = "EACH_QUORUM"
    case localOne = "LOCAL_ONE"
}

/// One named statement, checked as far as that goes without a server.
public struct PlannedOperation: Sendable {
    public var name: String
    public var shape: Shape
    public var keyspace: String
    public var table: String
    public var cql: String
    /// In the order of the `?` in `cql`.
    public var binds: [ValueGenerator]
    /// Rows in a page; nil: all in one page.
    public var pageSize: Int?
    /// `LOCAL_ONE` where the file names none, as drivers do.
    public var consistency: ConsistencyLevel
    /// Share of the traffic, relative to the other operations' weights.
    public var weight: Double
    /// Of the operation's name in the file.
    public var position: Position
    /// Of the statement in the file: where an error of the server about it belongs.
    public var cqlPosition: Position

    static func read(
        _ name: String, at position: Position, _ node: Node, values: [ValueGenerator]
    ) throws(InputError) -> PlannedOperation {
        let name = try checkedName(Node(.scalar(name, quoted: true), at: position), "operation")
        var fields = try Fields(node, what: "operation '\(name)'")
        let shape = try PlannedOperation.shape(try fields.required("shape"))
        let weightNode = try fields.required("weight")
        let weight = try weightNode.number()
        guard weight > 0 else {
            throw InputError(weightNode.position, "weight is \(weight)", expected: "more than 0")
        }
        try fields.refuse(["rest", "graphql", "http", "trino"])
        let cqlNode = try fields.required("cql")
        let bindNode = fields.optional("bind")
        let pageNode = fields.optional("page_size")
        let consistencyNode = fields.optional("consistency")
        try fields.finish()

        let verbs = shape == .write ? ["INSERT", "UPDATE", "DELETE"] : ["SELECT"]
        let statement = try BoundStatement(cqlNode, bindNode, verbs: verbs, what: fields.what, values: values)
        let consistency = try consistencyNode?.choice(of: ConsistencyLevel.self, "consistency") ?? .localOne
        if let consistencyNode, consistency == .any, shape != .write {
            let problem = "ANY is no consistency of a read"
            throw InputError(consistencyNode.position, problem, expected: "LOCAL_ONE or above")
        }
        if let pageNode, shape == .write {
            throw InputError(pageNode.position, "page_size on a write", expected: "it on reads only")
        }
        return PlannedOperation(
            name: name, shape: shape, keyspace: statement.keyspace, table: statement.table, cql: statement.cql,
            binds: statement.binds, pageSize: try pageNode?.integer(in: 1...1_000_000, "page_size"),
            consistency: consistency, weight: weight, position: position, cqlPosition: cqlNode.position)
    }

    private static func shape(_ node: Node) throws(InputError) -> Shape {
        let planned = ["scan", "batch", "lwt", "counter", "aggregate", "api"]
        let text = try node.string(expected: "one of " + Shape.allCases.map(\.rawValue).joined(separator: ", "))
        if planned.contains(text) {
            let expected = "one of " + Shape.allCases.map(\.rawValue).joined(separator: ", ")
            throw InputError(node.position, "shape '\(text)' is not in this version", expected: expected)
        }
        return try node.choice(of: Shape.self, "shape")
    }
}

/// A statement with what is bound to it: what operations and the dataset have in common.
struct BoundStatement {
    let cql: String
    let keyspace: String
    let table: String
    let binds: [ValueGenerator]

    /// `verbs` are those that the statement may begin with; `what` names its owner in errors.
    init(
        _ cqlNode: Node, _ bindNode: Node?, verbs: [String], what: String, values: [ValueGenerator]
    ) throws(InputError) {
        cql = try cqlNode.string(expected: "a CQL statement")
        let statement = Statement(cql)
        let position = cqlNode.position
        guard verbs.contains(statement.verb) else {
            let problem = "the statement of \(what) begins with '\(statement.verb)'"
            throw InputError(position, problem, expected: verbs.joined(separator: " or "))
        }
        guard let keyspace = statement.keyspace, let table = statement.table else {
            let problem = "the statement of \(what) does not say in which keyspace '\(statement.table ?? "")' is"
            throw InputError(position, problem, expected: "keyspace.table")
        }
        if statement.isConditional {
            let problem = "the statement of \(what) has an IF, which is the shape lwt and not in this version"
            throw InputError(position, problem, expected: "a statement without IF")
        }
        if let function = statement.impureFunction {
            let problem = "\(function) in the statement of \(what) gives each side another value"
            throw InputError(position, problem, expected: "a ? and a seeded value")
        }
        (self.keyspace, self.table) = (keyspace, table)
        binds = try bindNode.map { node throws(InputError) in try BoundStatement.binds(node, values) } ?? []
        guard binds.count == statement.markers else {
            let problem = "\(what) binds \(binds.count) of \(statement.markers) '?' of its statement"
            throw InputError(bindNode?.position ?? position, problem, expected: "a bind for each '?'")
        }
    }

    private static func binds(_ node: Node, _ values: [ValueGenerator]) throws(InputError) -> [ValueGenerator] {
        var binds: [ValueGenerator] = []
        for member in try node.list(expected: "a list of names of values") {
            guard case .mapping = member.content else {
                binds.append(try value(member, values))
                continue
            }
            var fields = try Fields(member, what: "the list")
            let generator = try value(try fields.required("list"), values)
            let count = try fields.required("count").integer(in: 1...10_000, "count")
            try fields.finish()
            binds.append(generator.list(of: count))
        }
        return binds
    }

    private static func value(_ node: Node, _ values: [ValueGenerator]) throws(InputError) -> ValueGenerator {
        let name = try node.string(expected: "the name of a value")
        guard let found = values.first(where: { $0.name == name }) else {
            let names = values.map(\.name)
            let expected = names.isEmpty ? "a name that stands there" : "one of " + names.joined(separator: ", ")
            throw InputError(
                node.position, suggesting("bind '\(name)' is not in values", name, among: names), expected: expected)
        }
        return found
    }
}
