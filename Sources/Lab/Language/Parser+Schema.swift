// CREATE and DROP, and the names of types.

import CQLProtocol

extension Parser {
    mutating func create() throws(CQLError) -> Statement {
        if accept("keyspace") || accept("schema") {
            let ifNotExists = accept(all: "if", "not", "exists")
            let name = try name()
            var options: [String: Term] = [:]
            if accept("with") {
                repeat {
                    let option = try option()
                    options[option.name] = option.value
                } while accept("and")
            }
            return .createKeyspace(name: name, ifNotExists: ifNotExists, options: options)
        }
        guard accept("table") || accept("columnfamily") else {
            throw current.kind == .word ? .notServed("CREATE \(current.text.uppercased())") : current.unexpected
        }
        return .createTable(try createTable())
    }

    mutating func drop() throws(CQLError) -> Statement {
        let isKeyspace = accept("keyspace") || accept("schema")
        guard isKeyspace || accept("table") || accept("columnfamily") else {
            throw current.kind == .word ? .notServed("DROP \(current.text.uppercased())") : current.unexpected
        }
        let ifExists = accept(all: "if", "exists")
        return isKeyspace
            ? .dropKeyspace(name: try name(), ifExists: ifExists) : .dropTable(try tableName(), ifExists: ifExists)
    }

    private mutating func option() throws(CQLError) -> (name: String, value: Term) {
        let option = try name()
        try expect("=")
        return (option, try term())
    }

    private mutating func createTable() throws(CQLError) -> CreateTableStatement {
        let ifNotExists = accept(all: "if", "not", "exists")
        var statement = CreateTableStatement(table: try tableName(), ifNotExists: ifNotExists)
        try expect("(")
        repeat {
            if isAt("primary"), next.text == "key" {
                advance()
                advance()
                try primaryKey(&statement)
            } else {
                let column = try name()
                let type = try typeName()
                if isAt("static") { throw .notServed("static columns") }
                statement.columns.append((column, type))
                if accept("primary") {
                    try expect("key")
                    statement.partitionKey = [column]
                }
            }
        } while accept(",")
        try expect(")")
        if accept("with") {
            repeat { try tableOption(&statement) } while accept("and")
        }
        return statement
    }

    private mutating func primaryKey(_ statement: inout CreateTableStatement) throws(CQLError) {
        try expect("(")
        if isAt("(") {
            statement.partitionKey = try parenthesised { (parser) throws(CQLError) in try parser.name() }
        } else {
            statement.partitionKey = [try name()]
        }
        if accept(",") { statement.clusteringKey = try list { (parser) throws(CQLError) in try parser.name() } }
        try expect(")")
    }

    private mutating func tableOption(_ statement: inout CreateTableStatement) throws(CQLError) {
        if accept("clustering") {
            try expect("order", "by")
            statement.clusteringOrder = try parenthesised { (parser) throws(CQLError) in try parser.ordering() }
        } else if isAt("compact"), next.text == "storage" {
            throw .notServed("COMPACT STORAGE")
        } else {
            let option = try option()
            statement.options[option.name] = option.value
        }
    }

    mutating func typeName() throws(CQLError) -> TypeName {
        let at = current
        let word = try name()
        func one(_ parser: inout Parser) throws(CQLError) -> TypeName {
            try parser.expect("<")
            let inner = try parser.typeName()
            try parser.expect(">")
            return inner
        }
        switch word {
        case "frozen":
            let inner = try one(&self)
            if case .tuple = inner.type { return inner }
            return TypeName(type: inner.type, name: "frozen<\(inner.name)>")
        case "list", "set":
            let inner = try one(&self)
            return TypeName(type: word == "list" ? .list(inner.type) : .set(inner.type), name: "\(word)<\(inner.name)>")
        case "map":
            try expect("<")
            let key = try typeName()
            try expect(",")
            let value = try typeName()
            try expect(">")
            return TypeName(type: .map(key.type, value.type), name: "map<\(key.name), \(value.name)>")
        case "tuple":
            try expect("<")
            let parts = try list { (parser) throws(CQLError) in try parser.typeName() }
            try expect(">")
            let names = parts.map(\.name).joined(separator: ", ")
            return TypeName(type: .tuple(parts.map(\.type)), name: "frozen<tuple<\(names)>>")
        case "counter": throw .notServed("counters and additions to collections")
        default:
            guard at.kind == .word, let type = CQLType(nativeName: word) else { throw .invalid("Unknown type \(word)") }
            return TypeName(type: type, name: type.description)
        }
    }
}
