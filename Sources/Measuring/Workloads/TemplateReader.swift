// Finds the values in the texts of one request: `{customer}`, `{customer * 20}` for a list, `{{` for a brace.

import Documents

final class TemplateReader {
    private let values: [ValueGenerator]
    /// In the order in which they appeared.
    private(set) var binds: [ValueGenerator] = []
    private var places: [String: Int] = [:]

    init(_ values: [ValueGenerator]) { self.values = values }

    /// What a path and its query keep as it is written (RFC 3986, section 3.3 and 3.4), `%` because it may be encoded already.
    static let targetCharacters = "!$&'()*+,;=:@/?%"

    /// Text with values. `keeping`: what of it is not percent-encoded, where that is done at all.
    func add(
        _ text: String, at position: Position, _ form: Template.Form, percent: Bool,
        keeping: String = TemplateReader.targetCharacters, to template: inout Template
    ) throws(InputError) {
        var (rest, plain) = (text[...], "")
        func flush() {
            let escaped = form == .jsonText ? TemplateReader.jsonEscaped(plain) : plain
            template.put(percent ? percentEncoded(escaped, keeping: keeping) : escaped)
            plain = ""
        }
        while let character = rest.popFirst() {
            guard character == "{" || character == "}" else {
                plain.append(character)
                continue
            }
            if rest.first == character {
                plain.append(character)
                rest.removeFirst()
                continue
            }
            guard character == "{", let end = rest.firstIndex(of: "}") else {
                let problem = character == "{" ? "a '{' without its '}'" : "a '}' without its '{'"
                throw InputError(
                    position, "\(problem) in '\(text)'", expected: "the name of a value in braces, or {{ and }}")
            }
            flush()
            template.pieces.append(.value(try place(rest[..<end], at: position), form, percent: percent))
            rest = rest[rest.index(after: end)...]
        }
        flush()
    }

    /// A mapping, list or scalar as JSON; a text that is nothing but a value becomes that value, number or text as it may be.
    func add(json node: Node, percent: Bool, to template: inout Template) throws(InputError) {
        func put(_ text: String) { template.put(percent ? percentEncoded(text, keeping: "") : text) }
        switch node.content {
        case .sequence(let members):
            put("[")
            for (index, member) in members.enumerated() {
                if index > 0 { put(",") }
                try add(json: member, percent: percent, to: &template)
            }
            put("]")
        case .mapping(let entries):
            put("{")
            for (index, entry) in entries.enumerated() {
                put((index > 0 ? "," : "") + "\"" + TemplateReader.jsonEscaped(entry.key) + "\":")
                try add(json: entry.value, percent: percent, to: &template)
            }
            put("}")
        case .scalar(let text, let quoted):
            if text.count > 2, text.first == "{", text.last == "}",
                !text.dropFirst().dropLast().contains(where: "{}".contains)
            {
                let place = try place(text.dropFirst().dropLast(), at: node.position)
                template.pieces.append(.value(place, .json, percent: percent))
            } else if !quoted && (node.isNull || text == "true" || text == "false" || TemplateReader.isNumber(text)) {
                put(node.isNull ? "null" : text)
            } else {
                put("\"")
                try add(text, at: node.position, .jsonText, percent: percent, keeping: "", to: &template)
                put("\"")
            }
        }
    }

    /// Whether it is a number as JSON writes it.
    private static func isNumber(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBytes { bytes in
            JSONScanner(bytes)?.value(at: JSONPath("$")!)?.kind == .number
        }
    }

    private static func jsonEscaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// `name` or `name * count`.
    private func place(_ inner: Substring, at position: Position) throws(InputError) -> Int {
        let parts = inner.split(separator: "*", omittingEmptySubsequences: false).map {
            String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        guard parts.count <= 2, let name = parts.first, !name.isEmpty else {
            throw InputError(position, "'{\(inner)}' names no value", expected: "{name} or {name * count}")
        }
        var generator = try BoundStatement.value(Node(.scalar(name, quoted: true), at: position), values)
        if parts.count == 2 {
            guard let count = Int(parts[1]), (1...10_000).contains(count) else {
                throw InputError(position, "'{\(inner)}' has no count", expected: "{name * count}, count 1 to 10,000")
            }
            generator = generator.list(of: count)
        }
        if generator.hasUnset {
            throw InputError(
                position, "'\(name)' may be left unset, which a request over HTTP cannot say",
                expected: "a value without 'unset'")
        }
        let key = parts.joined(separator: "*")
        if let known = places[key] { return known }
        places[key] = binds.count
        binds.append(generator)
        return binds.count - 1
    }
}
