// What stands in a statement that somebody sent: its text with binds in the place of literals, what each bind is for, and what tells
// which shape it has.

import Quantities

/// A bind of a statement once it is made the same for all values.
struct StatementBind: Equatable {
    /// Where its values come from.
    enum Source: Equatable {
        /// The request's value of that number.
        case marker(Int)
        /// A literal in the text; whether it is of a kind that only one type of column has is in `kind`.
        case literal(CQLToken.Kind, [UInt8])
        /// `IN (…)`: as many values.
        case list([Source])
    }

    var source: Source
    /// The column that it is for, or `[limit]`, `[ttl]`, `[timestamp]`, `[token]`; nil where that is not clear.
    var column: String?
}

/// A condition of WHERE.
struct StatementRelation: Equatable {
    enum Operation: Equatable { case equal, inList, slice, other }

    var column: String
    var operation: Operation
    var isToken = false
}

struct ReadStatement: Equatable {
    /// In capitals, such as `SELECT`; `BEGIN` for a batch in one text.
    var verb = ""
    /// Nil where the text does not say.
    var keyspace: String?
    var table: String?
    /// One space where there was any, no comments, `?` for markers and literals.
    var text = ""
    /// Where in `text` the table's name begins, for a keyspace to be put before it.
    var placeOfTable: Int?
    /// The same in the statement as it was sent.
    var placeInSource: Int?
    var binds: [StatementBind] = []
    var relations: [StatementRelation] = []
    var isConditional = false
    var isAggregate = false
    /// `LIMIT 1`
    var isLimitedToOne = false
    var allowsFiltering = false
    /// Columns to which something is added: `SET c = c + ?`.
    var addedTo: [String] = []
    /// `now()` and its like, which give each side something else.
    var impureFunction: String?

    var isRead: Bool { verb == "SELECT" }
    /// Statements of the data: what a workload is made of.
    var isData: Bool { ["SELECT", "INSERT", "UPDATE", "DELETE"].contains(verb) }

    /// The text with its table in `keyspace`.
    func text(in keyspace: String) -> String {
        guard self.keyspace == nil, let placeOfTable, !keyspace.isEmpty else { return text }
        let bytes = Array(text.utf8)
        return String(
            decoding: bytes[..<placeOfTable] + Array("\(cqlName(keyspace)).".utf8) + bytes[placeOfTable...],
            as: UTF8.self)
    }

    /// `cql`, of which this was read, as it was sent but with its table in `keyspace`: literals stay.
    func qualified(_ cql: [UInt8], _ keyspace: String) -> String {
        guard self.keyspace == nil, let placeInSource, !keyspace.isEmpty else {
            return String(decoding: cql, as: UTF8.self)
        }
        return String(
            decoding: cql[..<placeInSource] + Array("\(cqlName(keyspace)).".utf8) + cql[placeInSource...], as: UTF8.self
        )
    }

    init(_ cql: [UInt8]) {
        var reader = StatementReader(cql)
        reader.read()
        self = reader.statement
        text = String(decoding: reader.out, as: UTF8.self)
    }

    fileprivate init() {}
}

private struct StatementReader {
    enum Clause { case start, selection, table, columns, values, set, filter, condition, using, limit, other }

    let cql: [UInt8]
    let tokens: [CQLToken]
    var statement = ReadStatement()
    var out: [UInt8] = []
    private var clause = Clause.start
    private var index = 0
    private var markers = 0
    private var depth = 0
    /// Of an INSERT, in order; and how many of its values went by.
    private var columns: [String] = []
    private var valueIndex = 0
    /// The column of the condition or assignment at hand.
    private var column: String?
    private var usingWord: String?

    private static let aggregates: Set<String> = ["count", "min", "max", "sum", "avg"]
    private static let impure: Set<String> = [
        "now", "uuid", "currenttimestamp", "currentdate", "currenttime", "currenttimeuuid", "current_timestamp",
        "current_date", "current_time", "current_timeuuid"
    ]

    init(_ cql: [UInt8]) {
        self.cql = cql
        tokens = CQLToken.read(cql)
    }

    mutating func read() {
        if let first = tokens.first, first.kind == .word { statement.verb = word(first).uppercased() }
        guard statement.isData else {
            out = cql
            return
        }
        while index < tokens.count {
            let token = tokens[index]
            switch token.kind {
            case .word: takeWord(token)
            case .quoted: takeName(token)
            case .sign: takeSign(token)
            case .marker: takeMarker(token)
            case .text, .integer, .number, .uuid, .blob: takeLiteral(token)
            }
            index += 1
        }
    }

    private func word(_ token: CQLToken) -> String { String(decoding: cql[token.place], as: UTF8.self) }
    private func sign(at index: Int) -> UInt8? {
        tokens.indices.contains(index) && tokens[index].kind == .sign ? cql[tokens[index].place.lowerBound] : nil
    }
    private func word(at index: Int) -> String? {
        tokens.indices.contains(index) && tokens[index].kind == .word ? word(tokens[index]).uppercased() : nil
    }

    /// A name as CQL takes it.
    private func name(_ token: CQLToken) -> String {
        guard token.kind == .quoted else { return word(token).lowercased() }
        let inside = cql[token.place].dropFirst().dropLast()
        return String(decoding: inside, as: UTF8.self)
    }

    private mutating func write(_ bytes: some Sequence<UInt8>, apart: Bool) {
        if (apart || out.last == UInt8(ascii: ",")) && !out.isEmpty { out.append(UInt8(ascii: " ")) }
        out += bytes
    }

    private mutating func copy(_ token: CQLToken) { write(cql[token.place], apart: token.isApart) }

    // MARK: Words

    private mutating func takeWord(_ token: CQLToken) {
        let upper = word(token).uppercased()
        if depth == 0 || clause == .start, let next = clauseOpened(by: upper) {
            copy(token)
            clause = next
            column = nil
            return
        }
        if upper == "NULL" || upper == "TRUE" || upper == "FALSE", isValuePlace { return takeLiteral(token) }
        takeName(token)
    }

    /// Keywords that begin another part; names may be spelled like some of them.
    private mutating func clauseOpened(by upper: String) -> Clause? {
        switch upper {
        case "SELECT": return clause == .start ? .selection : nil
        case "INSERT", "DELETE": return clause == .start ? .selection : nil
        case "UPDATE": return clause == .start ? .table : nil
        case "FROM", "INTO": return clause == .selection ? .table : nil
        case "VALUES": return clause == .columns || clause == .table ? .values : nil
        case "SET": return clause == .table || clause == .using ? .set : nil
        case "WHERE": return clause == .table || clause == .set || clause == .using ? .filter : nil
        case "IF":
            guard clause != .selection else { return nil }
            statement.isConditional = true
            return .condition
        case "USING": return .using
        case "LIMIT": return clause == .selection ? nil : .limit
        case "PER", "ORDER": return clause == .selection ? nil : .other
        case "GROUP":
            guard clause != .selection else { return nil }
            statement.isAggregate = true
            return .other
        case "ALLOW":
            guard word(at: index + 1) == "FILTERING" else { return nil }
            statement.allowsFiltering = true
            return .other
        default: return nil
        }
    }

    private mutating func takeName(_ token: CQLToken) {
        let name = name(token)
        let isCall = token.kind == .word && sign(at: index + 1) == UInt8(ascii: "(")
        if isCall && StatementReader.impure.contains(name) { statement.impureFunction = name + "()" }
        switch clause {
        case .selection:
            if isCall && statement.isRead && StatementReader.aggregates.contains(name) { statement.isAggregate = true }
        case .table where statement.table == nil: return takeTable(token)
        case .filter: takeRelation(name, isCall)
        case .columns: columns.append(name)
        case .set:
            if sign(at: index + 1) == UInt8(ascii: "=") || sign(at: index + 1) == UInt8(ascii: "[") { column = name }
            if let column, name == column, let next = sign(at: index + 1),
                next == UInt8(ascii: "+") || next == UInt8(ascii: "-")
            {
                statement.addedTo.append(name)
            }
        case .condition: if !["AND", "NOT", "EXISTS", "IN"].contains(name.uppercased()) { column = name }
        case .using: usingWord = name
        default: break
        }
        copy(token)
    }

    private mutating func takeTable(_ token: CQLToken) {
        let start = out.count + (token.isApart && !out.isEmpty ? 1 : 0)
        copy(token)
        if sign(at: index + 1) == UInt8(ascii: "."), index + 2 < tokens.count {
            statement.keyspace = name(token)
            write([UInt8(ascii: ".")], apart: false)
            index += 2
            write(cql[tokens[index].place], apart: false)
            statement.table = name(tokens[index])
        } else {
            statement.table = name(token)
            statement.placeOfTable = start
            statement.placeInSource = token.place.lowerBound
        }
        // INSERT INTO t (columns) VALUES (…)
        if statement.verb == "INSERT" { clause = .columns }
    }

    private mutating func takeRelation(_ name: String, _ isCall: Bool) {
        let upper = name.uppercased()
        if isCall && upper == "TOKEN" {
            guard depth == 0,
                !tokens[..<index].suffix(2).contains(where: { "<>=".utf8.contains(cql[$0.place.lowerBound]) })
            else { return }
            statement.relations.append(StatementRelation(column: "[token]", operation: .slice, isToken: true))
            column = "[token]"
            return
        }
        if upper == "AND" || upper == "IN" || upper == "CONTAINS" || upper == "KEY" || upper == "LIKE" || isCall {
            return
        }
        if column == "[token]" && depth > 0 { return }
        let operation: StatementRelation.Operation
        switch sign(at: index + 1) {
        case UInt8(ascii: "="): operation = .equal
        case UInt8(ascii: "<"), UInt8(ascii: ">"): operation = .slice
        default: operation = word(at: index + 1) == "IN" ? .inList : .other
        }
        column = name
        // Of (a, b) > (?, ?) all are slices.
        statement.relations.append(StatementRelation(column: name, operation: depth > 0 ? .slice : operation))
    }

    // MARK: Signs and values

    private mutating func takeSign(_ token: CQLToken) {
        let byte = cql[token.place.lowerBound]
        switch byte {
        case UInt8(ascii: ";") where index == tokens.count - 1: return
        case UInt8(ascii: "("):
            if clause == .filter, word(at: index - 1) == "IN", takeList() { return }
            depth += 1
        case UInt8(ascii: ")"): depth = max(0, depth - 1)
        case UInt8(ascii: ",") where clause == .values && depth == 1: valueIndex += 1
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            if isValuePlace, takeCollection(token) { return }
            depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth = max(0, depth - 1)
        case UInt8(ascii: "-"):
            // The sign of a number.
            let isNumber = index + 1 < tokens.count && [.integer, .number].contains(tokens[index + 1].kind)
            if isNumber && isValuePlace && !isBehindOperand {
                index += 1
                return takeLiteral(tokens[index], from: token)
            }
        default: break
        }
        if clause == .columns && byte == UInt8(ascii: ")") { clause = .table }
        let isTight = byte == UInt8(ascii: ",") || byte == UInt8(ascii: ")")
        write(cql[token.place], apart: token.isApart && !isTight)
    }

    /// Whether what comes is a value, and not a part of a name or of the selection.
    private var isValuePlace: Bool {
        switch clause {
        case .values, .filter, .condition, .set, .using: true
        default: false
        }
    }

    private var isBehindOperand: Bool {
        guard let before = index > 0 ? tokens[index - 1] : nil else { return false }
        return before.kind != .sign || cql[before.place.lowerBound] == UInt8(ascii: ")")
    }

    private var columnHere: String? {
        switch clause {
        case .values: columns.indices.contains(valueIndex) && depth == 1 ? columns[valueIndex] : nil
        case .using: usingWord.map { "[\($0)]" }
        case .limit, .other: "[limit]"
        default: column
        }
    }

    private mutating func takeMarker(_ token: CQLToken) {
        add(.marker(markers), apart: token.isApart)
        markers += 1
    }

    private mutating func add(_ source: StatementBind.Source, apart: Bool) {
        statement.binds.append(StatementBind(source: source, column: columnHere))
        write([UInt8(ascii: "?")], apart: apart)
    }

    private mutating func takeLiteral(_ token: CQLToken, from first: CQLToken? = nil) {
        let start = first ?? token
        // LIMIT 10, USING TTL 60 and what is selected belong to the statement.
        let isTimestamp = clause == .using && usingWord == "timestamp"
        guard isValuePlace && (clause != .using || isTimestamp) else {
            if clause == .limit && token.kind == .integer && word(at: index - 1) == "LIMIT" {
                statement.isLimitedToOne = cql[token.place].elementsEqual("1".utf8)
            }
            return write(cql[start.place.lowerBound..<token.place.upperBound], apart: start.isApart)
        }
        add(.literal(token.kind, Array(cql[start.place.lowerBound..<token.place.upperBound])), apart: start.isApart)
    }

    /// `IN (1, ?, 3)` becomes `IN ?`. False where its members are not plain values.
    private mutating func takeList() -> Bool {
        var sources: [StatementBind.Source] = []
        var (place, markers) = (index + 1, self.markers)
        while place < tokens.count {
            let token = tokens[place]
            switch token.kind {
            case .marker:
                sources.append(.marker(markers))
                markers += 1
            case .text, .integer, .number, .uuid, .blob: sources.append(.literal(token.kind, Array(cql[token.place])))
            case .sign where sign(at: place) == UInt8(ascii: ","): break
            case .sign where sign(at: place) == UInt8(ascii: ")") && !sources.isEmpty:
                add(.list(sources), apart: true)
                (index, self.markers) = (place, markers)
                return true
            default: return false
            }
            place += 1
        }
        return false
    }

    /// `{…}` or `[…]` of literals alone is one value. False for `m[?]` and for those with markers inside.
    private mutating func takeCollection(_ token: CQLToken) -> Bool {
        guard !isBehindOperand || cql[tokens[index - 1].place].elementsEqual("IN".utf8) else { return false }
        var (place, open) = (index, 0)
        while place < tokens.count {
            if tokens[place].kind == .marker { return false }
            if let byte = sign(at: place) {
                if "{[(".utf8.contains(byte) { open += 1 }
                if "}])".utf8.contains(byte) { open -= 1 }
            }
            if open == 0 {
                let all = token.place.lowerBound..<tokens[place].place.upperBound
                add(.literal(.sign, Array(cql[all])), apart: token.isApart)
                index = place
                return true
            }
            place += 1
        }
        return false
    }
}
