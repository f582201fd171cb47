// Which nodes a side's requests go to, by the pair's policy and what the cluster says of itself.

import CQLClient
import CQLProtocol
import Quantities
import Reactor
import Testing
import Workloads

private func node(_ host: String, _ dataCenter: String, _ token: Int64) -> ClusterNode {
    ClusterNode(endpoint: Endpoint(host: host, port: 9042), hostID: host, dataCenter: dataCenter, tokens: [token])
}

private let cluster = Topology(
    clusterName: "c", partitioner: "Murmur3Partitioner",
    nodes: [node("a", "dc1", 0), node("b", "dc2", 10), node("c", "dc1", 20)],
    replications: ["shop": .simple(1), "system": .everywhere, "odd": .unknown("OwnStrategy")])
private let contacts = [Endpoint(host: "a", port: 9042)]

private func hosts(_ access: SideAccess) -> [String] { access.nodes.map(\.endpoint.host) }

@Test func requestsStayInTheDataCentre() {
    var access = SideAccess(.old, contacts, topology: cluster)
    #expect(hosts(access) == ["a", "c"] && access.localDataCenter == "dc1")
    access.dataCenter = "dc2"
    #expect(hosts(access) == ["b"])
    access.routing = .onlyThese
    #expect(hosts(access) == ["a"])
    access.topology = nil
    access.routing = .tokenAware
    #expect(hosts(access) == ["a"])
}

@Test func contactPointsWithoutPeersAreAllNodes() {
    var access = SideAccess(.old, contacts + [Endpoint(host: "z", port: 1)])
    access.topology = Topology(clusterName: "c", partitioner: "p", nodes: [node("a", "dc1", 0)])
    #expect(hosts(access) == ["a", "z"])
    #expect(access.members(of: cluster) == nil, "proxies are not followed")
    access.contactPoints = contacts
    #expect(access.members(of: cluster)?.count == 2, "a node that was alone gets a neighbour")
}

@Test func connectionsAreSpreadUnlessThePairSaysHowMany() {
    var access = SideAccess(.old, contacts)
    #expect([1, 2, 3, 4, 9].map(access.connections(toEachOf:)) == [4, 2, 2, 1, 1])
    access.connections = 3
    #expect([1, 9].map(access.connections(toEachOf:)) == [3, 3])
}

private func statement(_ keyspace: String, _ key: [Int]) -> PreparedStatement {
    let binds = ["at", "customer"].map { ColumnDescription(keyspace: keyspace, table: "t", name: $0, type: .int) }
    let result = ResultMetadata(columnCount: 0, columns: [])
    return PreparedStatement(id: [1], binds: binds, partitionKeyIndices: key, result: result)
}

@Test(arguments: [
    (RoutingPolicy.tokenAware, "shop", [1], "owners of customer in turn"),
    (.tokenAware, "shop", [], "2 nodes in turn: the statement binds no whole partition key, or several"),
    (.tokenAware, "system", [1], "2 nodes in turn: every node holds every row"),
    (.tokenAware, "odd", [1], "2 nodes in turn: OwnStrategy is not known here"),
    (.tokenAware, "new", [1], "2 nodes in turn: the replication of new is not known"),
    (.roundRobin, "shop", [1], "2 nodes in turn"), (.onlyThese, "shop", [1], "the only node")
]) func theRuleOfAStatementIsNamed(policy: RoutingPolicy, keyspace: String, key: [Int], rule: String) {
    let access = SideAccess(.old, contacts, routing: policy, topology: cluster)
    #expect(access.rule(for: statement(keyspace, key)) == rule)
}
