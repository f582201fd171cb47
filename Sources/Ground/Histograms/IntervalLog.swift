// HdrHistogram's interval log, version 1.3: one line for each slice and tag, readable by every HdrHistogram tool.

import Bytes
import Quantities

/// One line of an interval log.
public struct IntervalLogEntry: Sendable, Equatable {
    public var tag: String
    /// Seconds since the log's base time, to the millisecond.
    public var start: Double
    /// Length of the interval in seconds, to the millisecond.
    public var length: Double
    public var histogram: Histogram

    public init(tag: String, start: Double, length: Double, histogram: Histogram) {
        self.tag = tag
        self.start = start
        self.length = length
        self.histogram = histogram
    }
}

public enum IntervalLog {
    /// The lines before the first interval. Starts of intervals count from `base`.
    public static func header(comment: String, base: WallTime) -> String {
        let seconds = decimal(base.unixSeconds, places: 3)
        return """
            #\(comment)
            #[Histogram log format version 1.3]
            #[BaseTime: \(seconds) (seconds since epoch)]
            #[StartTime: \(seconds) (seconds since epoch), \(base.iso8601)]
            "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"

            """
    }

    /// One line with its line end. The maximum is in milliseconds, as nanoseconds over 1,000,000.
    public static func line(_ entry: IntervalLogEntry) -> String {
        precondition(!entry.tag.contains { ", \n".contains($0) }, "a tag has no comma, space or line end")
        let maximum = decimal(Double(entry.histogram.max) / 1e6, places: 3)
        let times = "\(decimal(entry.start, places: 3)),\(decimal(entry.length, places: 3)),\(maximum)"
        return "Tag=\(entry.tag),\(times),\(base64(entry.histogram.compressed()))\n"
    }

    /// The entries of a log, in order. A last line that was cut off is left out; damage anywhere else is an error with its line.
    public static func read(_ text: String) throws(HistogramFormatError) -> [IntervalLogEntry] {
        var entries: [IntervalLogEntry] = []
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // A whole line ends in a line end; what follows the last one was being written when the run was killed.
        if let last = lines.last, !last.isEmpty { lines.removeLast() }
        for (index, raw) in lines.enumerated() {
            guard let first = raw.first, first != UInt8(ascii: "#"), first != UInt8(ascii: "\"") else { continue }
            do {
                entries.append(try entry(Substring(raw)))
            } catch {
                throw HistogramFormatError("line \(index + 1): \(error)")
            }
        }
        return entries
    }

    private static func entry(_ line: Substring) throws(HistogramFormatError) -> IntervalLogEntry {
        var fields = line.split(separator: ",", omittingEmptySubsequences: false)[...]
        var tag = ""
        if let first = fields.first, first.hasPrefix("Tag=") {
            tag = String(first.dropFirst(4))
            fields = fields.dropFirst()
        }
        guard fields.count == 4 else { throw HistogramFormatError("\(fields.count) fields, expected 4") }
        let values = Array(fields)
        guard let start = Double(values[0]), let length = Double(values[1]) else {
            throw HistogramFormatError("start and length are not numbers")
        }
        guard let bytes = base64Decoded(values[3]) else { throw HistogramFormatError("the histogram is not Base64") }
        return IntervalLogEntry(tag: tag, start: start, length: length, histogram: try Histogram(compressed: bytes))
    }
}
