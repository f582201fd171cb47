// What a statement is compiled against: the store, the session's keyspace, and the version whose words errors use.

import Bytes
import CQLProtocol

struct CompileContext {
    let store: LabStore
    let keyspace: String?
    let isVersion4: Bool

    func table(_ name: TableName) throws(CQLError) -> LabTable {
        guard let keyspace = name.keyspace ?? keyspace else {
            throw .invalid("No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename")
        }
        guard store.contains(keyspace) else {
            throw .invalid(isVersion4 ? "keyspace \(keyspace) does not exist" : "Keyspace \(keyspace) does not exist")
        }
        guard let table = store.table(keyspace, name.name) else {
            throw .invalid(isVersion4 ? "table \(name.name) does not exist" : "unconfigured table \(name.name)")
        }
        return table
    }

    func undefined(_ column: String, in table: TableDefinition) -> CQLError {
        .invalid("Undefined column name \(column)" + (isVersion4 ? " in table \(table.keyspace).\(table.name)" : ""))
    }
}

/// A column of an answer.
struct ResultColumn {
    enum Source {
        case column(Int)
        case writeTime(Int), timeToLive
        case token
        case count
    }

    var name: String
    var type: CQLType
    var source: Source
}

/// What to do, with every name resolved.
enum Action {
    case select(SelectPlan)
    case write([WritePlan])
    case schema(Statement)
    case use(String)
}

/// A statement that is ready to be executed with values.
struct CompiledStatement {
    var action: Action
    var binds: [BindDescription]
    /// For each partition key column the bind marker that gives it; empty where not all are bound.
    var partitionKeyBinds: [Int]
    /// The session's keyspace at the time, which schema statements use.
    var keyspace: String?
    /// Names the columns of the result, by what they are.
    let metadataID: [UInt8]

    init(_ parsed: ParsedStatement, _ context: CompileContext) throws(CQLError) {
        keyspace = context.keyspace
        partitionKeyBinds = []
        binds = []
        switch parsed.statement {
        case .select(let statement):
            let compiled = try SelectPlan.compile(statement, parsed.binds, context)
            action = .select(compiled.plan)
            binds = compiled.binds
            partitionKeyBinds = CompiledStatement.markers(compiled.plan.restrictions.partition)
        case .write(let statement):
            let compiled = try WritePlan.compile(statement, parsed.binds, context)
            action = .write([compiled.plan])
            binds = compiled.binds
            partitionKeyBinds = CompiledStatement.markers(compiled.plan.restrictions.partition)
        case .batch(let statements, let timestamp):
            if !parsed.binds.isEmpty { throw .notServed("bind markers in BEGIN BATCH; send a BATCH message") }
            var plans: [WritePlan] = []
            for var statement in statements {
                statement.timestamp = statement.timestamp ?? timestamp
                plans.append(try WritePlan.compile(statement, [], context).plan)
            }
            action = .write(plans)
        case .use(let name): action = .use(name)
        case .createKeyspace, .createTable, .dropKeyspace, .dropTable, .truncate:
            if !parsed.binds.isEmpty { throw .invalid("Bind markers are not allowed in schema statements") }
            action = .schema(parsed.statement)
        }
        metadataID = CompiledStatement.metadataID(action)
    }

    private static func metadataID(_ action: Action) -> [UInt8] {
        var writer = ByteWriter()
        if case .select(let plan) = action { writer.put(resultMetadata: plan, pagingState: nil, skips: false) }
        let (high, low) = Murmur3.hash(writer.bytes)
        return Literals.bytes(high) + Literals.bytes(low)
    }

    private static func markers(_ partition: [OperandList]) -> [Int] {
        var all: [Int] = []
        for list in partition {
            guard case .each(let operands) = list, operands.count == 1, case .bind(let index, _, _) = operands[0] else {
                return []
            }
            all.append(index)
        }
        return all
    }

    /// Whether the statement is about a table of that keyspace (and name, where one is given).
    func uses(_ keyspace: String, _ table: String?) -> Bool {
        let tables: [LabTable]
        switch action {
        case .select(let plan): tables = [plan.table]
        case .write(let plans): tables = plans.map(\.table)
        case .schema, .use: tables = []
        }
        return tables.contains { $0.definition.keyspace == keyspace && (table == nil || $0.definition.name == table) }
    }
}
