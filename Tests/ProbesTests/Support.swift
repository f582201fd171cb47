// What the tests of this room share: rows as a server would answer them, sides and schemas.

import CQLClient
import CQLProtocol
import Reactor

@testable import Probes

/// A row with text for the columns named; other values by `more`.
func row(_ texts: [String: String], _ more: [String: CQLValue] = [:]) -> Row {
    let all = texts.mapValues { CQLValue.text($0) }.merging(more) { $1 }.sorted { $0.key < $1.key }
    let columns = all.map { ColumnDescription(keyspace: "system", table: "x", name: $0.key, type: .text) }
    return Rows(columns: columns, values: [all.map(\.value)])[0]
}

func textMap(_ entries: [String: String]) -> CQLValue {
    .map(entries.sorted { $0.key < $1.key }.map { .init(.text($0.key), .text($0.value)) })
}

func node(
    _ address: String, id: String = "", dataCenter: String = "dc1", rack: String = "r1", release: String = "3.11.19"
) -> ClusterNode {
    ClusterNode(
        endpoint: Endpoint(host: address, port: 9042), hostID: id, dataCenter: dataCenter, rack: rack,
        releaseVersion: release)
}

/// `versions` are those of the schema, of the nodes in turn.
func side(_ nodes: [ClusterNode], versions: [String] = ["a"]) -> Topology {
    var nodes = nodes
    for index in nodes.indices { nodes[index].schemaVersion = versions[index % versions.count] }
    return Topology(clusterName: "c", partitioner: "Murmur3Partitioner", nodes: nodes)
}

let orders = TableName("shop", "orders")
