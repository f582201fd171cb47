// Boost rounds from flag and file to the dossier: run where something is left to decide, left out where nothing is, kept when the run is killed.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite(.timeLimit(.minutes(2))) struct BoostTests {
        private static let workload = Samples.workload.replacing(
            "shape: multi_partition\n    weight: 1\n",
            with: "shape: multi_partition\n    weight: 1\n    boost: 40 %\n"
        ).replacing("400/s", with: "100/s")
        /// What is decided without any operation.
        private static let parity = """
            criteria: 1
            name: parity
            functional:
              - {id: parity, measure: differences of parity, at_most: 0}

            """

        private func inputs(_ criteria: String = Samples.criteria) -> Inputs {
            Inputs(workload: Self.workload, criteria: criteria)
        }

        private func purposes(_ results: Results) throws -> [String] {
            try results.rounds.compactMap { $0["purpose"].string }
        }

        @Test func `What the looks leave open has boost rounds`() async throws {
            var inputs = inputs()
            var outcome = try await inputs.run("--duration", "1200ms", "--boost", "1200ms", "--workers", "2")
            // On a busy machine the generator is late now and then; a void run needs no boost rounds.
            for _ in 0..<5 where outcome.code == 3 {
                #expect(try !purposes(inputs.results).contains("boost"))
                inputs = self.inputs()
                outcome = try await inputs.run("--duration", "1200ms", "--boost", "1200ms", "--workers", "2")
            }
            guard outcome.code != 3 else { return }
            #expect(outcome.code == 2, "\(outcome)")
            let results = inputs.results
            #expect(try purposes(results) == ["measure", "measure", "rows_control", "boost", "boost"])
            try results.expectNothingMissing(duePerSlice: 20)
            try results.expectSameOperations()
            #expect(try results.recording["interrupted"].bool == false)
            let boost = try results.recording["boost"]
            #expect(boost["rounds"].integer == 2 && boost["operations"].list.first?["name"].string == "orders_of_many")
            let reason = try #require(try results.verdicts("p99/orders_of_many").first?.reason)
            #expect(reason.contains("boost rounds"), "\(reason)")
            let log = try String(contentsOfFile: results.file("new.hlog"), encoding: .utf8)
            #expect(log.split(separator: "\n").count { $0.hasPrefix("Tag=orders_of_many:boost-rt,") } == 2)
            let before = snapshot(results.path)
            let judged = try await Assay.run("judge", "out", in: inputs.folder)
            #expect(judged.code == outcome.code && difference(before, snapshot(results.path)) == [], "\(judged)")
        }

        @Test func `Where nothing is left to decide there are none`() async throws {
            let inputs = inputs(Self.parity)
            let outcome = try await inputs.run("--duration", "1200ms", "--boost", "1200ms", "--saturation", "1200ms")
            #expect([0, 2, 3].contains(outcome.code), "\(outcome)")
            let results = inputs.results
            let found = try purposes(results)
            #expect(!found.contains("boost") && found.contains("saturation"), "\(found)")
            #expect(try results.recording["interrupted"].bool == false)
            let report = try String(contentsOfFile: results.file("report.md"), encoding: .utf8)
            #expect(report.contains("left out, since all was decided without them"))
            let full = Inputs(workload: Self.workload, criteria: Self.parity)
            _ = try await full.run("--duration", "1200ms", "--boost", "1200ms", "--full")
            #expect(try purposes(full.results).count { $0 == "boost" } == 2)
        }

        @Test func `A run that is killed in its boost rounds keeps them`() async throws {
            let inputs = inputs()
            let run = try inputs.start("--duration", "600ms", "--boost", "60s", "--full")
            let results = inputs.results
            #expect(
                await eventually(within: 30) {
                    ((try? purposes(results)) ?? []).contains("boost") || !run.isRunning
                })
            let outcome = await run.end(by: SIGKILL)
            #expect(outcome.code == -SIGKILL, "\(outcome)")
            let judged = try await Assay.run("judge", "out", in: inputs.folder)
            #expect([2, 3].contains(judged.code), "\(judged)")
            #expect(try results.recording["interrupted"].bool == true)
            #expect(try purposes(results).contains("boost"))
            try results.expectNothingMissing()
        }

        @Test func `The plan says what is boosted before anything is sent`() async throws {
            let inputs = inputs()
            let planned = try await inputs.run("--dry-run", "--boost", "3m")
            #expect(planned.code == 0 && planned.out.contains("\"share_percent\": 40"), "\(planned)")
            #expect(planned.err.contains("boost rounds with orders_of_many at 40 % of the traffic"), "\(planned)")
            let none = try await inputs.run("--dry-run", "--boost", "none")
            #expect(none.code == 0 && !none.out.contains("boost"), "\(none)")
            for words in [["--boost", "much"], ["--boost", "0s"], ["--boost", "8d"]] {
                let wrong = try await Assay.start(inputs.words(["--dry-run"] + words), in: inputs.folder).ended()
                #expect(wrong.code == 64 && wrong.lines.count == 1, "\(wrong)")
            }
        }

        /// One operation in fifty, whose p99 ten minutes cannot tell and five minutes of every fifth can.
        @Test func `The planner boosts what the run cannot decide`() async throws {
            let workload = Samples.workload.replacing("weight: 4", with: "weight: 89")
                .replacing("400/s", with: "4000/s").replacing("200 ms, guard: 100 ms", with: "5 s, guard: 500 ms")
            let inputs = Inputs(workload: workload)
            let planned = try await inputs.run("--dry-run", "--duration", "10m")
            #expect(planned.code == 0 && planned.err.contains("orders_of_many at"), "\(planned.err)")
            #expect(planned.err.contains("(chosen by the planner), unless all is decided before"), "\(planned.err)")
            #expect(!planned.err.contains("latest_order at"), "\(planned.err)")
            let brief = try await inputs.run("--dry-run", "--duration", "1m")
            #expect(brief.code == 0 && !brief.err.contains("boost"), "half a minute would not decide: \(brief.err)")
        }
    }
}
