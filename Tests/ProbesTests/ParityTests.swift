// Differences between two sides, from what was read of each.

import CQLClient
import CQLProtocol
import Quantities
import Testing

@testable import Probes

/// A schema with one table whose options are `options`.
private func schema(options: [String: String?] = [:], columns: [String: String] = [:]) -> SchemaSnapshot {
    SchemaSnapshot(
        keyspaces: ["shop": ["class": "SimpleStrategy", "replication_factor": "1"]],
        tables: [orders: TableSnapshot(columns: columns, options: options)])
}

@Test func equalSidesHaveNoDifference() {
    let one = schema(options: ["gc_grace_seconds": "864000", "cdc": nil], columns: ["id": "partition_key 0 uuid"])
    #expect(Parity.schema(one, one, [orders]).isEmpty)
    let same = side([node("10.0.0.1"), node("10.0.0.2")])
    #expect(Parity.topology(same, side([node("10.9.0.1"), node("10.9.0.2")])).isEmpty)
}

@Test func optionsDifferInValueOrInKind() {
    let old = schema(options: [
        "compression.chunk_length_in_kb": "64", "read_repair_chance": "0.0", "cdc": nil, "comment": "", "extra": nil
    ])
    let new = schema(options: [
        "compression.chunk_length_in_kb": "16", "additional_write_policy": "99p", "memtable": nil, "comment": "",
        "extra": "x"
    ])
    let prefix = "table_options.shop.orders."
    #expect(
        Parity.schema(old, new, [orders]) == [
            Observed(subject: prefix + "additional_write_policy", old: "absent", new: "99p", note: "only on new"),
            Observed(subject: prefix + "compression.chunk_length_in_kb", old: "64", new: "16"),
            Observed(subject: prefix + "extra", old: "not set", new: "x", note: "only on new"),
            Observed(subject: prefix + "read_repair_chance", old: "0.0", new: "absent", note: "only on old")
        ])
}

@Test func definitionsAreCompared() {
    var old = schema(columns: ["at": "clustering 0 timestamp desc", "note": "regular text"])
    var new = schema(columns: ["at": "clustering 0 timestamp asc", "extra": "regular int", "note": "regular text"])
    old.keyspaces["shop"]?["replication_factor"] = "3"
    new.types = ["shop.address": "street text", "elsewhere.address": "x int"]
    new.tables[orders]?.indexes = ["by_note": "COMPOSITES target=note"]
    #expect(
        Parity.schema(old, new, [orders]).map { "\($0.subject): \($0.old) / \($0.new)" } == [
            "replication.shop.replication_factor: 3 / 1",
            "types.shop.address: absent / street text",
            "columns.shop.orders.at: clustering 0 timestamp desc / clustering 0 timestamp asc",
            "columns.shop.orders.extra: absent / regular int",
            "indexes.shop.orders.by_note: absent / COMPOSITES target=note"
        ])
}

@Test func whatIsOnOneSideOnlyIsOneDifference() {
    var new = schema(options: ["comment": "x"])
    new.keyspaces["else"] = [:]
    var old = new
    old.tables = [:]
    old.keyspaces["shop"] = nil
    #expect(
        Parity.schema(old, new, [orders]) == [
            Observed(subject: "keyspaces.shop", old: "absent", new: "present", note: "only on new"),
            Observed(subject: "tables.shop.orders", old: "absent", new: "present", note: "only on new")
        ])
    #expect(Parity.schema(old, old, [orders]).isEmpty)
}

@Test func topologiesAreComparedPerDataCenter() {
    let old = side([node("a"), node("b", rack: "r2"), node("c", dataCenter: "dc2")])
    let new = side([node("a"), node("b")], versions: ["a", "b"])
    #expect(
        Parity.topology(old, new).map { "\($0.subject): \($0.old) / \($0.new)" } == [
            "topology.nodes.dc2: 1 / absent", "topology.racks.dc1: r1, r2 / r1", "topology.racks.dc2: r1 / absent",
            "topology.schema_agreement: one schema version / 2 schema versions"
        ])
}

@Test func aSchemaIsReadFromItsRows() {
    var snapshot = SchemaSnapshot()
    let replication = textMap(["class": "org.apache.cassandra.locator.SimpleStrategy", "replication_factor": "1"])
    snapshot.take(
        keyspace: row(["keyspace_name": "shop"], ["replication": replication, "durable_writes": .boolean(true)]))
    snapshot.take(keyspace: row(["keyspace_name": "system_auth"]))
    let name = ["keyspace_name": "shop", "table_name": "orders"]
    let compaction = textMap(["class": "org.apache.cassandra.db.compaction.LeveledCompactionStrategy"])
    snapshot.take(
        table: row(
            name,
            [
                "compaction": compaction, "gc_grace_seconds": .integer(60), "cdc": .null,
                "id": .uuid(.init(high: 1, low: 2))
            ]))
    snapshot.take(
        column: row(
            name.merging([
                "column_name": "at", "kind": "clustering", "type": "timestamp", "clustering_order": "desc"
            ]) { $1 }, ["position": .integer(0)]))
    snapshot.take(
        column: row(
            name.merging(["column_name": "note", "kind": "regular", "type": "text"]) { $1 }, ["position": .integer(-1)])
    )
    snapshot.take(
        index: row(
            name.merging(["index_name": "by_note", "kind": "COMPOSITES"]) { $1 },
            ["options": textMap(["target": "note"])]))
    snapshot.take(
        type: row(
            ["keyspace_name": "shop", "type_name": "address"],
            ["field_names": .list([.text("street"), .text("no")]), "field_types": .list([.text("text"), .text("int")])])
    )
    let table = TableSnapshot(
        columns: ["at": "clustering 0 timestamp desc", "note": "regular text"],
        options: ["compaction.class": "LeveledCompactionStrategy", "gc_grace_seconds": "60", "cdc": nil],
        indexes: ["by_note": "COMPOSITES target=note"])
    #expect(snapshot.tables == [orders: table])
    let keyspace = ["class": "SimpleStrategy", "replication_factor": "1", "durable_writes": "true"]
    #expect(snapshot.keyspaces == ["shop": keyspace])
    #expect(snapshot.types == ["shop.address": "street text, no int"])
}

@Test func missingTablesAreNamedOnce() {
    let lines = MissingTable.among(
        [TableName("bank", "a"), TableName("bank", "b"), TableName("shop", "customers"), orders], in: schema(), on: .new
    )
    #expect(lines.map(\.description) == ["no keyspace bank on the new side", "no table shop.customers on the new side"])
}
