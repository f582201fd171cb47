// CREATE, DROP and TRUNCATE at work.

import CQLProtocol

extension SchemaChange {
    /// A keyspace, or the table of one.
    fileprivate init(_ change: String, _ keyspace: String, _ table: String? = nil) {
        self.init(change: change, target: table == nil ? "KEYSPACE" : "TABLE", keyspace: keyspace, name: table ?? "")
    }

    static let dropped = "DROPPED"
    fileprivate static let created = "CREATED"
}

extension TableDefinition {
    /// A definition from its statement, checked as Cassandra checks it.
    init(_ statement: CreateTableStatement, keyspace: String, isVersion4: Bool) throws(CQLError) {
        let name = statement.table.name
        var columns: [String: Column] = [:]
        for (column, type) in statement.columns {
            guard columns[column] == nil else { throw .invalid("Multiple definition of identifier \(column)") }
            columns[column] = Column(name: column, type: type.type, typeName: type.name)
        }
        guard !statement.partitionKey.isEmpty else {
            let whose = isVersion4 ? " for table '\(keyspace).\(name)'" : ""
            throw .invalid("No PRIMARY KEY specifed\(whose) (exactly one required)")
        }
        func take(_ names: [String]) throws(CQLError) -> [Column] {
            var taken: [Column] = []
            for name in names {
                guard let column = columns.removeValue(forKey: name) else {
                    throw .invalid("Unknown definition \(name) referenced in PRIMARY KEY")
                }
                let isFrozen = column.typeName.hasPrefix("frozen<")
                if !isFrozen && column.typeName.contains("<") {
                    throw .invalid("Invalid non-frozen collection type for PRIMARY KEY component \(name)")
                }
                taken.append(column)
            }
            return taken
        }
        let partition = try take(statement.partitionKey)
        var clustering = try take(statement.clusteringKey)
        for (name, descending) in statement.clusteringOrder {
            guard let place = clustering.firstIndex(where: { $0.name == name }) else {
                throw .invalid("Only clustering key columns can be defined in CLUSTERING ORDER directive")
            }
            clustering[place].reversed = descending
        }
        self.init(
            keyspace: keyspace, name: name, partition: partition, clustering: clustering,
            regular: Array(columns.values),
            options: try TableDefaults.merged(statement.options, isVersion4: isVersion4))
    }
}

extension LabStore {
    /// Carries out a schema statement; nil where nothing changed. The system tables are for the caller to refresh.
    mutating func execute(_ statement: Statement, _ context: CompileContext) throws(CQLError) -> SchemaChange? {
        switch statement {
        case .createKeyspace(let name, let ifNotExists, let options):
            guard !contains(name) else {
                if ifNotExists { return nil }
                throw .alreadyExists(keyspace: name)
            }
            create(try LabStore.keyspace(name, options))
            return SchemaChange(SchemaChange.created, name)
        case .createTable(let statement):
            return try createTable(statement, context)
        case .dropKeyspace(let name, let ifExists):
            guard contains(name) else {
                if ifExists { return nil }
                throw context.isVersion4
                    ? .invalid("Keyspace '\(name)' doesn't exist")
                    : CQLError(.configError, "Cannot drop non existing keyspace '\(name)'.")
            }
            try LabStore.refuseSystem(name)
            drop(name)
            return SchemaChange(SchemaChange.dropped, name)
        case .dropTable(let name, let ifExists):
            let keyspace = name.keyspace ?? context.keyspace ?? ""
            if ifExists && table(keyspace, name.name) == nil { return nil }
            if context.isVersion4, contains(keyspace), table(keyspace, name.name) == nil {
                throw .invalid("Table '\(keyspace).\(name.name)' doesn't exist")
            }
            _ = try context.table(name)
            try LabStore.refuseSystem(keyspace)
            drop(keyspace, name.name)
            return SchemaChange(SchemaChange.dropped, keyspace, name.name)
        case .truncate(let name):
            let table = try context.table(name)
            try LabStore.refuseSystem(table.definition.keyspace)
            table.truncate()
            return nil
        case .use, .write, .select, .batch: preconditionFailure("not a schema statement")
        }
    }

    private mutating func createTable(
        _ statement: CreateTableStatement, _ context: CompileContext
    ) throws(CQLError) -> SchemaChange? {
        let name = statement.table.name
        guard let keyspace = statement.table.keyspace ?? context.keyspace else {
            throw .invalid("No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename")
        }
        guard contains(keyspace) else { throw .invalid("Keyspace '\(keyspace)' doesn't exist") }
        try LabStore.refuseSystem(keyspace)
        guard table(keyspace, name) == nil else {
            if statement.ifNotExists { return nil }
            throw .alreadyExists(keyspace: keyspace, table: name)
        }
        create(try TableDefinition(statement, keyspace: keyspace, isVersion4: context.isVersion4))
        return SchemaChange(SchemaChange.created, keyspace, name)
    }

    private static func refuseSystem(_ keyspace: String) throws(CQLError) {
        if isSystemKeyspace(keyspace) { throw CQLError(.unauthorized, "\(keyspace) keyspace is not user-modifiable.") }
    }

    private static func keyspace(_ name: String, _ options: [String: Term]) throws(CQLError) -> LabKeyspace {
        guard case .map(let entries)? = options["replication"] else {
            throw CQLError(.configError, "Missing mandatory replication strategy class")
        }
        var replication = TableDefaults.texts(entries)
        guard let strategy = replication["class"] else {
            throw CQLError(.configError, "Missing mandatory replication strategy class")
        }
        if !strategy.contains(".") { replication["class"] = "org.apache.cassandra.locator." + strategy }
        let durable = options["durable_writes"] != .boolean(false)
        return LabKeyspace(name: name, replication: replication, durableWrites: durable)
    }
}
