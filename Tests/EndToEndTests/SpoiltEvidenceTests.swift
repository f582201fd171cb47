// What is missing or spoilt never passes: every kind of it, held against every kind of criterion, through the command.

import Foundation
import Histograms
import Quantities
import Recordings
import RunSupport
import Testing

/// A run that saw too little, or the wrong thing, and says so in files that belong together.
struct SpoiltRun: Sendable, CustomTestStringConvertible {
    let what: String
    /// The command's exit code: undecided, or void.
    var code: Int32 = 2
    /// Words in the reason of one verdict at least.
    var words = ""
    /// Verdicts that rest on something else, and stand.
    var untouched: Set<String> = []
    var isProbed = true
    let spoil: @Sendable (inout Recording) -> Void

    var testDescription: String { what }
}

extension Recording {
    fileprivate mutating func change(_ side: Side, _ body: (inout OperationRecord, _ operation: Int) -> Void) {
        for index in rounds.indices {
            var slice = rounds[index][side]
            for place in slice.operations.indices { body(&slice.operations[place], place) }
            if side == .old { rounds[index].old = slice } else { rounds[index].new = slice }
        }
    }

    fileprivate mutating func forget(_ side: Side, operation: Int? = nil) {
        change(side) { record, place in
            if operation ?? place == place { record = OperationRecord() }
        }
    }
}

private let spoiltRuns = [
    SpoiltRun(what: "no rounds", words: "nothing was measured") { $0.rounds = [] },
    SpoiltRun(what: "no samples on either side") {
        $0.forget(.old)
        $0.forget(.new)
    },
    SpoiltRun(what: "one round", untouched: ["parity"]) { recording in
        recording.rounds = [recording.rounds[0], recording.rounds[24]]
    },
    SpoiltRun(what: "all rounds void", code: 3, words: "the run is void") { recording in
        for index in recording.rounds.indices { recording.rounds[index].old.selfCheck.faults = ["late"] }
    },
    SpoiltRun(what: "rounds void on one side alone", code: 3, words: "the run is void") { recording in
        for index in 0..<12 { recording.rounds[index].new.selfCheck.faults = ["late"] }
    },
    SpoiltRun(what: "an empty old side") { $0.forget(.old) },
    SpoiltRun(what: "an empty new side") { $0.forget(.new) },
    SpoiltRun(what: "operations that were asked of old alone", words: "was asked") { recording in
        // All of one, and half of the other: sums over both must not hide it.
        recording.forget(.new, operation: 1)
        for index in recording.rounds.indices where index % 2 == 0 {
            recording.rounds[index].new.operations[0] = .init()
        }
    },
    SpoiltRun(what: "operations that were asked of new alone", words: "was asked") { recording in
        recording.forget(.old, operation: 1)
        for index in recording.rounds.indices where index % 2 == 0 {
            recording.rounds[index].old.operations[0] = .init()
        }
    },
    SpoiltRun(what: "fewer rows from new", words: "different numbers of rows") { recording in
        recording.change(.new) { record, _ in record.rows = record.rows * 9 / 10 }
    },
    SpoiltRun(what: "fewer rows from old", words: "different numbers of rows") { recording in
        recording.change(.old) { record, _ in record.rows = record.rows * 9 / 10 }
    },
    SpoiltRun(what: "nobody looked at parity", untouched: Set(EveryCriterion.kinds.map(\.id)), isProbed: false) { _ in }
]

extension EndToEnd {
    @Suite(.timeLimit(.minutes(5))) struct SpoiltEvidenceTests {
        private static let recording = soundRecording()
        private static let sound = Result { try SketchedDossier(recording, criteria: EveryCriterion.file) }
        /// One round of each purpose.
        private static let short = Result {
            var short = recording
            short.rounds = [recording.rounds[0], recording.rounds[24]]
            return try SketchedDossier(short, criteria: EveryCriterion.file)
        }

        /// Without this, nothing below would show anything.
        @Test func `Sound evidence passes every kind that can pass`() async throws {
            let dossier = try SketchedDossier(copying: Self.sound.get())
            let outcome = try await dossier.judge()
            #expect(outcome.code == 0, "\(outcome)")
            let verdicts = try dossier.verdicts()
            #expect(
                Set(verdicts.keys.compactMap { EveryCriterion.kind(of: $0)?.id }).count == EveryCriterion.kinds.count)
            for (id, found) in verdicts {
                let kind = try #require(EveryCriterion.kind(of: id))
                #expect(found.finding == (kind.nature == .decided ? "pass" : "undecided"), "\(id): \(found.reason)")
            }
        }

        @Test(arguments: spoiltRuns)
        func `A spoilt run passes nothing`(spoilt: SpoiltRun) async throws {
            var recording = Self.recording
            spoilt.spoil(&recording)
            let dossier = try SketchedDossier(
                recording, criteria: EveryCriterion.file,
                observations: spoilt.isProbed ? Observations(probed: ["parity"]) : nil)
            let outcome = try await dossier.judge()
            #expect(outcome.code == spoilt.code, "\(outcome)")
            let verdicts = try dossier.verdicts()
            #expect(verdicts.count >= EveryCriterion.kinds.count)
            for (id, found) in verdicts {
                let kind = try #require(EveryCriterion.kind(of: id))
                if spoilt.untouched.contains(kind.id) && (spoilt.isProbed || kind.id != "parity") {
                    #expect(found.finding == (kind.nature == .decided ? "pass" : "undecided"), "\(id): \(found.reason)")
                    continue
                }
                #expect(found.finding == "undecided", "\(id): \(found.reason)")
            }
            #expect(spoilt.words.isEmpty || verdicts.values.contains { $0.reason.contains(spoilt.words) })
        }

        /// What is not gating, or waived, makes no exception: alone, nothing of it gives an exit code of 0.
        @Test(arguments: EveryCriterion.kinds.filter { $0.nature == .decided })
        func `No kind qualifies by itself on a run of one round`(kind: CriterionKind) async throws {
            let criteria = EveryCriterion.file(kind, kind.line())
            let spoilt = try SketchedDossier(copying: Self.short.get())
            try spoilt.plan(criteria: criteria)
            #expect(try await spoilt.judge().code == (kind.id == "parity" ? 0 : 2))
            let sound = try SketchedDossier(copying: Self.sound.get())
            try sound.plan(criteria: criteria)
            // An advisory criterion alone qualifies nothing either.
            #expect(try await sound.judge().code == (kind.id == "advisory" ? 2 : 0), "\(kind.id)")
        }

        @Test func `A run that was ended early passes nothing`() async throws {
            let dossier = try SketchedDossier(Self.recording, criteria: EveryCriterion.file, completed: false)
            #expect(try await dossier.judge().code == 2)
            for (id, found) in try dossier.verdicts() where id != "parity" {
                #expect(found.finding == "undecided", "\(id): \(found.reason)")
            }
        }

        @Test(arguments: spoiltFiles)
        func `A dossier with a file that is wrong is refused`(spoilt: SpoiltFile) async throws {
            let dossier = try SketchedDossier(copying: Self.sound.get())
            try spoilt.spoil(dossier)
            let outcome = try await dossier.judge()
            expectOneLine(outcome, code: 65)
            #expect(outcome.err.contains(#/^run/[a-z./]+:[0-9]+:[0-9]+: /#), "\(outcome)")
            #expect(
                outcome.err.contains("run/\(spoilt.file):")
                    && (spoilt.words.isEmpty || outcome.err.contains(spoilt.words)), "\(outcome)")
            #expect(!dossier.hasVerdict)
        }

        /// A recording of an earlier version says less, and is none the worse for it.
        @Test func `A recording that does not name its logs is read`() async throws {
            let dossier = try SketchedDossier(copying: Self.sound.get())
            let text = try dossier.text("recording.json")
            let older = text.replacing(/"logs": \{(?:[^{}]|\{[^}]*\})*\},\s*/, with: "")
            #expect(older != text)
            try dossier.write(older, to: "recording.json")
            #expect(try await dossier.judge().code == 0)
        }

        @Test(arguments: EveryCriterion.kinds)
        func `A limit that says something else is refused`(kind: CriterionKind) async throws {
            let dossier = try Self.short.get()
            func expectRefused(_ line: String) async throws {
                dossier.folder.write(EveryCriterion.file(kind, line), to: "bad.yaml")
                for words in [["judge", dossier.name], ["check"]] {
                    let outcome = try await Assay.start(words + ["--criteria", "bad.yaml"], in: dossier.folder).ended()
                    expectOneLine(outcome, code: 65)
                    #expect(outcome.err.contains(#/^bad\.yaml:4:[0-9]+: .* expected /#), "\(line): \(outcome)")
                }
            }
            #expect(!kind.wrongLimits.isEmpty)
            for limit in kind.wrongLimits { try await expectRefused(kind.line(limit: limit)) }
            if kind.family == "performance" { try await expectRefused(kind.line(limit: "weight: 1")) }
        }

        @Test(arguments: EveryCriterion.kinds.filter { !$0.strangers.isEmpty })
        func `A criterion without a match is refused`(kind: CriterionKind) async throws {
            let dossier = try Self.short.get()
            for stranger in kind.strangers {
                let line = kind.line(of: stranger)
                dossier.folder.write(EveryCriterion.file(kind, line), to: "stranger.yaml")
                let outcome = try await dossier.judge("--criteria", "stranger.yaml")
                expectOneLine(outcome, code: 65)
                #expect(outcome.err.contains(#/^stranger\.yaml:4:[0-9]+: /#), "\(line): \(outcome)")
            }
        }
    }
}
