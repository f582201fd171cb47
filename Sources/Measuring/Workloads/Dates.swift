// Dates and times as people write them in a workload file, UTC.

import Documents
import Quantities

/// Milliseconds since 1970 of `2026-01-31` (its first instant) or `2026-01-31T10:20:30Z`.
func instant(_ node: Node) throws(InputError) -> Int64 {
    let expected = "a date of the years 1700 to 2200 in UTC, such as 2026-01-31 or 2026-01-31T10:20:30Z"
    let text = try node.string(expected: expected)
    let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
    let date = numbers(parts[0], widths: [4, 2, 2], separator: "-")
    var time: [Int]? = [0, 0, 0]
    if parts.count == 2 {
        time = parts[1].last == "Z" ? numbers(parts[1].dropLast(), widths: [2, 2, 2], separator: ":") : nil
    }
    guard let date, let time, (1700...2200).contains(date[0]), time[0] < 24, time[1] < 60, time[2] < 60 else {
        throw InputError(node.position, "'\(text)' is not a date", expected: expected)
    }
    guard (1...12).contains(date[1]), (1...31).contains(date[2]) else {
        throw InputError(node.position, "'\(text)' is not in the calendar", expected: expected)
    }
    let wall = WallTime(year: date[0], month: date[1], day: date[2], hour: time[0], minute: time[1], second: time[2])
    // The 31st of February comes back as a day in March.
    guard wall.civil.month == date[1], wall.civil.day == date[2] else {
        throw InputError(node.position, "'\(text)' is not in the calendar", expected: expected)
    }
    return wall.unixNanoseconds / 1_000_000
}

/// An instant, or one that counts from now.
struct Moment: Comparable {
    /// Since 1970, or since now.
    var milliseconds: Int64
    var isMoving: Bool

    static func < (a: Moment, b: Moment) -> Bool { a.milliseconds < b.milliseconds }
}

/// As `instant`, or `now`, `now - 1h`, `now + 30 s`.
func moment(_ node: Node) throws(InputError) -> Moment {
    guard case .scalar(let text, _) = node.content, text.hasPrefix("now") else {
        return Moment(milliseconds: try instant(node), isMoving: false)
    }
    let rest = text.dropFirst(3).filter { !$0.isWhitespace }
    guard let sign = rest.first else { return Moment(milliseconds: 0, isMoving: true) }
    guard sign == "-" || sign == "+" else {
        throw InputError(node.position, "'\(text)' is not a date", expected: "now, now - 1h or now + 30 s")
    }
    let distance = try Node(.scalar(String(rest.dropFirst()), quoted: false), at: node.position).duration()
    let milliseconds = distance.count / 1_000_000
    return Moment(milliseconds: sign == "-" ? -milliseconds : milliseconds, isMoving: true)
}

/// Milliseconds since midnight of `10:20:30`.
func timeOfDay(_ node: Node) throws(InputError) -> Int64 {
    let expected = "a time of day, such as 08:30:00"
    let text = try node.string(expected: expected)
    guard let time = numbers(text[...], widths: [2, 2, 2], separator: ":"), time[0] < 24, time[1] < 60, time[2] < 60
    else {
        throw InputError(node.position, "'\(text)' is not a time of day", expected: expected)
    }
    return Int64((time[0] * 60 + time[1]) * 60 + time[2]) * 1000
}

/// The numbers of a text such as `10:20:30`, each with exactly so many digits; nil where it is something else.
private func numbers(_ text: Substring, widths: [Int], separator: Character) -> [Int]? {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.count == widths.count else { return nil }
    var numbers: [Int] = []
    for (part, width) in zip(parts, widths) {
        guard part.utf8.count == width, part.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(part) else {
            return nil
        }
        numbers.append(number)
    }
    return numbers
}
