// Writes JSON that is the same bytes for the same value, and that `YAML.read` takes back.

/// A JSON value to be written.
public indirect enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    /// Shortest digits that read back equal; a number that is not finite is written as null, as JSON has no word for it.
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])
    /// What `written` made.
    case text([UInt8])

    /// The same value as the bytes that it comes to as a part of a document, `level` levels below its top: a tree takes some twenty times
    /// the memory of its text.
    public func written(level: Int) -> JSON {
        var out: [UInt8] = []
        write(to: &out, indentation: 2 * level)
        return .text(out)
    }

    /// The document: keys sorted by their bytes, two spaces a level, lists of plain values on one line, one newline at the end.
    public func text() -> String {
        var out: [UInt8] = []
        write(to: &out, indentation: 0)
        out.append(UInt8(ascii: "\n"))
        return String(decoding: out, as: UTF8.self)
    }

    private var isPlain: Bool {
        switch self {
        case .array(let members): members.isEmpty
        case .object(let members): members.isEmpty
        case .null, .bool, .integer, .number, .string: true
        case .text: false
        }
    }

    private func write(to out: inout [UInt8], indentation: Int) {
        switch self {
        case .null: out += "null".utf8
        case .bool(let value): out += (value ? "true" : "false").utf8
        case .integer(let value): out += String(value).utf8
        case .number(let value): out += (value.isFinite ? String(value) : "null").utf8
        case .string(let value): JSON.quote(value, to: &out)
        case .text(let bytes): out += bytes
        case .array(let members) where members.allSatisfy(\.isPlain):
            out.append(UInt8(ascii: "["))
            for (index, member) in members.enumerated() {
                if index > 0 { out += ", ".utf8 }
                member.write(to: &out, indentation: indentation)
            }
            out.append(UInt8(ascii: "]"))
        case .array(let members):
            JSON.block("[", "]", members, to: &out, indentation) { member, out in
                member.write(to: &out, indentation: indentation + 2)
            }
        case .object(let members) where members.isEmpty: out += "{}".utf8
        case .object(let members):
            let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            JSON.block("{", "}", sorted, to: &out, indentation) { member, out in
                JSON.quote(member.key, to: &out)
                out += ": ".utf8
                member.value.write(to: &out, indentation: indentation + 2)
            }
        }
    }

    private static func block<T>(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ members: [T], to out: inout [UInt8], _ indentation: Int,
        _ write: (T, inout [UInt8]) -> Void
    ) {
        func newline(_ spaces: Int, _ out: inout [UInt8]) {
            out.append(UInt8(ascii: "\n"))
            out += repeatElement(UInt8(ascii: " "), count: spaces)
        }
        out.append(UInt8(ascii: open))
        for (index, member) in members.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            newline(indentation + 2, &out)
            write(member, &out)
        }
        newline(indentation, &out)
        out.append(UInt8(ascii: close))
    }

    /// Beyond what JSON demands, this escapes what YAML 1.1 would fold as a line break or refuse as not printable.
    private static func quote(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\"".utf8
            case "\\": out += "\\\\".utf8
            case "\n": out += "\\n".utf8
            case "\r": out += "\\r".utf8
            case "\t": out += "\\t".utf8
            case "\u{0}"..<" ", "\u{7F}"..."\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}":
                let digits = String(scalar.value, radix: 16)
                out += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            default: out += UTF8.encode(scalar)!
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
