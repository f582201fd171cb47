// Criteria that are fixed before the run: sealed, checked, carried along; and what becomes of those that were not.

import Foundation
import Recordings
import Testing

extension EndToEnd {
    @Suite(.timeLimit(.minutes(2))) struct SealTests {
        private func seal(_ words: String..., in inputs: Inputs) async throws -> Outcome {
            try await Assay.start(["seal", "criteria.yaml"] + words, in: inputs.folder).ended()
        }

        @Test func `A seal holds the file's bytes and is not renewed`() async throws {
            let inputs = Inputs()
            let first = try await seal("--by", "Jane Doe", in: inputs)
            #expect(first.code == 0 && first.lines.count == 1, "\(first)")
            let written = try #require(inputs.folder.read("criteria.yaml.seal"))
            let document = try Document(path: inputs.folder.file("criteria.yaml.seal"))
            #expect(document["criteria"].string == "criteria.yaml" && document["by"].string == "Jane Doe")
            #expect(document["sha256"].string == Dossier.digest(Samples.criteria))
            #expect(first.err.contains(Dossier.digest(Samples.criteria)))

            let again = try await seal("--again", "--by", "Somebody", in: inputs)
            #expect(again.code == 0 && again.err.contains("is sealed already") && again.lines.count == 1, "\(again)")
            #expect(inputs.folder.read("criteria.yaml.seal") == written)
        }

        @Test func `A file that was changed is not sealed again without a word`() async throws {
            let inputs = Inputs()
            #expect(try await seal(in: inputs).code == 0)
            let before = try #require(inputs.folder.read("criteria.yaml.seal"))
            inputs.folder.write(Samples.criteria.replacing("+5 %", with: "+50 %"), to: "criteria.yaml")
            let refused = try await seal(in: inputs)
            expectOneLine(refused, code: 65)
            #expect(refused.err.hasPrefix("criteria.yaml:1:1: the file was changed after it was sealed"), "\(refused)")
            #expect(inputs.folder.read("criteria.yaml.seal") == before)

            // Neither does a run take it, nor the pre-flight.
            for outcome in [
                try await inputs.run("--duration", "1s"),
                try await Assay.run("check", "--criteria", "criteria.yaml", in: inputs.folder)
            ] {
                expectOneLine(outcome, code: 65)
                #expect(
                    outcome.err.hasPrefix("criteria.yaml:1:1: the file was changed after it was sealed"), "\(outcome)")
            }
            #expect(!inputs.results.has("plan.json"))

            #expect(try await seal("--again", in: inputs).code == 0)
            let document = try Document(path: inputs.folder.file("criteria.yaml.seal"))
            #expect(document["earlier"].list.map { $0["sha256"].string } == [Dossier.digest(Samples.criteria)])
            #expect(try await inputs.run("--dry-run").code == 0)
        }

        @Test func `What is no criteria file is not sealed`() async throws {
            let inputs = Inputs(criteria: Samples.criteria.replacing("+5 %", with: "5"))
            let outcome = try await seal(in: inputs)
            expectOneLine(outcome, code: 65)
            #expect(!FileManager.default.fileExists(atPath: inputs.folder.file("criteria.yaml.seal")))
            expectOneLine(try await Assay.run("seal", in: inputs.folder), code: 64)
            expectOneLine(try await Assay.run("seal", "gone.yaml", in: inputs.folder), code: 65)
            inputs.folder.write(Samples.criteria, to: "criteria.yaml")
            inputs.folder.write("{\"seal\": 1}\n", to: "criteria.yaml.seal")
            let damaged = try await seal(in: inputs)
            expectOneLine(damaged, code: 65)
            #expect(damaged.err.hasPrefix("criteria.yaml.seal:1:1: "), "\(damaged)")
        }

        @Test func `A run takes the seal into its dossier, and judging holds to it`() async throws {
            let inputs = Inputs()
            #expect(try await seal("--by", "Jane Doe", in: inputs).code == 0)
            let run = try await inputs.run("--duration", "1s")
            #expect([1, 2, 3].contains(run.code), "\(run)")
            let results = inputs.results
            let written = try #require(inputs.folder.read("criteria.yaml.seal"))
            #expect(inputs.folder.read("out/inputs/criteria.seal") == written)
            let digest = Dossier.digest(written)
            let planned = try results.document("plan.json")["inputs"].list.first { $0["role"].string == "seal" }
            #expect(planned?["sha256"].string == digest && planned?["file"].string == "criteria.yaml.seal")
            #expect(try results.recording["made_from"]["inputs/criteria.seal"].string == digest)
            let verdict = try results.document("verdict.json")
            #expect(verdict["made_from"]["inputs/criteria.seal"].string == digest)
            #expect(verdict["sealed"]["by"].string == "Jane Doe" && verdict["post_hoc"].bool == false)
            #expect(run.out.contains("(sealed ") && run.out.contains(" by Jane Doe)"), "\(run)")

            let before = snapshot(results.path)
            #expect(try await Assay.run("judge", "out", in: inputs.folder).code == run.code)
            #expect(difference(before, snapshot(results.path)) == [])
            inputs.folder.write(written.replacing("Jane Doe", with: "Joe"), to: "out/inputs/criteria.seal")
            let refused = try await Assay.run("judge", "out", in: inputs.folder)
            expectOneLine(refused, code: 65)
            #expect(refused.err.contains("inputs/criteria.seal"), "\(refused)")
        }

        @Test func `Criteria that the run was not planned with never qualify it`() async throws {
            let inputs = Inputs()
            let run = try await Assay.start(
                [
                    "run", "--pair", "pair.yaml", "--workload", "workload.yaml", "--quiet", "--out", "out",
                    "--duration", "2s"
                ],
                in: inputs.folder
            ).ended()
            #expect(run.code == 0, "\(run)")
            inputs.folder.write(
                "criteria: 1\nname: easy\nfunctional: [{id: parity, measure: differences of parity, at_most: 100}]\n",
                to: "easy.yaml")
            let outcome = try await Assay.run("judge", "out", "--criteria", "easy.yaml", in: inputs.folder)
            let text = try #require(inputs.folder.read("easy.yaml"))
            let verdict = try inputs.results.document("verdicts/\(Dossier.digest(text))/verdict.json")
            guard verdict["outcome"].string != "void" else { return }
            #expect(outcome.code == 2, "\(outcome)")
            #expect(verdict["verdicts"].list.map { $0["verdict"].string } == ["pass"])
            #expect(verdict["outcome"].string == "undecided" && verdict["post_hoc"].bool == true)
            #expect(verdict["summary"].string?.contains("was not planned with these criteria") == true)
            #expect(
                Set(verdict["caveats"].list.compactMap { $0["code"].string }).isSuperset(of: [
                    "post_hoc", "other_criteria"
                ]))
            #expect(outcome.out.contains("criteria easy (post hoc)"), "\(outcome)")
        }
    }
}
