// What people get wrong in files and on the command line: one line, the right exit code, and nothing else.

import Foundation
import Testing

/// One mistake: a text of a sample replaced by another, where that must be complained of, and words of the complaint.
struct Mistake: Sendable, CustomTestStringConvertible {
    var file: String
    var text: String
    var replacement: String
    /// What stands at the line and column that the complaint names; the first such place in the changed file.
    var place: String
    var words: String

    init(_ file: String, _ text: String, _ replacement: String, at place: String, _ words: String) {
        (self.file, self.text, self.replacement, self.place, self.words) = (file, text, replacement, place, words)
    }

    var testDescription: String { "\(file): \(words)" }
}

/// `file:line:column`, as editors take it, of `text` in the content of `file`.
private func position(of text: String, in content: String, file: String) -> String? {
    guard let range = content.range(of: text) else { return nil }
    let before = content[..<range.lowerBound]
    let column = before.distance(
        from: before.lastIndex(of: "\n").map { before.index(after: $0) } ?? before.startIndex, to: before.endIndex)
    return "\(file):\(before.count { $0 == "\n" } + 1):\(column + 1)"
}

/// Whether it is one line for people, and no trace of a crash.
func expectOneLine(_ outcome: Outcome, code: Int32, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(outcome.code == code, "\(outcome)", sourceLocation: sourceLocation)
    #expect(outcome.lines.count == 1, "\(outcome)", sourceLocation: sourceLocation)
    #expect(outcome.out.isEmpty, "\(outcome)", sourceLocation: sourceLocation)
    for sign in ["Fatal error", "Stack dump", "Backtrace", "💣", "a defect of Assay"] {
        #expect(!outcome.err.contains(sign), "\(outcome)", sourceLocation: sourceLocation)
    }
}

extension EndToEnd {
    @Suite(.timeLimit(.minutes(2))) struct InputTests {
        static let mistakes = [
            Mistake(
                "workload.yaml", "    page_size: 5", "    pagesize: 5", at: "pagesize", "did you mean 'page_size'?"),
            Mistake("workload.yaml", "shape: range", "shape: rage", at: "rage", "did you mean 'range'?"),
            Mistake("workload.yaml", "shape: range", "shape: circle", at: "circle", "unknown shape 'circle'"),
            Mistake("workload.yaml", "weight: 4", "weight: -4", at: "-4", "more than 0"),
            Mistake("workload.yaml", "rate: 400/s", "rate: 0/s", at: "0/s,", "more than 0/s"),
            Mistake("workload.yaml", "rate: 400/s", "rate: 400", at: "400", "unit"),
            Mistake("workload.yaml", "slice: 200 ms", "slice: 1 ms", at: "1 ms", "at least 100 ms"),
            Mistake(
                "workload.yaml", "bind: [customer, at]", "bind: [customer, when]", at: "when]",
                "'when' is not in values"),
            Mistake("workload.yaml", "name: brief", "name: brief\nname: again", at: "name: again", "name"),
            Mistake("workload.yaml", "workload: 1", "workload: 1\n\tx: 1", at: "\tx", "a tab"),
            Mistake("pair.yaml", "new: {lab", "neww: {lab", at: "pair", "new"),
            Mistake("pair.yaml", "{lab: {}}", "{lab: {factor: {range: 0}}}", at: "0}}}", "out of range"),
            Mistake("pair.yaml", "new: {lab: {}}", "new: {cql: [\"1.2.3.4:99999\"]}", at: "\"1.2.3.4", "99999"),
            Mistake("criteria.yaml", "allow: +5 %", "allow: 5", at: "5}", "%"),
            Mistake(
                "criteria.yaml", "allow: +5 %", "allow: +5 %, advisry: true", at: "advisry", "did you mean 'advisory'?"),
            Mistake(
                "criteria.yaml", "of: each operation, allow: +5 %", "of: no_such_operation, allow: +5 %",
                at: "no_such_operation",
                "no_such_operation"),
            Mistake(
                "criteria.yaml", "of: each operation, allow: +5 %", "of: shape scan, allow: +5 %", at: "shape scan",
                "which no operation has"),
            Mistake(
                "criteria.yaml", "of: each operation, allow: +5 %", "of: keyspace shpo, allow: +5 %",
                at: "keyspace shpo",
                "did you mean 'shop'?"),
            Mistake(
                "criteria.yaml", "allow: +5 %", "at_least: 5 ms", at: "at_least", "expected allow, at_most, or both"),
            Mistake(
                "criteria.yaml", "name: brief-criteria",
                "name: brief-criteria\nwaive: {id: p99/no_such, until: 2026-12-31, by: J, why: w}", at: "p99/no_such",
                "matches no verdict")
        ]

        @Test(arguments: mistakes)
        func `A file that is wrong is named with line and column`(mistake: Mistake) async throws {
            let inputs = Inputs()
            let right = try #require(inputs.folder.read(mistake.file))
            let place = try #require(right.range(of: mistake.text))
            let wrong = right.replacingCharacters(in: place, with: mistake.replacement)
            inputs.folder.write(wrong, to: mistake.file)
            let outcome = try await inputs.run("--duration", "1s")
            expectOneLine(outcome, code: 65)
            let expected = try #require(position(of: mistake.place, in: wrong, file: mistake.file))
            #expect(outcome.err.hasPrefix(expected + ": "), "\(outcome)")
            #expect(outcome.err.contains(mistake.words) && outcome.err.contains("expected"), "\(outcome)")
            #expect(!inputs.results.has("plan.json"), "nothing was to be begun")
        }

        @Test func `A workload without operations is refused`() async throws {
            let text = Samples.workload.prefix(upTo: Samples.workload.range(of: "operations:")!.lowerBound)
            let inputs = Inputs(workload: text + "operations: {}\ntraffic: {arrivals: constant, rate: 1/s}\n")
            let outcome = try await inputs.run()
            expectOneLine(outcome, code: 65)
            #expect(outcome.err.contains("workload.yaml:") && outcome.err.contains("no operations"), "\(outcome)")
        }

        @Test func `A table that is not there is named at the statement`() async throws {
            let statement = "SELECT * FROM shop.nowhere WHERE customer = ? LIMIT 1"
            let text = Samples.workload.replacing(
                "SELECT * FROM shop.orders WHERE customer = ? LIMIT 1", with: statement)
            let outcome = try await Inputs(workload: text).run("--duration", "1s")
            expectOneLine(outcome, code: 65)
            let expected = try #require(position(of: statement, in: text, file: "workload.yaml"))
            #expect(outcome.err.hasPrefix(expected + ": "), "\(outcome)")
            #expect(outcome.err.contains("nowhere") && outcome.err.contains("old side"), "\(outcome)")
        }

        @Test(arguments: ["pair", "workload", "criteria"])
        func `A file that is not there is named`(role: String) async throws {
            let inputs = Inputs()
            try FileManager.default.removeItem(atPath: inputs.folder.file("\(role).yaml"))
            let outcome = try await inputs.run("--duration", "1s")
            expectOneLine(outcome, code: 65)
            #expect(outcome.err.hasPrefix("\(role).yaml: "), "\(outcome)")
        }

        static let usage: [([String], String)] = [
            (["runn"], "did you mean 'run'?"),
            (["run", "--wokload", "w"], "did you mean '--workload'?"),
            (["run", "--workload", "workload.yaml"], "--pair"),
            (["run", "--pair", "pair.yaml"], "--workload"),
            (["check"], "--pair"),
            (["judge"], "folder"),
            (["judge", "a", "b"], "'b'"),
            (["run", "--pair", "pair.yaml", "--workload", "workload.yaml", "--duration", "10"], "--duration"),
            (["run", "--pair", "pair.yaml", "--workload", "workload.yaml", "--mode", "trio"], "duet"),
            (["run", "--pair", "pair.yaml", "--workload", "workload.yaml", "--set", "customers"], "--set"),
            (["run", "--pair"], "--pair"),
            (["lab", "--side", "left"], "left")
        ]

        @Test(arguments: usage)
        func `A command line that is wrong is told so`(words: [String], hint: String) async throws {
            let inputs = Inputs()
            let outcome = try await Assay.start(words, in: inputs.folder).ended()
            expectOneLine(outcome, code: 64)
            #expect(outcome.err.contains(hint), "\(outcome)")
        }

        @Test func `A folder that is no dossier is not judged`() async throws {
            let outcome = try await Assay.run("judge", ".", in: Scratch())
            expectOneLine(outcome, code: 65)
        }

        @Test func `A damaged recording is no defect of Assay`() async throws {
            let demo = try await Demo.shared.value.results
            for (name, damage) in [
                ("recording.json", "\"rounds\""), ("new.hlog", "HISTFA"), ("observations.json", "\"kind\"")
            ] {
                let folder = Scratch()
                try FileManager.default.copyItem(atPath: demo.path, toPath: folder.file("d"))
                let text = try #require(folder.read("d/\(name)"))
                folder.write(text.replacing(damage, with: "?!"), to: "d/\(name)")
                let outcome = try await Assay.run("judge", "d", in: folder)
                expectOneLine(outcome, code: 65)
                #expect(outcome.err.contains(name), "\(outcome)")
            }
        }
    }
}
