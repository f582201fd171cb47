// Keeps a dossier's recording up to date while a run lasts: after every round, what is on disk can be judged.

import Documents
import Histograms
import Quantities

/// Appends each round to the logs, then replaces `recording.json`. In this order, so that the logs are never behind.
public struct RecordingWriter {
    public private(set) var recording: Recording
    private let dossier: Dossier

    /// Writes the heads of both logs and a recording without rounds.
    public init(_ recording: Recording, in dossier: Dossier) throws(FileError) {
        self.recording = recording
        self.dossier = dossier
        for side in Side.allCases {
            let comment =
                "Assay \(recording.assayVersion), \(side) side of \(recording.pair), workload \(recording.workload)"
            try dossier.write(IntervalLog.header(comment: comment, base: recording.started), to: "\(side).hlog")
        }
        try dossier.write(recording.json().text(), to: "recording.json")
    }

    public mutating func add(_ round: RoundRecord) throws(FileError) {
        for side in Side.allCases {
            let slice = round[side]
            var lines = ""
            for (operation, record) in zip(recording.operations, slice.operations) {
                for (tag, histogram) in [
                    (Recording.responseTag(operation.name), record.response),
                    (Recording.serviceTag(operation.name), record.service)
                ] {
                    lines += IntervalLog.line(
                        IntervalLogEntry(
                            tag: tag, start: slice.start.seconds, length: slice.length.seconds, histogram: histogram))
                }
            }
            try dossier.append(lines, to: "\(side).hlog")
        }
        recording.rounds.append(round)
        let end = Side.allCases.map { round[$0].start + round[$0].length }.max()!
        recording.ended = recording.started + end
        try dossier.write(recording.json().text(), to: "recording.json")
    }

    /// Marks the run as ended by somebody before its plan did.
    public mutating func markInterrupted() throws(FileError) {
        recording.interrupted = true
        try dossier.write(recording.json().text(), to: "recording.json")
    }
}
