// Lab nodes of known capacity over real sockets: a closed loop and a search find it, and the verdict rests on it.

import Foundation
import Testing

extension EndToEnd {
    @Suite(.timeLimit(.minutes(4))) struct SaturationTests {
        /// One request an operation, at a rate that both sides take with ease.
        private let workload = Samples.workload
            .replacing("page_size: 5", with: "page_size: 500").replacing("rate: 400/s", with: "rate: 200/s")
        private let criteria = """
            criteria: 1
            name: capacity
            performance:
              - {id: throughput, measure: throughput, of: the workload, allow: -3 %}
              - {id: enough, measure: throughput, of: the workload, side: new, at_least: 500/s}

            """

        private func inputs(arrivals: String = "poisson") -> Inputs {
            Inputs(
                workload: workload.replacing("arrivals: poisson", with: "arrivals: \(arrivals)"),
                pair: Samples.pair(old: "lab: {capacity: 1_000/s}", new: "lab: {capacity: 900/s}"), criteria: criteria)
        }

        /// Completed, or tried, operations a second of each side, as comparison.json has them.
        private func throughput(_ results: Results) throws -> (old: Double, new: Double) {
            let effects = try results.document("comparison.json")["effects"].list
            let effect = try #require(effects.first { $0["metric"].string == "throughput" })
            return (try #require(effect["old_per_s"].number), try #require(effect["new_per_s"].number))
        }

        @Test func `A closed loop finds the capacity of both sides`() async throws {
            let inputs = inputs()
            let outcome = try await inputs.run(
                "--duration", "1s", "--saturation", "12s", "--slice", "900ms", "--workers", "2")
            #expect([1, 2, 3].contains(outcome.code), "\(outcome)")
            let results = inputs.results
            let found = try throughput(results)
            #expect(abs(found.old / 1000 - 1) < 0.03 && abs(found.new / 900 - 1) < 0.03, "\(found)")
            let rounds = try results.rounds
            #expect(rounds.count { $0["purpose"].string == "saturation" } == 6)
            #expect(rounds.count { $0["purpose"].string == "curve" } >= 4)
            #expect(
                rounds.allSatisfy {
                    $0["purpose"].string == "measure" || $0["void"].isNull || $0["purpose"].string == "rows_control"
                })
            try results.expectNothingMissing()
            // Six rounds are too few for a verdict, and it says how many minutes would do.
            let reason = try #require(try results.verdicts("throughput").first?.reason)
            #expect(reason.contains("--saturation"), "\(reason)")
            let again = try await Assay.run("judge", results.path)
            #expect([1, 2, 3].contains(again.code))
        }

        @Test func `A search finds the capacity to within three percent`() async throws {
            // Of regular arrivals a side takes all up to its capacity; random ones would wait for each other below it.
            let inputs = inputs(arrivals: "constant")
            let outcome = try await inputs.run(
                "--duration", "1s", "--saturation", "36s", "--slice", "3s", "--objective", "p99 <= 40 ms")
            #expect([1, 2, 3].contains(outcome.code), "\(outcome)")
            let found = try throughput(inputs.results)
            #expect(abs(found.old / 1000 - 1) < 0.03 && abs(found.new / 900 - 1) < 0.03, "\(found)")
            #expect(try inputs.results.recording["objective"].string == "p99 of the workload <= 40.0 ms")
        }

        @Test func `Whoever asks for throughput without saturation hears how to get it`() async throws {
            let inputs = inputs()
            let run = try await inputs.run("--dry-run")
            #expect(run.code == 0 && run.err.contains("'throughput', 'enough' will stay undecided"), "\(run)")
            let planned = try await inputs.run("--dry-run", "--saturation", "3m", "--in-flight", "8")
            #expect(!planned.err.contains("undecided") && planned.out.contains("\"in_flight\": 8"), "\(planned)")
            for words in [
                ["--objective", "p99 < 5ms"], ["--in-flight", "0"], ["--in-flight", "4", "--objective", "p99 <= 5 ms"]
            ] {
                let wrong = try await Assay.start(
                    inputs.words(["--dry-run", "--saturation", "3m"] + words), in: inputs.folder
                )
                .ended()
                #expect(wrong.code == 64 && wrong.lines.count == 1, "\(wrong)")
            }
        }
    }
}
