// Sections of keys and values, as cqlsh and its kin keep their settings.

/// A text of `[section]` lines and `key = value` lines. Lines that begin with `#` or `;` are comments; keys know no case.
public struct INI: Sendable {
    private var sections: [String: [String: String]] = [:]

    /// Lines that are neither are passed over: what is asked for and not found says enough.
    public init(_ text: String) {
        var section = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let line = INI.trimmed(line)
            guard let first = line.first, first != "#" && first != ";" else { continue }
            if first == "[", let end = line.firstIndex(of: "]") {
                section = INI.trimmed(line[line.index(after: line.startIndex)..<end]).lowercased()
            } else if let mark = line.firstIndex(where: { $0 == "=" || $0 == ":" }) {
                let key = INI.trimmed(line[..<mark]).lowercased()
                sections[section, default: [:]][key] = INI.trimmed(line[line.index(after: mark)...])
            }
        }
    }

    /// The last value of `key` in `section`; nil where there is none, or an empty one.
    public func value(_ key: String, in section: String) -> String? {
        sections[section.lowercased()]?[key.lowercased()].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var text = text[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
