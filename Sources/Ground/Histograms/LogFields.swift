// One line of an interval log, cut into its fields: the one place that knows what a line looks like.

import Bytes

/// A line over bytes that somebody else owns; it must not outlive them.
struct LogFields {
    private let line: Slice<UnsafeBufferPointer<UInt8>>
    /// From 1.
    private let number: Int
    /// Without the separators around it.
    private(set) var fields: [Range<Int>] = []

    /// Without its line end.
    init(_ whole: Slice<UnsafeBufferPointer<UInt8>>, number: Int) {
        self.number = number
        line = whole.last == UInt8(ascii: "\r") ? whole.dropLast() : whole
    }

    /// The first byte that is no separator.
    var first: UInt8? { line.first { !isSeparator($0) } }
    /// From that byte on.
    var text: String { String(decoding: line.drop(while: isSeparator), as: UTF8.self) }

    private func text(_ field: Range<Int>) -> String { String(decoding: line[field], as: UTF8.self) }

    private mutating func split() {
        var place = line.startIndex
        while true {
            while place < line.endIndex && isSeparator(line[place]) { place += 1 }
            if place == line.endIndex { return }
            let begin = place
            while place < line.endIndex && !isSeparator(line[place]) { place += 1 }
            fields.append(begin..<place)
        }
    }

    func wrong(_ field: Range<Int>?, _ problem: String, _ expected: String) -> IntervalLogError {
        let before = field.map { $0.lowerBound - line.startIndex } ?? 0
        return IntervalLogError(line: number, column: before + 1, problem: problem, expected: expected)
    }

    /// Everything on the line; the histogram is not looked into.
    mutating func read() throws(IntervalLogError) -> (IntervalLogFile.Line, encoded: [UInt8]) {
        split()
        var tag = ""
        if let first = fields.first, line[first].starts(with: "Tag=".utf8) {
            tag = String(decoding: line[first].dropFirst(4), as: UTF8.self)
            fields.removeFirst()
        }
        guard fields.count == 4 else {
            throw wrong(
                nil, "\(fields.count) fields", "[Tag=…,]start,length,max,histogram as in HdrHistogram's interval logs")
        }
        var numbers: [Double] = []
        for (field, name) in zip(fields, ["the interval's start", "its length", "its maximum"]) {
            let isTime = numbers.count < 2
            guard let value = Double(text(field)), isTime ? abs(value) < latestTime : value.isFinite else {
                throw wrong(field, "'\(printable(field))' as \(name)", "a number")
            }
            numbers.append(value)
        }
        guard numbers[1] >= 0 else { throw wrong(fields[1], "an interval of \(numbers[1]) s", "0 s or more") }
        guard let bytes = base64Decoded(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: line[fields[3]]))) else {
            throw wrong(fields[3], "the histogram is not Base64", "Base64 with padding")
        }
        return (IntervalLogFile.Line(tag: tag, number: number, start: numbers[0], length: numbers[1]), bytes)
    }

    /// The beginning of a field without what a terminal would take for a command.
    private func printable(_ field: Range<Int>) -> String {
        String(decoding: line[field].prefix(40).map { $0 < 0x20 || $0 > 0x7E ? UInt8(ascii: "?") : $0 }, as: UTF8.self)
    }
}

/// Fields are split by commas and spaces alike.
private func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
}
