// Values as CQL writes them, for observations and messages.

import Bytes
import Quantities

extension CQLValue: CustomStringConvertible {
    /// A CQL literal: `'text'`, `0x00ff`, `[1, 2]`, `{'a': 1}`, `1mo2d3ns`; numbers, UUIDs and booleans bare; null is `null`.
    public var description: String {
        switch self {
        case .null: "null"
        case .text(let text): quoted(text)
        case .integer(let value): "\(value)"
        case .bigInteger(let value): "\(value)"
        case .float(let value): "\(value)"
        case .double(let value): "\(value)"
        case .decimal(let unscaled, let scale): decimalText(unscaled, scale)
        case .boolean(let value): "\(value)"
        case .uuid(let value): "\(value)"
        case .timestamp(let milliseconds): timestampText(milliseconds)
        case .date(let days): dateText(Int64(days))
        case .time(let nanoseconds): timeText(nanoseconds)
        case .duration(let months, let days, let nanoseconds): durationText(months, days, nanoseconds)
        case .inet(let bytes): "'" + (addressText(bytes) ?? hexadecimal(bytes)) + "'"
        case .blob(let bytes), .bytes(let bytes): "0x" + hexadecimal(bytes)
        case .list(let elements), .vector(let elements): "[" + joined(elements) + "]"
        case .set(let elements): "{" + joined(elements) + "}"
        case .map(let entries): "{" + entries.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
        case .tuple(let parts): "(" + joined(parts) + ")"
        case .udt(let parts): "{" + parts.map { "\($0.name): \($0.value)" }.joined(separator: ", ") + "}"
        }
    }

    /// Without the quotes that text, addresses and times have in CQL: for sentences and for comparisons of settings.
    public var plain: String {
        switch self {
        case .text(let text): text
        case .inet, .timestamp, .date, .time: String(description.dropFirst().dropLast())
        default: description
        }
    }
}

private func joined(_ values: [CQLValue]) -> String { values.map(\.description).joined(separator: ", ") }

/// In single quotes, quotes inside doubled.
private func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
}

private func decimalText(_ unscaled: BigInteger, _ scale: Int32) -> String {
    if scale == 0 { return "\(unscaled)" }
    guard scale > 0 && scale <= 400 else { return "\(unscaled)E\(-Int64(scale))" }
    let digits = unscaled.digits
    let padded = String(repeating: "0", count: max(0, Int(scale) + 1 - digits.utf8.count)) + digits
    return (unscaled.isNegative ? "-" : "") + padded.dropLast(Int(scale)) + "." + padded.suffix(Int(scale))
}

private func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value.magnitude)
    return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// Dates that nanoseconds since 1970 in 64 bits can hold: 1678 to 2261. Others are shown as a plain number.
private let datesInReach: ClosedRange<Int64> = -106_000...106_000

private func dateText(_ days: Int64) -> String {
    guard datesInReach.contains(days) else { return "'\(days) d'" }
    let civil = WallTime(unixNanoseconds: days * 86_400_000_000_000).civil
    return "'\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))'"
}

private func timestampText(_ milliseconds: Int64) -> String {
    guard datesInReach.contains(milliseconds / 86_400_000) else { return "'\(milliseconds) ms'" }
    let wall = WallTime(unixNanoseconds: milliseconds * 1_000_000)
    let c = wall.civil
    let thousandth = Int(((milliseconds % 1000) + 1000) % 1000)
    let day = "\(padded(c.year, 4))-\(padded(c.month, 2))-\(padded(c.day, 2))"
    return "'\(day)T\(padded(c.hour, 2)):\(padded(c.minute, 2)):\(padded(c.second, 2)).\(padded(thousandth, 3))Z'"
}

private func timeText(_ nanoseconds: Int64) -> String {
    let seconds = Int(nanoseconds / 1_000_000_000)
    let clock = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    return "'\(clock).\(padded(Int(nanoseconds % 1_000_000_000), 9))'"
}

/// As CQL writes durations: `1y2mo3d4h5m6s7ms8us9ns`, one sign in front of all.
private func durationText(_ months: Int32, _ days: Int32, _ nanoseconds: Int64) -> String {
    var rest = nanoseconds.magnitude
    var parts = [(months.magnitude / 12, "y"), (months.magnitude % 12, "mo"), (days.magnitude, "d")].map {
        (UInt64($0.0), $0.1)
    }
    for (size, unit) in [
        (3_600_000_000_000, "h"), (60_000_000_000, "m"), (1_000_000_000, "s"), (1_000_000, "ms"), (1000, "us"),
        (1, "ns")
    ] as [(UInt64, String)] {
        parts.append((rest / size, unit))
        rest %= size
    }
    let text = parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
    return (months < 0 || days < 0 || nanoseconds < 0 ? "-" : "") + (text.isEmpty ? "0ns" : text)
}

/// An IPv4 or IPv6 address (RFC 5952: lower case, the longest run of zero groups shortened); nil for other lengths.
public func addressText(_ bytes: [UInt8]) -> String? {
    if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
    guard bytes.count == 16 else { return nil }
    let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
    var longest = 0..<0
    var index = 0
    while index < 8 {
        let end = groups[index...].firstIndex { $0 != 0 } ?? 8
        if end - index > longest.count { longest = index..<end }
        index = max(end, index) + 1
    }
    func text(_ part: ArraySlice<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
    if longest.count < 2 { return text(groups[...]) }
    return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
}
