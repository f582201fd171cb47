// Owners and replicas, held to those that cassandra-driver 3.30 computes for the same rings.

import CQLClient
import Reactor
import Testing

private func nodes(_ layout: [(dataCenter: String, rack: String, tokens: [Int64])]) -> [ClusterNode] {
    layout.enumerated().map { index, node in
        ClusterNode(
            endpoint: Endpoint(host: "10.0.0.\(index)", port: 9042), dataCenter: node.dataCenter, rack: node.rack,
            tokens: node.tokens)
    }
}

private let twoCentres = nodes([
    ("dc1", "r1", [-90, 10]), ("dc1", "r1", [-70, 40]), ("dc1", "r2", [-50, 70]), ("dc2", "r1", [-30, 20]),
    ("dc1", "r2", [-10, 90]), ("dc2", "r1", [30, 60]), ("dc1", "r3", [50, -20])
])
private let lopsided = nodes([("dc1", "r1", [0]), ("dc1", "r1", [10]), ("dc1", "r1", [20]), ("dc1", "r2", [30])])

@Test(arguments: [
    (
        twoCentres, Replication.byDataCenter(["dc1": 2, "dc2": 1]),
        [
            [0, 2, 3], [1, 2, 3], [2, 6, 3], [6, 4, 3], [6, 4, 3], [4, 0, 3], [0, 6, 3], [1, 6, 3], [1, 6, 5],
            [1, 6, 5], [6, 2, 5], [2, 0, 5], [2, 0, 3], [4, 0, 3]
        ]
    ),
    (
        twoCentres, .byDataCenter(["dc1": 4]),
        [
            [0, 2, 6, 1], [1, 2, 6, 4], [2, 6, 0, 4], [6, 4, 0, 1], [6, 4, 0, 1], [4, 0, 6, 1], [0, 6, 2, 1],
            [1, 6, 2, 4], [1, 6, 2, 4], [1, 6, 2, 4], [6, 2, 0, 4], [2, 0, 6, 4], [2, 0, 6, 4], [4, 0, 6, 1]
        ]
    ),
    (
        twoCentres, .byDataCenter(["dc1": 9, "elsewhere": 3]),
        Array(repeating: [0, 1, 2, 4, 6], count: 14)
    ),
    (
        twoCentres, .simple(3),
        [
            [0, 1, 2], [1, 2, 3], [2, 3, 6], [3, 6, 4], [6, 4, 0], [4, 0, 3], [0, 3, 5], [3, 5, 1], [5, 1, 6],
            [1, 6, 5], [6, 5, 2], [5, 2, 4], [2, 4, 0], [4, 0, 1]
        ]
    ),
    (lopsided, .byDataCenter(["dc1": 3]), [[0, 3, 1], [1, 3, 2], [2, 3, 0], [3, 0, 1]]),
    (lopsided, .byDataCenter(["dc1": 2]), [[0, 3], [1, 3], [2, 3], [3, 0]]),
    (lopsided, .simple(9), Array(repeating: [0, 1, 2, 3], count: 4))
]) func replicasAreThoseOfTheServersStrategies(nodes: [ClusterNode], replication: Replication, expected: [[Int]]) {
    let ring = TokenRing(nodes)
    let found = ring.tokens.indices.map { ring.replicas(at: $0, by: replication) ?? [] }
    #expect(found.map(Set.init) == expected.map(Set.init))
    // Each once.
    #expect(found.map { Set($0).count } == found.map(\.count))
}

@Test func aKeyBelongsToTheFirstTokenThatIsNotLess() {
    let ring = TokenRing(twoCentres)
    #expect(ring.tokens == ring.tokens.sorted() && ring.tokens.count == 14)
    for (token, owner) in [(Int64.min, 0), (-90, 0), (-89, 1), (0, 0), (10, 0), (11, 3), (90, 4), (91, 0), (.max, 0)] {
        #expect(ring.owners[ring.place(of: token)] == owner)
        #expect(ring.replicas(at: ring.place(of: token), by: .simple(1)) == [owner])
    }
    #expect(ring.replicas(at: 0, by: .everywhere) == nil)
}

@Test(arguments: [
    (["class": "org.apache.cassandra.locator.SimpleStrategy", "replication_factor": "3"], Replication.simple(3)),
    (["class": "NetworkTopologyStrategy", "dc1": "3", "dc2": "3/1", "dc3": "0"], .byDataCenter(["dc1": 3, "dc2": 3])),
    (["class": "org.apache.cassandra.locator.LocalStrategy"], .everywhere),
    (["class": "a.b.OwnStrategy"], .unknown("OwnStrategy"))
]) func replicationIsReadFromItsOptions(options: [String: String], replication: Replication) {
    #expect(Replication(options) == replication)
}
