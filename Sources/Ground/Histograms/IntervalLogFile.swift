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
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // Logs may follow each other in one file, each with its own base time: seconds are added to what counts from a later one.
        var shift = 0.0
        for (index, whole) in lines.enumerated() {
            let line = whole.last == UInt8(ascii: "\r") ? whole.dropLast() : whole
            let content = line.drop(while: isSeparator)
            guard let first = content.first, first != UInt8(ascii: "\"") else { continue }
            if first == UInt8(ascii: "#") {
                read(comment: Substring(content.dropFirst()), &shift)
                continue
            }
            do {
                var interval = try IntervalLogFile.interval(line, number: index + 1)
                interval.start += shift
                if let place = places[interval.tag], intervals[place].length < seconds, intervals[place].join(interval)
                {
                    continue
                }
                places[interval.tag] = intervals.count
                intervals.append(interval)
            } catch {
                // What follows the last line end was being written when the program was killed.
                guard index == lines.count - 1 else { throw error }
                isTruncated = true
            }
        }
    }

    private mutating func read(comment: Substring, _ shift: inout Double) {
        if let time = IntervalLogFile.time(comment, "[BaseTime:") {
            if intervals.isEmpty { baseTime = time }
            if let baseTime { shift = time - baseTime }
        } else if let time = IntervalLogFile.time(comment, "[StartTime:") {
            if intervals.isEmpty { startTime = time }
        } else if intervals.isEmpty && !comment.hasPrefix("[Histogram log format") {
            comments.append(String(comment))
        }
    }

    /// The number behind `key`, in seconds.
    private static func time(_ comment: Substring, _ key: String) -> Double? {
        guard comment.hasPrefix(key) else { return nil }
        let words = comment.dropFirst(key.count).split(separator: " ")
        return words.first.flatMap { Double($0) }.flatMap { abs($0) < latestTime ? $0 : nil }
    }

    private static func interval(_ line: Substring.UTF8View, number: Int) throws(IntervalLogError) -> Interval {
        var fields = line.split(whereSeparator: isSeparator).map { Substring($0) }
        func wrong(_ field: Substring?, _ problem: String, _ expected: String) -> IntervalLogError {
            let before = field.map { line.distance(from: line.startIndex, to: $0.startIndex) } ?? 0
            return IntervalLogError(line: number, column: before + 1, problem: problem, expected: expected)
        }
        var tag = ""
        if let first = fields.first, first.hasPrefix("Tag=") {
            tag = String(first.dropFirst(4))
            fields.removeFirst()
        }
        guard fields.count == 4 else {
            throw wrong(
                nil, "\(fields.count) fields", "[Tag=…,]start,length,max,histogram as in HdrHistogram's interval logs")
        }
        var numbers: [Double] = []
        for (value, name) in zip(fields, ["the interval's start", "its length", "its maximum"]) {
            guard let number = Double(value), abs(number) < latestTime || numbers.count == 2 && number.isFinite else {
                throw wrong(value, "'\(printable(value))' as \(name)", "a number")
            }
            numbers.append(number)
        }
        guard numbers[1] >= 0 else { throw wrong(fields[1], "an interval of \(numbers[1]) s", "0 s or more") }
        guard let bytes = base64Decoded(fields[3]) else {
            throw wrong(fields[3], "the histogram is not Base64", "Base64 with padding")
        }
        do {
            let histogram = try LoggedHistogram(logged: bytes)
            return Interval(tag: tag, line: number, start: numbers[0], length: numbers[1], histogram: histogram)
        } catch {
            throw wrong(fields[3], error.description, "a whole histogram in HdrHistogram's encoding V1 or V2")
        }
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

/// The beginning of a field without what a terminal would take for a command.
private func printable(_ field: Substring) -> String {
    String(decoding: field.utf8.prefix(40).map { $0 < 0x20 || $0 > 0x7E ? UInt8(ascii: "?") : $0 }, as: UTF8.self)
}

/// Seconds after 1970 beyond which a time is none.
private let latestTime = 1e11

/// Fields are split by commas and spaces alike.
private func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
}
