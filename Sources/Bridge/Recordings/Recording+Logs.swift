// The histograms of a recording, from the two logs beside it. Up to the last whole round, whatever came after; and only from the logs that
// were written with it.

import Bytes
import Documents
import Histograms
import Quantities

extension Recording {
    /// Tag of an operation's response times in the logs; `-st` for service times. What was seen at a side's limits has tags of its own,
    /// so that nobody takes it for the latency of the workload; no name of an operation holds a colon.
    static func responseTag(_ operation: String, _ purpose: RoundRecord.Purpose) -> String {
        tag(operation, purpose) + "-rt"
    }
    static func serviceTag(_ operation: String, _ purpose: RoundRecord.Purpose) -> String {
        tag(operation, purpose) + "-st"
    }
    private static func tag(_ operation: String, _ purpose: RoundRecord.Purpose) -> String {
        purpose.isUsual ? operation : "\(operation):\(purpose.rawValue)"
    }

    /// The n-th entry of a tag belongs to the n-th round that has this tag; more entries than rounds are a round that was not finished.
    mutating func fillHistograms(of side: Side, from dossier: Dossier) throws {
        let log = try SideLog(side, of: self, in: dossier)
        for (place, operation) in operations.enumerated() {
            var taken: [String: Int] = [:]
            for index in rounds.indices {
                let tag = Recording.responseTag(operation.name, rounds[index].purpose)
                let response = log.byTag[tag] ?? []
                let service = log.byTag[Recording.serviceTag(operation.name, rounds[index].purpose)] ?? []
                let number = taken[tag, default: 0]
                taken[tag] = number + 1
                guard number < min(response.count, service.count) else {
                    let found = min(response.count, service.count)
                    throw log.damaged("\(found) slices under \(tag), and round \(index) needs one more")
                }
                let start = rounds[index][side].start.seconds
                guard abs(response[number].start - start) < 0.0015 else {
                    throw log.damaged(
                        "slice \(index) of \(operation.name) starts at \(response[number].start) s, not \(start) s")
                }
                let isRight = rounds[index].setTimes(
                    of: place, on: side, response: response[number].histogram, service: service[number].histogram)
                guard isRight else {
                    throw log.damaged("slice \(index) of \(operation.name) holds other counts than recording.json")
                }
            }
        }
    }
}

extension RoundRecord {
    /// Sets both histograms of an operation; false where they hold other counts than its record.
    fileprivate mutating func setTimes(
        of place: Int, on side: Side, response: Histogram, service: Histogram
    ) -> Bool {
        side == .old
            ? old.operations[place].setTimes(response, service) : new.operations[place].setTimes(response, service)
    }
}

extension OperationRecord {
    fileprivate mutating func setTimes(_ response: Histogram, _ service: Histogram) -> Bool {
        self.response = response
        self.service = service
        return response.count == intended && service.count == completed
    }
}

/// The log of one side, read.
private struct SideLog {
    private(set) var byTag: [String: [IntervalLogEntry]] = [:]
    private let path: String

    init(_ side: Side, of recording: Recording, in dossier: Dossier) throws {
        let name = "\(side).hlog"
        path = dossier.file(name)
        guard let text = try dossier.readIfThere(name) else { throw damaged("there is no such file") }
        do throws(IntervalLogError) {
            byTag = Dictionary(grouping: try IntervalLog.read(text), by: \.tag)
        } catch {
            throw InputError(
                Position(file: path, line: error.line, column: error.column), error.problem, expected: error.expected)
        }
        if let mark = recording.logs[side] {
            let written = Array(text.utf8.prefix(mark.bytes))
            guard written.count == mark.bytes else {
                throw damaged("\(grouped(written.count)) bytes, where \(grouped(mark.bytes)) were written")
            }
            guard sha256(written) == mark.sha256 else {
                throw damaged(
                    "its first \(grouped(mark.bytes)) bytes are not those that were written with the recording")
            }
        }
    }

    func damaged(_ problem: String) -> InputError {
        InputError(
            Position(file: path, line: 1, column: 1), problem, expected: "the log that belongs to recording.json")
    }
}
