// A real ring of two nodes, where ASSAY_SERVERS names the folder that can start them: requests go to owners, and a run outlives a node.

import Bytes
import CQLClient
import CQLProtocol
import Foundation
import Quantities
import Reactor
import Testing
import Workloads

@testable import Load

extension EndToEnd {
    @Suite(
        .enabled(if: servers != nil, "ASSAY_SERVERS is not set, so there are no real servers"), .timeLimit(.minutes(10))
    )
    struct RingTests {
        static let (first, second) = ("127.0.0.71", "127.0.0.72")
        static let (firstName, secondName) = ("ring-1", "ring-2")

        static let nodes = [
            RealNode(
                name: firstName, version: "4.1", address: first, environment: ["CLUSTER": "assay-ring", "HEAP": "384M"]),
            RealNode(
                name: secondName, version: "4.1", address: second,
                environment: ["CLUSTER": "assay-ring", "HEAP": "384M", "SEED": first])
        ]

        private static func workload(copies: Int) -> String {
            Samples.workload
                .replacing("'replication_factor': 1", with: "'replication_factor': \(copies)")
                .replacing("shop", with: "shop\(copies)").replacing("shop\(copies)per", with: "shopper")
                .replacing("items: 100", with: "items: 1000").replacing("from: 100", with: "from: 1000")
                .replacing("partitions: 100", with: "partitions: 1000")
                .replacing("rows_per_partition: 20", with: "rows_per_partition: 2")
        }

        // Both sides are the ring: a run of it against itself.
        private static let pair = Samples.pair(old: "cql: [\"\(first)\"]", new: "cql: [\"\(first)\"]")

        @Test func `Requests go to owners, and a node that is killed comes back`() async throws {
            try await withNodes(Self.nodes) {
                let inputs = Inputs(workload: Self.workload(copies: 1), pair: Self.pair)
                let load = try await Assay.run(
                    "load", "--pair", "pair.yaml", "--workload", "workload.yaml", in: inputs.folder)
                try #require(load.code == 0, "\(load)")
                try await compareOwners(copies: 1)
                inputs.folder.write(Self.workload(copies: 2), to: "twice.yaml")
                let twice = try await Assay.run(
                    "load", "--pair", "pair.yaml", "--workload", "twice.yaml", in: inputs.folder)
                try #require(twice.code == 0, "\(twice)")
                try await compareOwners(copies: 2)
                try await loseANode(inputs)
            }
        }

        /// The node that a worker chooses for each of a thousand keys, against the server's own tokens of the keys and of the ring.
        private func compareOwners(copies: Int) async throws {
            let endpoint = Endpoint(host: Self.first, port: 9042)
            var access = SideAccess(.old, [endpoint], connections: 1)
            let session = try SimpleSession(access, endpoint)
            access.topology = try session.topology()
            var other = access
            other.side = .new
            other.connections = 0
            let profile = try Profile.read(Self.workload(copies: copies), file: "ring.yaml")
            let traffic = DatasetTraffic(profile.dataset[0], seed: 42)
            let settings = WorkerSettings(timeOut: .seconds(10), sides: [access, other])
            let worker = Worker(world: try SocketWorld(), traffic: traffic, settings: settings) {
                false
            } deliver: { _ in
            }
            try worker.connectAll()
            defer { worker.close() }
            // Owners by the tokens that the nodes themselves name, without the ring that is to be tested.
            let ends = access.topology!.nodes.flatMap { node in node.tokens.map { ($0, node.endpoint.host) } }
                .sorted { $0.0 < $1.0 }
            #expect(ends.count == 32)
            var chosen: [String: Int] = [:]
            for item in 0..<1000 {
                try #require(worker.bind(item * 2, seed: 0, 0, .old))
                let link = try #require(worker.pickOwner(0, .old))
                let key = worker.bound.bytes[4..<20].map { String(format: "%02x", $0) }.joined()
                let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(Array(key)[$0]) }
                let uuid = groups.joined(separator: "-")
                let rows = try session.query(
                    "SELECT token(customer) AS t FROM shop\(copies).orders WHERE customer = \(uuid) LIMIT 1")
                let token = try #require(rows.all.first?["t"].integer)
                chosen[link.endpoint.host, default: 0] += 1
                if copies == 1 {
                    let owner = (ends.first { $0.0 >= token } ?? ends[0]).1
                    #expect(link.endpoint.host == owner, "\(uuid)")
                }
                if copies == 1 && item % 250 == 0 {
                    let said = try await cassandra("nodetool", Self.firstName, "getendpoints", "shop1", "orders", uuid)
                    #expect(said.out.contains(link.endpoint.host), "\(uuid): \(said)")
                }
            }
            print("end-to-end: 1,000 keys kept on \(copies) node(s) each:", chosen.sorted { $0.key < $1.key })
            if copies == 2 { #expect(chosen.values.count { $0 > 400 } == 2, "both own all: in turn") }
        }

        private func loseANode(_ inputs: Inputs) async throws {
            let run = try inputs.start("--duration", "60s", "--slice", "1s", "--warm-up", "2s", "--rate", "200/s")
            let results = inputs.results
            func isAt(_ rounds: Int) async -> Bool {
                await eventually(within: 90) { (try? results.rounds.count) ?? 0 >= rounds || !run.isRunning }
            }
            #expect(await isAt(4) && run.isRunning)
            #expect(try await cassandra("kill", Self.secondName).code == 0)
            #expect(await isAt(8) && run.isRunning)
            try await Self.nodes[1].start()
            let outcome = await run.ended()
            #expect((0...3).contains(outcome.code), "\(outcome)")
            try results.expectNothingMissing()
            try results.expectSameOperations()
            let recording = try results.recording
            let (one, two) = ("\(Self.first):9042", "\(Self.second):9042")
            let rounds = recording["rounds"].list
            for side in ["old", "new"] {
                func sent(_ round: Document, _ node: String) -> Int { round[side]["coordinators"][node].integer ?? 0 }
                #expect(sent(rounds[0], one) > 0 && sent(rounds[0], two) > 0)
                #expect(rounds.contains { sent($0, one) > 0 && sent($0, two) == 0 }, "while it was gone")
                #expect(sent(rounds.last!, two) > 0, "after it came back")
                let kinds = recording["events"].list.filter { $0["side"].string == side && $0["node"].string == two }
                    .compactMap { $0["kind"].string }
                print("end-to-end: the \(side) side's killed node:", kinds.joined(separator: ", "))
                for kind in ["lost", "down", "up", "reconnected"] {
                    #expect(kinds.contains(kind), "\(kind) of \(kinds)")
                }
                let errors = rounds.flatMap { $0[side]["operations"].entries }.flatMap { $0.value["errors"].entries }
                    .reduce(into: [:]) { $0[$1.name, default: 0] += $1.value.integer ?? 0 }
                print("end-to-end: errors of the \(side) side:", errors.sorted { $0.key < $1.key })
                // Rows with one copy, on the node that is gone: the other says so once it has noticed, and does not answer before.
                #expect((errors["unavailable"] ?? 0) + (errors["time_out"] ?? 0) > 0, "\(errors)")
                #expect(rounds.last![side]["operations"].entries.allSatisfy { $0.value["errors"].entries.isEmpty })
            }
            let judged = try await Assay.run("judge", "out", in: inputs.folder)
            #expect((0...3).contains(judged.code), "\(judged)")
            let report = try String(contentsOfFile: results.file("report.md"), encoding: .utf8)
            #expect(report.contains("Requests by node") && report.contains("was lost"))
        }
    }
}
