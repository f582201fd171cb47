// An operation of a workload: what is sent, how often it comes, and how it is to be answered.

import Documents
import Quantities
import Recordings

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
    /// For reads only, which then end what a lightweight transaction has begun.
    case serial = "SERIAL"
    case localSerial = "LOCAL_SERIAL"

    public var isSerial: Bool { self == .serial || self == .localSerial }
}

/// What a batch promises.
public enum BatchKind: String, CaseIterable, Hashable, Sendable {
    /// All of it in the end, or none.
    case logged
    case unlogged
    /// Updates of counters, and nothing else.
    case counter
}

/// One named operation, checked as far as that goes without a server.
public struct PlannedOperation: Sendable {
    public var name: String
    public var shape: Shape
    /// One; for a batch its statements in order, repeated ones as often as they are sent. None over HTTP.
    public var statements: [BoundStatement]
    /// What is sent over HTTP; nil for CQL.
    public var request: RequestTemplate?
    /// Where an operation over HTTP says what it reads or writes.
    private var subject: (keyspace: String, table: String) = ("", "")
    /// Nil where the one statement is sent by itself.
    public var batch: BatchKind?
    /// Rows in a page; nil: all in one page.
    public var pageSize: Int?
    /// Pages that are read at most; nil: to the end.
    public var pages: Int?
    /// `LOCAL_ONE` where the file names none, as drivers do.
    public var consistency: ConsistencyLevel
    /// Of the condition of a lightweight transaction; `SERIAL` where the file names none, as drivers do. Nil for other shapes.
    public var serialConsistency: ConsistencyLevel?
    /// Whether the statement is sent as its prepared id; else its text goes with every request.
    public var isPrepared = true
    /// Whether the client sets the time of what is written, the same on both sides.
    public var hasClientTimestamps: Bool
    /// How many requests it is at once, each with values of its own; it ends with the last of their answers.
    public var fanOut = 1
    /// Share of the requests that ask the server for a trace.
    public var tracedShare = 0.0
    /// Share of the traffic, relative to the other operations' weights.
    public var weight: Double
    /// Whether it is to come more often in rounds of its own; nil: as the planner finds.
    public var boost: BoostWish?
    /// Of the operation's name in the file.
    public var position: Position

    public var keyspace: String { statements.first?.keyspace ?? subject.keyspace }
    public var table: String { statements.first?.table ?? subject.table }
    /// In the order of the `?` in the statements, or of the values in the request.
    public var binds: [ValueGenerator] { request?.binds ?? statements.flatMap(\.binds) }
    /// Of the first statement in the file: where an error of the server about it belongs.
    public var cqlPosition: Position { statements.first?.position ?? position }
    /// Whether the server says in its answer whether the condition held.
    public var isConditional: Bool { statements.first?.isConditional ?? false }

    /// What is sent, as CQL; a batch with its statements, each once.
    public var cql: String {
        guard let batch else { return statements.first?.cql ?? "" }
        var texts: [(cql: String, count: Int)] = []
        for statement in statements {
            if texts.last?.cql == statement.cql {
                texts[texts.count - 1].count += 1
            } else {
                texts.append((statement.cql, 1))
            }
        }
        let kind = batch == .logged ? "" : "\(batch.rawValue.uppercased()) "
        let inner = texts.map { $0.cql + ($0.count > 1 ? " /* \($0.count) times */" : "") + "; " }.joined()
        return "BEGIN \(kind)BATCH \(inner)APPLY BATCH"
    }
}

extension PlannedOperation {
    /// Statements that a batch may have: servers warn of far fewer and refuse by bytes.
    private static let mostStatements = 10_000

    static func read(
        _ name: String, at position: Position, _ node: Node, values: [ValueGenerator]
    ) throws(InputError) -> PlannedOperation {
        let name = try checkedName(Node(.scalar(name, quoted: true), at: position), "operation")
        var fields = try Fields(node, what: "operation '\(name)'")
        let shapeNode = try fields.required("shape")
        let shape = try shapeNode.choice(of: Shape.self, "shape")
        let weightNode = try fields.required("weight")
        let weight = try weightNode.number()
        guard weight > 0 else {
            throw InputError(weightNode.position, "weight is \(weight)", expected: "more than 0")
        }
        try fields.refuse(["rest", "graphql", "trino"])
        var operation = PlannedOperation(
            name: name, shape: shape, statements: [], consistency: .localOne, hasClientTimestamps: false,
            weight: weight,
            position: position)
        operation.boost = try fields.optional("boost").map(BoostWish.read)
        if let node = fields.optional("http") {
            try operation.readRequest(node, &fields, values)
            return operation
        }
        if shape == .api {
            throw InputError(
                shapeNode.position, "shape 'api' in \(fields.what), which is CQL",
                expected: "it over HTTP only")
        }
        let values = try once(fields.optional("once"), values)
        if shape == .batch {
            try operation.readBatch(try fields.required("batch"), fields.what, values)
        } else {
            let cqlNode = try fields.required("cql")
            let bindNode = fields.optional("bind")
            operation.statements = [
                try BoundStatement(
                    cqlNode, bindNode, verbs: shape.verbs, what: fields.what, values: values,
                    mayBeConditional: shape == .lwt)
            ]
            operation.isPrepared = try fields.optional("prepared")?.boolean() ?? true
        }
        if let node = fields.optional("fan_out") {
            operation.fanOut = try node.integer(in: 2...1000, "fan_out")
            guard shape == .multiPartition else {
                throw InputError(
                    node.position, "fan_out in \(fields.what), which is of shape \(shape)",
                    expected: "the shape multi_partition")
            }
        }
        try operation.readConsistencies(&fields)
        try operation.readPages(&fields)
        try operation.readTimestamps(&fields)
        if let node = fields.optional("tracing") {
            operation.tracedShare = try node.share("the share of traced requests")
        }
        try fields.finish()
        if shape != .batch { try operation.statements[0].checkBinds(of: fields.what) }
        return operation
    }

    /// `http`, and what may stand beside it.
    private mutating func readRequest(
        _ node: Node, _ fields: inout Fields, _ values: [ValueGenerator]
    ) throws(InputError) {
        let check = fields.optional("check")
        let rows = fields.optional("rows")
        subject.keyspace = try fields.optional("keyspace")?.string(expected: "the name of a keyspace") ?? ""
        subject.table = try fields.optional("table")?.string(expected: "the name of a table") ?? ""
        try fields.finish()
        var request = try RequestTemplate.read(node, fields.what, values: values)
        request.expected = try ExpectedAnswer.read(check, rows: rows)
        self.request = request
    }

    /// The values, with those that the operation draws once marked as such.
    private static func once(_ node: Node?, _ values: [ValueGenerator]) throws(InputError) -> [ValueGenerator] {
        var values = values
        for member in try node?.list(expected: "a list of names of values") ?? [] {
            let name = try BoundStatement.value(member, values).name
            for index in values.indices where values[index].name == name { values[index].isShared = true }
        }
        return values
    }

    /// `{type, statements: [{cql, bind, repeat}, …], once: [value, …]}`
    private mutating func readBatch(_ node: Node, _ what: String, _ values: [ValueGenerator]) throws(InputError) {
        var fields = try Fields(node, what: "the batch of \(what)")
        let kind = try fields.required("type").choice(of: BatchKind.self, "type of batch")
        let statementsNode = try fields.required("statements")
        let values = try PlannedOperation.once(fields.optional("once"), values)
        try fields.finish()
        for (index, member) in try statementsNode.list(expected: "a list of statements").enumerated() {
            var fields = try Fields(member, what: "statement \(index + 1) of the batch of \(what)")
            let cqlNode = try fields.required("cql")
            let bindNode = fields.optional("bind")
            let count = try fields.optional("repeat")?.integer(in: 1...PlannedOperation.mostStatements, "repeat") ?? 1
            try fields.finish()
            let statement = try BoundStatement(
                cqlNode, bindNode, verbs: kind == .counter ? Shape.counter.verbs : Shape.write.verbs, what: fields.what,
                values: values)
            try statement.checkBinds(of: fields.what)
            statements += Array(repeating: statement, count: count)
        }
        guard (1...PlannedOperation.mostStatements).contains(statements.count) else {
            let problem = "the batch of \(what) has \(statements.count) statements"
            throw InputError(statementsNode.position, problem, expected: "1 to \(PlannedOperation.mostStatements)")
        }
        batch = kind
    }

    private mutating func readConsistencies(_ fields: inout Fields) throws(InputError) {
        let isSerialRead = shape == .lwt && !isConditional
        let node = fields.optional("consistency")
        consistency = try node?.choice(of: ConsistencyLevel.self, "consistency") ?? (isSerialRead ? .serial : .localOne)
        let serialNode = fields.optional("serial_consistency")
        if let node, consistency == .any, !shape.isWrite {
            throw InputError(node.position, "ANY is no consistency of a read", expected: "LOCAL_ONE or above")
        }
        if isSerialRead != consistency.isSerial {
            throw InputError(
                node?.position ?? position, "consistency \(consistency.rawValue) in \(fields.what)",
                expected: isSerialRead
                    ? "SERIAL or LOCAL_SERIAL, which make a read an lwt"
                    : "another; a serial read is a SELECT of shape lwt")
        }
        guard isConditional else {
            if let serialNode {
                throw InputError(
                    serialNode.position, "serial_consistency in \(fields.what), which has no IF",
                    expected: "it with an IF only")
            }
            return
        }
        serialConsistency = try serialNode?.choice(of: ConsistencyLevel.self, "serial consistency") ?? .serial
        if let serialNode, serialConsistency?.isSerial != true {
            let problem = "serial_consistency is \(serialConsistency?.rawValue ?? "")"
            throw InputError(serialNode.position, problem, expected: "SERIAL or LOCAL_SERIAL")
        }
    }

    private mutating func readPages(_ fields: inout Fields) throws(InputError) {
        let pageNode = fields.optional("page_size")
        let pagesNode = fields.optional("pages")
        let reads = !shape.isWrite && !isConditional
        if let pageNode, !reads {
            throw InputError(pageNode.position, "page_size on a write", expected: "it on reads only")
        }
        pageSize = try pageNode?.integer(in: 1...1_000_000, "page_size")
        pages = try pagesNode?.integer(in: 1...1_000_000, "pages")
        if let pagesNode, pageSize == nil {
            throw InputError(pagesNode.position, "pages without page_size", expected: "both, or neither")
        }
    }

    private mutating func readTimestamps(_ fields: inout Fields) throws(InputError) {
        // Counters and lightweight transactions take none: their order is the server's.
        let takes = shape == .write || (shape == .batch && batch != .counter)
        hasClientTimestamps = takes
        guard let node = fields.optional("timestamps") else { return }
        let choice = try node.choice(of: ["client", "server"], "source of timestamps")
        guard takes || choice == "server" else {
            let problem =
                "client timestamps in \(fields.what), which is \(shape == .batch ? "a batch of counters" : "of shape \(shape)")"
            throw InputError(node.position, problem, expected: "them on writes and batches only")
        }
        hasClientTimestamps = choice == "client"
    }
}

extension Shape {
    /// What its statements may begin with.
    fileprivate var verbs: [String] {
        switch self {
        case .point, .range, .multiPartition, .scan, .aggregate: ["SELECT"]
        case .write, .batch: ["INSERT", "UPDATE", "DELETE"]
        case .counter: ["UPDATE"]
        case .lwt: ["INSERT", "UPDATE", "DELETE", "SELECT"]
        case .api: []
        }
    }
}

extension PlannedOperation {
    /// As far as a reader of results needs it.
    public var info: OperationInfo { OperationInfo(name: name, shape: shape, keyspace: keyspace, weight: weight) }
}
