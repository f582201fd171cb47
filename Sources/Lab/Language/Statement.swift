// Statements as they were written, before any table is looked at.

import CQLProtocol

/// A value as written.
indirect enum Term: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        var key: Term
        var value: Term
    }

    case null
    case string(String), integer(String), float(String), boolean(Bool), uuid(String), blob(String)
    /// The n-th bind marker of the statement, from 0.
    case bind(Int)
    case list([Term]), set([Term]), tuple([Term])
    /// `{}` is an empty map here; it also does for an empty set.
    case map([Entry])
    case function(String, [Term])
}

/// `keyspace.table`, or a table of the session's keyspace.
struct TableName: Equatable {
    var keyspace: String?
    var name: String
}

/// A type as written, with the name that the schema keeps.
struct TypeName: Equatable {
    var type: CQLType
    var name: String
}

struct Relation: Equatable {
    enum Comparison: String {
        case equal = "=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">=", within = "IN"
    }
    enum Subject: Equatable {
        case column(String)
        case token([String])
    }

    var subject: Subject
    var comparison: Comparison
    /// For IN: `.tuple` of the values, or a bind marker for all of them.
    var term: Term
}

struct SelectStatement: Equatable {
    enum Selector: Equatable {
        case column(String), count, writeTime(String), timeToLive(String), token([String])
    }

    var table: TableName
    /// Empty: `*`. The alias, where there is one, follows.
    var selectors: [(selector: Selector, alias: String?)] = []
    var isDistinct = false
    var relations: [Relation] = []
    var orderings: [(column: String, descending: Bool)] = []
    var perPartitionLimit: Term?
    var limit: Term?
    var allowsFiltering = false

    static func == (a: SelectStatement, b: SelectStatement) -> Bool {
        a.table == b.table && a.selectors.elementsEqual(b.selectors, by: ==) && a.isDistinct == b.isDistinct
            && a.relations == b.relations && a.orderings.elementsEqual(b.orderings, by: ==)
            && a.perPartitionLimit == b.perPartitionLimit && a.limit == b.limit
            && a.allowsFiltering == b.allowsFiltering
    }
}

/// INSERT, UPDATE and DELETE.
struct WriteStatement: Equatable {
    enum Kind { case insert, update, delete }
    struct Assignment: Equatable {
        var column: String
        /// `.null` for a deleted column.
        var term: Term
    }

    var kind: Kind
    var table: TableName
    /// INSERT: all columns. UPDATE: those that are set. DELETE: those that are named, none for whole rows.
    var assignments: [Assignment] = []
    var relations: [Relation] = []
    var timestamp: Term?
    var timeToLive: Term?
}

struct CreateTableStatement: Equatable {
    var table: TableName
    var ifNotExists = false
    var columns: [(name: String, type: TypeName)] = []
    var partitionKey: [String] = []
    var clusteringKey: [String] = []
    var clusteringOrder: [(column: String, descending: Bool)] = []
    var options: [String: Term] = [:]

    static func == (a: CreateTableStatement, b: CreateTableStatement) -> Bool {
        a.table == b.table && a.ifNotExists == b.ifNotExists && a.columns.elementsEqual(b.columns, by: ==)
            && a.partitionKey == b.partitionKey && a.clusteringKey == b.clusteringKey
            && a.clusteringOrder.elementsEqual(b.clusteringOrder, by: ==) && a.options == b.options
    }
}

enum Statement: Equatable {
    case createKeyspace(name: String, ifNotExists: Bool, options: [String: Term])
    case createTable(CreateTableStatement)
    case dropKeyspace(name: String, ifExists: Bool)
    case dropTable(TableName, ifExists: Bool)
    case truncate(TableName)
    case use(String)
    case write(WriteStatement)
    case select(SelectStatement)
    case batch([WriteStatement], timestamp: Term?)
}

/// A statement with its bind markers: the name of each that has one.
struct ParsedStatement: Equatable {
    var statement: Statement
    var binds: [String?]
}
