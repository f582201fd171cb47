// Reads interval logs of any program that writes HdrHistogram's format: cassandra-stress, cql-stress, latte, NoSQLBench, YCSB and ours.

import Bytes

/// A line of an interval log that cannot be read.
public struct IntervalLogError: Error, Equatable, Sendable {
    /// From 1; in bytes where it comes to columns.
    public var line: Int
    public var column: Int
    public var problem: String
    public var expected: String

    public init(line: Int, column: Int, problem: String, expected: String) {
        self.line = line
        self.column = column
        self.problem = problem
        self.expected = expected
    }
}

/// The content of an interval log as it stands there; values are in the unit of who wrote it, which the format does not name.
public struct IntervalLogFile: Sendable, Equatable {
    /// One interval of one tag, or several that followed each other.
    public struct Interval: Sendable, Equatable {
        /// Empty where there is none.
        public var tag: String
        /// The line of the file, from 1; the first of several.
        public var line: Int
        /// How many lines are in it.
        public var lines = 1
        /// Seconds, from the log's base time or since the epoch.
        public var start: Double
        /// Seconds.
        public var length: Double
        public var histogram: LoggedHistogram
    }

    /// Comments as they stand behind their `#`, without those that the format gives a meaning.
    public private(set) var comments: [String] = []
    /// Seconds since the epoch, where the log says so.
    public private(set) var baseTime: Double?
    public private(set) var startTime: Double?
    /// In the order of the file.
    public private(set) var intervals: [Interval] = []
    /// Whether the last line was cut off, and left out for it.
    public private(set) var isTruncated = false

    /// Whether Assay wrote it: its values are nanoseconds, its tags response and service times.
    public var isOwn: Bool { comments.first?.hasPrefix("Assay ") ?? false }

    /// When the first interval of the file began, in seconds since the epoch; nil where the log does not tell. As HdrHistogram's own reader
    /// takes it: from the base time; else from the start time where starts are a year and more before it; else as they stand.
    public var begin: Double? {
        guard let first = intervals.map(\.start).min() else { return nil }
        if let baseTime { return baseTime + first }
        let year = 365.0 * 86_400
        if let startTime, first < startTime - year { return startTime + first }
        return first > 30 * year ? first : nil
    }

    /// Reads a log. A last line that was cut off is left out and told of; damage anywhere else is an error.
    ///
    /// `joining` adds up intervals of a tag that follow each other until they come to so many seconds: an hour of seconds takes a third of the
    /// memory then.
    public init(_ text: String, joining seconds: Double = 0) throws(IntervalLogError) {
        var places: [String: Int] = [:]
        var found: [Interval] = []
        try read(text) { (line, encoded) throws(HistogramFormatError) in
            let interval = Interval(
                tag: line.tag, line: line.number, start: line.start, length: line.length,
                histogram: try LoggedHistogram(logged: encoded))
            if let place = places[interval.tag], found[place].length < seconds, found[place].join(interval) { return }
            places[interval.tag] = found.count
            found.append(interval)
        }
        intervals = found
    }

    /// Nothing yet, for `read`.
    init() {}

    /// What stands on a line before its histogram.
    struct Line {
        var tag: String
        /// From 1.
        var number: Int
        /// Seconds, counted from the first base time of the file.
        var start: Double
        var length: Double
    }

    /// Hands each line to `take`, with the bytes of its histogram, and keeps what the comments say. What `take` cannot read
    /// is damage to the line.
    mutating func read(
        _ text: String, _ take: (Line, [UInt8]) throws(HistogramFormatError) -> Void
    ) throws(IntervalLogError) {
        var text = text
        let failure = text.withUTF8 { bytes -> IntervalLogError? in
            do throws(IntervalLogError) { try readLines(bytes, take) } catch { return error }
            return nil
        }
        if let failure { throw failure }
    }

    private mutating func readLines(
        _ text: UnsafeBufferPointer<UInt8>, _ take: (Line, [UInt8]) throws(HistogramFormatError) -> Void
    ) throws(IntervalLogError) {
        // Logs may follow each other in one file, each with its own base time: seconds are added to what counts from a later one.
        var shift = 0.0
        var hasIntervals = false
        var (number, begin) = (0, 0)
        while begin <= text.count {
            let rest = text[begin...]
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            let isLast = end == text.count
            number += 1
            begin = end + 1
            var line = LogFields(text[rest.startIndex..<end], number: number)
            guard let first = line.first, first != UInt8(ascii: "\"") else { continue }
            if first == UInt8(ascii: "#") {
                read(comment: Substring(line.text.dropFirst()), isFirst: !hasIntervals, &shift)
                continue
            }
            do throws(IntervalLogError) {
                let (found, encoded) = try line.read()
                var interval = found
                interval.start += shift
                do throws(HistogramFormatError) { try take(interval, encoded) } catch {
                    throw line.wrong(
                        line.fields.last, error.description, "a whole histogram in HdrHistogram's encoding V1 or V2")
                }
                hasIntervals = true
            } catch {
                // What follows the last line end was being written when the program was killed.
                guard isLast else { throw error }
                isTruncated = true
            }
        }
    }

    /// `isFirst` tells that no interval came before.
    private mutating func read(comment: Substring, isFirst: Bool, _ shift: inout Double) {
        if let time = IntervalLogFile.time(comment, "[BaseTime:") {
            if isFirst { baseTime = time }
            if let baseTime { shift = time - baseTime }
        } else if let time = IntervalLogFile.time(comment, "[StartTime:") {
            if isFirst { startTime = time }
        } else if isFirst && !comment.hasPrefix("[Histogram log format") {
            comments.append(String(comment))
        }
    }

    /// The number behind `key`, in seconds.
    private static func time(_ comment: Substring, _ key: String) -> Double? {
        guard comment.hasPrefix(key) else { return nil }
        let words = comment.dropFirst(key.count).split(separator: " ")
        return words.first.flatMap { Double($0) }.flatMap { abs($0) < latestTime ? $0 : nil }
    }
}

extension IntervalLogFile.Interval {
    /// Adds an interval that begins within this one or at its end, give or take 100 ms; false where it does not, or has other bins.
    fileprivate mutating func join(_ other: IntervalLogFile.Interval) -> Bool {
        let end = start + length
        guard other.start >= start, other.start <= end + 0.1, histogram.add(other.histogram) else { return false }
        length = max(end, other.start + other.length) - start
        lines += 1
        return true
    }
}

/// Seconds after 1970 beyond which a time is none.
let latestTime = 1e11
