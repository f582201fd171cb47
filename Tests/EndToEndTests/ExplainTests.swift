// `assay judge DIR --explain ID`: one verdict's derivation on the terminal, and not a byte on the disk.

import Foundation
import Testing

extension EndToEnd {
    @Suite(.timeLimit(.minutes(2))) struct ExplainTests {
        @Test func `A derivation is printed for each verdict and nothing is written`() async throws {
            let inputs = Inputs()
            let run = try await inputs.run("--duration", "1s")
            #expect([1, 2, 3].contains(run.code), "\(run)")
            let before = snapshot(inputs.folder.path)
            let verdicts = try inputs.results.document("verdict.json")["verdicts"].list
            #expect(verdicts.count == 12)
            for verdict in verdicts {
                let id = try #require(verdict["id"].string)
                let told = try await Assay.run("judge", "out", "--explain", id, in: inputs.folder)
                #expect(told.code == run.code && told.err.isEmpty, "\(told)")
                #expect(told.out.hasPrefix("\(id)\n"), "\(told)")
                let word = try #require(verdict["verdict"].string)
                #expect(told.out.contains("\nverdict        \(word)\n"), "\(told)")
            }
            #expect(difference(before, snapshot(inputs.folder.path)).isEmpty)

            // Other criteria are explained as they would be judged.
            inputs.folder.write(Samples.criteria.replacing("+5 %", with: "+50 %"), to: "other.yaml")
            let other = try await Assay.run(
                "judge", "out", "--criteria", "other.yaml", "--explain", "p99/latest_order", in: inputs.folder)
            #expect(other.out.contains("allow: +50 %") && other.out.contains("\npost hoc "), "\(other)")
            #expect(!FileManager.default.fileExists(atPath: inputs.folder.file("out/verdicts")))
        }

        @Test func `An id that no verdict has is one line with the nearest`() async throws {
            let inputs = Inputs()
            _ = try await inputs.run("--duration", "1s")
            let unknown = try await Assay.run("judge", "out", "--explain", "p99/latest_oder", in: inputs.folder)
            expectOneLine(unknown, code: 64)
            #expect(unknown.err.contains("there is no verdict 'p99/latest_oder', did you mean 'p99/latest_order'?"))
            #expect(unknown.err.contains("errors/place_order") && unknown.out.isEmpty, "\(unknown)")
        }
    }
}
