// Dossiers of runs that never were, written as a run writes them, so that the command itself can be given spoilt evidence.

import Documents
import Foundation
import Histograms
import Quantities
import Recordings
import RunSupport

/// A recording of two operations on sides that are alike, long enough for every verdict that there can be.
func soundRecording(seed: UInt64 = 1) -> Recording {
    var sketch = RunSketch([("latest", .point), ("recent", .range)])
    sketch.operations[1].keyspace = "audit"
    sketch.rounds = 24
    sketch.seed = seed
    let noise = ReferenceNoise(rounds: 24, seed: seed, shared: 0.01, unshared: 0.002)
    // The quantiles of a log-logistic distribution: as good as draws from it, and without their noise.
    let times = (0..<1000).map { place in
        let share = (Double(place) + 0.5) / 1000
        return 4 * exp(0.3 * log(share / (1 - share)))
    }
    var recording = sketch.recording { operation in
        let level = exp(noise.level(operation.round, operation.side))
        for time in times { operation.take(time * level) }
    }
    var random = SeededRandom(seed: seed)
    recording.addRounds(14) { _, _ in
        SaturationSketch(.inFlight(64), completed: 20_000 + Int(random.below(100)))
    }
    return recording
}

/// A folder with all that `assay judge` reads.
struct SketchedDossier {
    let folder = Scratch()
    let name = "run"

    var path: String { folder.file(name) }
    func file(_ part: String) -> String { "\(path)/\(part)" }
    func text(_ part: String) throws -> String { try String(contentsOfFile: file(part), encoding: .utf8) }
    func write(_ text: String, to part: String) throws {
        try text.write(toFile: file(part), atomically: false, encoding: .utf8)
    }

    /// `observations` nil: nobody looked, and there is no such file.
    init(
        _ recording: Recording, criteria: String, observations: Observations? = Observations(probed: ["parity"]),
        completed: Bool = true
    ) throws {
        let dossier = try Dossier.creating(folder.file(name))
        try dossier.makeFolder("inputs")
        try dossier.write(criteria, to: "inputs/criteria.yaml")
        let plan = SketchedDossier.plan(criteria: criteria)
        try dossier.write(plan, to: "plan.json")
        var recording = recording
        recording.madeFrom = ["plan.json": Dossier.digest(plan)]
        if let observations {
            let text = observations.json().text()
            try dossier.write(text, to: "observations.json")
            recording.madeFrom["observations.json"] = Dossier.digest(text)
        }
        let rounds = recording.rounds
        recording.rounds = []
        var writer = try RecordingWriter(recording, in: dossier)
        for round in rounds { try writer.add(round) }
        if completed { try writer.markCompleted() }
    }

    /// A copy in a folder of its own.
    init(copying other: SketchedDossier) throws {
        try FileManager.default.copyItem(atPath: other.path, toPath: path)
    }

    private static func plan(criteria: String) -> String {
        """
        {"plan": 1, "arrivals": "constant", "slice_s": 5, "guard_s": 0.5, "warm_up_s": 60, "time_out_ms": 10000,
         "operations": [],
         "inputs": [{"role": "criteria", "file": "criteria.yaml", "sha256": "\(Dossier.digest(criteria))"}]}

        """
    }

    /// As if the run had been planned with these criteria.
    func plan(criteria: String) throws {
        let (before, plan) = (try text("plan.json"), SketchedDossier.plan(criteria: criteria))
        let recording = try text("recording.json")
        try write(criteria, to: "inputs/criteria.yaml")
        try write(plan, to: "plan.json")
        try write(recording.replacing(Dossier.digest(before), with: Dossier.digest(plan)), to: "recording.json")
    }

    func judge(_ words: String...) async throws -> Outcome {
        try await Assay.start(["judge", name] + words, in: folder).ended()
    }

    /// Finding and reason of each verdict, by id.
    func verdicts() throws -> [String: (finding: String, reason: String)] {
        let list = try Document(path: file("verdict.json"))["verdicts"].list
        return Dictionary(
            uniqueKeysWithValues: list.map {
                ($0["id"].string ?? "", ($0["verdict"].string ?? "", $0["reason"].string ?? ""))
            })
    }

    var hasVerdict: Bool { FileManager.default.fileExists(atPath: file("verdict.json")) }
}

extension Histogram {
    /// The same values, each half as long again.
    func slower() -> Histogram {
        var result = Histogram()
        forEachBin { low, _, count in result.record(low * 3 / 2, count: count) }
        return result
    }
}
