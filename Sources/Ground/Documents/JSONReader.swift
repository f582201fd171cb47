// A quick way through the JSON that Assay writes: recordings of an hour have hundreds of thousands of values.

/// Reads plain JSON into the tree that `YAML.read` makes of it, positions included.
///
/// Whatever is not beyond doubt the same to libyaml is left to it, and so is every error: characters beyond ASCII, tabs, a key that stands
/// twice, a line break before a colon, escapes that YAML does not have.
struct JSONReader {
    private let text: UnsafeBufferPointer<UInt8>
    private let file: String
    private var place = 0
    private var line = 1
    /// Where the line begins.
    private var lineStart = 0

    /// Longer keys are none to libyaml.
    private static let longestKey = 1_000

    typealias Entries = [(key: String, keyPosition: Position, value: Node)]

    /// nil where libyaml must have a look.
    static func read(_ text: UnsafeBufferPointer<UInt8>, file: String) -> Node? {
        read(text, file: file) { reader, _, _ in reader.value(depth: 1) }
    }

    /// The same, where the members of the list under `key` go to `take` with the entries before it, and are not in the
    /// tree. nil also where `take` gives up.
    static func read(
        _ text: UnsafeBufferPointer<UInt8>, file: String, each key: String, _ take: (Node, Entries) -> Bool
    ) -> Node? {
        read(text, file: file) { reader, found, before in
            guard found == key, reader.byte == UInt8(ascii: "[") else { return reader.value(depth: 1) }
            let start = reader.position
            let isRead = reader.members { reader in reader.value(depth: 2).map { take($0, before) } ?? false }
            return isRead ? Node(.sequence([]), at: start) : nil
        }
    }

    private static func read(
        _ text: UnsafeBufferPointer<UInt8>, file: String, _ value: (inout JSONReader, String, Entries) -> Node?
    ) -> Node? {
        guard text.first == UInt8(ascii: "{") else { return nil }
        var reader = JSONReader(text: text, file: file)
        let start = reader.position
        guard let entries = reader.entries(value) else { return nil }
        reader.skipSpace()
        return reader.place == text.count ? Node(.mapping(entries), at: start) : nil
    }

    private init(text: UnsafeBufferPointer<UInt8>, file: String) {
        self.text = text
        self.file = file
    }

    /// The byte at hand; 0, which belongs nowhere, at the end.
    private var byte: UInt8 { place < text.count ? text[place] : 0 }
    private var position: Position { Position(file: file, line: line, column: place - lineStart + 1) }

    private mutating func skipSpace() {
        while place < text.count {
            switch text[place] {
            case UInt8(ascii: " "): place += 1
            case UInt8(ascii: "\n"):
                place += 1
                line += 1
                lineStart = place
            default: return
            }
        }
    }

    private mutating func take(_ expected: Unicode.Scalar) -> Bool {
        guard byte == UInt8(ascii: expected) else { return false }
        place += 1
        return true
    }

    private mutating func value(depth: Int) -> Node? {
        guard depth <= YAML.deepest else { return nil }
        let start = position
        switch byte {
        case UInt8(ascii: "{"):
            return entries { reader, _, _ in reader.value(depth: depth + 1) }.map { Node(.mapping($0), at: start) }
        case UInt8(ascii: "["):
            var found: [Node] = []
            let isRead = members { reader in
                guard let member = reader.value(depth: depth + 1) else { return false }
                found.append(member)
                return true
            }
            return isRead ? Node(.sequence(found), at: start) : nil
        case UInt8(ascii: "\""):
            return string().map { Node(.scalar($0, quoted: true), at: start) }
        default:
            return word().map { Node(.scalar($0, quoted: false), at: start) }
        }
    }

    /// Reads a list, each member of it by `member`; false where it cannot be read.
    private mutating func members(_ member: (inout JSONReader) -> Bool) -> Bool {
        place += 1
        skipSpace()
        if take("]") { return true }
        while true {
            skipSpace()
            guard member(&self) else { return false }
            skipSpace()
            if take("]") { return true }
            guard take(",") else { return false }
        }
    }

    /// Reads a mapping, each value of it by `value`, which is told the key and the entries before it.
    private mutating func entries(_ value: (inout JSONReader, String, Entries) -> Node?) -> Entries? {
        place += 1
        skipSpace()
        var entries: Entries = []
        if take("}") { return entries }
        var seen: Set<String> = []
        while true {
            skipSpace()
            let keyPosition = position
            guard let key = string(), place - lineStart - keyPosition.column < JSONReader.longestKey, take(":") else {
                return nil
            }
            // Most mappings are small, and looking through a few keys is cheaper than hashing them.
            let isDuplicate = entries.count < 16 ? entries.contains { $0.key == key } : seen.contains(key)
            skipSpace()
            guard !isDuplicate, let node = value(&self, key, entries) else { return nil }
            entries.append((key, keyPosition, node))
            if entries.count == 16 { seen = Set(entries.map(\.key)) } else if entries.count > 16 { seen.insert(key) }
            skipSpace()
            if take("}") { return entries }
            guard take(",") else { return nil }
        }
    }

    /// `true`, `false`, `null` or a number, as it stands there.
    private mutating func word() -> String? {
        let start = place
        while isWord(byte) { place += 1 }
        let word = text[start..<place]
        guard let first = word.first else { return nil }
        let text = String(decoding: word, as: UTF8.self)
        let isNumber = (first == UInt8(ascii: "-") || isDigit(first)) && Double(text) != nil
        return isNumber || text == "null" || text == "true" || text == "false" ? text : nil
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "E")
    }

    /// A text in quotes, on one line.
    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        let start = place
        while place < text.count {
            let byte = text[place]
            if byte == UInt8(ascii: "\"") {
                defer { place += 1 }
                return String(decoding: text[start..<place], as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\") { return escaped(from: start) }
            guard byte >= 0x20 && byte < 0x7F else { return nil }
            place += 1
        }
        return nil
    }

    /// The same where the first escape is at hand.
    private mutating func escaped(from start: Int) -> String? {
        var out = String(decoding: text[start..<place], as: UTF8.self).unicodeScalars
        while place < text.count {
            let byte = text[place]
            place += 1
            if byte == UInt8(ascii: "\"") { return String(out) }
            guard byte >= 0x20 && byte < 0x7F else { return nil }
            if byte == UInt8(ascii: "\\") {
                guard let scalar = escape() else { return nil }
                out.append(scalar)
            } else {
                out.append(Unicode.Scalar(byte))
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        let letter = byte
        place += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return Unicode.Scalar(letter)
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            guard place + 4 <= text.count else { return nil }
            let digits = text[place..<place + 4]
            place += 4
            guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
            return UInt32(String(decoding: digits, as: UTF8.self), radix: 16).flatMap(Unicode.Scalar.init)
        default: return nil
        }
    }
}
