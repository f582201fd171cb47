// Days of the calendar: read as written, and where they begin and end.

import Quantities
import Testing

@Test func aDayBeginsAndEndsAtMidnightOfUTC() throws {
    let day = try Day(parsing: "2026-12-31")
    #expect(day.start == WallTime(year: 2026, month: 12, day: 31))
    #expect(day.end == WallTime(year: 2027, month: 1, day: 1))
    #expect("\(day)" == "2026-12-31")
    #expect(try Day(parsing: "2028-02-29").end == WallTime(year: 2028, month: 3, day: 1))
}

@Test(arguments: [
    ("2026-02-30", "is not in the calendar"), ("2027-02-29", "is not in the calendar"),
    ("2026-13-01", "in the calendar"),
    ("2026-00-10", "in the calendar"), ("2026-1-1", "is not a date"), ("31.12.2026", "is not a date"),
    ("", "is not a date"),
    ("2026-12-31T00:00:00Z", "is not a date"), ("1969-12-31", "is not a date"), ("+026-12-31", "is not a date"),
    ("2026-12-\u{0663}1", "is not a date")
])
func whatIsNoDayIsNamed(text: String, problem: String) {
    do throws(QuantityError) {
        _ = try Day(parsing: text)
        Issue.record("'\(text)' was taken for a day")
    } catch {
        #expect(error.problem.contains(problem), "\(error)")
        #expect(error.expected.contains("2026-12-31"))
    }
}
