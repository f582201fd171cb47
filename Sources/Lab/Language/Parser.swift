// The subset of CQL that the lab serves: the common parts of the parser, and terms.

import CQLProtocol

/// Recursive descent over the tokens of one statement.
struct Parser {
    private let tokens: [Token]
    private var position = 0
    private(set) var binds: [String?] = []

    static func parse(_ text: String) throws(CQLError) -> ParsedStatement {
        var parser = Parser(tokens: try Lexer.tokens(of: text))
        let statement = try parser.statement()
        while parser.accept(";") {}
        guard parser.current.kind == .end else { throw parser.current.unexpected }
        return ParsedStatement(statement: statement, binds: parser.binds)
    }

    private init(tokens: [Token]) { self.tokens = tokens }

    private mutating func statement() throws(CQLError) -> Statement {
        let verb = current
        position += 1
        switch verb.kind == .word ? verb.text : "" {
        case "select": return .select(try select())
        case "insert": return .write(try insert())
        case "update": return .write(try update())
        case "delete": return .write(try delete())
        case "create": return try create()
        case "drop": return try drop()
        case "truncate":
            _ = accept("table")
            return .truncate(try tableName())
        case "use": return .use(try name())
        case "begin": return try batch()
        case "alter", "grant", "revoke", "list": throw .notServed(verb.text.uppercased())
        default:
            position -= 1
            throw current.unexpected
        }
    }

    // MARK: Tokens

    var current: Token { tokens[position] }
    var next: Token { tokens[min(position + 1, tokens.count - 1)] }
    mutating func advance() { if position < tokens.count - 1 { position += 1 } }

    func isAt(_ text: String) -> Bool {
        (current.kind == .word || current.kind == .punctuation) && current.text == text
    }
    mutating func accept(_ text: String) -> Bool {
        guard isAt(text) else { return false }
        advance()
        return true
    }
    /// Takes all of `words`, or none.
    mutating func accept(all words: String...) -> Bool {
        let start = position
        for word in words where !accept(word) {
            position = start
            return false
        }
        return true
    }
    mutating func expect(_ texts: String...) throws(CQLError) {
        for text in texts where !accept(text) { throw current.unexpected }
    }

    mutating func name() throws(CQLError) -> String {
        guard current.kind == .word || current.kind == .quotedName else { throw current.unexpected }
        defer { advance() }
        return current.text
    }

    mutating func tableName() throws(CQLError) -> TableName {
        let first = try name()
        return accept(".") ? TableName(keyspace: first, name: try name()) : TableName(keyspace: nil, name: first)
    }

    /// One or more of what `element` reads, with commas between.
    mutating func list<T>(_ element: (inout Parser) throws(CQLError) -> T) throws(CQLError) -> [T] {
        var all = [try element(&self)]
        while accept(",") { all.append(try element(&self)) }
        return all
    }

    mutating func parenthesised<T>(_ element: (inout Parser) throws(CQLError) -> T) throws(CQLError) -> [T] {
        try expect("(")
        let all = try list(element)
        try expect(")")
        return all
    }

    // MARK: Terms

    mutating func term() throws(CQLError) -> Term {
        let token = current
        switch token.kind {
        case .string: return taken(.string(token.text))
        case .integer: return taken(.integer(token.text))
        case .float: return taken(.float(token.text))
        case .uuid: return taken(.uuid(token.text))
        case .blob: return taken(.blob(token.text))
        case .bind, .namedBind:
            binds.append(token.kind == .namedBind ? token.text : nil)
            return taken(.bind(binds.count - 1))
        case .word: return try wordTerm(token)
        case .punctuation:
            switch token.text {
            case "[":
                advance()
                return .list(try elements(until: "]"))
            case "(":
                advance()
                return .tuple(try elements(until: ")"))
            case "{": return try braces()
            case "-":
                advance()
                guard isAt("infinity") || isAt("nan") else { throw current.unexpected }
                return taken(.float("-" + current.text))
            default: throw token.unexpected
            }
        case .quotedName, .end: throw token.unexpected
        }
    }

    private mutating func taken(_ term: Term) -> Term {
        advance()
        return term
    }

    private mutating func wordTerm(_ token: Token) throws(CQLError) -> Term {
        switch token.text {
        case "null": return taken(.null)
        case "true": return taken(.boolean(true))
        case "false": return taken(.boolean(false))
        case "nan", "infinity": return taken(.float(token.text))
        default:
            guard next.text == "(" else { throw token.unexpected }
            advance()
            advance()
            return .function(token.text, try elements(until: ")"))
        }
    }

    private mutating func elements(until close: String) throws(CQLError) -> [Term] {
        if accept(close) { return [] }
        let all = try list { (parser) throws(CQLError) in try parser.term() }
        try expect(close)
        return all
    }

    private mutating func braces() throws(CQLError) -> Term {
        try expect("{")
        if accept("}") { return .map([]) }
        let first = try term()
        guard accept(":") else {
            var all = [first]
            while accept(",") { all.append(try term()) }
            try expect("}")
            return .set(all)
        }
        var entries = [Term.Entry(key: first, value: try term())]
        while accept(",") {
            let key = try term()
            try expect(":")
            entries.append(Term.Entry(key: key, value: try term()))
        }
        try expect("}")
        return .map(entries)
    }
}
