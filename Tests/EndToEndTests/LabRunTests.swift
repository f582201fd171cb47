// Short runs on lab nodes with known differences: what is counted, and what must not be taken for evidence.

import Foundation
import Testing

extension EndToEnd {
    @Suite(.timeLimit(.minutes(2))) struct LabRunTests {
        /// 0 would be a pass without evidence; 3 a busy machine.
        private func expectUndecided(_ outcome: Outcome, sourceLocation: SourceLocation = #_sourceLocation) {
            #expect([2, 3].contains(outcome.code), "\(outcome)", sourceLocation: sourceLocation)
        }

        @Test func `Slices alternate, and hold what the arrivals say`() async throws {
            let inputs = Inputs()
            let outcome = try await inputs.run("--duration", "3s")
            expectUndecided(outcome)
            let results = inputs.results
            let rounds = try results.rounds
            #expect(rounds.count == 6 && rounds.last?["purpose"].string == "rows_control")
            try results.expectNothingMissing(duePerSlice: Samples.operationsPerSlice)
            try results.expectSameOperations()
            // Each side goes first once in every two rounds.
            for pair in 0..<2 {
                #expect(Set(rounds[2 * pair...2 * pair + 1].compactMap { $0["first"].string }) == ["old", "new"])
            }
            // Reads find the same on both sides, and at the end what they found at the start.
            for round in rounds {
                for (name, old) in round["old"]["operations"].entries {
                    #expect(old["rows"].integer == round["new"]["operations"][name]["rows"].integer, "\(name)")
                }
            }
            for (name, first) in rounds[0]["old"]["operations"].entries {
                #expect(first["rows"].integer == rounds[5]["old"]["operations"][name]["rows"].integer, "\(name)")
            }
        }

        @Test func `A duet on one machine is measured and gives no verdict on latency`() async throws {
            let inputs = Inputs()
            expectUndecided(try await inputs.run("--duration", "3s", "--mode", "duet"))
            let results = inputs.results
            #expect(try results.recording["mode"].string == "duet")
            #expect(try results.rounds.count == 11)
            try results.expectNothingMissing(duePerSlice: Samples.operationsPerSlice)
            try results.expectSameOperations()
            for round in try results.rounds {
                let starts = ["old", "new"].map { round[$0]["start_s"].number }
                #expect(starts[0] == starts[1])
            }
            let verdicts = try results.verdicts()
            #expect(verdicts.count == 12)
            let isVoid = try results.document("verdict.json")["outcome"].string == "void"
            for verdict in verdicts {
                #expect(verdict.finding == "undecided", "\(verdict)")
                #expect(isVoid || verdict.reason.contains("shared machine"), "\(verdict)")
            }
        }

        @Test func `A side that answers with fewer rows is not called faster`() async throws {
            let inputs = Inputs(pair: Samples.labPair(new: "{fewer_rows: {range: 5 %}}"))
            expectUndecided(try await inputs.run("--duration", "3s"))
            let results = inputs.results
            try results.expectNothingMissing(duePerSlice: Samples.operationsPerSlice)
            func rows(_ name: String, _ side: String) throws -> Int {
                try results.rounds.reduce(0) { $0 + ($1[side]["operations"][name]["rows"].integer ?? 0) }
            }
            let (old, new) = (try rows("recent_orders", "old"), try rows("recent_orders", "new"))
            let share = Double(old - new) / Double(old)
            #expect((0.02...0.08).contains(share), "\(old) and \(new)")
            for name in ["latest_order", "orders_of_many"] {
                #expect(try rows(name, "old") == rows(name, "new"), "\(name)")
            }

            let compared = try results.document("comparison.json")["rows"].list
            let counted = try #require(compared.first { $0["operation"].string == "recent_orders" })
            #expect(counted["finding"].string == "differ")
            let isVoid = try results.document("verdict.json")["outcome"].string == "void"
            for metric in ["p99", "mean"] {
                for verdict in try results.verdicts(metric) {
                    #expect(verdict.finding == "undecided", "\(verdict)")
                    let saysSo = verdict.reason.contains("different numbers of rows")
                    #expect(isVoid || saysSo == (verdict.id == "\(metric)/recent_orders"), "\(verdict)")
                    guard saysSo else { continue }
                    // With the numbers, as people write them.
                    for key in ["old_rows", "new_rows"] {
                        let count = try #require(counted[key].integer)
                        let written =
                            count < 1000 ? "\(count)" : "\(count / 1000),\(String(format: "%03d", count % 1000))"
                        #expect(verdict.reason.contains(written), "\(verdict)")
                    }
                }
            }
        }

        @Test func `Errors are counted by class, and none is missing or fast`() async throws {
            let errors = "{point: {share: 20 %, class: overloaded}, write: {share: 10 %, class: write_timeout}}"
            let inputs = Inputs(pair: Samples.labPair(new: "{errors: \(errors)}"))
            let outcome = try await inputs.run("--duration", "6s")
            // Enough to fail the limit of 1 % by, unless the run is void.
            #expect([1, 2, 3].contains(outcome.code), "\(outcome)")
            let results = inputs.results
            try results.expectNothingMissing(duePerSlice: Samples.operationsPerSlice)
            for (name, expected) in [("latest_order", ("overloaded", 0.2)), ("place_order", ("write_timeout", 0.1))] {
                var (intended, failed) = (0, 0)
                for round in try results.rounds {
                    #expect(round["old"]["operations"][name]["errors"].entries.isEmpty, "\(name)")
                    let operation = round["new"]["operations"][name]
                    #expect(operation["errors"].entries.allSatisfy { $0.name == expected.0 }, "\(name)")
                    intended += operation["intended"].integer ?? 0
                    let here = operation["errors"][expected.0].integer ?? 0
                    failed += here
                    // At the time-out of 2 s, to a bin of the histogram.
                    if here > 0 {
                        let slowest = try #require(operation["response"]["max_ms"].number)
                        #expect(abs(slowest - 2000) < 2.1, "\(name)")
                    }
                }
                // Five standard deviations of a share of some 400 operations.
                #expect(
                    abs(Double(failed) / Double(intended) - expected.1) < 0.1, "\(failed) of \(intended) of \(name)")
            }
            for verdict in try results.verdicts("errors") { #expect(verdict.finding != "pass", "\(verdict)") }
        }
    }
}
