// INSERT, UPDATE and DELETE with their names resolved, and how they change the store.

import CQLProtocol

struct WritePlan {
    enum Kind { case insert, update, deleteCells, deleteRows }

    let kind: Kind
    let table: LabTable
    let restrictions: Restrictions
    /// Regular columns by their position, with what they are set to.
    let assignments: [(column: Int, operand: Operand)]
    let timestamp: Operand?

    static func compile(
        _ statement: WriteStatement, _ names: [String?], _ context: CompileContext
    ) throws(CQLError) -> (plan: WritePlan, binds: [BindDescription]) {
        let table = try context.table(statement.table)
        let definition = table.definition
        if table.isSystem { throw CQLError(.unauthorized, "system keyspace is not user-modifiable.") }
        var operands = OperandCompiler(table: definition, names: names)
        var timestamp: Operand?
        if let term = statement.timestamp { timestamp = try operands.operand(term, "[timestamp]", .bigint) }
        // Values do not expire here: the TTL is checked and then left alone.
        if let term = statement.timeToLive { _ = try operands.operand(term, "[ttl]", .int) }
        var assignments: [(column: Int, operand: Operand)] = []
        var relations = statement.relations
        for assignment in statement.assignments {
            guard let place = definition.place(of: assignment.column) else {
                throw context.undefined(assignment.column, in: definition)
            }
            let column = definition.columns[place]
            if column.kind == .regular {
                assignments.append((column.position, try operands.operand(assignment.term, column.name, column.type)))
            } else if statement.kind == .insert {
                let subject = Relation.Subject.column(column.name)
                guard !relations.contains(where: { $0.subject == subject }) else {
                    throw .invalid("The column names contains duplicates")
                }
                relations.append(Relation(subject: subject, comparison: .equal, term: assignment.term))
            } else if statement.kind == .update {
                throw .invalid("PRIMARY KEY part \(column.name) found in SET part")
            } else {
                throw .invalid("Invalid identifier \(column.name) for deletion (should not be a PRIMARY KEY part)")
            }
        }
        let restrictions = try compileKey(relations, context, definition, &operands)
        let kind: Kind =
            switch statement.kind {
            case .insert: .insert
            case .update: .update
            case .delete: assignments.isEmpty ? .deleteRows : .deleteCells
            }
        let plan = WritePlan(
            kind: kind, table: table, restrictions: restrictions, assignments: assignments, timestamp: timestamp)
        try plan.checkKey()
        return (plan, operands.descriptions)
    }

    private static func compileKey(
        _ relations: [Relation], _ context: CompileContext, _ table: TableDefinition, _ operands: inout OperandCompiler
    ) throws(CQLError) -> Restrictions {
        var named: Set<String> = []
        for relation in relations {
            guard case .column(let name) = relation.subject else {
                throw .invalid("The token function cannot be used in WHERE clauses for updates and deletions")
            }
            guard let place = table.place(of: name) else { throw context.undefined(name, in: table) }
            guard table.columns[place].kind != .regular else {
                throw .invalid("Non PRIMARY KEY columns found in where clause: \(name) ")
            }
            named.insert(name)
        }
        let missing = table.partitionColumns.map(\.name).filter { !named.contains($0) }
        guard missing.isEmpty else {
            throw .invalid("Some partition key parts are missing: \(missing.joined(separator: ", "))")
        }
        var compiler = RestrictionCompiler(table: table, context: context, compiler: operands)
        try compiler.compile(relations, allowsFiltering: false)
        operands = compiler.compiler
        return compiler.restrictions
    }

    private func checkKey() throws(CQLError) {
        if kind == .deleteRows { return }
        let missing = table.definition.clusteringColumns.dropFirst(restrictions.clustering.count).map(\.name)
        guard missing.isEmpty else {
            throw .invalid("Some clustering keys are missing: \(missing.joined(separator: ", "))")
        }
    }

    /// Applies the write. `timestamp` (microseconds) is the request's own; the statement's comes first.
    func execute(_ values: [BoundValue], timestamp requested: Int64) throws(CQLError) {
        let time = try timestamp?.integer(values) ?? requested
        let keys = try restrictions.keys(of: table.definition, values)
        let slices = try restrictions.slices(of: table, values)
        let clusteringCount = table.definition.clusteringCount
        if kind == .deleteRows {
            for key in keys {
                for slice in slices {
                    if restrictions.isRange || restrictions.clustering.count < clusteringCount {
                        if slice.start.prefix.isEmpty && slice.end.prefix.isEmpty {
                            table.deletePartition(key, at: time)
                        } else {
                            table.delete(slice, key: key, at: time)
                        }
                    } else {
                        table.write(RowWrite(deletion: time), key: key, clustering: slice.start.prefix)
                    }
                }
            }
            return
        }
        var write = RowWrite(marker: kind == .insert ? time : nil)
        for (column, operand) in assignments {
            switch try operand.resolved(values) {
            case .unset: continue
            case .null: write.cells.append((column, time, nil))
            case .bytes(let bytes): write.cells.append((column, time, bytes))
            }
        }
        for key in keys { for slice in slices { table.write(write, key: key, clustering: slice.start.prefix) } }
    }
}
