// A side of several nodes in virtual time: requests go to owners, a node that goes away is left out, and comes back.

import CQLClient
import Histograms
import Lab
import Load
import Quantities
import Reactor
import Recordings
import Testing
import Workloads

/// The old side is three nodes of one cluster (one store, at ports 1, 3 and 4), the new side is one node.
private struct SimulatedCluster {
    var run: SimulatedRun
    let news = ClusterNews()

    static let ports: [UInt16] = [1, 3, 4]

    static func topology(_ ports: [UInt16]) -> Topology {
        // Tokens that cut the ring into thirds.
        let tokens: [UInt16: Int64] = [1: -3_074_457_345_618_258_603, 3: 3_074_457_345_618_258_602, 4: .max]
        let nodes = ports.map {
            ClusterNode(
                endpoint: Endpoint(host: "127.0.0.1", port: $0), hostID: "\($0)", dataCenter: "dc1", rack: "r1",
                tokens: [tokens[$0]!])
        }
        return Topology(
            clusterName: "c", partitioner: "Murmur3Partitioner", nodes: nodes, replications: ["shop": .simple(1)])
    }

    init(seed: UInt64, minutes: Double, routing: RoutingPolicy = .tokenAware, ports: [UInt16] = ports) throws {
        run = try SimulatedRun(seed: seed, minutes: minutes)
        for port in SimulatedCluster.ports { run.world.add(run.nodes[0], at: port) }
        run.settings.sides[0].topology = SimulatedCluster.topology(ports)
        run.settings.sides[0].routing = routing
        run.settings.news = news
    }

    func count(_ recording: Recording, _ port: UInt16) -> Int { recording.coordinators(.old)["127.0.0.1:\(port)"] ?? 0 }
}

@Test func requestsGoToOwnersAndAreCountedByNode() throws {
    let cluster = try SimulatedCluster(seed: 21, minutes: 0.4)
    let recording = try cluster.run.record()
    let counts = SimulatedCluster.ports.map { cluster.count(recording, $0) }
    #expect(counts.reduce(0, +) == recording.whole(.old).reduce(0) { $0 + $1.intended })
    #expect(recording.coordinators(.new).keys.sorted() == ["127.0.0.1:2"])
    // Zipf's favourites are somebody's: thirds would be turns.
    let turns = try SimulatedCluster(seed: 21, minutes: 0.4, routing: .roundRobin)
    let even = try turns.run.record()
    let third = Double(counts.reduce(0, +)) / 3
    for port in SimulatedCluster.ports { #expect(abs(Double(turns.count(even, port)) - third) < third * 0.01) }
    #expect(counts.contains { abs(Double($0) - third) > third * 0.03 })
    // Which node answers changes nothing else.
    #expect(recording.whole(.old).map(\.rows) == even.whole(.old).map(\.rows))
}

@Test func aNodeThatGoesAwayIsLeftOutAndComesBack() throws {
    let cluster = try SimulatedCluster(seed: 22, minutes: 1)
    let world = cluster.run.world
    var stage = 0
    let recording = try cluster.run.record { _ in
        if stage == 0 && world.now() > Instant(nanoseconds: 8_000_000_000) {
            world.setDown(3, true)
            stage = 1
        } else if stage == 1 && world.now() > Instant(nanoseconds: 30_000_000_000) {
            world.setDown(3, false)
            stage = 2
        }
        return false
    }
    #expect(stage == 2)
    let old = recording.whole(.old)
    #expect(old.allSatisfy { $0.response.count == $0.intended })
    let errors = old.reduce(into: [:]) { $0.merge($1.errors, uniquingKeysWith: +) }
    #expect(
        Set(errors.keys).isSubset(of: ["connection_lost"]),
        "the others take what the lost node would have had: \(errors)")
    let changes = cluster.news.take()
    #expect(changes.map(\.kind) == [.lost, .reconnected] && changes.allSatisfy { $0.node == "127.0.0.1:3" })
    #expect(recording.rounds.last!.old.coordinators["127.0.0.1:3"] ?? 0 > 0)
    #expect(recording.rounds.contains { ($0.old.coordinators["127.0.0.1:3"] ?? 0) == 0 })
}

@Test func aNodeThatIsDownBeforeTheRunIsNotedAndTheRunBegins() throws {
    let cluster = try SimulatedCluster(seed: 23, minutes: 0.3)
    cluster.run.world.setDown(4, true)
    let recording = try cluster.run.record()
    #expect(recording.whole(.old).allSatisfy { $0.failed == 0 })
    #expect(cluster.news.take().map(\.kind) == [.lost])
    #expect(cluster.count(recording, 4) == 0)
    // A contact point is another matter.
    let broken = try SimulatedCluster(seed: 23, minutes: 0.3)
    broken.run.world.setDown(1, true)
    #expect(throws: LoadFailure.self) { try broken.run.record() }
}

@Test func nodesThatJoinGetRequestsAndNodesThatLeaveGetNone() throws {
    let cluster = try SimulatedCluster(seed: 24, minutes: 1, ports: [1, 3])
    let world = cluster.run.world
    var stage = 0
    let recording = try cluster.run.record { _ in
        if stage == 0 && world.now() > Instant(nanoseconds: 20_000_000_000) {
            cluster.news.post(SimulatedCluster.topology([1, 3, 4]), of: .old)
            stage = 1
        } else if stage == 1 && world.now() > Instant(nanoseconds: 45_000_000_000) {
            cluster.news.post(SimulatedCluster.topology([1, 4]), of: .old)
            stage = 2
        }
        return false
    }
    #expect(stage == 2)
    #expect(recording.whole(.old).allSatisfy { $0.failed == 0 && $0.response.count == $0.intended })
    let (first, last) = (recording.rounds.first!.old.coordinators, recording.rounds.last!.old.coordinators)
    #expect(first.keys.sorted() == ["127.0.0.1:1", "127.0.0.1:3"])
    #expect(last.keys.sorted() == ["127.0.0.1:1", "127.0.0.1:4"])
}
