// What the sides speak: settled before the run, said in the dossier, and one line where it cannot be.

import Foundation
import Testing

extension EndToEnd {
    @Suite(.timeLimit(.minutes(2))) struct SpeechTests {
        private static let newer = "lab: {version: \"4.1.9\"}"

        /// What is said of it in environment.json, old first.
        private func spoken(_ results: Results) throws -> [String] {
            let environment = try results.document("environment.json")
            return ["old", "new"].map { side in
                "v\(environment[side]["protocol_version"].integer ?? 0) \(environment[side]["compression"].string ?? "")"
            }
        }

        @Test(arguments: [
            ("lab: {}", "lab: {}", ["v4 none", "v4 none"]), (newer, newer, ["v5 none", "v5 none"]),
            (
                newer + ", protocol: 3, compression: lz4", newer + ", protocol: 5, compression: lz4",
                ["v3 lz4", "v5 lz4"]
            )
        ]) func `The highest that both sides know is spoken, or what the pair fixes`(
            old: String, new: String, expected: [String]
        ) async throws {
            let inputs = Inputs(pair: Samples.pair(old: old, new: new))
            let outcome = try await inputs.run("--duration", "1s")
            #expect((0...3).contains(outcome.code), "\(outcome)")
            #expect(try spoken(inputs.results) == expected)
            try inputs.results.expectNothingMissing(duePerSlice: Samples.operationsPerSlice)
            try inputs.results.expectSameOperations()
            for round in try inputs.results.rounds {
                for side in ["old", "new"] {
                    for (name, operation) in round[side]["operations"].entries {
                        #expect(operation["errors"].entries.isEmpty, "\(name)")
                    }
                }
            }
        }

        @Test func `A version that a side does not offer`() async throws {
            let inputs = Inputs(pair: Samples.pair(old: "lab: {}, protocol: 5", new: Self.newer))
            let outcome = try await inputs.run()
            expectOneLine(outcome, code: 69)
            #expect(
                outcome.err.hasSuffix(
                    "the pair fixes v5 of the CQL protocol for the old side, which does not offer it: "
                        + "the old side offers v3, v4, the new side v3, v4, v5\n"), "\(outcome)")
        }

        @Test func `Sides without a version in common`() async throws {
            let inputs = Inputs(pair: Samples.pair(old: "lab: {}", new: Self.newer + ", protocol: 5"))
            let outcome = try await inputs.run()
            expectOneLine(outcome, code: 69)
            #expect(outcome.err.contains("no version of the CQL protocol in common"), "\(outcome)")
            #expect(outcome.err.contains("the old side offers v3, v4, the new side v3, v4, v5"), "\(outcome)")
        }
    }
}
