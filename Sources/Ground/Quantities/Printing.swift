// Numbers for people: fixed decimals, significant digits, thousands. Independent of the locale.

import Glibc

/// `value` with exactly `places` decimals, rounded half to even of the decimal expansion as printf does; `nan` and `inf` as such.
public func decimal(_ value: Double, places: Int) -> String {
    withVaList([Int32(places), value]) { arguments in
        var buffer = [CChar](repeating: 0, count: 400)
        let written = Int(vsnprintf(&buffer, buffer.count, "%.*f", arguments))
        return String(decoding: buffer[..<min(written, buffer.count - 1)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Three significant digits, never in scientific notation: `1.23`, `12.3`, `123`, `1234`.
public func significant(_ value: Double) -> String {
    let magnitude = abs(value)
    return decimal(value, places: magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : magnitude >= 0.9995 ? 2 : 3)
}

/// `12,345,678`
public func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var out = ""
    for (index, digit) in digits.enumerated() {
        if index > 0 && (digits.count - index) % 3 == 0 { out.append(",") }
        out.append(digit)
    }
    return (value < 0 ? "-" : "") + out
}

/// A ratio as a signed percentage: 0.043 is `+4.3 %`.
public func signedPercent(_ ratio: Double, places: Int = 1) -> String {
    (ratio >= 0 ? "+" : "") + decimal(ratio * 100, places: places) + " %"
}
