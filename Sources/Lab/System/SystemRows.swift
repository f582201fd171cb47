// The contents of the system tables, made from the store whenever the schema changes.

import CQLProtocol
import Quantities

/// Who the node says it is.
struct NodeIdentity {
    var side: Side
    var version: LabVersion
    var host = "127.0.0.1"
    var port: UInt16 = 9042
}

/// A Cassandra release, as `system.local` names it.
struct LabVersion: Equatable, Sendable {
    var release: String
    var isVersion4: Bool { (Int(release.prefix { $0.isNumber }) ?? 0) >= 4 }
    /// What a release of that age speaks, lowest first; both speak LZ4.
    var protocolVersions: [ProtocolVersion] { isVersion4 ? [.v3, .v4, .v5] : [.v3, .v4] }
}

extension LabStore {
    /// Creates the system keyspaces and tables.
    mutating func createSystemTables(_ identity: NodeIdentity) {
        let isVersion4 = identity.version.isVersion4
        for name in SystemTables.keyspaces(isVersion4: isVersion4) {
            let replication = ["class": "org.apache.cassandra.locator.LocalStrategy"]
            create(LabKeyspace(name: name, replication: replication, durableWrites: true))
        }
        for text in SystemTables.statements(isVersion4: isVersion4) {
            guard case .createTable(let statement)? = try? Parser.parse(text).statement,
                let definition = try? TableDefinition(
                    statement, keyspace: statement.table.keyspace!, isVersion4: isVersion4)
            else { preconditionFailure("a system table is not defined well: \(text)") }
            create(definition)
        }
    }

    /// Writes all system tables anew.
    func refreshSystemTables(_ identity: NodeIdentity) {
        let tables = SystemTables.keyspaces(isVersion4: identity.version.isVersion4).flatMap { self.tables(of: $0) }
        for table in tables { table.truncate() }
        var description = ""
        for keyspace in keyspaces.values.sorted(by: { $0.name < $1.name })
        where keyspace.name != "system_virtual_schema" {
            put(
                "system_schema", "keyspaces",
                [
                    "keyspace_name": .string(keyspace.name), "durable_writes": .boolean(keyspace.durableWrites),
                    "replication": TableDefaults.map(keyspace.replication)
                ])
            description += "\(keyspace.name) \(keyspace.replication.sorted { $0.key < $1.key })\n"
            for table in self.tables(of: keyspace.name) { description += describe(table.definition, table.id) }
        }
        putLocal(identity, schemaVersion: nameUUID(description))
    }

    private func describe(_ table: TableDefinition, _ id: [UInt8]) -> String {
        var row = table.options
        row["keyspace_name"] = .string(table.keyspace)
        row["table_name"] = .string(table.name)
        row["flags"] = .set([.string("compound")])
        row["id"] = .uuid(Term.uuidText(id))
        put("system_schema", "tables", row)
        var description = "\(table.keyspace).\(table.name) \(table.options.sorted { $0.key < $1.key })\n"
        for column in table.columns {
            let order = column.kind != .clustering ? "none" : column.reversed ? "desc" : "asc"
            let bytes = Array(column.name.utf8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            put(
                "system_schema", "columns",
                [
                    "keyspace_name": .string(table.keyspace), "table_name": .string(table.name),
                    "column_name": .string(column.name), "clustering_order": .string(order),
                    "column_name_bytes": .blob(bytes), "kind": .string(column.kind.rawValue),
                    "position": .integer(column.kind == .regular ? "-1" : "\(column.position)"),
                    "type": .string(column.typeName)
                ])
            description += "\(column.name) \(column.kind.rawValue) \(order) \(column.typeName)\n"
        }
        return description
    }

    private func putLocal(_ identity: NodeIdentity, schemaVersion: [UInt8]) {
        let address = Term.string(Literals.address(identity.host) == nil ? "127.0.0.1" : identity.host)
        var row: [String: Term] = [
            "key": .string("local"), "bootstrapped": .string("COMPLETED"), "broadcast_address": address,
            "cluster_name": .string("assay lab \(identity.side)"),
            "cql_version": .string(identity.version.isVersion4 ? "3.4.6" : "3.4.4"),
            "data_center": .string("datacenter1"),
            "gossip_generation": .integer("1"), "host_id": .uuid(Term.uuidText(nameUUID("assay lab \(identity.side)"))),
            "listen_address": address, "native_protocol_version": .string("4"),
            "partitioner": .string("org.apache.cassandra.dht.Murmur3Partitioner"), "rack": .string("rack1"),
            "release_version": .string(identity.version.release), "rpc_address": address,
            "schema_version": .uuid(Term.uuidText(schemaVersion)), "tokens": .set([.string("0")])
        ]
        if identity.version.isVersion4 {
            row["rpc_port"] = .integer("\(identity.port)")
            row["listen_port"] = .integer("7000")
            row["broadcast_port"] = .integer("7000")
        } else {
            row["thrift_version"] = .string("20.1.0")
        }
        put("system", "local", row)
    }

    /// Writes one row of a system table, given as literals by column.
    private func put(_ keyspace: String, _ name: String, _ row: [String: Term]) {
        let table = table(keyspace, name)!
        func value(_ column: Column) -> [UInt8]? {
            guard let term = row[column.name] else { return nil }
            guard let bytes = try? term.encoded(as: column.type, for: column.name) else {
                // A table option that does not suit its column: shown as missing, not refused after the fact.
                return nil
            }
            return bytes
        }
        let definition = table.definition
        var write = RowWrite(marker: 1)
        for column in definition.regularColumns {
            if let value = value(column) { write.cells.append((column.position, 1, value)) }
        }
        let key = TableDefinition.serialisedKey(definition.partitionColumns.map { value($0)! })
        table.write(write, key: PartitionKey(key), clustering: definition.clusteringColumns.map { value($0)! })
    }
}

extension Term {
    static func uuidText(_ bytes: [UInt8]) -> String {
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
    }
}
