// Quantities as people write them, the refusals with their words, and what they print as.

import Quantities
import Testing

@Test(arguments: [
    ("10m", 600.0), ("1h30m", 5400), ("0.5 s", 0.5), ("250 ms", 0.25), ("5s", 5), ("90 us", 90e-6), ("1_000 s", 1000),
    ("7 ns", 7e-9), ("2d", 172_800)
])
func durationsAreRead(text: String, seconds: Double) throws {
    #expect(try Nanoseconds(parsing: text) == .seconds(seconds))
}

@Test(arguments: [
    ("5", "'5' has no unit"), ("", "empty duration"), ("5 parsecs", "'parsecs' is not a unit of time"),
    ("ms", "'ms' is not a duration"),
    ("-5s", "'-5s' is not a duration"), ("1..2s", "'1..2s' is not a duration"),
    ("99999999999d", "'99999999999d' is too long")
])
func durationsAreRefused(text: String, problem: String) {
    #expect { try Nanoseconds(parsing: text) } throws: { ($0 as? QuantityError)?.problem == problem }
}

@Test func ratesAndRatiosAreReadWithTheirUnit() throws {
    #expect(try Rate(parsing: "2000/s").perSecond == 2000)
    #expect(try Rate(parsing: "1.5k/s").perSecond == 1500)
    #expect(try Rate(parsing: "90 / m").perSecond == 1.5)
    #expect(try Ratio(parsing: "+5 %").value == 0.05)
    #expect(try Ratio(parsing: "-3%").value == -0.03)
    #expect(try Ratio(parsing: "0.01 %").value == 0.0001)
    for text in ["2000", "2000/parsec", "fast/s", "/s", "2000/s/s"] {
        #expect(throws: QuantityError.self) { try Rate(parsing: text) }
    }
    for text in ["5", "%", "five %", "nan %"] { #expect(throws: QuantityError.self) { try Ratio(parsing: text) } }
}

@Test func quantitiesPrintForPeople() {
    #expect("\(Nanoseconds.milliseconds(12.34))" == "12.3 ms")
    #expect("\(Nanoseconds.seconds(245))" == "4m 05s")
    #expect("\(Nanoseconds.seconds(5400))" == "1h 30m")
    #expect("\(Nanoseconds(950))" == "950 ns")
    #expect("\(Nanoseconds(-45_600))" == "-45.6 us")
    #expect("\(Rate(perSecond: 1500))" == "1500/s")
    #expect(grouped(1_234_567) == "1,234,567")
    #expect(grouped(-999) == "-999")
    #expect(decimal(2.345, places: 1) == "2.3")
    #expect(decimal(.nan, places: 1) == "nan" || decimal(.nan, places: 1) == "-nan")
    #expect(signedPercent(0.0432) == "+4.3 %")
    #expect(signedPercent(-0.1) == "-10.0 %")
    #expect(significant(0.01234) == "0.012")
}

@Test func civilTimeGoesThereAndBack() {
    for (year, month, day) in [
        (1970, 1, 1), (2000, 2, 29), (2026, 11, 21), (2100, 3, 1), (1969, 12, 31), (2261, 12, 31)
    ] {
        let civil = WallTime(year: year, month: month, day: day, hour: 23, minute: 59, second: 58).civil
        #expect(civil == (year, month, day, 23, 59, 58))
    }
    let time = WallTime(unixNanoseconds: 1_790_000_000_000_000_000)
    #expect(time.iso8601 == "2026-09-21T14:13:20Z")
    #expect(time.compact == "20260921T141320Z")
}
