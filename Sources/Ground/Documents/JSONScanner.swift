// Looks into JSON as it came, without making anything of it: whether it is JSON at all, and what stands at a path.

/// One whole document of JSON (RFC 8259). Borrows its bytes.
public struct JSONScanner {
    /// A value and where it stands.
    public struct Value: Equatable, Sendable {
        public enum Kind: Equatable, Sendable { case object, array, string, number, boolean, null }
        public var kind: Kind
        /// Of its bytes, quotes and brackets included.
        public var range: Range<Int>
    }

    /// Deeper documents count as broken: nobody's answer nests like that, and the scanner's own stack must hold.
    static let deepest = 256

    private let bytes: UnsafeRawBufferPointer

    /// nil where `bytes` are not one whole document.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        var place = space(from: 0)
        guard skip(&place, depth: 0), space(from: place) == bytes.count else { return nil }
    }

    /// nil where nothing stands there.
    public func value(at path: JSONPath) -> Value? {
        var place = space(from: 0)
        for step in path.steps {
            let found =
                switch step {
                case .member(let name): member(name, of: place)
                case .element(let index): element(index, of: place)
                }
            guard let found else { return nil }
            place = found
        }
        let start = place
        _ = skip(&place, depth: 0)
        return Value(kind: kind(bytes[start]), range: start..<place)
    }

    /// How many members an array or object has; nil for other values.
    public func count(of value: Value) -> Int? {
        guard value.kind == .array || value.kind == .object else { return nil }
        var (place, count) = (value.range.lowerBound, 0)
        forEachMember(&place) { _, _ in
            count += 1
            return true
        }
        return count
    }

    /// Whether a value is `text`: a string without its quotes and escapes, anything else as it is written.
    public func holds(_ value: Value, _ text: String) -> Bool {
        guard value.kind == .string else {
            return UnsafeRawBufferPointer(rebasing: bytes[value.range]).elementsEqual(text.utf8)
        }
        return Self.unescaped(UnsafeRawBufferPointer(rebasing: bytes[value.range].dropFirst().dropLast())) == text
    }

    // MARK: Steps

    private func member(_ name: [UInt8], of start: Int) -> Int? {
        guard bytes[start] == UInt8(ascii: "{") else { return nil }
        var (place, found) = (start, Int?.none)
        forEachMember(&place) { key, value in
            let written = UnsafeRawBufferPointer(rebasing: bytes[key.dropFirst().dropLast()])
            let isIt =
                written.contains(UInt8(ascii: "\\"))
                ? Array(Self.unescaped(written).utf8) == name : written.elementsEqual(name)
            if isIt { found = value }
            return !isIt
        }
        return found
    }

    private func element(_ index: Int, of start: Int) -> Int? {
        guard bytes[start] == UInt8(ascii: "[") else { return nil }
        var (place, found, count) = (start, Int?.none, 0)
        forEachMember(&place) { _, value in
            if count == index { found = value }
            count += 1
            return found == nil
        }
        return found
    }

    /// Calls `body` with the range of each key (empty in an array) and the start of its value, until it returns false. The document was
    /// found to be whole before.
    private func forEachMember(_ place: inout Int, _ body: (Range<Int>, Int) -> Bool) {
        let isObject = bytes[place] == UInt8(ascii: "{")
        place = space(from: place + 1)
        while bytes[place] != UInt8(ascii: "}") && bytes[place] != UInt8(ascii: "]") {
            var key = place..<place
            if isObject {
                let start = place
                _ = skipString(&place)
                key = start..<place
                place = space(from: space(from: place) + 1)
            }
            guard body(key, place) else { return }
            _ = skip(&place, depth: 0)
            place = space(from: place)
            if bytes[place] == UInt8(ascii: ",") { place = space(from: place + 1) }
        }
    }

    private func kind(_ first: UInt8) -> Value.Kind {
        switch first {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    // MARK: Grammar

    private func space(from start: Int) -> Int {
        var place = start
        while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
        return place
    }

    private func at(_ place: Int) -> UInt8 { place < bytes.count ? bytes[place] : 0 }

    /// Goes behind the value that begins at `place`; false where it is none.
    private func skip(_ place: inout Int, depth: Int) -> Bool {
        guard depth < JSONScanner.deepest else { return false }
        switch at(place) {
        case UInt8(ascii: "{"): return skipMembers(&place, to: UInt8(ascii: "}"), keyed: true, depth)
        case UInt8(ascii: "["): return skipMembers(&place, to: UInt8(ascii: "]"), keyed: false, depth)
        case UInt8(ascii: "\""): return skipString(&place)
        case UInt8(ascii: "t"): return skipWord("true", &place)
        case UInt8(ascii: "f"): return skipWord("false", &place)
        case UInt8(ascii: "n"): return skipWord("null", &place)
        default: return skipNumber(&place)
        }
    }

    private func skipMembers(_ place: inout Int, to end: UInt8, keyed: Bool, _ depth: Int) -> Bool {
        place = space(from: place + 1)
        if at(place) == end {
            place += 1
            return true
        }
        while true {
            if keyed {
                guard at(place) == UInt8(ascii: "\""), skipString(&place) else { return false }
                place = space(from: place)
                guard at(place) == UInt8(ascii: ":") else { return false }
                place = space(from: place + 1)
            }
            guard skip(&place, depth: depth + 1) else { return false }
            place = space(from: place)
            let next = at(place)
            place += 1
            if next == end { return true }
            guard next == UInt8(ascii: ",") else { return false }
            place = space(from: place)
        }
    }

    private func skipString(_ place: inout Int) -> Bool {
        place += 1
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: "\"") { return true }
            if byte < 0x20 { return false }
            if byte == UInt8(ascii: "\\") {
                guard #""\/bfnrtu"#.utf8.contains(at(place)) else { return false }
                place += 1
            }
        }
        return false
    }

    private func skipWord(_ word: StaticString, _ place: inout Int) -> Bool {
        let length = word.utf8CodeUnitCount
        guard place + length <= bytes.count else { return false }
        for index in 0..<length where bytes[place + index] != word.utf8Start[index] { return false }
        place += length
        return true
    }

    private func skipNumber(_ place: inout Int) -> Bool {
        func digits() -> Bool {
            let start = place
            while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(at(place)) { place += 1 }
            return place > start
        }
        if at(place) == UInt8(ascii: "-") { place += 1 }
        let first = place
        guard digits() else { return false }
        if bytes[first] == UInt8(ascii: "0") && place > first + 1 { return false }
        if at(place) == UInt8(ascii: ".") {
            place += 1
            guard digits() else { return false }
        }
        if at(place) | 0x20 == UInt8(ascii: "e") {
            place += 1
            if at(place) == UInt8(ascii: "+") || at(place) == UInt8(ascii: "-") { place += 1 }
            guard digits() else { return false }
        }
        return true
    }

    /// The text that stands between quotes; half a surrogate pair becomes the replacement character.
    private static func unescaped(_ bytes: UnsafeRawBufferPointer) -> String {
        guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
        var (units, place) = ([UInt8](), 0)
        var pending: [UInt16] = []
        func flush() {
            units += String(decoding: pending, as: UTF16.self).utf8
            pending = []
        }
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count else {
                flush()
                units.append(bytes[place])
                place += 1
                continue
            }
            let letter = bytes[place + 1]
            place += 2
            if letter == UInt8(ascii: "u") {
                let hex = String(decoding: bytes[place..<min(place + 4, bytes.count)], as: UTF8.self)
                pending.append(UInt16(hex, radix: 16) ?? 0xFFFD)
                place = min(place + 4, bytes.count)
                continue
            }
            flush()
            let control: [UInt8: UInt8] = [0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9]
            units.append(control[letter] ?? letter)
        }
        flush()
        return String(decoding: units, as: UTF8.self)
    }
}
