// The whole way on two releases of Cassandra, where ASSAY_SERVERS names the folder that can start them.

import Foundation
import Histograms
import Quantities
import Testing
import Workloads

extension EndToEnd {
    @Suite(
        .enabled(if: servers != nil, "ASSAY_SERVERS is not set, so there are no real servers"), .timeLimit(.minutes(15))
    )
    struct RealServersTests {
        static let (oldAddress, newAddress) = ("127.0.0.21", "127.0.0.22")
        static let (oldName, newName) = ("e2e-old", "e2e-new")

        static let nodes = [
            RealNode(name: oldName, version: "3.11", address: oldAddress),
            RealNode(name: newName, version: "4.1", address: newAddress)
        ]

        /// The shipped files, with these nodes' addresses.
        private func makeInputs() throws -> Inputs {
            func shipped(_ name: String) throws -> String {
                try String(contentsOfFile: "\(Assay.package)/\(name)", encoding: .utf8)
            }
            let pair = try shipped("pairs/local-cassandra.yaml")
                .replacing("127.0.0.1:", with: "\(Self.oldAddress):").replacing(
                    "127.0.0.2:", with: "\(Self.newAddress):")
            return Inputs(
                workload: try shipped("workloads/orders.yaml"), pair: pair,
                criteria: try shipped("criteria/major-upgrade.yaml"))
        }

        private let both = ["--pair", "pair.yaml", "--workload", "workload.yaml", "--set", "customers=2000"]

        @Test func `An upgrade from 3.11 to 4.1 is judged, and a pause is seen`() async throws {
            try await withNodes(Self.nodes) {
                let inputs = try makeInputs()
                try await checkAndLoad(inputs)
                try await runAndJudge(inputs)
                try await compareRows()
                try await speak(inputs)
                try await seePause(inputs)
            }
        }

        private func checkAndLoad(_ inputs: Inputs) async throws {
            let reached = try await Assay.run("check", "--pair", "pair.yaml", in: inputs.folder)
            #expect(reached.code == 0 && reached.out.contains("3.11.") && reached.out.contains("4.1."), "\(reached)")
            let early = try await Assay.start(["run", "--quiet", "--out", "early"] + both, in: inputs.folder).ended()
            #expect(early.code == 65 && early.err.hasPrefix("workload.yaml:") && early.lines.count == 1, "\(early)")
            let load = try await Assay.start(["load"] + both, in: inputs.folder).ended()
            try #require(load.code == 0, "\(load)")
            let check = try await Assay.start(["check", "--criteria", "criteria.yaml"] + both, in: inputs.folder)
                .ended()
            #expect(check.code == 0 && check.out.contains("0 unexpected differences"), "\(check)")
        }

        private func runAndJudge(_ inputs: Inputs) async throws {
            let outcome = try await inputs.run(
                "--set", "customers=2000", "--duration", "60s", "--rate", "500/s", "--warm-up", "10s")
            #expect((0...3).contains(outcome.code), "\(outcome)")
            let results = inputs.results
            try results.expectNothingMissing()
            try results.expectSameOperations()
            try expectAllArrivals(results)
            let operations = try results.recording["operations"].list.compactMap { $0["name"].string }
            #expect(operations.count == 4)
            let verdicts = try results.verdicts()
            for operation in operations {
                for criterion in ["p99", "mean", "slo", "errors"] {
                    let verdict = try #require(verdicts.first { $0.id == "\(criterion)/\(operation)" })
                    #expect(
                        ["pass", "fail", "undecided"].contains(verdict.finding) && !verdict.reason.isEmpty, "\(verdict)"
                    )
                }
            }
            let findings = Dictionary(grouping: verdicts, by: \.finding).mapValues(\.count).sorted { $0.key < $1.key }
            print("end-to-end: 3.11 to 4.1:", findings.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
            let environment = try results.document("environment.json")
            #expect(environment["old"]["release_version"].string?.hasPrefix("3.11.") == true)
            #expect(environment["new"]["release_version"].string?.hasPrefix("4.1.") == true)
        }

        /// As many operations as the plan's arrivals are, made again from the seeds in plan.json.
        private func expectAllArrivals(_ results: Results) throws {
            let plan = try results.document("plan.json")
            let seeds = try plan["rounds"].list.map { try #require($0["seed"].string.flatMap { UInt64($0) }) }
            let rounds = try results.rounds
            #expect(rounds.count == seeds.count)
            for (round, seed) in zip(rounds, seeds) {
                var arrivals = ArrivalSchedule(.poisson(.constant(Rate(perSecond: 500))), seed: seed)
                var due = 0
                while true {
                    let at = arrivals.next().seconds
                    if at >= 5.5 { break }
                    if at >= 0.5 { due += 1 }
                }
                for side in ["old", "new"] {
                    let intended = round[side]["operations"].entries.reduce(0) {
                        $0 + ($1.value["intended"].integer ?? 0)
                    }
                    #expect(intended == due, "round \(round["index"].integer ?? -1), \(side)")
                }
            }
        }

        /// A few seconds in each version and compression.
        private func speak(_ inputs: Inputs) async throws {
            let text = try #require(inputs.folder.read("pair.yaml"))
            let speeches = [
                ("3, compression: lz4", "5"), ("3", "4, compression: lz4"),
                ("4, compression: lz4", "5, compression: lz4")
            ]
            for (number, (old, new)) in speeches.enumerated() {
                let pair = text.replacing("version: \"3.11\"", with: "version: \"3.11\", protocol: \(old)")
                    .replacing("version: \"4.1\"", with: "version: \"4.1\", protocol: \(new)")
                inputs.folder.write(pair, to: "spoken.yaml")
                let words = ["run", "--quiet", "--pair", "spoken.yaml", "--out", "spoken-\(number)", "--duration", "4s"]
                let outcome = try await Assay.start(
                    words + [
                        "--workload", "workload.yaml", "--set", "customers=2000", "--slice", "1s", "--rate", "300/s",
                        "--warm-up", "1s"
                    ], in: inputs.folder
                ).ended()
                #expect(outcome.code == 0, "\(outcome)")
                let results = Results("spoken-\(number)", in: inputs.folder)
                try results.expectNothingMissing()
                try results.expectSameOperations()
                for (side, speech) in [("old", old), ("new", new)] {
                    let environment = try results.document("environment.json")[side]
                    #expect("\(environment["protocol_version"].integer ?? 0)" == speech.prefix(1))
                    #expect(environment["compression"].string == (speech.count > 1 ? "lz4" : "none"))
                    let errors = try results.rounds.flatMap {
                        $0[side]["operations"].entries.map { $0.value["errors"] }
                    }
                    #expect(errors.allSatisfy { $0.entries.isEmpty }, "\(side) \(speech)")
                }
            }
        }

        private func compareRows() async throws {
            guard await Python.has("cassandra.cluster") else { return }
            let outcome = try await Python.run("same_rows.py", Self.oldAddress, Self.newAddress)
            #expect(outcome.code == 0, "\(outcome)")
            let found = try #require(
                outcome.out.firstMatch(of: #/(\d+) rows, of them (\d+) written by runs; keyspaces shop\n/#))
            print("end-to-end: both sides hold \(outcome.out)", terminator: "")
            // Some 16 rows a customer; a fifth of 500/s for more than a minute.
            #expect(Int(found.1)! > 20_000 && Int(found.2)! > 2_000, "\(outcome)")
        }

        private func seePause(_ inputs: Inputs) async throws {
            let words = ["run", "--quiet", "--out", "paused", "--mode", "duet", "--duration", "20s", "--rate", "500/s"]
            let run = try Assay.start(
                words + ["--warm-up", "2s", "--criteria", "criteria.yaml"] + both, in: inputs.folder)
            let results = Results("paused", in: inputs.folder)
            let isUnderWay = await eventually(within: 60) { (try? results.rounds.count) ?? 0 >= 1 || !run.isRunning }
            #expect(isUnderWay && run.isRunning)
            // Into the measured part of the next slice, which lasts 5 s after half a second of guard.
            try await Task.sleep(for: .seconds(1.5))
            #expect(try await cassandra("pause", Self.newName).code == 0)
            try await Task.sleep(for: .seconds(2))
            #expect(try await cassandra("resume", Self.newName).code == 0)
            let outcome = await run.ended()
            #expect([2, 3].contains(outcome.code), "\(outcome)")
            try results.expectNothingMissing()
            try results.expectSameOperations()
            try expectAllArrivals(results)
            var p99: [String: Double] = [:]
            for side in ["old", "new"] {
                var all = Histogram()
                let log = try String(contentsOfFile: results.file("\(side).hlog"), encoding: .utf8)
                for entry in try IntervalLog.read(log) where entry.tag.hasSuffix("-rt") { all.add(entry.histogram) }
                p99[side] = all.quantile(0.99) / 1e9
            }
            print("end-to-end: paused for 2 s: p99 of new \(p99["new"]!) s, of old \(p99["old"]!) s")
            #expect(p99["new"]! > 1.5 && p99["new"]! < 3, "\(p99)")
        }
    }
}
