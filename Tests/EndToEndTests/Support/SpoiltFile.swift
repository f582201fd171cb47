// Dossiers whose files were cut, damaged, mixed up or written into.

import Foundation
import Histograms
import Quantities
import Recordings
import RunSupport
import Testing

/// One file of a dossier that is not what it was.
struct SpoiltFile: Sendable, CustomTestStringConvertible {
    let what: String
    /// The file that the complaint is about.
    let file: String
    /// Words of the complaint.
    var words = ""
    let spoil: @Sendable (SketchedDossier) throws -> Void

    var testDescription: String { what }
}

/// The file with the first text that `pattern` finds replaced.
private func replaced(
    _ file: String, _ pattern: String, _ replacement: String, _ words: String = "", what: String? = nil
) -> SpoiltFile {
    SpoiltFile(what: what ?? "\(replacement) in \(file)", file: file, words: words) { dossier in
        let text = try dossier.text(file)
        let place = try #require(text.range(of: pattern, options: .regularExpression), "\(pattern)")
        try dossier.write(text.replacingCharacters(in: place, with: replacement), to: file)
    }
}

private func number(_ key: String, _ value: String, _ words: String = "") -> SpoiltFile {
    replaced(
        "recording.json", "\"\(key)\": -?[0-9.e+-]+", "\"\(key)\": \(value)", words, what: "\(value) as \(key)")
}

private let numbers: [SpoiltFile] =
    [
        "rate_per_s", "time_out_ms", "warm_up_s", "started_unix_ns", "ended_unix_ns", "start_s", "length_s", "intended",
        "completed", "rows", "bytes", "due", "dispatched", "lateness_p99_ms", "worker_cpu_ms", "in_flight_max", "index"
    ].map { number($0, "NaN") }
    + ["start_s", "rows", "rate_per_s"].flatMap { key in [".nan", "1e999", "\"5\"", "null"].map { number(key, $0) } }

private let clocks = [
    number("ended_unix_ns", "1", "before it started"),
    number("started_unix_ns", "9199999999999999999", "before it started"),
    number("start_s", "-1", "0 or more"), number("length_s", "-5", "0 or more"), number("length_s", "0", "more than 0"),
    number("time_out_ms", "0", "more than 0"), number("intended", "-1"), number("completed", "999"),
    SpoiltFile(what: "a clock that went back", file: "recording.json", words: "rounds in the order of time") {
        dossier in
        // Every other round an hour later than it was: the next one comes before it.
        let text = try dossier.text("recording.json")
        var count = 0
        let later = text.replacing(/"start_s": ([0-9.]+)/) { match in
            count += 1
            return count > 4 && count <= 6 ? "\"start_s\": 3600" : String(match.output.0)
        }
        try dossier.write(later, to: "recording.json")
    }
]

private func log(_ what: String, _ words: String, _ change: @escaping @Sendable (String) throws -> String) -> SpoiltFile
{
    SpoiltFile(what: what, file: "new.hlog", words: words) { dossier in
        try dossier.write(change(dossier.text("new.hlog")), to: "new.hlog")
    }
}

/// The lines of a log, and where those of `tag` are.
private func lines(_ text: String, _ tag: String) -> (all: [Substring], own: [Int]) {
    let all = text.split(separator: "\n", omittingEmptySubsequences: false)
    return (all, all.indices.filter { all[$0].hasPrefix("Tag=\(tag),") })
}

private let logs = [
    log("a log that ends in the middle", "were written") { String($0.prefix($0.count / 2)) },
    log("a log without its last line's end", "were written") { String($0.dropLast(5)) },
    log("an empty log", "were written") { _ in "" },
    log("a log without its header's lines", "were written") { text in
        text.split(separator: "\n").dropFirst(5).joined(separator: "\n") + "\n"
    },
    log("a log without an operation", "were written") { text in
        lines(text, "").all.filter { !$0.hasPrefix("Tag=recent") }.joined(separator: "\n")
    },
    log("a payload with another byte", "") { text in
        // In the middle of a line's compressed bytes, which have a checksum.
        var (all, own) = lines(text, "recent-rt")
        let place = all[own[3]].index(all[own[3]].endIndex, offsetBy: -40)
        let line = all[own[3]]
        all[own[3]] = line[..<place] + (line[place] == "A" ? "B" : "A") + line[line.index(after: place)...]
        return all.joined(separator: "\n")
    },
    log("a payload that ends early", "") { text in
        var (all, own) = lines(text, "recent-rt")
        all[own[3]] = all[own[3]].dropLast(24)
        return all.joined(separator: "\n")
    },
    log("another slice's payload", "not those that were written") { text in
        var (all, own) = lines(text, "recent-rt")
        let (to, from) = (all[own[3]].split(separator: ","), all[own[4]].split(separator: ","))
        all[own[3]] = Substring((to.dropLast() + [from[from.count - 1]]).joined(separator: ","))
        return all.joined(separator: "\n")
    },
    log("NaN as a time in a log", "a number") {
        $0.replacing(/Tag=recent-rt,[0-9.]+,/, with: "Tag=recent-rt,NaN,", maxReplacements: 1)
    },
    SpoiltFile(what: "no log", file: "new.hlog", words: "no such file") {
        try FileManager.default.removeItem(atPath: $0.file("new.hlog"))
    },
    SpoiltFile(what: "the log of a run like this one", file: "new.hlog", words: "were written") {
        dossier in
        let other = try SketchedDossier(soundRecording(seed: 2), criteria: "")
        try dossier.write(other.text("new.hlog"), to: "new.hlog")
    }
]

private let mixtures = [
    SpoiltFile(what: "the recording of another workload", file: "plan.json", words: "the recording was made from") {
        dossier in
        var sketch = RunSketch([("other", .scan)])
        sketch.rounds = 2
        let other = try SketchedDossier(sketch.recording { $0.take(4, count: 10) }, criteria: "other")
        for name in ["recording.json", "old.hlog", "new.hlog"] { try dossier.write(other.text(name), to: name) }
    },
    SpoiltFile(
        what: "another run's recording with this one's logs", file: "plan.json", words: "the recording was made from"
    ) {
        let other = try SketchedDossier(soundRecording(), criteria: "other")
        try $0.write(other.text("recording.json"), to: "recording.json")
    },
    replaced("recording.json", "\"made_from\": \\{[^}]*\\}", "\"made_from\": {}", "does not name the plan"),
    replaced("recording.json", "\"recent\": ", "\"recant\": ", "no 'recent'", what: "an operation without its counts"),
    replaced("inputs/criteria.yaml", "allow: \\+5 %", "allow: +9 %", "that the run was planned with"),
    SpoiltFile(what: "a plan of other criteria", file: "inputs/criteria.yaml", words: "planned with") { dossier in
        let text = try dossier.text("plan.json")
        try dossier.write(text.replacing(/"sha256": "../, with: "\"sha256\": \"zz"), to: "plan.json")
    },
    replaced("observations.json", "\"probed\"", "\"prabed\""),
    SpoiltFile(what: "no observations", file: "observations.json", words: "made from") {
        try FileManager.default.removeItem(atPath: $0.file("observations.json"))
    },
    SpoiltFile(what: "no plan", file: "plan.json", words: "no such file") {
        try FileManager.default.removeItem(atPath: $0.file("plan.json"))
    },
    SpoiltFile(what: "no criteria", file: "inputs/criteria.yaml", words: "planned with") {
        try FileManager.default.removeItem(atPath: $0.file("inputs/criteria.yaml"))
    },
    SpoiltFile(what: "an empty recording", file: "recording.json") { try $0.write("", to: "recording.json") },
    SpoiltFile(what: "half a recording", file: "recording.json") { dossier in
        let text = try dossier.text("recording.json")
        try dossier.write(String(text.prefix(text.count / 2)), to: "recording.json")
    }
]

let spoiltFiles = numbers + clocks + logs + mixtures
