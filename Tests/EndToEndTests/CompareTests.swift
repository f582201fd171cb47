// `assay compare` from outside: logs that another HdrHistogram wrote, dossiers, and everything that is wrong with either.

import Foundation
import Histograms
import Quantities
import Recordings
import RunSupport
import Testing

/// A dossier of a run that never was, written as a run writes it.
private func dossier(_ name: String, in folder: Scratch, pair: String = "sketch", milliseconds: Double = 4) throws {
    var sketch = RunSketch([("read", .point), ("scan", .scan)])
    sketch.rounds = 24
    var recording = sketch.recording { operation in
        for _ in 0..<400 {
            let slow = operation.side == .new && operation.operation == 1 ? 1.8 : 1
            operation.take(milliseconds * slow * exp(0.3 * operation.random.normal()))
        }
    }
    recording.pair = pair
    let rounds = recording.rounds
    recording.rounds = []
    var writer = try RecordingWriter(recording, in: Dossier.creating(folder.file(name)))
    for round in rounds { try writer.add(round) }
    try writer.markCompleted()
}

extension EndToEnd {
    @Suite(.timeLimit(.minutes(2))) struct CompareTests {
        /// Two dossiers, and an interval log of another program.
        private func runs() throws -> Scratch {
            let folder = Scratch()
            try dossier("monday", in: folder)
            try dossier("tuesday", in: folder, milliseconds: 4.4)
            try dossier("elsewhere", in: folder, pair: "other")
            var log = LogSketch.java("some tool")
            log.fill(150, tag: "read-rt") { second in (0..<200).map { Int64(4_000 + $0 * 10 + second) } }
            folder.write(log.text, to: "tool.hlog")
            return folder
        }

        @Test func `Logs of another HdrHistogram are read as it reads them itself`() async throws {
            guard await Python.has("hdrh.histogram") else { return }
            let folder = Scratch()
            let written = try await Python.run("write_log.py", folder.path)
            #expect(written.code == 0, "\(written)")
            let figures = try Document(path: folder.file("figures.json"))
            let units = [
                "wrk2": "us", "nosqlbench": "ns", "easy-stress": "ns", "fine": "ns", "milliseconds": "ms"
            ]
            #expect(figures.entries.map(\.name) == units.keys.sorted())
            for (name, expected) in figures.entries {
                let unit = try #require(units[name])
                let outcome = try await Assay.run(
                    "compare", "fine.hlog", "\(name).hlog", "--unit", "A=ns", "--unit", "B=\(unit)", "--json",
                    "out.json",
                    in: folder)
                #expect(outcome.code == 0 && outcome.err.isEmpty, "\(outcome)")
                let found = try Document(path: folder.file("out.json"))["comparisons"].list[0]["operations"].list[0]
                #expect(found["count_b"].integer == expected["count"].integer)
                let largest = try #require(expected["max_ns"].number) / 1e6
                #expect(abs(try #require(found["max_b_ms"].number) / largest - 1) < 0.1, "\(name)")
                for effect in found["effects"].list {
                    let measure = try #require(effect["measure"].string)
                    let value = try #require(effect["b_ms"].number) * 1e6
                    if measure == "mean" {
                        // It takes a value of an even bin for half a unit more.
                        let mean = try #require(expected["mean_ns"].number)
                        let half = unit == "us" ? 500.0 : unit == "ms" ? 500_000 : 0.5
                        #expect(value > mean - half - 1 && value < mean + 1, "\(name): \(value), \(mean)")
                    } else {
                        // Both round a rank, which may move it to the next bin.
                        let bin = expected["bins_ns"][measure].list.compactMap(\.number)
                        let width = bin[1] - bin[0]
                        #expect(
                            bin[0] - width <= value && value <= bin[1] + width, "\(name), \(measure): \(value), \(bin)")
                    }
                }
            }
        }

        @Test func `Two dossiers of a pair are compared side by side, and no verdict is given`() async throws {
            let folder = try runs()
            let before = snapshot(folder.path)
            let outcome = try await Assay.run("compare", "monday", "tuesday", in: folder)
            #expect(outcome.code == 0 && outcome.err.isEmpty, "\(outcome)")
            #expect(difference(before, snapshot(folder.path)).isEmpty)
            let again = try await Assay.run("compare", "monday", "tuesday", in: folder)
            #expect(again.out == outcome.out)
            #expect(outcome.out.ranges(of: "NO VERDICT").count == 2)
            #expect(outcome.out.contains("This is no verdict."))
            for word in ["qualified", "PASS", "FAIL", "pass ", "fail ", "undecided"] {
                #expect(!outcome.out.contains(word), "\(word)")
            }
            for text in [
                "A: monday:new", "B: tuesday:new", "A: monday:old", "p99.9 of scan", "max of read", "--service"
            ] {
                #expect(outcome.out.contains(text), "\(text)")
            }
            #expect(outcome.out.split(separator: "\n").allSatisfy { $0.count <= 120 && $0.last != " " }, "\(outcome)")
            let service = try await Assay.run("compare", "monday:new", "tuesday:new", "--service", in: folder)
            #expect(service.out.contains("p99 of service time of scan"))
        }

        @Test func `JSON goes where it is asked to, the same bytes each time`() async throws {
            let folder = try runs()
            let words = ["compare", "monday:old", "tool.hlog", "--unit", "us"]
            let piped = try await Assay.start(words + ["--json", "-"], in: folder).ended()
            let filed = try await Assay.start(words + ["--json=out.json", "--confidence", "95%"], in: folder).ended()
            #expect(piped.code == 0 && filed.code == 0 && piped.err.isEmpty && filed.err.isEmpty)
            #expect(filed.out.hasPrefix("NO VERDICT") && filed.out.contains("95 % interval"))
            #expect(try await Assay.start(words + ["--json", "-"], in: folder).ended().out == piped.out)
            folder.write(piped.out, to: "piped.json")
            let (one, other) = (
                try Document(path: folder.file("piped.json")), try Document(path: folder.file("out.json"))
            )
            #expect(one["verdict"].string == "none" && one["paired"].bool == false)
            let (narrow, wide) = (
                one["comparisons"].list[0]["operations"].list[0]["effects"].list[0],
                other["comparisons"].list[0]["operations"].list[0]["effects"].list[0]
            )
            #expect(try #require(wide["change_high"].number) > (try #require(narrow["change_high"].number)))
            #expect(
                one["comparisons"].list[0]["only_in_a"].list.compactMap(\.string) == ["read-st", "scan-rt", "scan-st"])
            let nowhere = try await Assay.start(words + ["--json", "no/such/out.json"], in: folder).ended()
            #expect(nowhere.code == 74 && nowhere.lines.count == 1, "\(nowhere)")
        }

        @Test func `A log may be gzipped, or lie in a dossier`() async throws {
            let folder = try runs()
            #expect(await Child.succeeds("gzip", "-k", folder.file("tool.hlog")))
            let plain = try await Assay.run("compare", "monday:old", "tool.hlog", "--unit", "us", in: folder)
            let packed = try await Assay.run("compare", "monday:old", "tool.hlog.gz", "--unit", "us", in: folder)
            #expect(
                packed.code == 0 && packed.out == plain.out.replacing("tool.hlog", with: "tool.hlog.gz"), "\(packed)")
            let own = try await Assay.run("compare", "monday/new.hlog", "monday:new", in: folder)
            #expect(own.code == 0 && own.out.contains("a log by itself does not say which rounds are void"), "\(own)")
        }

        @Test(arguments: [
            (["monday"], "the second run is missing"),
            (["monday", "elsewhere"], "two pairs, sketch and other"),
            (["monday", "tool.hlog", "--unit", "us"], "monday:old or monday:new"),
            (["monday:old", "tool.hlog"], "say --unit ns, us or ms (its largest, 6"),
            (["monday:old", "tool.hlog", "--unit", "s"], "none of ns, us and ms"),
            (["monday:old", "tool.hlog", "--unit", "C=us"], "none of ns, us and ms"),
            (["monday:old", "tool.hlog", "--unit", "A=us"], "A is a dossier"),
            (["monday/new.hlog", "tool.hlog", "--unit", "A=us"], "a log of Assay's"),
            (["monday:old", "tuesday:old", "--confidence", "95"], "has no %"),
            (["monday:old", "tuesday:old", "--confidence", "100%"], "50 % to 99.99 %"),
            (["monday:old", "tuesday:old", "--map", "read"], "is not TAG=TAG"),
            (["monday:old", "tuesday:old", "--map", "raed=read"], "has no tag raed"),
            (
                ["monday:old", "tool.hlog", "--unit", "us", "--map", "read-st=read-rt", "--map", "read=read-rt"],
                "a partner already"
            )
        ])
        func `What cannot be compared as it was asked is a usage error`(words: [String], problem: String) async throws {
            let outcome = try await Assay.start(["compare"] + words, in: runs()).ended()
            expectOneLine(outcome, code: 64)
            #expect(outcome.err.contains(problem), "\(outcome)")
        }

        @Test func `A run that cannot be read is one line, with its place`() async throws {
            let folder = try runs()
            let log = try #require(folder.read("tool.hlog"))
            let lines = log.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            func damaged(_ change: (inout [String]) -> Void) -> String {
                var changed = lines
                change(&changed)
                return changed.joined(separator: "\n")
            }
            let cases: [(String, String, String)] = [
                ("", "wrong.hlog: no interval", "expected"),
                ("#only a comment\n", "wrong.hlog: no interval", "expected"),
                ("Tag=x,0.0,1.0,1.0,HISTFAAA", "no whole interval", "expected"),
                ("<html>\n", "wrong.hlog:1:1: ", "1 fields"),
                (damaged { $0[9] += "A" }, "wrong.hlog:10:", "not Base64"),
                (damaged { $0[9] = String($0[9].dropLast(8)) }, "wrong.hlog:10:", "too early"),
                (damaged { $0[7] = $0[7].replacing("HIST", with: "TSIH") }, "wrong.hlog:8:", "no histogram"),
                (damaged { $0[7] = $0[7].replacing(",1.0,HIST", with: ",HIST") }, "wrong.hlog:8:1:", "3 fields"),
                ("\u{1F}\u{8B}rest", "wrong.hlog:", "expected")
            ]
            for (text, place, problem) in cases {
                folder.write(text, to: "wrong.hlog")
                let outcome = try await Assay.run("compare", "tool.hlog", "wrong.hlog", "--unit", "us", in: folder)
                expectOneLine(outcome, code: 65)
                #expect(outcome.err.contains(place) && outcome.err.contains(problem), "\(outcome)")
            }
            // The file as gzip, cut off.
            #expect(await Child.succeeds("gzip", "-k", folder.file("tool.hlog")))
            let packed = try Data(contentsOf: URL(fileURLWithPath: folder.file("tool.hlog.gz")))
            try packed.dropLast(20).write(to: URL(fileURLWithPath: folder.file("wrong.hlog")))
            let cut = try await Assay.run("compare", "tool.hlog", "wrong.hlog", "--unit", "us", in: folder)
            expectOneLine(cut, code: 65)
            #expect(cut.err.contains("gzip that is damaged or cut off"), "\(cut)")
            // A last line that was cut off is left out, and told of.
            folder.write(String(log.dropLast(9)), to: "cut.hlog")
            let left = try await Assay.run("compare", "tool.hlog", "cut.hlog", "--unit", "us", in: folder)
            #expect(left.code == 0 && left.out.contains("B: the log's last line was cut off"), "\(left)")
        }

        @Test func `What is no dossier is one line`() async throws {
            let folder = try runs()
            try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: false)
            func complaint(_ words: String...) async throws -> String {
                let outcome = try await Assay.start(["compare"] + words, in: folder).ended()
                expectOneLine(outcome, code: 65)
                return outcome.err
            }
            #expect(try await complaint("empty:old", "monday:old").contains("empty is no dossier"))
            #expect(try await complaint("nowhere", "monday:old").contains("nowhere: cannot be read"))
            #expect(try await complaint("nowhere:new", "monday:old").contains("nowhere is no dossier"))
            #expect(try await complaint("tool.hlog:new", "monday:old").contains("tool.hlog is no dossier"))
            let noTag = try await complaint("monday/new.hlog", "elsewhere/none.hlog")
            #expect(noTag.contains("elsewhere/none.hlog: cannot be read"))
            let hlog = try #require(folder.read("monday/new.hlog"))
            folder.write(hlog.replacing("Tag=read-rt", with: "Tag=raed-rt"), to: "monday/new.hlog")
            #expect(try await complaint("monday:new", "tuesday:new").contains("monday/new.hlog"))
            try FileManager.default.removeItem(atPath: folder.file("monday/new.hlog"))
            #expect(try await complaint("monday:new", "tuesday:new").contains("monday/new.hlog"))
            folder.write("{", to: "tuesday/recording.json")
            #expect(try await complaint("elsewhere:new", "tuesday:new").contains("tuesday/recording.json:"))
            var log = LogSketch.java("no tag of ours")
            log.fill(2, tag: "other") { _ in [5] }
            folder.write(log.text, to: "other.hlog")
            #expect(try await complaint("tool.hlog", "other.hlog", "--unit", "ns").contains("no tag in common"))
        }
    }
}
