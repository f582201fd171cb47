// The same dossier gives the same bytes: on another day, in another folder, in another time zone and language.

import Foundation
import Recordings
import Testing

extension EndToEnd {
    @Suite(.timeLimit(.minutes(2))) struct DeterminismTests {
        /// Every clock of the program that is loaded with it stands `ASSAY_TEST_SHIFT` seconds later.
        private static let shift = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <stdlib.h>
            #include <sys/time.h>
            #include <time.h>
            static time_t shift(void) { const char *s = getenv("ASSAY_TEST_SHIFT"); return s ? atoll(s) : 0; }
            int clock_gettime(clockid_t id, struct timespec *t) {
                int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
                int code = real(id, t);
                t->tv_sec += shift();
                return code;
            }
            int gettimeofday(struct timeval *restrict t, void *restrict z) {
                struct timespec now;
                clock_gettime(CLOCK_REALTIME, &now);
                t->tv_sec = now.tv_sec;
                t->tv_usec = now.tv_nsec / 1000;
                return 0;
            }
            time_t time(time_t *t) {
                struct timespec now;
                clock_gettime(CLOCK_REALTIME, &now);
                if (t) *t = now.tv_sec;
                return now.tv_sec;
            }

            """

        /// The environment in which it is `days` later; nil, and said, where there is no C compiler to make that.
        private func later(days: Int, in folder: Scratch) async throws -> [String: String]? {
            folder.write(Self.shift, to: "shift.c")
            let made = await Child.succeeds(
                "clang", "-shared", "-fPIC", "-o", folder.file("shift.so"), folder.file("shift.c"))
            guard made else {
                print("end-to-end: clang cannot make a clock of another day here, so that part is skipped")
                return nil
            }
            let environment = [
                "LD_PRELOAD": folder.file("shift.so"), "ASSAY_TEST_SHIFT": "\(days * 86_400)", "LD_BIND_NOW": "1"
            ]
            // The clock must have been moved, or what follows would show nothing.
            let today = try await Child("date", ["+%s"]).ended().out
            let moved = try await Child("date", ["+%s"], environment: environment).ended().out
            let apart =
                (Int(moved.trimmingPrefix(" ").prefix { $0.isNumber }) ?? 0) - (Int(today.prefix { $0.isNumber }) ?? 0)
            #expect(abs(apart - days * 86_400) < 3600, "\(today) \(moved)")
            return environment
        }

        private static let outputs = ["comparison.json", "verdict.json", "report.html", "report.md", "junit.xml"]

        private func outputs(_ folder: String) throws -> [String: Data] {
            let files = snapshot(folder).filter { Self.outputs.contains($0.key) }
            #expect(files.count == Self.outputs.count)
            return files
        }

        @Test func `Another day, folder, time zone and language change no byte`() async throws {
            // A waiver that ended between the run, in March 2026, and any day on which this test runs.
            let waivers =
                "waive:\n  - {id: p99, until: 2026-03-02, by: J, why: w}\n  - {id: mean, until: 2026-02-27, by: J, why: w}\n"
            let criteria = EveryCriterion.file.replacing(/waive:\n.*\n/, with: waivers)
            var recording = soundRecording()
            for index in recording.rounds.indices {
                // New is half as slow again: what is waived is a failure.
                for place in recording.rounds[index].new.operations.indices {
                    let record = recording.rounds[index].new.operations[place]
                    recording.rounds[index].new.operations[place].response = record.response.slower()
                    recording.rounds[index].new.operations[place].service = record.service.slower()
                }
            }
            let dossier = try SketchedDossier(recording, criteria: criteria)
            let first = try await dossier.judge()
            #expect(first.code == 1, "\(first)")
            let expected = try outputs(dossier.path)
            let verdicts = try Document(path: dossier.file("verdict.json"))["verdicts"].list
            let waived = verdicts.filter { $0["waived"].bool == true }.compactMap { $0["id"].string }
            #expect(Set(waived) == ["p99/latest", "p99/recent"], "as it stood at the end of the run")

            let again = try SketchedDossier(copying: dossier)
            var environment = ["TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "de_DE.UTF-8"]
            environment["SWIFT_DETERMINISTIC_HASHING"] = "1"
            // By its whole path, from elsewhere.
            _ = try await Assay.start(["judge", again.path], in: Scratch(), environment: environment).ended()
            #expect(difference(try outputs(again.path), expected) == [])

            for days in [1, 4000] {
                guard let later = try await later(days: days, in: again.folder) else { return }
                let moved = try SketchedDossier(copying: dossier)
                for name in Self.outputs { try FileManager.default.removeItem(atPath: moved.file(name)) }
                let outcome = try await Assay.start(["judge", "run"], in: moved.folder, environment: later).ended()
                #expect(outcome.code == 1, "\(outcome)")
                #expect(difference(try outputs(moved.path), expected) == [])
            }
        }
    }
}
