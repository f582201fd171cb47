// The owners that a worker looks up, and what is noted of nodes that several workers see.

import CQLClient
import Quantities
import Reactor
import Recordings
import TestSupport
import Testing
import Workloads

@testable import Load

@Test func theFlatTableGivesTheOwnersOfTheRing() throws {
    var random = SeededRandom(seed: 20)
    let nodes = (0..<7).map { number in
        ClusterNode(
            endpoint: Endpoint(host: "n\(number)", port: 1), dataCenter: number < 4 ? "dc1" : "dc2",
            rack: "r\(number % 2)", tokens: (0..<16).map { _ in Int64(bitPattern: random.next()) })
    }
    let ring = TokenRing(nodes)
    // The worker knows five of them, by numbers of its own.
    let numbers: [Int: Int32] = [0: 4, 1: 3, 3: 2, 5: 1, 6: 0]
    for replication in [Replication.simple(3), .byDataCenter(["dc1": 2, "dc2": 1])] {
        let table = try #require(OwnerTable(ring, replication, numbers: numbers))
        for token in [Int64.min, .max, 0] + (0..<500).map({ _ in Int64(bitPattern: random.next()) }) {
            let expected = ring.replicas(at: ring.place(of: token), by: replication)!.compactMap { numbers[$0] }
            #expect(Array(table.view.owners(of: token)) == expected)
        }
    }
    #expect(OwnerTable(ring, .everywhere, numbers: numbers) == nil)
    #expect(OwnerTable(TokenRing([]), .simple(1), numbers: [:]) == nil)
}

@Test func linksOfANodeStandApartInTheRotation() {
    let access = SideAccess(.new, [Endpoint(host: "a", port: 1), Endpoint(host: "b", port: 1)], connections: 2)
    let nodes = SideNodes(access)
    for (number, node) in access.nodes.enumerated() {
        nodes.add(node, firstLink: 10 + 2 * number, count: 2, isRequired: true)
    }
    nodes.settle(nil)
    #expect(nodes.rotation == [10, 12, 11, 13] && nodes.names == ["a:1", "b:1"])
    nodes.places[0].isRetired = true
    nodes.settle(nil)
    #expect(nodes.rotation == [12, 13])
}

@Test func aNodeThatSeveralWorkersLoseIsNotedOnce() {
    let news = ClusterNews()
    func note(_ kind: NodeEvent.Kind, _ node: String = "a") {
        news.note(ClusterChange(at: Instant(nanoseconds: 1), side: .old, node: node, kind: kind))
    }
    note(.reconnected)
    for kind in [NodeEvent.Kind.lost, .lost, .down, .reconnected, .up, .reconnected, .lost] { note(kind) }
    #expect(news.take().map(\.kind) == [.lost, .down, .up, .reconnected, .lost])
    for _ in 0..<3 * ClusterNews.mostChanges { note(.up) }
    let changes = news.take()
    #expect(changes.count < ClusterNews.mostChanges)
    #expect(changes.last?.note == " (further changes are not noted)")
}
