// The schema of a side as plain text by name: what parity compares.

import CQLClient
import CQLProtocol

/// One table's definition, each part by its name.
public struct TableSnapshot: Hashable, Sendable {
    /// By column: `partition_key 0 uuid`, `clustering 0 timestamp desc`, `regular text`, `static text`.
    public var columns: [String: String]
    /// Options, those that are maps taken apart: `gc_grace_seconds`, `compression.chunk_length_in_kb`. An option that the release
    /// knows but that is not set is nil.
    public var options: [String: String?]
    /// By index: kind and options.
    public var indexes: [String: String]

    public init(columns: [String: String] = [:], options: [String: String?] = [:], indexes: [String: String] = [:]) {
        self.columns = columns
        self.options = options
        self.indexes = indexes
    }
}

/// A side's schema.
public struct SchemaSnapshot: Hashable, Sendable {
    /// By keyspace its replication and `durable_writes`.
    public var keyspaces: [String: [String: String]]
    public var tables: [TableName: TableSnapshot]
    /// By keyspace and name (`shop.address`) the fields of user-defined types.
    public var types: [String: String]

    public init(
        keyspaces: [String: [String: String]] = [:], tables: [TableName: TableSnapshot] = [:],
        types: [String: String] = [:]
    ) {
        self.keyspaces = keyspaces
        self.tables = tables
        self.types = types
    }

    /// Reads all keyspaces that are not the server's own. The statements have no WHERE, as drivers send them.
    public static func read(_ session: SimpleSession) throws(RequestFailure) -> SchemaSnapshot {
        var snapshot = SchemaSnapshot()
        for row in try session.query("SELECT * FROM system_schema.keyspaces").all { snapshot.take(keyspace: row) }
        for row in try session.query("SELECT * FROM system_schema.tables").all { snapshot.take(table: row) }
        for row in try session.query("SELECT * FROM system_schema.columns").all { snapshot.take(column: row) }
        for row in try session.query("SELECT * FROM system_schema.indexes").all { snapshot.take(index: row) }
        for row in try session.query("SELECT * FROM system_schema.types").all { snapshot.take(type: row) }
        return snapshot
    }

    private func isOwn(_ keyspace: String) -> Bool {
        !(keyspace == "system" || keyspace.hasPrefix("system_") || keyspace.hasPrefix("dse_"))
    }

    mutating func take(keyspace row: Row) {
        guard let name = row.text("keyspace_name"), isOwn(name) else { return }
        var settings = row["replication"].textMap?.mapValues(shortClass) ?? [:]
        settings["durable_writes"] = row.text("durable_writes")
        keyspaces[name] = settings
    }

    mutating func take(table row: Row) {
        guard let name = row.tableName, isOwn(name.keyspace) else { return }
        let notOptions: Set<String> = ["keyspace_name", "table_name", "id"]
        var options: [String: String?] = [:]
        for (column, value) in zip(row.columns, row.values) where !notOptions.contains(column.name) {
            switch value {
            case .null: options.updateValue(nil, forKey: column.name)
            case .map(let entries):
                for entry in entries { options[column.name + "." + entry.key.plain] = shortClass(entry.value.plain) }
            default: options[column.name] = value.plain
            }
        }
        tables[name, default: TableSnapshot()].options = options
    }

    mutating func take(column row: Row) {
        guard let name = row.tableName, isOwn(name.keyspace), let column = row.text("column_name") else { return }
        let (kind, type) = (row.text("kind") ?? "regular", row.text("type") ?? "")
        var words = [kind]
        if kind == "partition_key" || kind == "clustering" { words.append(row.text("position") ?? "") }
        words.append(type)
        if kind == "clustering" { words.append(row.text("clustering_order") ?? "") }
        tables[name, default: TableSnapshot()].columns[column] = words.joined(separator: " ")
    }

    mutating func take(index row: Row) {
        guard let name = row.tableName, isOwn(name.keyspace), let index = row.text("index_name") else { return }
        let options = (row["options"].textMap ?? [:]).sorted { $0.key < $1.key }.map {
            "\($0.key)=\(shortClass($0.value))"
        }
        tables[name, default: TableSnapshot()].indexes[index] =
            ([row.text("kind") ?? ""] + options).joined(separator: " ")
    }

    mutating func take(type row: Row) {
        guard let keyspace = row.text("keyspace_name"), isOwn(keyspace), let name = row.text("type_name") else {
            return
        }
        let names = row["field_names"].elements?.map(\.plain) ?? []
        let fields = row["field_types"].elements?.map(\.plain) ?? []
        types["\(keyspace).\(name)"] = zip(names, fields).map { "\($0) \($1)" }.joined(separator: ", ")
    }
}

extension Row {
    fileprivate var tableName: TableName? {
        guard let keyspace = text("keyspace_name"), let table = text("table_name") else { return nil }
        return TableName(keyspace, table)
    }
}
