// `assay compare A B`: effects between two runs that were not measured in pairs. Never a verdict.

import Comparisons
import Documents
import Quantities
import Recordings
import Reports

enum CompareRuns: Verb {
    static let name = "compare"
    static let summary = "sets two recordings or interval logs against each other, unpaired: effects, and no verdict"
    static let usage = "A B [flags]"
    static let details = """
        A and B are each a dossier with a side (DIR:old, DIR:new) or an HdrHistogram interval log of Assay or another program
        (.hlog, gzip or not). Two dossiers of one pair without a side are compared side by side: new with new, then old with
        old. B is set against A: p50, p90, p99, p99.9, mean and the largest value of every operation that both have.

        Two runs do not see the same minutes, and what they differ by anyway is in none of the intervals: this verb gives no
        verdict and ends with 0. For a verdict measure both sides in turns, with assay run.
        """
    static let flags = [
        Flag(
            "--unit", "[A=|B=]UNIT",
            "ns, us or ms: the unit of a log's values, of both or of one; Assay's own logs hold ns",
            example: "wrk.hlog latte.hlog --unit A=us --unit B=ns"),
        Flag(
            "--map", "TAG=TAG", "an operation or tag of A and its name in B; as often as there are any",
            example: "latte.hlog results/20261121T101500Z-orders-lab:new --unit ns --map requests=latest_order-st"),
        Flag(
            "--confidence", "PERCENT", "of the two-sided intervals, 50 % to 99.99 % (90 %)",
            example: "before.hlog after.hlog --unit us --confidence 99%"),
        Flag(
            "--service", nil, "service times in the table, too, where there are response times",
            example: "results/monday results/tuesday --service"),
        Flag(
            "--json", "FILE", "writes all figures as JSON; - for stdout, in place of the table",
            example: "results/monday results/tuesday --json -")
    ]
    static let positionalLimit = 2

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let words = [try arguments.argument(0, "the first run"), try arguments.argument(1, "the second run")]
        let confidence = try confidence(arguments)
        let renamings = try arguments.all("--map").map(renaming)
        let sources = words.map(RunSource.init)
        let units = try UnitFlags(arguments.all("--unit"), sources)
        let runs = try Self.runs(sources, units)
        let comparisons = try runs.map { a, b in try compare(a, b, renamings, confidence) }
        if let path = arguments.string("--json") {
            let text = UnpairedComparison.document(comparisons).text()
            if path == "-" {
                Console.out(text)
                return .success
            }
            try Dossier.write(text, path: path)
        }
        Console.out(console(comparisons, withService: arguments.has("--service")))
        return .success
    }

    /// What is set against what: one pair of runs, or new with new and old with old.
    private static func runs(_ sources: [RunSource], _ units: UnitFlags) throws -> [(MeasuredRun, MeasuredRun)] {
        let open = sources.filter { $0.kind == .dossier(nil) }
        if open.count == 2 {
            let (a, b) = (try RecordedRun(sources[0].path), try RecordedRun(sources[1].path))
            guard a.recording.pair == b.recording.pair else {
                throw Failure(
                    .usage,
                    "assay compare: the dossiers are of two pairs, \(a.recording.pair) and \(b.recording.pair): say which"
                        + " side of each, such as \(sources[0].path):new \(sources[1].path):new")
            }
            return [Side.new, .old].map { (a.side($0), b.side($0)) }
        }
        if let one = open.first {
            throw Failure(
                .usage,
                "assay compare: \(one.path) is a dossier with two sides: say which, \(one.path):old or \(one.path):new")
        }
        return [(try sources[0].read(unit: units.a), try sources[1].read(unit: units.b))]
    }

    private static func compare(
        _ a: MeasuredRun, _ b: MeasuredRun, _ renamings: [Renaming], _ confidence: Double
    ) throws -> UnpairedComparison {
        do {
            return try compareUnpaired(a, b, renamings: renamings, confidence: confidence)
        } catch {
            if error.isRenaming { throw Failure(.usage, "assay compare: --map: \(error)") }
            throw InputError(nil, "\(error)", expected: "a tag of one name in both, or --map TAG=TAG")
        }
    }

    private static func confidence(_ arguments: Arguments) throws(Failure) -> Double {
        guard let text = arguments.string("--confidence") else { return 0.9 }
        do {
            let value = try Ratio(parsing: text).value
            if (0.5...0.9999).contains(value) { return value }
        } catch {
            throw Failure(.usage, "assay compare: --confidence: \(error)")
        }
        throw Failure(.usage, "assay compare: --confidence: '\(text)' is out of range, expected 50 % to 99.99 %")
    }

    private static func renaming(_ text: String) throws(Failure) -> Renaming {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw Failure(
                .usage, "assay compare: --map: '\(text)' is not TAG=TAG, such as --map requests=latest_order-st")
        }
        return Renaming(a: parts[0], b: parts[1])
    }
}
