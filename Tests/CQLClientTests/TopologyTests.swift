// A cluster read from the system tables of 3.11, of 4.0 and later, and of a proxy that has fewer of them.

import CQLClient
import CQLProtocol
import Quantities
import Reactor
import Testing

private func row(_ values: [(String, CQLType, CQLValue)]) -> Row {
    let columns = values.map { ColumnDescription(keyspace: "system", table: "x", name: $0.0, type: $0.1) }
    return Rows(columns: columns, values: [values.map(\.2)])[0]
}

private let texts: [(String, CQLType, CQLValue)] = [
    ("data_center", .text, .text("dc1")), ("rack", .text, .text("r1")), ("release_version", .text, .text("4.1.9")),
    ("tokens", .set(.text), .set([.text("7"), .text("-9223372036854775808")]))
]

@Test(arguments: [
    // system.local of 4.1
    (
        row(texts + [("rpc_address", .inet, .inet([10, 0, 0, 1])), ("rpc_port", .int, .integer(9999))]),
        Endpoint(host: "10.0.0.1", port: 9999)
    ),
    // system.peers_v2
    (
        row(texts + [("native_address", .inet, .inet([10, 0, 0, 2])), ("native_port", .int, .integer(19042))]),
        Endpoint(host: "10.0.0.2", port: 19042)
    ),
    // system.peers of a node that listens on all addresses
    (
        row(texts + [("rpc_address", .inet, .inet([0, 0, 0, 0])), ("peer", .inet, .inet([10, 0, 0, 3]))]),
        Endpoint(host: "10.0.0.3", port: 9042)
    )
]) func aNodeIsReadFromEachSystemTable(row: Row, endpoint: Endpoint) {
    let node = ClusterNode(row, port: 9042)
    let expected = ClusterNode(
        endpoint: endpoint, dataCenter: "dc1", rack: "r1", releaseVersion: "4.1.9", tokens: [.min, 7])
    #expect(node == expected)
}

@Test(arguments: [
    ("org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy", "SizeTieredCompactionStrategy"),
    ("LZ4Compressor", "LZ4Compressor"), ("0.1", "0.1"), ("99.9PERCENTILE", "99.9PERCENTILE"),
    ("a. Sentence", "a. Sentence")
]) func classesLoseTheirPackage(name: String, short: String) {
    #expect(shortClass(name) == short)
}
