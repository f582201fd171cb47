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

    /// The entries of a log of Assay's own, in order. A last line that was cut off is left out; damage anywhere else is an error with its line.
    public static func read(_ text: String) throws(IntervalLogError) -> [IntervalLogEntry] {
        var entries: [IntervalLogEntry] = []
        var foreign: IntervalLogError?
        let decoder = HistogramDecoder()
        var file = IntervalLogFile()
        try file.read(text) { (line, encoded) throws(HistogramFormatError) in
            var histogram = decoder.histogram(encoded)
            if histogram == nil {
                let logged = try LoggedHistogram(logged: encoded)
                do { histogram = try Histogram(own: logged) } catch {
                    foreign =
                        foreign
                        ?? IntervalLogError(
                            line: line.number, column: 1, problem: "\(error)",
                            expected: "a histogram as Assay writes it")
                    return
                }
            }
            entries.append(
                IntervalLogEntry(tag: line.tag, start: line.start, length: line.length, histogram: histogram!))
        }
        if let foreign { throw foreign }
        return entries
    }
}
