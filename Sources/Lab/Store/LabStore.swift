// All keyspaces of one side of the lab.

/// A keyspace as it was created.
struct LabKeyspace {
    var name: String
    /// `class` and the replication factors.
    var replication: [String: String]
    var durableWrites: Bool
    var tables: [String: LabTable] = [:]
}

/// What is kept in memory: keyspaces and their tables. Names are matched as they are; folding case is the parser's.
struct LabStore {
    private(set) var keyspaces: [String: LabKeyspace] = [:]

    func table(_ keyspace: String, _ name: String) -> LabTable? { keyspaces[keyspace]?.tables[name] }
    func contains(_ keyspace: String) -> Bool { keyspaces[keyspace] != nil }

    mutating func create(_ keyspace: LabKeyspace) { keyspaces[keyspace.name] = keyspace }
    mutating func create(_ definition: TableDefinition) {
        precondition(contains(definition.keyspace), "a table without its keyspace")
        keyspaces[definition.keyspace]!.tables[definition.name] = LabTable(definition)
    }
    mutating func drop(_ keyspace: String) { keyspaces[keyspace] = nil }
    mutating func drop(_ keyspace: String, _ table: String) { keyspaces[keyspace]?.tables[table] = nil }

    /// Tables of a keyspace by name, in the order of names.
    func tables(of keyspace: String) -> [LabTable] {
        (keyspaces[keyspace]?.tables ?? [:]).values.sorted { $0.definition.name < $1.definition.name }
    }
}

func isSystemKeyspace(_ name: String) -> Bool {
    ["system", "system_schema", "system_virtual_schema"].contains(name)
}
