// A day of the calendar, as people write it: `2026-12-31`. It is a day of UTC, whatever the machine's own zone.

/// A day of UTC, in the years 1970 to 2200.
public struct Day: Hashable, Sendable, CustomStringConvertible {
    /// Its first instant.
    public let start: WallTime

    /// The first instant that is no longer of the day.
    public var end: WallTime { start + .seconds(86_400) }

    /// Reads `2026-12-31`; four, two and two digits.
    public init(parsing text: String) throws(QuantityError) {
        let expected = "a day of the years 1970 to 2200, such as 2026-12-31"
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), (1970...2200).contains(year)
        else { throw QuantityError(problem: "'\(text)' is not a date", expected: expected) }
        // The 31st of February comes back as a day in March.
        let wall =
            (1...12).contains(month) && (1...31).contains(day) ? WallTime(year: year, month: month, day: day) : nil
        guard let wall, wall.civil.month == month, wall.civil.day == day else {
            throw QuantityError(problem: "'\(text)' is not in the calendar", expected: expected)
        }
        start = wall
    }

    /// `2026-12-31`
    public var description: String { String(start.iso8601.prefix(10)) }
}
