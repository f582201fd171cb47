// Intended starts as somebody saw them: a list of moments, played back for each side's active time.

import Documents
import Quantities

/// Offsets from the start of the trace, in order; played again from the front after `length`.
public struct ArrivalTrace: Hashable, Sendable {
    public let offsets: [Nanoseconds]
    /// The last offset and a mean gap: where the trace begins again.
    public let length: Nanoseconds

    /// Over the whole trace.
    public var meanRate: Rate { Rate(perSecond: Double(offsets.count) / length.seconds) }

    /// Offsets must be in order, at least two, and span some time.
    init(offsets: [Nanoseconds]) {
        precondition(offsets.count >= 2 && offsets.last! > offsets[0], "a trace spans some time")
        let span = offsets.last! - offsets[0]
        self.offsets = offsets.map { [first = offsets[0]] in $0 - first }
        length = span + Nanoseconds(span.count / Int64(offsets.count - 1))
    }

    /// Reads a text with one moment a line, in seconds with decimals, ascending; `#` begins a comment. Or a trace that was captured: a JSON
    /// object a line, of which `at_s` is the moment; lines without one tell of the trace.
    public static func read(_ text: String, file: String) throws(InputError) -> ArrivalTrace {
        var offsets: [Nanoseconds] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let word = line.first == "{" ? moment(line) : line.prefix { $0 != "#" }.filter { !$0.isWhitespace }
            if word.isEmpty { continue }
            let position = Position(file: file, line: index + 1, column: 1)
            let expected = "a moment in seconds, such as 12.000350"
            guard let seconds = parseNumber(word), seconds >= 0, seconds <= Traffic.longestRun.seconds else {
                throw InputError(position, "'\(word)' is no moment of a trace", expected: expected)
            }
            let offset = Nanoseconds(seconds: seconds)
            if let last = offsets.last, offset < last {
                throw InputError(position, "the trace goes back in time", expected: "moments in order")
            }
            offsets.append(offset)
        }
        guard offsets.count >= 2, offsets.last! > offsets[0] else {
            throw InputError(
                Position(file: file, line: 1, column: 1), "the trace has \(offsets.count) moments and spans no time",
                expected: "two moments at least, one after the other")
        }
        return ArrivalTrace(offsets: offsets)
    }

    /// What stands behind `"at_s":` in a line of a captured trace.
    private static func moment(_ line: Substring) -> String {
        guard let key = line.firstRange(of: "\"at_s\":") else { return "" }
        return String(line[key.upperBound...].drop { $0 == " " }.prefix { $0 != "," && $0 != "}" })
    }

    /// The first moment at or after `offset`, by its number.
    func index(atOrAfter offset: Nanoseconds) -> Int {
        var (low, high) = (0, offsets.count)
        while low < high {
            let middle = (low + high) / 2
            if offsets[middle] < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
