// A short demo: its dossier is whole, and everything in it but the measurement can be made again, to the same bytes, anywhere.

import Foundation
import Recordings
import Testing

/// One demo of two rounds, which several suites look at.
struct Demo {
    static let shared = Task { try await Demo() }

    let folder = Scratch()
    let outcome: Outcome
    var results: Results { Results("demo", in: folder) }

    init() async throws {
        outcome = try await Assay.run("demo", "--duration", "12s", "--out", "demo", "--quiet", in: folder)
    }

    /// What judging writes.
    static let judged = ["comparison.json", "verdict.json", "report.html", "report.md", "junit.xml"]
    static let all =
        judged + [
            "plan.json", "environment.json", "observations.json", "recording.json", "old.hlog", "new.hlog",
            "inputs/workload.yaml",
            "inputs/pair.yaml", "inputs/criteria.yaml"
        ]
}

extension EndToEnd {
    @Suite(.timeLimit(.minutes(4))) struct DemoTests {
        /// A copy, so that no test finds what another one has changed.
        private func copy(_ demo: Demo) throws -> (folder: Scratch, results: Results) {
            let folder = Scratch()
            try FileManager.default.copyItem(atPath: demo.results.path, toPath: folder.file("moved"))
            return (folder, Results("moved", in: folder))
        }

        @Test func `A short demo leaves a whole dossier and no verdict of qualified`() async throws {
            let demo = try await Demo.shared.value
            // Two rounds are too little for a verdict; a busy machine may have voided one of them.
            #expect([1, 2, 3].contains(demo.outcome.code), "\(demo.outcome)")
            #expect(Set(snapshot(demo.results.path).keys) == Set(Demo.all))
            #expect(try demo.results.rounds.count == 3)
            #expect(try demo.results.recording["interrupted"].bool == false)
            #expect(try demo.results.document("verdict.json")["outcome"].string != "qualified")
            try demo.results.expectNothingMissing()
            try demo.results.expectSameOperations()
        }

        @Test func `Judging again gives the same bytes and the same exit code`() async throws {
            let demo = try await Demo.shared.value
            let (_, results) = try copy(demo)
            let before = snapshot(results.path)
            for name in Demo.judged { try FileManager.default.removeItem(atPath: results.file(name)) }
            let outcome = try await Assay.run("judge", results.path)
            #expect(outcome.code == demo.outcome.code, "\(outcome)")
            #expect(difference(before, snapshot(results.path)) == [])
        }

        @Test func `Reports are made again, in another place and from another folder`() async throws {
            let demo = try await Demo.shared.value
            let (folder, results) = try copy(demo)
            let before = snapshot(results.path)
            for name in ["report.html", "report.md", "junit.xml"] {
                try FileManager.default.removeItem(atPath: results.file(name))
            }
            let outcome = try await Assay.run("report", "moved", in: folder)
            #expect(outcome.code == 0, "\(outcome)")
            #expect(difference(before, snapshot(results.path)) == [])
        }

        @Test func `Other criteria write beside the run's own verdict`() async throws {
            let demo = try await Demo.shared.value
            let (folder, results) = try copy(demo)
            let before = snapshot(results.path)
            folder.write(Samples.criteria, to: "other.yaml")
            let outcome = try await Assay.run("judge", "moved", "--criteria", "other.yaml", in: folder)
            #expect([1, 2, 3].contains(outcome.code), "\(outcome)")
            let place = "verdicts/\(Dossier.digest(Samples.criteria))/"
            #expect(
                Set(difference(before, snapshot(results.path)))
                    == Set((Demo.judged + ["criteria.yaml"]).map { place + $0 }))
            let verdict = try results.document(place + "verdict.json")
            #expect(verdict["criteria"].string == "brief-criteria")
            #expect(Set(verdict["verdicts"].list.compactMap { $0["criterion"].string }) == ["p99", "mean", "errors"])
            #expect(verdict["caveats"].list.contains { $0["code"].string == "other_criteria" })
            #expect(verdict["post_hoc"].bool == true)

            let unknown = folder.write(
                Samples.criteria.replacing("of: each operation", with: "of: no_such_operation"), to: "unknown.yaml")
            let refused = try await Assay.run("judge", "moved", "--criteria", unknown, in: folder)
            #expect(refused.code == 65 && refused.lines.count == 1, "\(refused)")
            #expect(refused.err.contains("no_such_operation"))
        }

        @Test func `The example that is shipped is what this version makes of its recording`() async throws {
            let folder = Scratch()
            try FileManager.default.copyItem(
                atPath: "\(Assay.package)/results/example", toPath: folder.file("example"))
            let before = snapshot(folder.file("example"))
            let outcome = try await Assay.run("judge", "example", in: folder)
            #expect(outcome.code == 1, "\(outcome)")
            #expect(difference(before, snapshot(folder.file("example"))) == [])
        }

        @Test func `Each file names the bytes that it was made from`() async throws {
            let results = try await Demo.shared.value.results
            for name in ["recording.json", "comparison.json", "verdict.json"] {
                let sources = try results.document(name)["made_from"].entries
                #expect(!sources.isEmpty, "\(name)")
                for source in sources {
                    let path = source.name == "criteria.yaml" ? "inputs/criteria.yaml" : source.name
                    let text = try String(contentsOfFile: results.file(path), encoding: .utf8)
                    #expect(source.value.string == Dossier.digest(text), "\(source.name) in \(name)")
                }
            }
            for input in try results.document("plan.json")["inputs"].list {
                let role = try #require(input["role"].string)
                let text = try String(contentsOfFile: results.file("inputs/\(role).yaml"), encoding: .utf8)
                #expect(input["sha256"].string == Dossier.digest(text), "\(role)")
            }
        }

        @Test(arguments: [
            ("plan.json", "\"seed\": \"42\"", "\"seed\": \"43\""), ("environment.json", "3.11.19", "3.11.20"),
            ("observations.json", "\"probed\"", " \"probed\""), ("inputs/criteria.yaml", "allow: +5 %", "allow: +90 %")
        ])
        func `A dossier that was changed afterwards is refused`(name: String, text: String, other: String) async throws
        {
            let demo = try await Demo.shared.value
            let (folder, results) = try copy(demo)
            let content = try #require(folder.read("moved/\(name)"))
            #expect(content.contains(text))
            folder.write(content.replacing(text, with: other), to: "moved/\(name)")
            let outcome = try await Assay.run("judge", results.path)
            expectOneLine(outcome, code: 65)
            #expect(outcome.err.contains(name), "\(outcome)")
        }

        @Test func `A run never writes over another`() async throws {
            let demo = try await Demo.shared.value
            let (folder, results) = try copy(demo)
            let before = snapshot(results.path)
            let again = try await Assay.run("demo", "--duration", "1s", "--out", "moved", "--quiet", in: folder)
            #expect(again.code == 64 && again.lines.count == 1, "\(again)")
            let inputs = Inputs()
            let run = try await inputs.run("--out", results.path)
            #expect(run.code == 64 && run.lines.count == 1, "\(run)")
            #expect(difference(before, snapshot(results.path)) == [])
        }
    }
}
