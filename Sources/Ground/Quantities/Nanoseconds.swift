// Time as types: a length of time, a point on the monotonic clock, a point of wall time. They never mix.

/// A length of time, signed, in whole nanoseconds (292 years in each direction).
public struct Nanoseconds: Hashable, Comparable, Sendable {
    public var count: Int64

    @inlinable public init(_ count: Int64) { self.count = count }
    /// Rounded to the nearest nanosecond.
    @inlinable public init(seconds: Double) { count = Int64((seconds * 1e9).rounded()) }
    @inlinable public init(milliseconds: Double) { count = Int64((milliseconds * 1e6).rounded()) }

    @inlinable public static func seconds(_ value: Double) -> Nanoseconds { Nanoseconds(seconds: value) }
    @inlinable public static func milliseconds(_ value: Double) -> Nanoseconds { Nanoseconds(milliseconds: value) }
    public static let zero = Nanoseconds(0)

    @inlinable public var seconds: Double { Double(count) / 1e9 }
    @inlinable public var milliseconds: Double { Double(count) / 1e6 }

    @inlinable public static func < (a: Nanoseconds, b: Nanoseconds) -> Bool { a.count < b.count }
    @inlinable public static func + (a: Nanoseconds, b: Nanoseconds) -> Nanoseconds { Nanoseconds(a.count + b.count) }
    @inlinable public static func - (a: Nanoseconds, b: Nanoseconds) -> Nanoseconds { Nanoseconds(a.count - b.count) }
    @inlinable public static func * (a: Nanoseconds, b: Int) -> Nanoseconds { Nanoseconds(a.count * Int64(b)) }
    @inlinable public static func += (a: inout Nanoseconds, b: Nanoseconds) { a.count += b.count }
}

/// A point on the machine's monotonic clock. Only differences mean anything.
public struct Instant: Hashable, Comparable, Sendable {
    public var nanoseconds: Int64

    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    @inlinable public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
    @inlinable public static func + (a: Instant, b: Nanoseconds) -> Instant {
        Instant(nanoseconds: a.nanoseconds + b.count)
    }
    @inlinable public static func - (a: Instant, b: Instant) -> Nanoseconds {
        Nanoseconds(a.nanoseconds - b.nanoseconds)
    }
    /// Later than everything: "no deadline".
    public static let distantFuture = Instant(nanoseconds: .max)
}

/// A point of civil time, UTC, nanoseconds since 1970.
public struct WallTime: Hashable, Comparable, Sendable {
    public var unixNanoseconds: Int64

    public init(unixNanoseconds: Int64) { self.unixNanoseconds = unixNanoseconds }
    public static func < (a: WallTime, b: WallTime) -> Bool { a.unixNanoseconds < b.unixNanoseconds }
    public static func + (a: WallTime, b: Nanoseconds) -> WallTime {
        WallTime(unixNanoseconds: a.unixNanoseconds + b.count)
    }
    public static func - (a: WallTime, b: WallTime) -> Nanoseconds {
        Nanoseconds(a.unixNanoseconds - b.unixNanoseconds)
    }
    public var unixSeconds: Double { Double(unixNanoseconds) / 1e9 }

    /// Year, month, day, hour, minute, second in UTC (proleptic Gregorian; days-to-civil of Howard Hinnant's published derivation).
    public var civil: (year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        let seconds = Int(unixNanoseconds.floorDivided(by: 1_000_000_000))
        let days = seconds.floorDivided(by: 86_400)
        let inDay = seconds - days * 86_400
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, day, inDay / 3_600, inDay / 60 % 60, inDay % 60)
    }

    /// From a civil date and time of day, UTC.
    public init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        let y = month <= 2 ? year - 1 : year
        let era = y.floorDivided(by: 400)
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        unixNanoseconds = Int64(days * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000_000_000
    }

    /// `2026-11-21T08:10:15Z`
    public var iso8601: String {
        let c = civil
        return "\(c.year)-\(two(c.month))-\(two(c.day))T\(two(c.hour)):\(two(c.minute)):\(two(c.second))Z"
    }

    /// `20261121T081015Z`, for names of files.
    public var compact: String {
        let c = civil
        return "\(c.year)\(two(c.month))\(two(c.day))T\(two(c.hour))\(two(c.minute))\(two(c.second))Z"
    }
}

private func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }

extension FixedWidthInteger where Self: SignedInteger {
    /// Division that rounds toward minus infinity.
    func floorDivided(by divisor: Self) -> Self {
        let q = self / divisor
        return (self % divisor != 0 && (self < 0) != (divisor < 0)) ? q - 1 : q
    }
}
