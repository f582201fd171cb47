// A statement with what is bound to it: what operations, batches and the dataset have in common.

import Documents

/// A statement with what is bound to it.
public struct BoundStatement: Sendable {
    public let cql: String
    public let keyspace: String
    public let table: String
    /// In the order of the `?` in `cql`.
    public let binds: [ValueGenerator]
    /// Whether it has an IF.
    public let isConditional: Bool
    /// Of its text in the file.
    public let position: Position
    private let markers: Int
    private let bindPosition: Position

    /// What tells it from the other statements of a batch.
    public struct Identity: Hashable, Sendable {
        var cql: String
        var binds: [String]
    }

    public var identity: Identity { Identity(cql: cql, binds: binds.map(\.name)) }

    /// `verbs` are those that the statement may begin with; `what` names its owner in errors.
    init(
        _ cqlNode: Node, _ bindNode: Node?, verbs: [String], what: String, values: [ValueGenerator],
        mayBeConditional: Bool = false
    ) throws(InputError) {
        cql = try cqlNode.string(expected: "a CQL statement")
        let statement = Statement(cql)
        position = cqlNode.position
        isConditional = statement.isConditional
        guard verbs.contains(statement.verb) else {
            let problem = "the statement of \(what) begins with '\(statement.verb)'"
            throw InputError(position, problem, expected: verbs.joined(separator: " or "))
        }
        guard let keyspace = statement.keyspace, let table = statement.table else {
            let problem = "the statement of \(what) does not say in which keyspace '\(statement.table ?? "")' is"
            throw InputError(position, problem, expected: "keyspace.table")
        }
        if isConditional && !mayBeConditional {
            let problem = "the statement of \(what) has an IF"
            throw InputError(position, problem, expected: "a statement without IF, or the shape lwt")
        }
        if mayBeConditional && statement.verb != "SELECT" && !isConditional {
            throw InputError(position, "the statement of \(what) has no IF", expected: "one, or the shape write")
        }
        if let function = statement.impureFunction {
            let problem = "\(function) in the statement of \(what) gives each side another value"
            throw InputError(position, problem, expected: "a ? and a seeded value")
        }
        (self.keyspace, self.table) = (keyspace, table)
        var binds = try bindNode.map { node throws(InputError) in try BoundStatement.binds(node, values) } ?? []
        // What others depend on must be the same for all of them.
        let needed = Set(binds.flatMap(\.needs))
        for index in binds.indices where needed.contains(binds[index].name) && binds[index].listCount == nil {
            binds[index].isShared = true
        }
        self.binds = binds
        markers = statement.markers
        bindPosition = bindNode?.position ?? position
    }

    /// Throws where not each `?` has its bind. Call it when the keys beside `bind` have been looked at: a slip there says more.
    func checkBinds(of what: String) throws(InputError) {
        guard binds.count == markers else {
            let problem = "\(what) binds \(binds.count) of \(markers) '?' of its statement"
            throw InputError(bindPosition, problem, expected: "a bind for each '?'")
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
            guard generator.needs.isEmpty else {
                let problem = "a list of '\(generator.name)', which an operation draws once"
                throw InputError(member.position, problem, expected: "a value that depends on no other")
            }
            binds.append(generator.list(of: count))
        }
        return binds
    }

    static func value(_ node: Node, _ values: [ValueGenerator]) throws(InputError) -> ValueGenerator {
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
