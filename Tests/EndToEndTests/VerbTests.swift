// The verbs that are not about results: help, files to start from, a plan without a run.

import Foundation
import Testing

extension EndToEnd {
    @Suite(.timeLimit(.minutes(1))) struct VerbTests {
        static let verbs = [
            "demo", "init", "check", "load", "seal", "run", "calibrate", "judge", "report", "compare", "capture",
            "lab", "plant"
        ]

        @Test(arguments: verbs)
        func `Help shows every flag in use`(verb: String) async throws {
            let outcome = try await Assay.run(verb, "--help")
            #expect(outcome.code == 0 && outcome.err.isEmpty, "\(outcome)")
            let lines = outcome.out.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            let flags = lines.indices.filter { lines[$0].hasPrefix("--") }
            #expect(!flags.isEmpty || ["init", "report"].contains(verb))
            for index in flags {
                let flag = String(lines[index].prefix { $0 != " " })
                let example = index + 1 < lines.count ? lines[index + 1] : ""
                #expect(example.hasPrefix("example: assay \(verb) ") && example.contains(flag), "\(lines[index])")
            }
        }

        @Test func `The overview names all verbs, and the version is one line`() async throws {
            let overview = try await Assay.run("--help")
            #expect(overview.code == 0)
            for verb in Self.verbs { #expect(overview.out.contains("  \(verb)"), "\(verb)") }
            let version = try await Assay.run("--version")
            #expect(version.code == 0 && version.out.wholeMatch(of: #/assay \d+\.\d+\.\d+\n/#) != nil, "\(version)")
            #expect(try await Assay.run().code == 64)
        }

        @Test func `The files of init can be planned with, and are never written over`() async throws {
            let folder = Scratch()
            let made = try await Assay.run("init", "start", in: folder)
            #expect(made.code == 0, "\(made)")
            let names = ["workload", "pair", "criteria"]
            #expect(Set(snapshot(folder.file("start")).keys) == Set(names.map { "\($0).yaml" }))
            let words = names.flatMap { ["--\($0)", "start/\($0).yaml"] }
            let planned = try await Assay.start(["run", "--dry-run"] + words, in: folder).ended()
            #expect(planned.code == 0, "\(planned)")
            folder.write(planned.out, to: "plan.json")
            #expect(try Document(path: folder.file("plan.json"))["operations"].list.count > 0)

            folder.write("mine", to: "start/pair.yaml")
            let again = try await Assay.run("init", "start", in: folder)
            #expect(again.code == 0 && folder.read("start/pair.yaml") == "mine", "\(again)")
        }

        @Test func `A dry run touches nothing and depends on the seed alone`() async throws {
            let inputs = Inputs()
            let first = try await inputs.run("--dry-run", "--seed", "7")
            #expect(first.code == 0, "\(first)")
            #expect(try await inputs.run("--dry-run", "--seed", "7").out == first.out)
            #expect(try await inputs.run("--dry-run", "--seed", "8").out != first.out)
            #expect(!FileManager.default.fileExists(atPath: inputs.results.path))
        }

        @Test func `The shipped files are a run on the lab`() async throws {
            let outcome = try await Assay.run(
                "check", "--pair", "\(Assay.package)/pairs/lab.yaml", "--workload",
                "\(Assay.package)/workloads/orders.yaml",
                "--set", "customers=100", "--criteria", "\(Assay.package)/criteria/major-upgrade.yaml")
            // Empty lab nodes: the schema was made, nothing was loaded.
            #expect(outcome.code == 0, "\(outcome)")
            #expect(outcome.out.contains("0 unexpected differences"), "\(outcome)")
        }
    }
}
