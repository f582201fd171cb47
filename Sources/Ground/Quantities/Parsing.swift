// Quantities as people write them: `250 ms`, `1h30m`, `2000/s`, `+5 %`. A number without its unit is refused.

/// Why a quantity could not be read: what is wrong with the text, and what was expected.
public struct QuantityError: Error, Equatable, Sendable, CustomStringConvertible {
    public var problem: String
    public var expected: String

    public init(problem: String, expected: String) {
        self.problem = problem
        self.expected = expected
    }

    public var description: String { "\(problem), expected \(expected)" }
}

/// A number with `_` allowed between digits: `100_000`, `0.99`, `1e6`.
public func parseNumber(_ text: some StringProtocol) -> Double? {
    let plain = String(text).filter { $0 != "_" }
    guard let first = plain.first, first.isNumber || "+-.".contains(first), let value = Double(plain), value.isFinite
    else { return nil }
    return value
}

/// A whole number with `_` allowed between digits.
public func parseInteger(_ text: some StringProtocol) -> Int? { Int(String(text).filter { $0 != "_" }) }

extension Nanoseconds {
    private static let units: [(String, Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("min", 60e9), ("h", 3600e9),
        ("d", 86_400e9)
    ]

    /// Reads `10m`, `1h30m`, `0.5 s`, `250 ms`. Units: ns us ms s m h d.
    public init(parsing text: String) throws(QuantityError) {
        let wanted = "a duration with its unit, such as 250 ms, 5 s or 10m"
        var total = 0.0
        var rest = text.filter { !$0.isWhitespace }[...]
        if rest.isEmpty { throw QuantityError(problem: "empty duration", expected: wanted) }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let value = parseNumber(digits) else {
                throw QuantityError(problem: "'\(text)' is not a duration", expected: wanted)
            }
            guard let scale = Nanoseconds.units.first(where: { $0.0 == unit })?.1 else {
                let problem = unit.isEmpty ? "'\(text)' has no unit" : "'\(unit)' is not a unit of time"
                throw QuantityError(problem: problem, expected: wanted)
            }
            total += value * scale
        }
        guard total < 9e18 else {
            throw QuantityError(problem: "'\(text)' is too long", expected: "less than 290 years")
        }
        self.init(Int64(total.rounded()))
    }
}

extension Nanoseconds: CustomStringConvertible {
    /// With three significant digits: `12.3 ms`, `950 us`, `4m 05s`.
    public var description: String {
        let magnitude = Double(count.magnitude)
        let sign = count < 0 ? "-" : ""
        if magnitude < 1e3 { return "\(count) ns" }
        if magnitude < 1e6 { return sign + significant(magnitude / 1e3) + " us" }
        if magnitude < 1e9 { return sign + significant(magnitude / 1e6) + " ms" }
        if magnitude < 60e9 { return sign + significant(magnitude / 1e9) + " s" }
        let total = Int((magnitude / 1e9).rounded())
        let (h, m, s) = (total / 3600, total / 60 % 60, total % 60)
        func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
        return sign + (h > 0 ? "\(h)h \(two(m))m" : "\(m)m \(two(s))s")
    }
}

/// How often something happens.
public struct Rate: Hashable, Sendable, CustomStringConvertible {
    public var perSecond: Double

    public init(perSecond: Double) { self.perSecond = perSecond }

    /// Reads `2000/s`, `1.5k/s`, `90/m`.
    public init(parsing text: String) throws(QuantityError) {
        let wanted = "a rate with its unit, such as 2000/s"
        let parts = text.filter { !$0.isWhitespace }.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw QuantityError(problem: "'\(text)' is not a rate", expected: wanted) }
        var number = parts[0]
        var factor = 1.0
        if number.last == "k" { (number, factor) = (number.dropLast(), 1e3) }
        guard let value = parseNumber(number), let per = ["s": 1.0, "m": 60, "min": 60, "h": 3600][parts[1]] else {
            throw QuantityError(problem: "'\(text)' is not a rate", expected: wanted)
        }
        perSecond = value * factor / per
    }

    public var description: String { decimal(perSecond, places: perSecond < 10 ? 2 : 0) + "/s" }
}

/// A share or a relative change; 0.05 is 5 %.
public struct Ratio: Hashable, Sendable {
    public var value: Double

    public init(_ value: Double) { self.value = value }

    /// Reads `+5 %`, `-3%`, `0.01 %`. The sign `%` is required, so that `5` is never taken for 5 % or for 500 %.
    public init(parsing text: String) throws(QuantityError) {
        let plain = text.filter { !$0.isWhitespace }
        guard plain.last == "%" else {
            throw QuantityError(problem: "'\(text)' has no %", expected: "a percentage, such as +5 %")
        }
        guard let value = parseNumber(plain.dropLast()) else {
            throw QuantityError(problem: "'\(text)' is not a percentage", expected: "a number and %, such as +5 %")
        }
        self.value = value / 100
    }
}
