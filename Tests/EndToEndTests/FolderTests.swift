// Folders that results cannot be written to, from the start or from the middle of a run on.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite(.timeLimit(.minutes(2))) struct FolderTests {
        @Test(arguments: ["/proc/assay-results", "pair.yaml/results", "/dev/null"])
        func `A folder that cannot be made`(place: String) async throws {
            let outcome = try await Inputs().run("--duration", "1s", "--out", place)
            expectOneLine(outcome, code: 74)
            #expect(outcome.err.contains(place.hasPrefix("pair") ? "pair.yaml" : place), "\(outcome)")
        }

        @Test func `A folder that may not be written to`() async throws {
            let inputs = Inputs()
            let folder = inputs.folder.file("read-only")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            chmod(folder, 0o555)
            func tryIt() async throws {
                let outcome = try await inputs.run("--duration", "1s", "--out", folder)
                expectOneLine(outcome, code: 74)
                #expect(outcome.err.contains("read-only"), "\(outcome)")
            }
            // Nothing is read-only to root, except what is mounted so.
            if getuid() == 0 { try await withMount("ro", at: folder, tryIt) } else { try await tryIt() }
        }

        @Test func `A disk that fills up during the run keeps what was measured`() async throws {
            let inputs = Inputs()
            let disk = inputs.folder.file("disk")
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
            try await withMount("size=128k", at: disk) {
                let outcome = try await inputs.run("--duration", "60s", "--out", "disk/out")
                expectOneLine(outcome, code: 74)
                #expect(
                    outcome.err.contains("disk/out/") && outcome.err.contains("No space left on device"), "\(outcome)")
                try FileManager.default.copyItem(
                    atPath: inputs.folder.file("disk/out"), toPath: inputs.folder.file("out"))
                try await expectReadable(inputs)
            }
        }

        @Test func `A limit on the size of files stops a run as a full disk does`() async throws {
            let inputs = Inputs()
            // 48 blocks of 1,024 bytes in bash, of 512 in other shells.
            let command = "trap '' XFSZ; ulimit -f 48; exec \"$0\" \"$@\""
            let outcome = try await Child(
                "sh", ["-c", command, Assay.binary] + inputs.words(["--duration", "60s"]), in: inputs.folder
            ).ended()
            expectOneLine(outcome, code: 74)
            #expect(outcome.err.contains("File too large"), "\(outcome)")
            try await expectReadable(inputs)
        }

        /// A small file system in memory for `body`, gone afterwards whatever happens. Says so where it may not be mounted.
        private func withMount(_ options: String, at folder: String, _ body: () async throws -> Void) async throws {
            guard await Child.succeeds("mount", "-t", "tmpfs", "-o", options, "assay-e2e", folder) else {
                print("end-to-end: no file system can be mounted here, so the one with \(options) is skipped")
                return
            }
            var failure: (any Error)?
            do { try await body() } catch { failure = error }
            // Even where the test has run out of time.
            #expect(await Task { await Child.succeeds("umount", folder) }.value)
            if let failure { throw failure }
        }

        /// The rounds before the trouble can be judged.
        private func expectReadable(_ inputs: Inputs) async throws {
            #expect(try inputs.results.rounds.count > 0)
            let judged = try await Assay.run("judge", "out", in: inputs.folder)
            #expect((0...3).contains(judged.code), "\(judged)")
            try inputs.results.expectNothingMissing(duePerSlice: Samples.operationsPerSlice)
        }
    }
}
