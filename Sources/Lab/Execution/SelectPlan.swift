// SELECT with its names resolved: what it reads, what it answers, and which shape it has.

import CQLProtocol
import Quantities

struct SelectPlan {
    let table: LabTable
    let restrictions: Restrictions
    let columns: [ResultColumn]
    let isCount: Bool
    /// ORDER BY against the order of storage.
    let isReversed: Bool
    let isDistinct: Bool
    let perPartitionLimit: Operand?
    let limit: Operand?

    static func compile(
        _ statement: SelectStatement, _ names: [String?], _ context: CompileContext
    ) throws(CQLError) -> (plan: SelectPlan, binds: [BindDescription]) {
        let table = try context.table(statement.table)
        let definition = table.definition
        let columns = try resultColumns(statement, definition, context)
        var compiler = RestrictionCompiler(
            table: definition, context: context, compiler: OperandCompiler(table: definition, names: names))
        try compiler.compile(statement.relations, allowsFiltering: statement.allowsFiltering)
        let restrictions = compiler.restrictions
        if restrictions.partition.isEmpty && (!restrictions.clustering.isEmpty || restrictions.isRange)
            && !statement.allowsFiltering
        {
            throw .invalid(RestrictionCompiler.filtering)
        }
        let isReversed = try reversed(statement, definition, restrictions)
        var operands = compiler.compiler
        var perPartitionLimit: Operand?
        if let term = statement.perPartitionLimit {
            perPartitionLimit = try operands.operand(term, "[per_partition_limit]", .int)
        }
        var limit: Operand?
        if let term = statement.limit { limit = try operands.operand(term, "[limit]", .int) }
        let plan = SelectPlan(
            table: table, restrictions: restrictions, columns: columns,
            isCount: columns.contains { if case .count = $0.source { true } else { false } }, isReversed: isReversed,
            isDistinct: statement.isDistinct, perPartitionLimit: perPartitionLimit, limit: limit)
        return (plan, operands.descriptions)
    }

    private static func resultColumns(
        _ statement: SelectStatement, _ table: TableDefinition, _ context: CompileContext
    ) throws(CQLError) -> [ResultColumn] {
        if statement.selectors.isEmpty && !statement.isDistinct {
            return table.columns.enumerated().map { ResultColumn(name: $1.name, type: $1.type, source: .column($0)) }
        }
        func place(_ name: String) throws(CQLError) -> Int {
            guard let place = table.place(of: name) else { throw context.undefined(name, in: table) }
            return place
        }
        var columns: [ResultColumn] = []
        for (selector, alias) in statement.selectors {
            switch selector {
            case .column(let name):
                let place = try place(name)
                columns.append(
                    ResultColumn(name: alias ?? name, type: table.columns[place].type, source: .column(place)))
            case .writeTime(let name), .timeToLive(let name):
                let place = try place(name)
                let isTime = selector == .writeTime(name)
                let function = isTime ? "writetime" : "ttl"
                guard table.columns[place].kind == .regular else {
                    throw .invalid("Cannot use selection function \(function) on PRIMARY KEY part \(name)")
                }
                columns.append(
                    ResultColumn(
                        name: alias ?? "\(function)(\(name))", type: isTime ? .bigint : .int,
                        source: isTime ? .writeTime(place) : .timeToLive))
            case .token(let names):
                guard names == table.partitionColumns.map(\.name) else {
                    throw .invalid(
                        "The token() function must be applied to all partition key components or none of them")
                }
                let name = alias ?? "system.token(\(names.joined(separator: ", ")))"
                columns.append(ResultColumn(name: name, type: .bigint, source: .token))
            case .count: columns.append(ResultColumn(name: alias ?? "count", type: .bigint, source: .count))
            }
        }
        if statement.selectors.contains(where: { $0.selector == .count }) && columns.count > 1 {
            throw .notServed("count(*) together with other selections")
        }
        if statement.isDistinct {
            for (selector, _) in statement.selectors {
                if case .column(let name) = selector, table.columns[try place(name)].kind == .partitionKey { continue }
                throw .invalid("SELECT DISTINCT queries must only request partition key columns and/or static columns")
            }
            guard !columns.isEmpty else { throw .invalid("SELECT DISTINCT queries must request partition key columns") }
        }
        return columns
    }

    /// ORDER BY must follow the clustering columns from the first that isn't fixed, all the one way or all the other.
    private static func reversed(
        _ statement: SelectStatement, _ table: TableDefinition, _ restrictions: Restrictions
    ) throws(CQLError) -> Bool {
        guard !statement.orderings.isEmpty else { return false }
        guard !restrictions.partition.isEmpty else {
            throw .invalid("ORDER BY is only supported when the partition key is restricted by an EQ or an IN.")
        }
        if restrictions.hasPartitionIn { throw .notServed("ORDER BY together with IN on the partition key") }
        var reversal: Bool?
        var expected = table.clusteringColumns
        for (name, descending) in statement.orderings {
            guard let place = table.place(of: name), table.columns[place].kind == .clustering else {
                throw .invalid(
                    "Order by is currently only supported on the clustered columns of the PRIMARY KEY, got \(name)")
            }
            let column = table.columns[place]
            while let next = expected.first, next.name != name, next.position < restrictions.clustering.count {
                expected = expected.dropFirst()
            }
            let differs = descending != column.reversed
            guard expected.first?.name == name, reversal ?? differs == differs else {
                throw .invalid("Unsupported order by relation")
            }
            reversal = differs
            expected = expected.dropFirst()
        }
        return reversal!
    }

    /// The shape that the service time of this statement follows; nil for system tables, which have none.
    func shape(_ values: [BoundValue]) throws(CQLError) -> Shape? {
        if table.isSystem { return nil }
        if restrictions.partition.isEmpty { return .range }
        if restrictions.hasPartitionIn { return .multiPartition }
        if try limit?.integer(values) == 1 { return .point }
        let isWholeKey =
            restrictions.clustering.count == table.definition.clusteringCount && !restrictions.hasClusteringIn
        return isWholeKey ? .point : .range
    }
}
