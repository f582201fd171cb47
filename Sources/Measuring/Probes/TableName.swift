// Names of tables, and whether the tables that a workload speaks of are there.

import CQLClient
import Quantities
import Workloads

/// A table with its keyspace, both as the server keeps them: lower case unless they were quoted.
public struct TableName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var keyspace: String
    public var table: String

    public init(_ keyspace: String, _ table: String) {
        self.keyspace = keyspace
        self.table = table
    }

    public static func < (a: TableName, b: TableName) -> Bool { (a.keyspace, a.table) < (b.keyspace, b.table) }
    /// `shop.orders`
    public var description: String { "\(keyspace).\(table)" }
    /// For a statement, with quotes where a name needs them.
    var cql: String { quotedName(keyspace) + "." + quotedName(table) }
}

extension Plan {
    /// The tables of its operations and its dataset, each once, sorted.
    public var tables: [TableName] { tableNames(operations, dataset) }
}

extension Profile {
    /// The tables of its operations and its dataset, each once, sorted.
    public var tables: [TableName] { tableNames(operations, dataset) }
}

private func tableNames(_ operations: [PlannedOperation], _ dataset: [DatasetPlan]) -> [TableName] {
    let all =
        operations.flatMap(\.statements).map { TableName($0.keyspace, $0.table) }
        + dataset.map { TableName($0.keyspace, $0.table) }
    return Set(all).sorted()
}

/// A name as a statement needs it.
func quotedName(_ name: String) -> String {
    let plain = name.utf8.allSatisfy { byte in
        byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    if plain, let first = name.utf8.first, first > UInt8(ascii: "9") { return name }
    return "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}

/// A table that a workload needs and a side does not have.
public struct MissingTable: Hashable, Sendable, CustomStringConvertible {
    public var name: TableName
    public var side: Side
    public var keyspaceExists: Bool

    /// `no table shop.orders on the new side`
    public var description: String {
        keyspaceExists ? "no table \(name) on the \(side) side" : "no keyspace \(name.keyspace) on the \(side) side"
    }

    /// Which of `tables` are not in `schema`, which is that of `side`; a missing keyspace is named once.
    public static func among(_ tables: [TableName], in schema: SchemaSnapshot, on side: Side) -> [MissingTable] {
        var missing: [MissingTable] = []
        for name in tables where schema.tables[name] == nil {
            let found = MissingTable(name: name, side: side, keyspaceExists: schema.keyspaces[name.keyspace] != nil)
            if found.keyspaceExists || !missing.contains(where: { $0.name.keyspace == name.keyspace }) {
                missing.append(found)
            }
        }
        return missing
    }
}
