// Statements with literals become statements with binds, and tell what they are for.

import Testing

@testable import Captures

@Suite struct ReadStatementTests {
    private func read(_ cql: String) -> ReadStatement { ReadStatement(Array(cql.utf8)) }
    private func columns(_ cql: String) -> [String] { read(cql).binds.map { $0.column ?? "-" } }

    @Test(arguments: [
        ("select *  from t where a = 5 and b >= 'x''y'", "select * from t where a = ? and b >= ?", ["a", "b"]),
        ("SELECT a FROM k.t WHERE a IN (1, 2,3) LIMIT 10;", "SELECT a FROM k.t WHERE a IN ? LIMIT 10", ["a"]),
        ("SELECT a FROM t WHERE a IN ? AND b=:from", "SELECT a FROM t WHERE a IN ? AND b=?", ["a", "b"]),
        (
            "INSERT INTO t (a,b , c) VALUES (-1, 0xCAFE, 123e4567-e89b-12d3-a456-426614174000) USING TTL 60",
            "INSERT INTO t (a, b, c) VALUES (?, ?, ?) USING TTL 60", ["a", "b", "c"]
        ),
        (
            "INSERT INTO t (a, m, l) VALUES (?, {'x': 1}, [1, 2]) IF NOT EXISTS",
            "INSERT INTO t (a, m, l) VALUES (?, ?, ?) IF NOT EXISTS", ["a", "m", "l"]
        ),
        (
            "UPDATE t USING TIMESTAMP 17 SET v = v + 1, m['k'] = null WHERE a = ? -- of one",
            "UPDATE t USING TIMESTAMP ? SET v = v + ?, m[?] = ? WHERE a = ?", ["[timestamp]", "v", "m", "m", "a"]
        ),
        ("DELETE v FROM t WHERE a = ? IF v = 3", "DELETE v FROM t WHERE a = ? IF v = ?", ["a", "v"]),
        (
            "SELECT * FROM t WHERE token(a) > token(5) AND token(a) <= ?",
            "SELECT * FROM t WHERE token(a) > token(?) AND token(a) <= ?", ["[token]", "[token]"]
        ),
        ("SELECT * FROM t WHERE a = ? LIMIT ?", "SELECT * FROM t WHERE a = ? LIMIT ?", ["a", "[limit]"]),
        (
            "SELECT * FROM t WHERE a = 1 AND (b, c) > (2, 3.5e-7)", "SELECT * FROM t WHERE a = ? AND (b, c) > (?, ?)",
            ["a", "c", "c"]
        )
    ])
    func `Literals become binds`(cql: String, text: String, binds: [String]) {
        #expect(read(cql).text == text)
        #expect(columns(cql) == binds)
        #expect(read(text).text == text, "what has binds stays as it is")
    }

    @Test func `The table is found, and given its keyspace`() {
        #expect(read("SELECT * FROM T WHERE a = ?").text(in: "k") == "SELECT * FROM k.T WHERE a = ?")
        #expect(read("UPDATE \"My T\" SET a = ?").text(in: "My K") == "UPDATE \"My K\".\"My T\" SET a = ?")
        #expect(read("UPDATE \"My T\" SET a = ?").table == "My T")
        let sent = "SELECT  *  FROM t WHERE a = 'x'"
        #expect(read(sent).qualified(Array(sent.utf8), "k") == "SELECT  *  FROM k.t WHERE a = 'x'")
        let qualified = read("INSERT INTO k.t (a) VALUES (?)")
        #expect(qualified.keyspace == "k" && qualified.table == "t")
        #expect(qualified.text(in: "other") == "INSERT INTO k.t (a) VALUES (?)")
    }

    @Test func `Conditions and functions are found`() {
        let statement = read("SELECT count(*) FROM t WHERE a = ? AND b > ? AND c IN ? AND d CONTAINS ? ALLOW FILTERING")
        #expect(
            statement.relations == [
                StatementRelation(column: "a", operation: .equal), StatementRelation(column: "b", operation: .slice),
                StatementRelation(column: "c", operation: .inList), StatementRelation(column: "d", operation: .other)
            ])
        #expect(statement.isAggregate && statement.allowsFiltering && !statement.isConditional)
        #expect(read("SELECT a FROM t WHERE a = ? LIMIT 1").isLimitedToOne)
        #expect(!read("SELECT a FROM t WHERE a = ? LIMIT 10").isLimitedToOne)
        #expect(read("UPDATE t SET c = c + ? WHERE a = ?").addedTo == ["c"])
        #expect(read("INSERT INTO t (a) VALUES (now())").impureFunction == "now()")
        #expect(read("UPDATE t SET a = ? WHERE b = ? IF EXISTS").isConditional)
    }

    @Test func `What is no statement of data is left alone`() {
        for cql in ["USE k", "CREATE TABLE t (a int PRIMARY KEY)", "", ";;;", "SELECT", "(((", "'", "/*", "\"", "$$"] {
            _ = read(cql)
        }
        #expect(!read("CREATE TABLE t (a int PRIMARY KEY)").isData)
    }
}
