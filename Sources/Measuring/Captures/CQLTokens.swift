// A CQL statement in words, literals and signs: as much of the grammar as it takes to put binds in the place of literals.

/// A piece of a statement.
struct CQLToken: Equatable {
    enum Kind: Equatable {
        case word
        /// A name in double quotes.
        case quoted
        case text
        case integer
        case number
        case uuid
        case blob
        /// `?`, or `:name`.
        case marker
        case sign
    }

    var kind: Kind
    /// Where it is in the statement's bytes.
    var place: Range<Int>
    /// Whether white space or a comment stands before it.
    var isApart: Bool
}

extension CQLToken {
    /// All tokens of `cql`. Reads anything: what is no CQL gives signs.
    static func read(_ cql: [UInt8]) -> [CQLToken] {
        var tokens: [CQLToken] = []
        var place = 0
        while true {
            let start = skipSpace(cql, &place)
            guard place < cql.count else { return tokens }
            let kind = take(cql, &place)
            tokens.append(CQLToken(kind: kind, place: start.from..<place, isApart: start.isApart))
        }
    }

    private static func skipSpace(_ cql: [UInt8], _ place: inout Int) -> (from: Int, isApart: Bool) {
        let start = place
        while place < cql.count {
            let rest = cql[place...]
            if cql[place] <= UInt8(ascii: " ") {
                place += 1
            } else if rest.starts(with: "--".utf8) || rest.starts(with: "//".utf8) {
                while place < cql.count && cql[place] != UInt8(ascii: "\n") { place += 1 }
            } else if rest.starts(with: "/*".utf8) {
                place += 2
                while place < cql.count && !cql[place...].starts(with: "*/".utf8) { place += 1 }
                place = min(place + 2, cql.count)
            } else {
                break
            }
        }
        return (place, place > start)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func take(_ cql: [UInt8], _ place: inout Int) -> Kind {
        let first = cql[place]
        if first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") {
            quoted(cql, &place, by: first)
            return first == UInt8(ascii: "'") ? .text : .quoted
        }
        if cql[place...].starts(with: "$$".utf8) {
            place += 2
            while place < cql.count && !cql[place...].starts(with: "$$".utf8) { place += 1 }
            place = min(place + 2, cql.count)
            return .text
        }
        if isUUID(cql, at: place) {
            place += 36
            return .uuid
        }
        if isDigit(first) { return number(cql, &place) }
        if isWord(first) {
            while place < cql.count && isWord(cql[place]) { place += 1 }
            return .word
        }
        place += 1
        if first == UInt8(ascii: "?") { return .marker }
        guard first == UInt8(ascii: ":"), place < cql.count, isWord(cql[place]), !isDigit(cql[place]) else {
            return .sign
        }
        while place < cql.count && isWord(cql[place]) { place += 1 }
        return .marker
    }

    /// Doubled quotes are a quote.
    private static func quoted(_ cql: [UInt8], _ place: inout Int, by quote: UInt8) {
        place += 1
        while place < cql.count {
            if cql[place] == quote {
                place += 1
                guard place < cql.count, cql[place] == quote else { return }
            }
            place += 1
        }
    }

    private static func isUUID(_ cql: [UInt8], at place: Int) -> Bool {
        guard cql.count >= place + 36 else { return false }
        for index in 0..<36 {
            let byte = cql[place + index]
            let isDash = [8, 13, 18, 23].contains(index)
            guard isDash ? byte == UInt8(ascii: "-") : isHex(byte) else { return false }
        }
        return cql.count == place + 36 || !isWord(cql[place + 36])
    }

    private static func number(_ cql: [UInt8], _ place: inout Int) -> Kind {
        if cql[place...].starts(with: "0x".utf8) || cql[place...].starts(with: "0X".utf8) {
            place += 2
            while place < cql.count && isHex(cql[place]) { place += 1 }
            return .blob
        }
        var kind = Kind.integer
        while place < cql.count {
            let byte = cql[place]
            let next = place + 1 < cql.count ? cql[place + 1] : 0
            if isDigit(byte) {
                place += 1
            } else if byte == UInt8(ascii: "."), isDigit(next) {
                kind = .number
                place += 1
            } else if byte | 0x20 == UInt8(ascii: "e"), isDigit(next) || next == UInt8(ascii: "-") {
                kind = .number
                place += 2
            } else {
                break
            }
        }
        // A duration such as 12h30m, or a name that begins with a digit.
        guard place < cql.count, isWord(cql[place]) else { return kind }
        while place < cql.count && isWord(cql[place]) { place += 1 }
        return .word
    }
}
