// From a dossier to a verdict: what `judge`, `report` and the end of `run` have in common.

import Comparisons
import Documents
import Quantities
import Recordings
import Reports
import Verdicts

enum Judging {
    /// The name under which a run keeps its criteria.
    static let criteriaName = "inputs/criteria.yaml"
    /// And the seal that lay beside them, where there was one.
    static let sealName = "inputs/criteria.seal"

    /// Judges a dossier and writes what comes of it. `criteria` are others than the run's own. `quiet` leaves the table out.
    /// Returns nil where there are no criteria: effects and reports are written, and no verdict.
    static func judge(_ dossier: Dossier, criteria other: InputFile?, quiet: Bool) throws -> ExitCode? {
        guard let recordingText = try dossier.readIfThere("recording.json") else {
            guard try dossier.readIfThere("plan.json") != nil else {
                throw InputError(
                    nil, "\(dossier.path) is no dossier: it has no recording.json", expected: "the folder of a run")
            }
            Console.note(
                "\(dossier.path): undecided: the run ended before its first round began; there is nothing to judge")
            return .undecided
        }
        let recording = try Recording.read(recordingText, in: dossier)
        let roles = try checkChain(recording, dossier)
        var made = try digests(["old.hlog", "new.hlog"], in: dossier)
        made["recording.json"] = Dossier.digest(recordingText)

        // What the plan does not name was put there afterwards.
        let own =
            try roles.contains("criteria")
            ? dossier.readIfThere(criteriaName).map {
                InputFile(role: "criteria", path: dossier.file(criteriaName), text: $0)
            } : nil
        let seal = try roles.contains("seal") ? dossier.readIfThere(sealName) : nil
        guard let file = other ?? own else {
            try reportWithoutCriteria(dossier, recording, made, quiet)
            return nil
        }
        let criteria = try Criteria.read(file.text, file: file.path)
        let operations = recording.operations
        try criteria.validate(
            operations: operations.map(\.name), shapes: operations.map(\.shape), keyspaces: operations.map(\.keyspace))

        let comparison = compare(recording, measures: measures(criteria))
        let observations = try observations(dossier)
        var judgement = Verdicts.judge(comparison, by: criteria, recording: recording, observations: observations)
        // Other criteria leave the run's own verdict as it is.
        let isOther = other.map { Dossier.digest($0.text) != own.map { Dossier.digest($0.text) } } ?? false
        let prefix = isOther ? "verdicts/\(Dossier.digest(file.text))/" : ""
        if isOther {
            let planned = own.map { "those have the SHA-256 \(Dossier.digest($0.text).prefix(12))…" } ?? "it had none"
            judgement = judgement.with(
                Caveat(
                    .otherCriteria,
                    "judged by other criteria (SHA-256 \(Dossier.digest(file.text).prefix(12))…) than the run was planned with: \(planned)"
                ))
            judgement = judgement.by(.others)
            try dossier.makeFolder("verdicts")
            try dossier.makeFolder("verdicts/\(Dossier.digest(file.text))")
            try dossier.write(file.text, to: prefix + "criteria.yaml")
        } else {
            judgement = judgement.by(.own(try ownSeal(seal, dossier, of: file), began: recording.started))
        }
        let comparisonText = comparison.json(madeFrom: made).text()
        try dossier.write(comparisonText, to: prefix + "comparison.json")
        var reasons = try digests(["observations.json"], in: dossier)
        reasons["comparison.json"] = Dossier.digest(comparisonText)
        reasons["criteria.yaml"] = Dossier.digest(file.text)
        if !isOther && seal != nil { try reasons.merge(digests([sealName], in: dossier)) { $1 } }
        let verdictText = judgement.json(madeFrom: reasons).text()
        try dossier.write(verdictText, to: prefix + "verdict.json")
        made.merge(reasons) { $1 }
        made["verdict.json"] = Dossier.digest(verdictText)
        let report = Report(
            recording: recording, comparison: comparison, judgement: judgement, criteria: criteria.criteria,
            environment: try environment(dossier), observations: observations, inputs: inputs(made),
            planned: try planned(dossier))
        try write(report, dossier, prefix)
        if !quiet { Console.out(report.console()) }
        if !quiet { Console.note("report: \(dossier.file(prefix + "report.html"))") }
        return code(judgement.outcome)
    }

    /// The seal that the run was given beside its criteria; it must be theirs.
    private static func ownSeal(_ text: String?, _ dossier: Dossier, of criteria: InputFile) throws -> Seal? {
        guard let text else { return nil }
        let seal = try Seal.read(text, file: dossier.file(sealName))
        guard seal.fits(criteria.text) else {
            throw InputError(
                nil, "\(dossier.file(sealName)) is not the seal of \(criteria.path)",
                expected: "the seal of a file with the SHA-256 \(Dossier.digest(criteria.text))")
        }
        return seal
    }

    /// A run that was measured without criteria: effects and a report, no verdict.
    private static func reportWithoutCriteria(
        _ dossier: Dossier, _ recording: Recording, _ made: [String: String], _ quiet: Bool
    ) throws {
        let comparison = compare(recording)
        try dossier.write(comparison.json(madeFrom: made).text(), to: "comparison.json")
        let report = Report(
            recording: recording, comparison: comparison, judgement: nil, environment: try environment(dossier),
            observations: try observations(dossier), inputs: inputs(made), planned: try planned(dossier))
        try write(report, dossier, "")
        if !quiet { Console.out(report.console()) }
        if !quiet { Console.note("report: \(dossier.file("report.html"))  (no criteria: no verdict)") }
    }

    private static func measures(_ criteria: Criteria) -> [Measure] {
        var measures = Measure.standard
        for measure in criteria.measures where !measures.contains(measure) { measures.append(measure) }
        return measures
    }

    static func code(_ outcome: Outcome) -> ExitCode {
        switch outcome {
        case .qualified: .success
        case .notQualified: .notQualified
        case .undecided: .undecided
        case .void: .void
        }
    }

    private static func write(_ report: Report, _ dossier: Dossier, _ prefix: String) throws {
        try dossier.write(report.html(), to: prefix + "report.html")
        try dossier.write(report.markdown(), to: prefix + "report.md")
        try dossier.write(report.junit(), to: prefix + "junit.xml")
    }

    /// The recording names the plan and the environment that it was made from; others in their place are refused.
    /// Returns the roles of the inputs that the run was planned with.
    private static func checkChain(_ recording: Recording, _ dossier: Dossier) throws -> Set<String> {
        let roles = try checkInputs(dossier)
        for (name, digest) in recording.madeFrom.sorted(by: { $0.key < $1.key }) {
            guard let text = try dossier.readIfThere(name), Dossier.digest(text) == digest else {
                throw InputError(
                    nil, "\(dossier.file(name)) is not the file that the recording was made from",
                    expected: "its SHA-256 to be \(digest)")
            }
        }
        return roles
    }

    /// The plan names the inputs' digests: the criteria that were fixed before the run are the ones that it is judged by.
    private static func checkInputs(_ dossier: Dossier) throws -> Set<String> {
        var roles: Set<String> = []
        let file = dossier.file("plan.json")
        var fields = try Fields(YAML.read(dossier.read("plan.json"), file: file), what: "plan.json")
        for item in try fields.required("inputs").list() {
            var entry = try Fields(item, what: "an input")
            let (role, digest) = (try entry.required("role").string(), try entry.required("sha256").string())
            let name = InputFile.storedName(role: role)
            roles.insert(role)
            guard let text = try dossier.readIfThere(name), Dossier.digest(text) == digest else {
                throw InputError(
                    nil, "\(dossier.file(name)) is not the \(role) that the run was planned with",
                    expected: "its SHA-256 to be \(digest); other criteria go with --criteria")
            }
        }
        return roles
    }

    private static func digests(_ names: [String], in dossier: Dossier) throws -> [String: String] {
        var result: [String: String] = [:]
        for name in names {
            if let digest = try dossier.digestIfThere(name) { result[name] = digest }
        }
        return result
    }

    private static func inputs(_ made: [String: String]) -> [Reports.InputFile] {
        made.sorted { $0.key < $1.key }.map { Reports.InputFile(name: $0.key, sha256: $0.value) }
    }

    private static func planned(_ dossier: Dossier) throws -> [PlannedFact] {
        try PlannedFact.read(dossier.read("plan.json"), file: dossier.file("plan.json"))
    }

    private static func environment(_ dossier: Dossier) throws -> Environment? {
        try dossier.readIfThere("environment.json").map {
            try Environment.read($0, file: dossier.file("environment.json"))
        }
    }

    static func observations(_ dossier: Dossier) throws -> Observations {
        try dossier.readIfThere("observations.json").map {
            try Observations.read($0, file: dossier.file("observations.json"))
        } ?? Observations()
    }
}
