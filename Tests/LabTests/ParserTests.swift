// The subset of CQL: what it reads, and how it refuses the rest.

import CQLProtocol
import Quantities
import Testing

@testable import Lab

@Test func statementsAreReadInAnyCaseAndSpacing() throws {
    let select = try Parser.parse(
        """
        select A, "Mixed", count as c -- a comment
        FROM ks."T" /* another */ Where a In (1,?) AND b>=:low and TOKEN(a) < 5
        order by b desc PER PARTITION LIMIT 3 limit ? ALLOW FILTERING;
        """)
    guard case .select(let statement) = select.statement else {
        Issue.record("no SELECT")
        return
    }
    #expect(statement.table == TableName(keyspace: "ks", name: "T"))
    #expect(statement.selectors.map(\.selector) == [.column("a"), .column("Mixed"), .column("count")])
    #expect(statement.selectors[2].alias == "c")
    #expect(
        statement.relations == [
            Relation(subject: .column("a"), comparison: .within, term: .tuple([.integer("1"), .bind(0)])),
            Relation(subject: .column("b"), comparison: .greaterOrEqual, term: .bind(1)),
            Relation(subject: .token(["a"]), comparison: .less, term: .integer("5"))
        ])
    #expect(select.binds == [nil, "low", nil])
    #expect(statement.perPartitionLimit == .integer("3") && statement.limit == .bind(2) && statement.allowsFiltering)
    #expect(statement.orderings.map(\.column) == ["b"] && statement.orderings[0].descending)
}

@Test func literalsKeepTheirKind() throws {
    let text = """
        INSERT INTO t (a) VALUES ([-1, 2.5e-3, 'it''s', $$a'b$$, 0xCAFE, true, null, {1: 'x', 2: 'y'}, {1, 2}, {}, NaN,
        -infinity, 123e4567-e89b-12d3-a456-426614174000, ?])
        """
    guard case .write(let write) = try Parser.parse(text).statement, case .list(let terms) = write.assignments[0].term
    else {
        Issue.record("no list")
        return
    }
    #expect(
        terms == [
            .integer("-1"), .float("2.5e-3"), .string("it's"), .string("a'b"), .blob("CAFE"), .boolean(true), .null,
            .map([
                Term.Entry(key: .integer("1"), value: .string("x")), Term.Entry(key: .integer("2"), value: .string("y"))
            ]),
            .set([.integer("1"), .integer("2")]), .map([]), .float("nan"), .float("-infinity"),
            .uuid("123e4567-e89b-12d3-a456-426614174000"), .bind(0)
        ])
}

@Test(arguments: [
    ("selec * from t", "line 1:0 no viable alternative at input 'selec'"),
    ("SELECT * FORM t", "line 1:9 no viable alternative at input 'form'"),
    ("SELECT a\n  FROM t WHERE ,", "line 2:15 no viable alternative at input ','"),
    ("SELECT", "line 0:-1 no viable alternative at input '<EOF>'"),
    ("", "line 0:-1 no viable alternative at input '<EOF>'"),
    ("SELECT * FROM t WHERE a = 1 1", "line 1:28 no viable alternative at input '1'"),
    ("INSERT INTO t (a) VALUES (1", "line 0:-1 no viable alternative at input '<EOF>'"),
    ("SELECT * FROM t WHERE a = 'x", "line 0:-1 no viable alternative at input '<EOF>'"),
    ("SELECT # FROM t", "line 1:7 no viable alternative at input '#'"),
    ("CREATE TABLE t (a int,)", "line 1:22 no viable alternative at input ')'")
]) func syntaxErrorsSayWhere(text: String, message: String) {
    #expect(throws: CQLError(.syntaxError, message)) { try Parser.parse(text) }
}

@Test func anyBytesGiveAStatementOrAnError() {
    let whole = Array(
        "SELECT a, b FROM k.t WHERE a IN (1, 0xff, 'x', ?) AND b >= {1: [2, :n]} ORDER BY b DESC LIMIT 5".utf8)
    var random = SeededRandom(seed: 9)
    var refused = 0
    for _ in 0..<5000 {
        var bytes = whole
        for _ in 0..<(1 + random.below(4)) {
            let place = Int(random.below(UInt64(bytes.count)))
            if random.below(2) == 0 {
                bytes[place] = UInt8(random.below(256))
            } else {
                bytes.removeSubrange(place..<min(bytes.count, place + 5))
            }
        }
        do { _ = try Parser.parse(String(decoding: bytes, as: UTF8.self)) } catch {
            refused += error.message.isEmpty ? 0 : 1
        }
    }
    #expect(refused > 1000)
}

@Test func whatTheLabHasNotIsNamed() {
    for (text, part) in [
        ("INSERT INTO t (a) VALUES (1) IF NOT EXISTS", "lightweight"),
        ("UPDATE t SET c = c + 1 WHERE a = 1", "counters"),
        ("ALTER TABLE t ADD b int", "ALTER"), ("CREATE INDEX ON t (a)", "CREATE INDEX"),
        ("SELECT JSON * FROM t", "JSON"),
        ("SELECT max(a) FROM t", "max"), ("CREATE TABLE t (a int PRIMARY KEY, s int STATIC)", "static"),
        ("SELECT * FROM t WHERE (a, b) > (1, 2)", "several columns")
    ] {
        do {
            _ = try Parser.parse(text)
            Issue.record("accepted: \(text)")
        } catch {
            #expect(error.code == .invalid && error.message.contains(part), "\(text): \(error.message)")
        }
    }
}
