// CREATE, DROP, TRUNCATE, and the system tables that show them.

import CQLProtocol
import Lab
import Quantities
import Testing

private func texts(_ reply: Reply) -> [[String]]? {
    reply.values?.map { row in
        row.map { value in
            switch value {
            case .text(let text): text
            case .integer(let number): "\(number)"
            case .null: "null"
            default: "?"
            }
        }
    }
}

@Test func schemaChangesAreAnsweredAsDriversExpectThem() {
    let client = TestClient()
    let keyspace = "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"
    #expect(
        client.query(keyspace).response
            == .result(.schemaChange(.init(change: "CREATED", target: "KEYSPACE", keyspace: "k", name: ""))))
    #expect(client.query(keyspace).error?.outcome == .alreadyExists)
    #expect(
        client.query("CREATE KEYSPACE IF NOT EXISTS k WITH replication = {'class': 'X'}").response == .result(.void))
    #expect(client.query("USE k").response == .result(.setKeyspace("k")))
    let table = "CREATE TABLE t (a int PRIMARY KEY, b text)"
    #expect(
        client.query(table).response
            == .result(.schemaChange(.init(change: "CREATED", target: "TABLE", keyspace: "k", name: "t"))))
    #expect(client.query(table).error?.outcome == .alreadyExists)
    #expect(
        client.query("DROP TABLE t").response
            == .result(.schemaChange(.init(change: "DROPPED", target: "TABLE", keyspace: "k", name: "t"))))
    #expect(client.query("DROP TABLE IF EXISTS t").response == .result(.void))
    #expect(
        client.query("DROP KEYSPACE k").response
            == .result(.schemaChange(.init(change: "DROPPED", target: "KEYSPACE", keyspace: "k", name: ""))))
    #expect(client.query("SELECT * FROM k.t").error?.outcome == .invalid)
}

@Test func theSystemTablesShowTheSchema() throws {
    let client = TestClient(
        schema:
            "CREATE TABLE t (c text, a uuid, b int, z frozen<list<int>>, m map<text, bigint>, PRIMARY KEY ((a), b)) "
            + "WITH CLUSTERING ORDER BY (b DESC) AND gc_grace_seconds = 60 AND compression = {'class': 'ZstdCompressor'}"
    )
    let columns = client.query(
        "SELECT column_name, kind, position, clustering_order, type "
            + "FROM system_schema.columns WHERE keyspace_name = 'k' AND table_name = 't'"
    )
    #expect(
        texts(columns) == [
            ["a", "partition_key", "0", "none", "uuid"], ["b", "clustering", "0", "desc", "int"],
            ["c", "regular", "-1", "none", "text"],
            ["m", "regular", "-1", "none", "map<text, bigint>"], ["z", "regular", "-1", "none", "frozen<list<int>>"]
        ])
    let row = try #require(
        client.query(
            "SELECT gc_grace_seconds, compression, speculative_retry "
                + "FROM system_schema.tables WHERE keyspace_name = 'k' AND table_name = 't'"
        ).values?.first)
    #expect(row[0] == .integer(60) && row[2] == .text("99PERCENTILE"))
    #expect(row[1].textMap == ["chunk_length_in_kb": "64", "class": "org.apache.cassandra.io.compress.ZstdCompressor"])
    let replication = try #require(
        client.query("SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = 'k'").values?.first?[0]
            .textMap)
    #expect(replication == ["class": "org.apache.cassandra.locator.SimpleStrategy", "replication_factor": "1"])
    let version = client.query("SELECT schema_version FROM system.local").values
    _ = client.query("CREATE TABLE u (a int PRIMARY KEY)")
    #expect(client.query("SELECT schema_version FROM system.local").values != version)
    _ = client.query("DROP TABLE u")
    #expect(client.query("SELECT schema_version FROM system.local").values == version)
}

@Test func theSidesDifferAsTheirVersionsDo() throws {
    let old = TestClient(LabNode(.old))
    let new = TestClient(LabNode(.new))
    let local = "SELECT release_version, cluster_name, partitioner, cql_version FROM system.local WHERE key = 'local'"
    let partitioner = "org.apache.cassandra.dht.Murmur3Partitioner"
    #expect(texts(old.query(local)) == [["3.11.19", "assay lab old", partitioner, "3.4.4"]])
    #expect(texts(new.query(local)) == [["4.1.9", "assay lab new", partitioner, "3.4.6"]])
    #expect(old.query("SELECT * FROM system.peers").rows == [] && new.query("SELECT * FROM system.peers").rows == [])
    #expect(old.query("SELECT * FROM system.peers_v2").error?.message == "unconfigured table peers_v2")
    #expect(new.query("SELECT * FROM system.peers_v2").rows == [])
    #expect(old.query("SELECT * FROM system_virtual_schema.tables").error?.outcome == .invalid)
    for table in ["keyspaces", "tables", "columns"] {
        #expect(new.query("SELECT * FROM system_virtual_schema.\(table)").rows == [])
    }
    for table in ["types", "functions", "aggregates", "indexes", "views", "triggers", "dropped_columns"] {
        #expect(old.query("SELECT * FROM system_schema.\(table)").rows == [], "\(table)")
    }
    #expect(old.query("INSERT INTO system.local (key) VALUES ('x')").error?.outcome == .unauthorized)
    #expect(old.query("DROP KEYSPACE system").error?.outcome == .unauthorized)
}

@Test func wrongDefinitionsAreRefused() {
    let client = TestClient(schema: "CREATE TABLE t (a int, b int, c text, PRIMARY KEY (a, b))")
    for (statement, part) in [
        ("CREATE TABLE u (a int)", "No PRIMARY KEY"),
        ("CREATE TABLE u (a int, a text, PRIMARY KEY (a))", "Multiple definition"),
        ("CREATE TABLE u (a int, PRIMARY KEY (b))", "Unknown definition b"),
        ("CREATE TABLE u (a foo PRIMARY KEY)", "Unknown type foo"),
        ("CREATE TABLE u (a list<int> PRIMARY KEY)", "non-frozen collection"),
        ("CREATE TABLE nope.u (a int PRIMARY KEY)", "nope"),
        ("CREATE TABLE u (a int PRIMARY KEY) WITH CLUSTERING ORDER BY (a DESC)", "CLUSTERING ORDER"),
        ("SELECT zz FROM t", "Undefined column name zz"), ("SELECT * FROM t WHERE b = 1", "ALLOW FILTERING"),
        ("SELECT * FROM t WHERE a = 1 AND c = 'x'", "ALLOW FILTERING"),
        ("SELECT * FROM t WHERE a > 1", "ALLOW FILTERING"),
        ("SELECT * FROM t WHERE a = 1 AND a = 2", "more than one relation"),
        ("SELECT * FROM t WHERE a = 1 LIMIT 0", "strictly positive"),
        ("SELECT * FROM t WHERE a = 1 ORDER BY c", "got c"), ("SELECT * FROM t ORDER BY b", "ORDER BY"),
        ("USE nope", "'nope' does not exist"),
        ("SELECT * FROM nothing", "unconfigured table nothing"), ("SELECT DISTINCT c FROM t", "DISTINCT")
    ] {
        let error = client.query(statement).error
        #expect(
            error?.outcome == .invalid && error?.message.contains(part) == true,
            "\(statement): \(error?.message ?? "accepted")")
    }
    #expect(
        client.query("CREATE TABLE u (a int PRIMARY KEY) WITH nonsense = 1").error?.message
            == "Unknown property 'nonsense'")
    #expect(TestClient().query("SELECT * FROM t").error?.message.hasPrefix("No keyspace has been specified") == true)
}
