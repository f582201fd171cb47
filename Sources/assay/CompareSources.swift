// What `assay compare` was given: sides of dossiers and interval logs, read into runs.

import Bytes
import Comparisons
import Documents
import Glibc
import Histograms
import Quantities
import Recordings

/// One of the two arguments.
struct RunSource {
    enum Kind: Equatable {
        /// nil where no side was named.
        case dossier(Side?)
        case log
    }

    /// As it was typed.
    let name: String
    let path: String
    let kind: Kind

    init(_ word: String) {
        name = word
        for side in Side.allCases where word.hasSuffix(":\(side)") && !RunSource.isThere(word) {
            path = String(word.dropLast(side.rawValue.count + 1))
            kind = .dossier(side)
            return
        }
        path = word
        kind = RunSource.isFolder(word) ? .dossier(nil) : .log
    }

    private static func isThere(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    func read(unit: UnitFlags.Choice?) throws -> MeasuredRun {
        switch kind {
        case .dossier(let side?): return try RecordedRun(path).side(side)
        case .dossier(nil): preconditionFailure("a dossier is read by its side")
        case .log: return try readLog(unit)
        }
    }

    private func readLog(_ unit: UnitFlags.Choice?) throws -> MeasuredRun {
        let bytes: [UInt8]
        do {
            bytes = try Dossier.readBytes(path: path)
        } catch {
            throw InputError(nil, "\(path): cannot be read: \(error)", expected: "a dossier, or an interval log")
        }
        func wrong(_ error: IntervalLogError) -> InputError {
            InputError(
                Position(file: path, line: error.line, column: error.column), error.problem, expected: error.expected)
        }
        var content = bytes
        if isGzip(bytes) {
            guard let inflated = gunzipped(bytes) else {
                throw InputError(
                    nil, "\(path): gzip that is damaged or cut off, or more than 1 GiB in all",
                    expected: "a whole file; what can be saved of it, gzip -dc writes")
            }
            content = inflated
        }
        let log: IntervalLogFile
        do {
            log = try IntervalLogFile(
                String(decoding: content, as: UTF8.self), joining: MeasuredRun.joinedSeconds)
        } catch {
            throw wrong(error)
        }
        guard !log.intervals.isEmpty else {
            let problem = log.isTruncated ? "no whole interval, and one that was cut off" : "no interval"
            throw InputError(nil, "\(path): \(problem)", expected: "an HdrHistogram interval log")
        }
        do {
            return try MeasuredRun(
                log, unit: try unitOfValues(log, unit), name: name, madeFrom: [name: sha256(bytes)])
        } catch let error as IntervalLogError {
            throw wrong(error)
        }
    }

    /// Never guessed: what a number stands for is not in a log.
    private func unitOfValues(_ log: IntervalLogFile, _ choice: UnitFlags.Choice?) throws(Failure) -> TimeUnit {
        if log.isOwn {
            if let choice, choice.isNamed, choice.unit != .nanoseconds {
                throw Failure(.usage, "assay compare: --unit: \(path) is a log of Assay's, whose values are ns")
            }
            return .nanoseconds
        }
        if let choice { return choice.unit }
        let largest = log.intervals.compactMap { interval in
            interval.histogram.bins.last.map { Double(interval.histogram.layout.edges(of: Int($0)).low) }
        }.max()
        let hint = largest.map { largest in
            let readings = TimeUnit.allCases.map { "\(length(largest, $0)) in \($0.rawValue)" }
            return " (its largest, \(decimal(largest, places: 0)), would be \(readings.joined(separator: ", ")))"
        }
        throw Failure(
            .usage,
            "assay compare: \(path): the unit of its values is not in the log: say --unit ns, us or ms\(hint ?? "")")
    }

    private func length(_ value: Double, _ unit: TimeUnit) -> String {
        let nanoseconds = value * unit.length
        return nanoseconds < 9e18 ? Nanoseconds(Int64(nanoseconds)).description : "over 280 years"
    }
}

/// What `--unit` said: `us` for all logs of other programs, `A=us` for one.
struct UnitFlags {
    struct Choice {
        var unit: TimeUnit
        /// Whether it was given for this very argument.
        var isNamed: Bool
    }

    private(set) var a: Choice?
    private(set) var b: Choice?

    init(_ words: [String], _ sources: [RunSource]) throws(Failure) {
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = parts.count == 2 ? parts[0] : nil
            guard let unit = TimeUnit(rawValue: parts[parts.count - 1]), [nil, "A", "B"].contains(name) else {
                throw Failure(
                    .usage,
                    "assay compare: --unit: '\(word)' is none of ns, us and ms, with or without A= or B= before it")
            }
            let choice = Choice(unit: unit, isNamed: name != nil)
            if name != "B" && !(a?.isNamed ?? false) || name == "A" { a = choice }
            if name != "A" && !(b?.isNamed ?? false) || name == "B" { b = choice }
        }
        for (name, source, choice) in [("A", sources[0], a), ("B", sources[1], b)] {
            guard let choice, choice.isNamed, source.kind != .log else { continue }
            throw Failure(
                .usage,
                "assay compare: --unit: \(name) is a dossier and no log in \(choice.unit.rawValue): its values are ns")
        }
    }
}

/// A dossier that was read once for both of its sides.
struct RecordedRun {
    let path: String
    let recording: Recording
    private let digest: String
    private let workloadDigest: String?
    private let logDigests: [String]

    init(_ path: String) throws {
        self.path = path
        let dossier = Dossier(path: path)
        do {
            guard let text = try dossier.readIfThere("recording.json") else {
                throw InputError(
                    nil, "\(path) is no dossier: it has no recording.json",
                    expected: "the folder of a run, or an interval log")
            }
            recording = try Recording.read(text, in: dossier)
            digest = Dossier.digest(text)
            logDigests = try Side.allCases.map { Dossier.digest(try dossier.read("\($0).hlog")) }
            workloadDigest = try dossier.readIfThere(InputFile.storedName(role: "workload")).map { Dossier.digest($0) }
        } catch let error as FileError where error.isMissing {
            throw InputError(nil, "\(error)", expected: "a whole dossier")
        }
    }

    func side(_ side: Side) -> MeasuredRun {
        MeasuredRun(
            recording, side, name: "\(path):\(side)",
            madeFrom: ["recording.json": digest, "\(side).hlog": logDigests[side.index]], digest: digest,
            workloadDigest: workloadDigest)
    }
}
