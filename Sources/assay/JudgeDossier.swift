// `assay judge DIR`: a verdict out of a recorded run, offline, the same bytes each time.

import Comparisons
import Documents
import Quantities
import Recordings
import Verdicts

enum JudgeDossier: Verb {
    static let name = "judge"
    static let summary = "(re)judges a recorded run"
    static let usage = "DIR [--criteria FILE] [--explain ID]"
    static let details = """
        Reads a dossier and its criteria and nothing else: no network, no clock. Writes comparison.json, verdict.json and the
        reports. Other criteria than the run's own write to verdicts/<sha256 of the criteria>/ within the dossier; they are post hoc, so
        they may find a failure, and never qualify.

        With --explain it prints how one verdict came about, every number from the criterion to the last comparison, and writes nothing.
        The exit code is that of the whole run all the same.
        """
    static let flags = [
        Flag(
            "--criteria", "FILE", "other criteria than the run's own",
            example: "results/20261121T101500Z-orders-lab --criteria criteria/strict.yaml"),
        Flag(
            "--explain", "ID", "the derivation of one verdict, by its id; nothing is written",
            example: "results/20261121T101500Z-orders-lab --explain p99/recent_orders")
    ]
    static let positionalLimit = 1

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let dossier = Dossier(path: try arguments.argument(0, "the dossier's folder"))
        var criteria: InputFile?
        if let path = arguments.string("--criteria") { criteria = try InputFile(role: "criteria", path: path) }
        let found =
            if let id = arguments.string("--explain") {
                try Judging.explain(id, dossier, criteria: criteria)
            } else {
                try Judging.judge(dossier, criteria: criteria, quiet: false)
            }
        guard let code = found else {
            Console.note(
                "undecided: the run had no criteria; some that are given with --criteria FILE may find a failure, and never"
                    + " qualify")
            return .undecided
        }
        return code
    }
}

enum ReportDossier: Verb {
    static let name = "report"
    static let summary = "(re)writes the reports of a run"
    static let usage = "DIR"
    static let details =
        "Writes report.html, report.md and junit.xml again, from the recording and the run's own criteria."
    static let flags: [Flag] = []
    static let positionalLimit = 1

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let dossier = Dossier(path: try arguments.argument(0, "the dossier's folder"))
        _ = try Judging.judge(dossier, criteria: nil, quiet: true)
        Console.note("wrote \(dossier.file("report.html")), report.md and junit.xml")
        return .success
    }
}
