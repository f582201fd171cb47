// Where runs come from: a side of a recording, or an interval log.

import Histograms
import Quantities
import Recordings

extension MeasuredRun {
    /// One side of a recording, without void rounds, the control round and rounds of saturation.
    ///
    /// `digest` is the SHA-256 of recording.json, `workloadDigest` that of the workload file.
    public init(
        _ recording: Recording, _ side: Side, name: String, madeFrom: [String: String], digest: String,
        workloadDigest: String?
    ) {
        let evidence = RunEvidence(recording)
        self.name = name
        let rounds = "\(grouped(evidence.rounds.count)) round\(evidence.rounds.count == 1 ? "" : "s")"
        description = "\(side) side of \(recording.pair), workload \(recording.workload), \(recording.mode), \(rounds)"
        self.madeFrom = madeFrom
        isOwn = true
        begin = recording.started.unixSeconds
        end = recording.ended.unixSeconds
        circumstances = Circumstances(
            workload: recording.workload, workloadDigest: workloadDigest, operations: recording.operations,
            mode: recording.mode, timeOut: recording.timeOut, pair: recording.pair, side: side,
            recordingDigest: digest)
        // Nothing stands for a floor here: the caveat of an unpaired comparison says more than this one.
        // What is said of the pair is not said of one run of it.
        caveats = evidence.caveats.filter { $0.code != .uncalibrated && $0.code != .oneDeployment }
        series = recording.operations.indices.flatMap { index in
            Timing.allCases.map { TagSeries(evidence, operation: index, side, $0) }
        }
        leftOut = []
    }

    /// Intervals of a log that follow each other may be joined until they come to so many seconds: a unit of evidence is never shorter.
    public static let joinedSeconds = RunEvidence.unitSeconds * 0.99

    /// An interval log; `unit` is that of its values.
    public init(
        _ log: IntervalLogFile, unit: TimeUnit, name: String, madeFrom: [String: String]
    ) throws(IntervalLogError) {
        self.name = name
        var order: [String] = []
        var byTag: [String: [IntervalLogFile.Interval]] = [:]
        for interval in log.intervals {
            if byTag[interval.tag] == nil { order.append(interval.tag) }
            byTag[interval.tag, default: []].append(interval)
        }
        // No name of an operation holds a colon.
        leftOut = log.isOwn ? order.filter { $0.contains(":") } : []
        var series: [TagSeries] = []
        for tag in order where !leftOut.contains(tag) { series.append(try TagSeries(byTag[tag]!, unit)) }
        self.series = series
        let tags = "\(order.count) tag\(order.count == 1 ? "" : "s")"
        let count = log.intervals.reduce(0) { $0 + $1.lines }
        let lines = "\(grouped(count)) interval\(count == 1 ? "" : "s")"
        description = "interval log\(log.isOwn ? " of Assay's" : ""), \(tags), \(lines), values in \(unit.rawValue)"
        self.madeFrom = madeFrom
        isOwn = log.isOwn
        begin = log.begin
        let length = log.intervals.map { $0.start + $0.length }.max().map { $0 - log.intervals.map(\.start).min()! }
        end = log.begin.flatMap { begin in length.map { begin + $0 } }
        circumstances = nil
        caveats = MeasuredRun.caveats(of: log)
    }

    private static func caveats(of log: IntervalLogFile) -> [Caveat] {
        var found: [Caveat] = []
        if log.isTruncated {
            found.append(Caveat(.truncatedLog, "the log's last line was cut off, and is left out"))
        }
        if log.isOwn {
            found.append(
                Caveat(
                    .wholeLog,
                    "a log by itself does not say which rounds are void and which repeats the first: all of them are in"
                        + " its figures; name the dossier to leave them out"))
        } else {
            found.append(
                Caveat(
                    .failuresUnknown,
                    "a log does not say what became of failed operations: where they are left out, or stand at the moment"
                        + " of their failure, a system that fails looks fast"))
        }
        return found
    }
}

extension TagSeries {
    fileprivate init(_ evidence: RunEvidence, operation index: Int, _ side: Side, _ timing: Timing) {
        let recording = evidence.recording
        let name = recording.operations[index].name
        var (failed, intended) = (0, 0)
        let stretches = evidence.rounds.map { round in
            let record = round[side].operations[index]
            failed += record.failed
            intended += record.intended
            var histogram = timing == .response ? record.response : record.service
            // A failed operation is never fast: service times know only completed ones.
            if timing == .service && record.failed > 0 {
                histogram.record(recording.timeOut.count, count: record.failed)
            }
            return Stretch(
                seconds: round[side].length.seconds, span: round.measuredSeconds(recording.mode),
                histogram: LoggedHistogram(histogram))
        }
        self.init(tag: name + (timing == .response ? "-rt" : "-st"), nanoseconds: 1, stretches: stretches)
        isSingle = stretches.count == 1
        self.failed = failed
        self.intended = intended
        timeOut = recording.timeOut
    }

    /// The intervals of one tag, at least one, in the order of the file.
    fileprivate init(_ intervals: [IntervalLogFile.Interval], _ unit: TimeUnit) throws(IntervalLogError) {
        let ratio = intervals[0].histogram.ratio
        var total = 0
        for interval in intervals {
            func wrong(_ problem: String, _ expected: String) -> IntervalLogError {
                IntervalLogError(line: interval.line, column: 1, problem: problem, expected: expected)
            }
            guard interval.histogram.ratio == ratio else {
                throw wrong(
                    "a value of 1 is worth \(interval.histogram.ratio) here and was worth \(ratio) before",
                    "one unit under a tag")
            }
            guard interval.histogram.count <= Int(LoggedHistogram.mostValues) - total else {
                throw wrong("more than 2^53 values under one tag", "counts that something could have counted")
            }
            total += interval.histogram.count
        }
        // Logs of several threads or generators overlap: time that is covered twice is one time.
        var covered = -Double.infinity
        let sorted = intervals.sorted { ($0.start, $0.line) < ($1.start, $1.line) }
        let stretches = sorted.map { interval in
            let end = interval.start + interval.length
            let seconds = max(0, end - max(covered, interval.start))
            covered = max(covered, end)
            return Stretch(seconds: seconds, span: seconds, histogram: interval.histogram)
        }
        self.init(tag: intervals[0].tag, nanoseconds: unit.length * ratio, stretches: stretches)
        isSingle = intervals.count == 1 && intervals[0].lines == 1
    }
}
