// SELECT, INSERT, UPDATE, DELETE, BATCH.

import CQLProtocol

extension Parser {
    mutating func select() throws(CQLError) -> SelectStatement {
        if isAt("json") && next.text != "from" && next.text != "," { throw .notServed("SELECT JSON") }
        let isDistinct = isAt("distinct") && next.text != "from" && next.text != "," && accept("distinct")
        var statement = SelectStatement(table: TableName(keyspace: nil, name: ""))
        statement.isDistinct = isDistinct
        if !accept("*") {
            statement.selectors = try list { (parser) throws(CQLError) in
                let selector = try parser.selector()
                return (selector, parser.accept("as") ? try parser.name() : nil)
            }
        }
        try expect("from")
        statement.table = try tableName()
        if accept("where") { statement.relations = try relations() }
        if isAt("group") { throw .notServed("GROUP BY") }
        if accept(all: "order", "by") {
            statement.orderings = try list { (parser) throws(CQLError) in try parser.ordering() }
        }
        if accept("per") {
            try expect("partition", "limit")
            statement.perPartitionLimit = try term()
        }
        if accept("limit") { statement.limit = try term() }
        if accept("allow") {
            try expect("filtering")
            statement.allowsFiltering = true
        }
        return statement
    }

    mutating func ordering() throws(CQLError) -> (column: String, descending: Bool) {
        let column = try name()
        if accept("desc") { return (column, true) }
        _ = accept("asc")
        return (column, false)
    }

    private mutating func selector() throws(CQLError) -> SelectStatement.Selector {
        guard current.kind == .word, next.text == "(", next.kind == .punctuation else { return .column(try name()) }
        let function = current
        advance()
        switch function.text {
        case "count":
            try expect("(")
            guard isAt("*") || current.text == "1" else { throw .notServed("count of a column") }
            advance()
            try expect(")")
            return .count
        case "writetime", "ttl":
            try expect("(")
            let column = try name()
            try expect(")")
            return function.text == "ttl" ? .timeToLive(column) : .writeTime(column)
        case "token": return .token(try parenthesised { (parser) throws(CQLError) in try parser.name() })
        default: throw .notServed("the function \(function.text)")
        }
    }

    private mutating func relations() throws(CQLError) -> [Relation] {
        var all = [try relation()]
        while accept("and") { all.append(try relation()) }
        return all
    }

    private mutating func relation() throws(CQLError) -> Relation {
        if isAt("(") { throw .notServed("relations on several columns at once") }
        let subject: Relation.Subject
        if isAt("token"), next.text == "(" {
            advance()
            subject = .token(try parenthesised { (parser) throws(CQLError) in try parser.name() })
        } else {
            subject = .column(try name())
        }
        if accept("in") {
            guard isAt("(") || current.kind == .bind || current.kind == .namedBind else { throw current.unexpected }
            return Relation(subject: subject, comparison: .within, term: try term())
        }
        if isAt("contains") || isAt("like") || isAt("is") || isAt("[") {
            throw .notServed("the relation \(current.text)")
        }
        guard current.kind == .punctuation, let comparison = Relation.Comparison(rawValue: current.text) else {
            throw current.unexpected
        }
        advance()
        return Relation(subject: subject, comparison: comparison, term: try term())
    }

    mutating func insert() throws(CQLError) -> WriteStatement {
        try expect("into")
        var statement = WriteStatement(kind: .insert, table: try tableName())
        if isAt("json") { throw .notServed("INSERT JSON") }
        let columns = try parenthesised { (parser) throws(CQLError) in try parser.name() }
        try expect("values")
        let terms = try parenthesised { (parser) throws(CQLError) in try parser.term() }
        guard columns.count == terms.count else { throw .invalid("Unmatched column names/values") }
        statement.assignments = zip(columns, terms).map { WriteStatement.Assignment(column: $0, term: $1) }
        try refuseCondition()
        try using(&statement)
        return statement
    }

    mutating func update() throws(CQLError) -> WriteStatement {
        var statement = WriteStatement(kind: .update, table: try tableName())
        try using(&statement)
        try expect("set")
        statement.assignments = try list { (parser) throws(CQLError) in try parser.assignment() }
        try expect("where")
        statement.relations = try relations()
        try refuseCondition()
        return statement
    }

    private mutating func assignment() throws(CQLError) -> WriteStatement.Assignment {
        let column = try name()
        if isAt("[") { throw .notServed("assignments to elements of collections") }
        try expect("=")
        if current.kind == .word && ["+", "-"].contains(next.text) || isAt(column) {
            throw .notServed("counters and additions to collections")
        }
        let value = try term()
        if isAt("+") || isAt("-") { throw .notServed("counters and additions to collections") }
        return WriteStatement.Assignment(column: column, term: value)
    }

    mutating func delete() throws(CQLError) -> WriteStatement {
        var columns: [String] = []
        if !isAt("from") { columns = try list { (parser) throws(CQLError) in try parser.name() } }
        if isAt("[") { throw .notServed("deletions of elements of collections") }
        try expect("from")
        var statement = WriteStatement(kind: .delete, table: try tableName())
        statement.assignments = columns.map { WriteStatement.Assignment(column: $0, term: .null) }
        try using(&statement)
        try expect("where")
        statement.relations = try relations()
        try refuseCondition()
        return statement
    }

    private func refuseCondition() throws(CQLError) {
        if isAt("if") { throw .notServed("lightweight transactions (IF …)") }
    }

    private mutating func using(_ statement: inout WriteStatement) throws(CQLError) {
        guard accept("using") else { return }
        repeat {
            if accept("timestamp") {
                statement.timestamp = try term()
            } else {
                try expect("ttl")
                statement.timeToLive = try term()
            }
        } while accept("and")
    }

    mutating func batch() throws(CQLError) -> Statement {
        if accept("counter") { throw .notServed("counters and additions to collections") }
        _ = accept("unlogged") || accept("logged")
        try expect("batch")
        var timestamp: Term?
        if accept("using") {
            try expect("timestamp")
            timestamp = try term()
        }
        var writes: [WriteStatement] = []
        while !isAt("apply") {
            if accept("insert") {
                writes.append(try insert())
            } else if accept("update") {
                writes.append(try update())
            } else {
                try expect("delete")
                writes.append(try delete())
            }
            _ = accept(";")
        }
        try expect("apply", "batch")
        return .batch(writes, timestamp: timestamp)
    }
}
