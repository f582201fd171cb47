// Runs that end before their time: politely by ctrl-C, and not by kill -9. What was measured is kept and can be judged.

import Foundation
import Glibc
import Quantities
import Testing

extension EndToEnd {
    @Suite(.timeLimit(.minutes(2))) struct InterruptionTests {
        /// Rounds on disk; 0 while there is no recording yet.
        private func rounds(_ results: Results) -> Int { (try? results.rounds.count) ?? 0 }

        @Test(arguments: [SIGINT, SIGTERM])
        func `A run that is interrupted is judged by what it has`(signal: Int32) async throws {
            let inputs = Inputs()
            let run = try inputs.start("--duration", "60s")
            #expect(await eventually(within: 30) { rounds(inputs.results) >= 3 || !run.isRunning })
            let outcome = await run.end(by: signal)
            #expect(outcome.code == 130, "\(outcome)")
            #expect(outcome.lines.last?.hasPrefix("interrupted") == true, "\(outcome)")

            let results = inputs.results
            #expect(try (3..<80).contains(results.rounds.count))
            #expect(try results.recording["interrupted"].bool == true)
            try results.expectNothingMissing(duePerSlice: Samples.operationsPerSlice)
            let caveats = try results.document("verdict.json")["caveats"].list.compactMap { $0["code"].string }
            #expect(caveats.contains("interrupted"))
            let before = snapshot(results.path)
            let judged = try await Assay.run("judge", "out", in: inputs.folder)
            // Too short for a verdict, and no reason to call it qualified.
            #expect([2, 3].contains(judged.code), "\(judged)")
            #expect(difference(before, snapshot(results.path)) == [])
        }

        @Test func `A run that is interrupted while it warms up has nothing to judge`() async throws {
            let inputs = Inputs()
            let run = try inputs.start("--duration", "60s", "--warm-up", "60s")
            #expect(await eventually(within: 30) { inputs.results.has("plan.json") || !run.isRunning })
            let outcome = await run.end(by: SIGINT)
            #expect(outcome.code == 130, "\(outcome)")
            let judged = try await Assay.run("judge", "out", in: inputs.folder)
            #expect(judged.code == 2, "\(judged)")
        }

        @Test func `A lab in the foreground ends with ctrl-C`() async throws {
            // Somebody else may have the port: then the lab ends at once, and another one is tried.
            var (port, lab): (Int, Child)
            var attempts = 0
            repeat {
                attempts += 1
                port = 20_000 + Int.random(in: 0..<10_000)
                lab = try Assay.start(["lab", "--port", "\(port)"])
                _ = await eventually(within: 20) { lab.output.count { $0 == "\n" } == 2 || !lab.isRunning }
            } while !lab.isRunning && attempts < 5
            let both = ["--old", "cql://127.0.0.1:\(port)", "--new", "cql://127.0.0.1:\(port + 1)"]
            let check = try await Assay.start(["check"] + both).ended()
            #expect(check.code == 0, "\(check)")
            #expect(check.out.contains("3.11.") && check.out.contains("4.1."), "\(check)")
            let outcome = await lab.end(by: SIGINT)
            #expect(outcome.code == 0, "\(outcome)")
        }

        /// Five moments from one seed, which a failure shows: it names the moments, though not what the run was doing then.
        @Test func `A run that is killed leaves all whole rounds`() async throws {
            let seed = UInt64.random(in: 0..<1_000_000)
            var random = SeededRandom(seed: seed)
            print("end-to-end: kill -9 at moments of seed \(seed)")
            for number in 0..<5 {
                let inputs = Inputs()
                let run = try inputs.start("--duration", "60s", "--slice", "150ms")
                // The folder is a dossier from its plan on.
                #expect(await eventually(within: 30) { inputs.results.has("plan.json") || !run.isRunning })
                let moment = 3 * random.unit()
                try await Task.sleep(for: .seconds(moment))
                let outcome = await run.end(by: SIGKILL)
                let place = "seed \(seed), number \(number), after \(moment) s"
                #expect(outcome.code == -SIGKILL, "\(place): \(outcome)")
                try await expectReadable(inputs, place)
            }
        }

        private func expectReadable(_ inputs: Inputs, _ place: String) async throws {
            let results = inputs.results
            let judged = try await Assay.run("judge", "out", in: inputs.folder)
            guard results.has("recording.json") else {
                #expect(judged.code == 2 && judged.err.contains("nothing to judge"), "\(place): \(judged)")
                return
            }
            #expect(try results.recording["interrupted"].bool == true, "\(place)")
            // 0 and 1 would need two minutes of evidence.
            #expect([2, 3].contains(judged.code), "\(place): \(judged)")
            #expect(Demo.judged.allSatisfy(results.has), "\(place): \(snapshot(results.path).keys)")
            let rounds = rounds(results)
            if rounds > 0 { try results.expectNothingMissing() }
            // At most one round was in the logs already and not yet in the recording.
            let whole = ["old", "new"].map { side in
                let lines =
                    (try? String(contentsOfFile: results.file("\(side).hlog"), encoding: .utf8))?.split(separator: "\n")
                    ?? []
                return lines.count { $0.hasPrefix("Tag=") } / 8
            }
            #expect(whole.allSatisfy { $0 >= rounds } && whole.min()! <= rounds + 1, "\(place): \(whole) of \(rounds)")
        }
    }
}
