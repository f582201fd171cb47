// Keeps a dossier's recording up to date while a run lasts: after every round, what is on disk can be judged.

import Bytes
import Documents
import Histograms
import Quantities

/// Appends each round to the logs, then replaces `recording.json`. In this order, so that the logs are never behind.
public struct RecordingWriter {
    /// What was written so far, without the rounds: a long run must not hold their histograms in memory.
    public private(set) var recording: Recording
    /// The text of each round.
    private var rounds: [JSON] = []
    /// All counted rounds merged, old side first.
    private var totals: [SideTotal]
    private let dossier: Dossier
    /// Of all that was written to each log.
    private let digests = [RunningDigest(), RunningDigest()]

    /// Writes the heads of both logs and a recording without rounds. It counts as interrupted until `markCompleted`: a run that
    /// is killed has no chance to say so.
    public init(_ recording: Recording, in dossier: Dossier) throws(FileError) {
        self.recording = recording
        self.recording.interrupted = true
        self.recording.logs = [:]
        totals = Side.allCases.map { _ in SideTotal(operations: recording.operations.count) }
        self.dossier = dossier
        for side in Side.allCases {
            let comment =
                "Assay \(recording.assayVersion), \(side) side of \(recording.pair), workload \(recording.workload)"
            let head = IntervalLog.header(comment: comment, base: recording.started)
            try dossier.write(head, to: "\(side).hlog")
            mark(side, head)
        }
        try replaceRecording()
    }

    public mutating func add(_ round: RoundRecord) throws(FileError) {
        for side in Side.allCases {
            let slice = round[side]
            var lines = ""
            for (operation, record) in zip(recording.operations, slice.operations) {
                for (tag, histogram) in [
                    (Recording.responseTag(operation.name, round.purpose), record.response),
                    (Recording.serviceTag(operation.name, round.purpose), record.service)
                ] {
                    lines += IntervalLog.line(
                        IntervalLogEntry(
                            tag: tag, start: slice.start.seconds, length: slice.length.seconds, histogram: histogram))
                }
            }
            try dossier.append(lines, to: "\(side).hlog")
            mark(side, lines)
        }
        // A member of a list of the document: two levels below its top.
        rounds.append(recording.json(of: round).written(level: 2))
        if round.purpose == .measure && round.voidReason == nil {
            for side in Side.allCases { totals[side.index].add(round[side]) }
        }
        recording.ended = recording.started + round.end
        try replaceRecording()
    }

    private mutating func mark(_ side: Side, _ added: String) {
        digests[side.index].add(added.utf8)
        recording.logs[side] = LogMark(
            bytes: (recording.logs[side]?.bytes ?? 0) + added.utf8.count, sha256: digests[side.index].hexadecimal)
    }

    public var roundCount: Int { rounds.count }

    /// What happened to the sides' nodes since the last call; it is on disk with the next round.
    public mutating func add(_ events: [NodeEvent]) { recording.events += events }

    /// All was decided at a look, from 1: the rest of the measured rounds is left out. On disk with the next round.
    public mutating func markStopped(atLook look: Int) { recording.looks?.stoppedAt = look }

    /// The plan came to its end.
    public mutating func markCompleted() throws(FileError) {
        recording.interrupted = false
        try replaceRecording()
    }

    private func replaceRecording() throws(FileError) {
        try dossier.write(recording.json(rounds: rounds, totals: totals).text(), to: "recording.json")
    }
}
