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

    /// A dossier put to criteria, with nothing written yet.
    private struct Case {
        let criteria: InputFile
        /// Judged by other criteria than the run's own.
        let isOther: Bool
        let hasSeal: Bool
        let recording: Recording
        let comparison: Comparison
        let judgement: Judgement
        let traces: [VerdictTrace]
        let parsed: Criteria
        let observations: Observations
    }

    /// What a dossier is before it is put to criteria.
    private struct Seen {
        let recording: Recording
        /// SHA-256 by name of file.
        let made: [String: String]
        /// Of the inputs that the run was planned with.
        let roles: Set<String>
    }

    /// Judges a dossier and writes what comes of it. `criteria` are others than the run's own. `quiet` leaves the table out.
    /// Returns nil where there are no criteria: effects and reports are written, and no verdict.
    static func judge(_ dossier: Dossier, criteria other: InputFile?, quiet: Bool) throws -> ExitCode? {
        guard let evidence = try evidence(dossier) else { return .undecided }
        guard let found = try put(evidence, dossier, criteria: other) else {
            try reportWithoutCriteria(dossier, evidence.recording, evidence.made, quiet)
            return nil
        }
        let digest = Dossier.digest(found.criteria.text)
        let prefix = found.isOther ? "verdicts/\(digest)/" : ""
        if found.isOther {
            try dossier.makeFolder("verdicts")
            try dossier.makeFolder("verdicts/\(digest)")
            try dossier.write(found.criteria.text, to: prefix + "criteria.yaml")
        }
        var made = evidence.made
        let comparisonText = found.comparison.json(madeFrom: made).text()
        try dossier.write(comparisonText, to: prefix + "comparison.json")
        var reasons = try digests(["observations.json"], in: dossier)
        reasons["comparison.json"] = Dossier.digest(comparisonText)
        reasons["criteria.yaml"] = digest
        if !found.isOther && found.hasSeal { try reasons.merge(digests([sealName], in: dossier)) { $1 } }
        let verdictText = found.judgement.json(madeFrom: reasons).text()
        try dossier.write(verdictText, to: prefix + "verdict.json")
        made.merge(reasons) { $1 }
        made["verdict.json"] = Dossier.digest(verdictText)
        let report = Report(
            recording: found.recording, comparison: found.comparison, judgement: found.judgement,
            criteria: found.parsed.criteria, environment: try environment(dossier), observations: found.observations,
            inputs: inputs(made), planned: try planned(dossier))
        try write(report, dossier, prefix)
        if !quiet { Console.out(report.console()) }
        if !quiet { Console.note("report: \(dossier.file(prefix + "report.html"))") }
        return code(found.judgement.outcome)
    }

    /// Prints the derivation of the verdict `id` and writes nothing. Returns nil where there are no criteria.
    static func explain(_ id: String, _ dossier: Dossier, criteria other: InputFile?) throws -> ExitCode? {
        guard let evidence = try evidence(dossier) else { return .undecided }
        guard let found = try put(evidence, dossier, criteria: other) else { return nil }
        let explanation = Explanation(
            found.judgement, found.traces, found.comparison, criteria: found.criteria.text)
        guard let text = explanation.text(of: id) else {
            let known = found.judgement.verdicts.map(\.id)
            let problem = suggesting("assay judge: --explain: there is no verdict '\(id)'", id, among: known)
            throw Failure(.usage, "\(problem); there are \(known.joined(separator: ", "))")
        }
        Console.out(text)
        return code(found.judgement.outcome)
    }

    /// nil where the run ended before there was any, which is said.
    private static func evidence(_ dossier: Dossier) throws -> Seen? {
        guard let recordingText = try dossier.readIfThere("recording.json") else {
            guard try dossier.readIfThere("plan.json") != nil else {
                let problem = "\(dossier.path) is no dossier: it has no recording.json"
                throw whole(dossier.file("recording.json"), problem, expected: "the folder of a run")
            }
            Console.note(
                "\(dossier.path): undecided: the run ended before its first round began; there is nothing to judge")
            return nil
        }
        let recording = try Recording.read(recordingText, in: dossier)
        let roles = try checkChain(recording, dossier)
        var made = try digests(["old.hlog", "new.hlog"], in: dossier)
        made["recording.json"] = Dossier.digest(recordingText)
        return Seen(recording: recording, made: made, roles: roles)
    }

    /// The evidence under the criteria `other`, or under the run's own; nil where there are none.
    private static func put(_ evidence: Seen, _ dossier: Dossier, criteria other: InputFile?) throws -> Case? {
        // What the plan does not name was put there afterwards.
        let own =
            try evidence.roles.contains("criteria")
            ? dossier.readIfThere(criteriaName).map {
                InputFile(role: "criteria", path: dossier.file(criteriaName), text: $0)
            } : nil
        let seal = try evidence.roles.contains("seal") ? dossier.readIfThere(sealName) : nil
        guard let file = other ?? own else { return nil }
        let recording = evidence.recording
        let criteria = try Criteria.read(file.text, file: file.path)
        let operations = recording.operations
        try criteria.validate(
            operations: operations.map(\.name), shapes: operations.map(\.shape), keyspaces: operations.map(\.keyspace))
        let comparison = compare(recording, measures: measures(criteria))
        let observations = try observations(dossier)
        let found = traced(comparison, by: criteria, recording: recording, observations: observations)
        // Other criteria leave the run's own verdict as it is.
        let isOther = other.map { Dossier.digest($0.text) != own.map { Dossier.digest($0.text) } } ?? false
        let judgement =
            isOther
            ? found.judgement.with(otherCriteria(file, own)).by(.others)
            : found.judgement.by(.own(try ownSeal(seal, dossier, of: file), began: recording.started))
        return Case(
            criteria: file, isOther: isOther, hasSeal: seal != nil, recording: recording, comparison: comparison,
            judgement: judgement, traces: found.traces, parsed: criteria, observations: observations)
    }

    private static func otherCriteria(_ file: InputFile, _ own: InputFile?) -> Caveat {
        let planned = own.map { "those have the SHA-256 \(Dossier.digest($0.text).prefix(12))…" } ?? "it had none"
        return Caveat(
            .otherCriteria,
            "judged by other criteria (SHA-256 \(Dossier.digest(file.text).prefix(12))…) than the run was planned with: \(planned)"
        )
    }

    /// The seal that the run was given beside its criteria; it must be theirs.
    private static func ownSeal(_ text: String?, _ dossier: Dossier, of criteria: InputFile) throws -> Seal? {
        guard let text else { return nil }
        let seal = try Seal.read(text, file: dossier.file(sealName))
        guard seal.fits(criteria.text) else {
            throw whole(
                dossier.file(sealName), "not the seal of \(criteria.path)",
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

    /// A file that is wrong as a whole, or not there.
    private static func whole(_ path: String, _ problem: String, expected: String) -> InputError {
        InputError(Position(file: path, line: 1, column: 1), problem, expected: expected)
    }

    /// The recording names the plan and the environment that it was made from; others in their place are refused.
    /// Returns the roles of the inputs that the run was planned with.
    private static func checkChain(_ recording: Recording, _ dossier: Dossier) throws -> Set<String> {
        let roles = try checkInputs(dossier)
        guard recording.madeFrom["plan.json"] != nil else {
            throw whole(
                dossier.file("recording.json"), "the recording does not name the plan that it was made from",
                expected: "the SHA-256 of plan.json under made_from")
        }
        for (name, digest) in recording.madeFrom.sorted(by: { $0.key < $1.key }) {
            guard let text = try dossier.readIfThere(name), Dossier.digest(text) == digest else {
                throw whole(
                    dossier.file(name), "not the file that the recording was made from",
                    expected: "its SHA-256 to be \(digest)")
            }
        }
        return roles
    }

    /// The plan names the inputs' digests: the criteria that were fixed before the run are the ones that it is judged by.
    private static func checkInputs(_ dossier: Dossier) throws -> Set<String> {
        var roles: Set<String> = []
        let file = dossier.file("plan.json")
        guard let text = try dossier.readIfThere("plan.json") else {
            throw whole(file, "there is no such file", expected: "the plan of the run")
        }
        var fields = try Fields(YAML.read(text, file: file), what: "plan.json")
        for item in try fields.required("inputs").list() {
            var entry = try Fields(item, what: "an input")
            let (role, digest) = (try entry.required("role").string(), try entry.required("sha256").string())
            let name = InputFile.storedName(role: role)
            roles.insert(role)
            guard let text = try dossier.readIfThere(name), Dossier.digest(text) == digest else {
                throw whole(
                    dossier.file(name), "not the \(role) that the run was planned with",
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
