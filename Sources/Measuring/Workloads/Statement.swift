// As much of a CQL statement as a workload must know before a server sees it: verb, table, markers, and what would make the
// two sides differ by design.

/// What stands in one CQL statement.
struct Statement {
    /// The first word in capitals, such as `SELECT`.
    private(set) var verb = ""
    /// As CQL understands it: in lower case unless it was quoted. Nil where the table is not qualified.
    private(set) var keyspace: String?
    private(set) var table: String?
    /// How many `?` there are.
    private(set) var markers = 0
    /// Whether the statement has an `IF`, and so is a lightweight transaction.
    private(set) var isConditional = false
    /// A function such as `now()` that gives each side another value.
    private(set) var impureFunction: String?

    private enum Token: Equatable {
        case word(String)
        case quoted(String)
        case symbol(UInt8)
        case literal
    }

    private static let impure: Set<String> = [
        "now", "uuid", "currenttimestamp", "currentdate", "currenttime", "currenttimeuuid", "current_timestamp",
        "current_date", "current_time", "current_timeuuid"
    ]

    init(_ cql: String) {
        let tokens = Statement.tokens(cql)
        if case .word(let word)? = tokens.first { verb = word.uppercased() }
        markers = tokens.count { $0 == .symbol(UInt8(ascii: "?")) }
        for (index, token) in tokens.enumerated() {
            guard case .word(let word) = token else { continue }
            switch word.uppercased() {
            case "IF": isConditional = true
            case "FROM", "INTO", "UPDATE": if table == nil { readTable(tokens[(index + 1)...]) }
            default: break
            }
            let isCall = index + 1 < tokens.count && tokens[index + 1] == .symbol(UInt8(ascii: "("))
            if isCall && Statement.impure.contains(word.lowercased()) { impureFunction = word + "()" }
        }
    }

    private mutating func readTable(_ tokens: ArraySlice<Token>) {
        func name(_ token: Token?) -> String? {
            switch token {
            case .word(let word)?: word.lowercased()
            case .quoted(let name)?: name
            default: nil
            }
        }
        let parts = Array(tokens.prefix(3))
        guard let first = name(parts.first) else { return }
        if parts.count == 3, parts[1] == .symbol(UInt8(ascii: ".")), let second = name(parts[2]) {
            (keyspace, table) = (first, second)
        } else {
            table = first
        }
    }

    private static func tokens(_ cql: String) -> [Token] {
        var rest = Array(cql.utf8)[...]
        var tokens: [Token] = []
        func isWord(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        while let byte = rest.first {
            if byte <= UInt8(ascii: " ") {
                rest = rest.dropFirst()
            } else if rest.starts(with: "--".utf8) || rest.starts(with: "//".utf8) {
                rest = rest.drop { $0 != UInt8(ascii: "\n") }
            } else if rest.starts(with: "/*".utf8) {
                _ = take(&rest, opening: 2, closing: "*/")
            } else if rest.starts(with: "$$".utf8) {
                _ = take(&rest, opening: 2, closing: "$$")
                tokens.append(.literal)
            } else if byte == UInt8(ascii: "'") {
                // A doubled quote inside reads as two literals side by side, which changes nothing that is asked here.
                _ = take(&rest, opening: 1, closing: "'")
                tokens.append(.literal)
            } else if byte == UInt8(ascii: "\"") {
                tokens.append(.quoted(take(&rest, opening: 1, closing: "\"")))
            } else if isWord(byte) {
                let word = rest.prefix(while: isWord)
                rest = rest.dropFirst(word.count)
                tokens.append(.word(String(decoding: word, as: UTF8.self)))
            } else {
                tokens.append(.symbol(byte))
                rest = rest.dropFirst()
            }
        }
        return tokens
    }

    /// What stands before `closing`; both are taken off `rest`.
    private static func take(_ rest: inout ArraySlice<UInt8>, opening: Int, closing: String) -> String {
        let closing = Array(closing.utf8)
        var inside = rest.dropFirst(opening)
        let start = inside.startIndex
        while !inside.isEmpty && !inside.starts(with: closing) { inside = inside.dropFirst() }
        defer { rest = inside.dropFirst(closing.count) }
        return String(decoding: rest[start..<inside.startIndex], as: UTF8.self)
    }
}
