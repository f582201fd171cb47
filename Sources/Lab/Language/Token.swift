// CQL text in tokens.

import CQLProtocol

struct Token: Equatable {
    enum Kind: Equatable {
        /// A word, in lower case.
        case word
        /// A name in double quotes, as written.
        case quotedName
        case string, integer, float, uuid, blob
        /// `?`, or `:name` with the name in `text`.
        case bind, namedBind
        case punctuation
        case end
    }

    var kind: Kind
    var text: String
    /// From 1.
    var line: Int
    /// From 0, as ANTLR counts and Cassandra reports.
    var column: Int

    /// The syntax error of a token that cannot stand where it does.
    var unexpected: CQLError {
        kind == .end
            ? CQLError(.syntaxError, "line 0:-1 no viable alternative at input '<EOF>'")
            : CQLError(.syntaxError, "line \(line):\(column) no viable alternative at input '\(text)'")
    }
}

/// Splits CQL text. Comments (`--`, `//`, `/* */`) and white space separate.
struct Lexer {
    private let bytes: [UInt8]
    private var offset = 0
    private var line = 1
    private var lineStart = 0

    static func tokens(of text: String) throws(CQLError) -> [Token] {
        var lexer = Lexer(bytes: Array(text.utf8))
        var tokens: [Token] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last!.kind != .end
        return tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func peek(_ ahead: Int = 0) -> UInt8 { offset + ahead < bytes.count ? bytes[offset + ahead] : 0 }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch (peek(), peek(1)) {
            case (UInt8(ascii: "\n"), _):
                line += 1
                offset += 1
                lineStart = offset
            case (UInt8(ascii: " "), _), (UInt8(ascii: "\t"), _), (UInt8(ascii: "\r"), _): offset += 1
            case (UInt8(ascii: "-"), UInt8(ascii: "-")), (UInt8(ascii: "/"), UInt8(ascii: "/")):
                while offset < bytes.count && peek() != UInt8(ascii: "\n") { offset += 1 }
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                offset += 2
                while offset < bytes.count && !(peek() == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/")) {
                    offset += 1
                }
                offset = min(offset + 2, bytes.count)
            default: return
            }
        }
    }

    private mutating func next() throws(CQLError) -> Token {
        skipSpace()
        let (line, column) = (line, offset - lineStart)
        func token(_ kind: Token.Kind, _ text: String) -> Token {
            Token(kind: kind, text: text, line: line, column: column)
        }
        guard offset < bytes.count else { return token(.end, "<EOF>") }
        let first = peek()
        if let length = uuidLength() { return token(.uuid, take(length)) }
        if first == UInt8(ascii: "0"), peek(1) | 0x20 == UInt8(ascii: "x") {
            offset += 2
            return token(.blob, take(run { $0.isHexDigit }))
        }
        if first.isDigit || (first == UInt8(ascii: "-") && peek(1).isDigit) {
            let (text, isFloat) = number()
            return token(isFloat ? .float : .integer, text)
        }
        if first.isLetter {
            return token(.word, take(run { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }).lowercased())
        }
        if first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") {
            guard let text = quoted(by: first) else { throw token(.end, "").unexpected }
            return token(first == UInt8(ascii: "'") ? .string : .quotedName, text)
        }
        if first == UInt8(ascii: "$"), peek(1) == UInt8(ascii: "$") {
            guard let text = dollarQuoted() else { throw token(.end, "").unexpected }
            return token(.string, text)
        }
        if first == UInt8(ascii: "?") { return token(.bind, take(1)) }
        if first == UInt8(ascii: ":"), peek(1).isLetter {
            offset += 1
            return token(.namedBind, take(run { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }).lowercased())
        }
        if ["<=", ">=", "!="].contains(where: { Array($0.utf8) == [first, peek(1)] }) {
            return token(.punctuation, take(2))
        }
        if "()[]{}<>=,.;:*+-".utf8.contains(first) { return token(.punctuation, take(1)) }
        throw token(.punctuation, take(1)).unexpected
    }

    private mutating func take(_ count: Int) -> String {
        defer { offset += count }
        return String(decoding: bytes[offset..<offset + count], as: UTF8.self)
    }

    private func run(_ isPart: (UInt8) -> Bool) -> Int {
        bytes[offset...].prefix(while: isPart).count
    }

    /// 36 where a UUID begins here: 8-4-4-4-12 hexadecimal digits.
    private func uuidLength() -> Int? {
        guard offset + 36 <= bytes.count else { return nil }
        for place in 0..<36 {
            let isDash = [8, 13, 18, 23].contains(place)
            guard isDash ? peek(place) == UInt8(ascii: "-") : peek(place).isHexDigit else { return nil }
        }
        return 36
    }

    private mutating func number() -> (String, isFloat: Bool) {
        let start = offset
        var isFloat = false
        if peek() == UInt8(ascii: "-") { offset += 1 }
        offset += run { $0.isDigit }
        if peek() == UInt8(ascii: ".") {
            isFloat = true
            offset += 1
            offset += run { $0.isDigit }
        }
        let signed = peek(1) == UInt8(ascii: "-") || peek(1) == UInt8(ascii: "+")
        if peek() | 0x20 == UInt8(ascii: "e"), peek(signed ? 2 : 1).isDigit {
            isFloat = true
            offset += signed ? 2 : 1
            offset += run { $0.isDigit }
        }
        return (String(decoding: bytes[start..<offset], as: UTF8.self), isFloat)
    }

    /// A quote within is written twice.
    private mutating func quoted(by quote: UInt8) -> String? {
        var content: [UInt8] = []
        var place = offset + 1
        while place < bytes.count {
            if bytes[place] == quote {
                guard place + 1 < bytes.count, bytes[place + 1] == quote else {
                    offset = place + 1
                    return String(decoding: content, as: UTF8.self)
                }
                place += 1
            }
            content.append(bytes[place])
            place += 1
        }
        return nil
    }

    private mutating func dollarQuoted() -> String? {
        var place = offset + 2
        while place + 1 < bytes.count {
            if bytes[place] == UInt8(ascii: "$"), bytes[place + 1] == UInt8(ascii: "$") {
                defer { offset = place + 2 }
                return String(decoding: bytes[offset + 2..<place], as: UTF8.self)
            }
            place += 1
        }
        return nil
    }
}

extension UInt8 {
    var isDigit: Bool { self >= 48 && self <= 57 }
    var isLetter: Bool { (self | 0x20) >= 97 && (self | 0x20) <= 122 }
    var isHexDigit: Bool { isDigit || ((self | 0x20) >= 97 && (self | 0x20) <= 102) }
}
