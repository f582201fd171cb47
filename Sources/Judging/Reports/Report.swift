// A run as people read it: on the terminal, in a merge request, in a browser, in a pipeline. The same inputs give the same bytes.

import Comparisons
import Quantities
import Recordings
import Verdicts

/// A file that the verdict rests on, by its name in the dossier or its path, and the SHA-256 of its bytes in hexadecimal.
public struct InputFile: Hashable, Sendable {
    public var name: String
    public var sha256: String

    public init(name: String, sha256: String) {
        self.name = name
        self.sha256 = sha256
    }
}

/// Everything that a report shows. Reports compute nothing that decides: verdicts and effects come in as they are.
public struct Report: Sendable {
    let recording: Recording
    let comparison: Comparison
    /// nil where the run was measured without criteria.
    let judgement: Judgement?
    /// The criteria that the judgement was made with; they tell the limits that intervals are drawn against.
    let criteria: [Criterion]
    let environment: Environment?
    let observations: Observations
    let inputs: [InputFile]
    /// What the plan said was to be run.
    let planned: [PlannedFact]
    /// All counted rounds of each side merged, in the order of the recording's operations.
    let wholes: (old: [OperationRecord], new: [OperationRecord])

    public init(
        recording: Recording, comparison: Comparison, judgement: Judgement?, criteria: [Criterion] = [],
        environment: Environment?, observations: Observations = Observations(), inputs: [InputFile] = [],
        planned: [PlannedFact] = []
    ) {
        self.recording = recording
        self.comparison = comparison
        self.judgement = judgement
        self.criteria = criteria
        self.environment = environment
        self.observations = observations
        self.inputs = inputs
        self.planned = planned
        wholes = (recording.whole(.old), recording.whole(.new))
    }

    /// `orders on staging: 3.11.19 -> 4.1.9`
    var title: String {
        let versions = environment.map { ": \($0.old.releaseVersion) -> \($0.new.releaseVersion)" } ?? ""
        return "\(recording.workload) on \(recording.pair)\(versions)"
    }

    var outcomeWords: String {
        switch judgement?.outcome {
        case .qualified: "qualified"
        case .notQualified: "not qualified"
        case .undecided: "undecided"
        case .void: "void"
        case nil: "not judged"
        }
    }

    /// What the outcome rests on, in a sentence.
    var summary: String {
        guard let judgement else { return "Measured without criteria; assay judge DIR --criteria FILE takes some." }
        let prefix = outcomeWords + ": "
        let sentence = judgement.summary
        return (sentence.hasPrefix(prefix) ? String(sentence.dropFirst(prefix.count)) : sentence).capitalisedFirst
    }

    /// The verdicts with what is shown beside them, in the order of the criteria.
    var lines: [VerdictLine] {
        (judgement?.verdicts ?? []).map { verdict in
            VerdictLine(verdict, criteria.first { $0.id == verdict.criterion && $0.family == verdict.family })
        }
    }

    /// `2 failed, 1 waived, 1 undecided, 9 passed`
    var tally: String {
        let verdicts = judgement?.verdicts ?? []
        let waived = verdicts.count(where: \.isWaived)
        var counts = [Finding.fail, .undecided, .pass].map { finding in verdicts.count { $0.finding == finding } }
        counts[0] -= waived
        counts.insert(waived, at: 1)
        return zip(counts, ["failed", "waived", "undecided", "passed"]).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
            .joined(separator: ", ")
    }

    /// `from 2026-11-21T08:10:15Z, 24 rounds in 6.0 minutes, interleaved, seed 42`
    var circumstances: String {
        var parts = [
            "from \(recording.started.iso8601)",
            "\(counted(comparison.run.countedRounds, "round")) in \(decimal(comparison.run.minutes, places: 1)) minutes",
            recording.mode.rawValue,
            "\(Rate(perSecond: recording.ratePerSecond)) a side",
            "seed \(recording.seed)"
        ]
        if recording.interrupted { parts.append("interrupted before its end") }
        return parts.joined(separator: ", ")
    }

    /// Reservations about the run as a whole.
    var caveats: [Caveat] { judgement?.caveats ?? [] }

    /// Reservations about one operation that do not hold for the whole run, each once.
    func caveats(of operation: String) -> [Caveat] {
        var seen = Set(caveats)
        return comparison.effects.filter { $0.operation == operation }.flatMap(\.caveats).filter {
            seen.insert($0).inserted
        }
    }

    /// What was looked at and found different, unexpected differences first.
    var differences: [Observation] {
        let differing = observations.observations.filter(\.differs)
        return differing.filter { !$0.expected } + differing.filter(\.expected)
    }
}
