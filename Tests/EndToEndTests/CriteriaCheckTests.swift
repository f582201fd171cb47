// What criteria need, said before anything is run.

import Foundation
import Testing

extension EndToEnd {
    @Suite(.timeLimit(.minutes(1))) struct CriteriaCheckTests {
        private func check(_ inputs: Inputs, _ words: String...) async throws -> Outcome {
            try await Assay.start(["check", "--criteria", "criteria.yaml"] + words, in: inputs.folder).ended()
        }

        @Test func `What each criterion needs is said without a pair`() async throws {
            let inputs = Inputs()
            try FileManager.default.removeItem(atPath: inputs.folder.file("pair.yaml"))
            let outcome = try await check(inputs, "--workload", "workload.yaml", "--duration", "5m")
            #expect(outcome.code == 0 && outcome.err.isEmpty, "\(outcome)")
            let lines = outcome.out.split(separator: "\n")
            #expect(
                lines[0]
                    == "criteria brief-criteria: what each verdict needs at 400/s a side, in interleaved slices of 200 ms"
            )
            #expect(lines.count { $0.contains("p99 of ") && $0.contains(" at this rate, ") } == 4)
            #expect(lines.contains { $0.hasPrefix("  mean/place_order") })
            #expect(
                lines.contains { $0.hasPrefix("warning: p99/") && $0.hasSuffix(" decides within 5m 00s") }, "\(outcome)"
            )
            let faster = try await check(inputs, "--workload", "workload.yaml", "--duration", "5m", "--rate", "100k/s")
            #expect(faster.code == 0 && !faster.out.contains("warning"), "\(faster)")
            let alone = try await check(inputs)
            #expect(alone.code == 0 && alone.out.contains("p99 of each operation at +5 %: "), "\(alone)")
        }

        @Test func `Everything that is not there is named at once`() async throws {
            let inputs = Inputs(
                criteria: Samples.criteria.replacing("of: each operation", with: "of: no_such_operation")
                    + "waive: {id: p98, until: 2026-12-31, by: J, why: w}\n")
            let first = try await check(inputs, "--workload", "workload.yaml")
            expectOneLine(first, code: 65)
            #expect(first.err.contains("matches no criterion"))
            inputs.folder.write(
                Samples.criteria.replacing("of: each operation", with: "of: no_such_operation"), to: "criteria.yaml")
            let second = try await check(inputs, "--workload", "workload.yaml")
            #expect(second.code == 65 && second.lines.count == 3 && second.out.isEmpty, "\(second)")
            #expect(
                second.lines.allSatisfy { $0.hasPrefix("criteria.yaml:") && $0.contains("no_such_operation") },
                "\(second)")
        }

        @Test func `A pair is looked at as before, and the needs come with it`() async throws {
            let outcome = try await check(Inputs(), "--pair", "pair.yaml", "--workload", "workload.yaml")
            #expect(outcome.code == 0, "\(outcome)")
            #expect(
                outcome.out.contains("parity: ") && outcome.out.contains("p99 of latest_order at +5 %"), "\(outcome)")
        }
    }
}
