// SELECT: order, ranges, IN, limits and pages.

import CQLProtocol
import Lab
import Quantities
import TestSupport
import Testing

/// Partitions 0..<5 with 10 rows each, `b` descending; c = 100 a + b.
private func filled(_ node: LabNode = LabNode(.old)) -> TestClient {
    let client = TestClient(
        schema: "CREATE TABLE t (a int, b int, c int, d text, PRIMARY KEY (a, b)) WITH CLUSTERING ORDER BY (b DESC)",
        node: node)
    for a in 0..<5 {
        for b in 0..<10 { _ = client.query("INSERT INTO t (a, b, c) VALUES (\(a), \(b), \(100 * a + b))") }
    }
    return client
}

@Test func aPartitionComesInClusteringOrderAndInReverse() {
    let client = filled()
    #expect(client.query("SELECT b FROM t WHERE a = 2").integers == (0..<10).reversed())
    #expect(client.query("SELECT b FROM t WHERE a = 2 ORDER BY b ASC").integers == Array(0..<10))
    #expect(client.query("SELECT b FROM t WHERE a = 2 ORDER BY b DESC").integers == (0..<10).reversed())
    #expect(client.query("SELECT b FROM t WHERE a = 7").integers == [])
}

@Test func rangesKeepTheirBounds() {
    let client = filled()
    #expect(client.query("SELECT b FROM t WHERE a = 1 AND b > 3 AND b <= 6").integers == [6, 5, 4])
    #expect(client.query("SELECT b FROM t WHERE a = 1 AND b >= 3 AND b < 6").integers == [5, 4, 3])
    #expect(client.query("SELECT b FROM t WHERE a = 1 AND b > 7").integers == [9, 8])
    #expect(client.query("SELECT b FROM t WHERE a = 1 AND b < 2").integers == [1, 0])
    #expect(client.query("SELECT b FROM t WHERE a = 1 AND b > 6 AND b < 3").integers == [])
    #expect(client.query("SELECT c FROM t WHERE a = 1 AND b = 4").integers == [104])
    #expect(client.query("SELECT b FROM t WHERE a = 1 AND b >= 2 ORDER BY b ASC LIMIT 3").integers == [2, 3, 4])
}

@Test func inGivesEachPartitionAndRowOnceInOrderOfValues() {
    let client = filled()
    #expect(client.query("SELECT c FROM t WHERE a IN (3, 1, 3, 9) AND b = 5").integers == [105, 305])
    #expect(client.query("SELECT c FROM t WHERE a = 1 AND b IN (2, 8, 2, 5)").integers == [108, 105, 102])
    #expect(
        client.query("SELECT c FROM t WHERE a IN (4, 0) AND b IN (1, 2) AND d = 'x' ALLOW FILTERING").integers == [])
    let list = CQLValue.list([.integer(4), .integer(2)])
    #expect(client.run("SELECT c FROM t WHERE a IN ? PER PARTITION LIMIT 2", list).integers == [209, 208, 409, 408])
    #expect(
        client.run("SELECT c FROM t WHERE a IN ? PER PARTITION LIMIT ? LIMIT ?", list, .integer(2), .integer(3))
            .integers == [209, 208, 409])
}

@Test(arguments: [1, 2, 3, 7, 10, 49, 50, 51])
func pagesAddUpOnAnyConnection(size: Int32) throws {
    let node = LabNode(.old)
    let client = filled(node)
    let queries = [
        "SELECT c FROM k.t", "SELECT c FROM k.t WHERE a = 3", "SELECT c FROM k.t WHERE a = 3 ORDER BY b ASC",
        "SELECT c FROM k.t WHERE a IN (1, 2, 4) PER PARTITION LIMIT 4", "SELECT c FROM k.t LIMIT 23",
        "SELECT c FROM k.t PER PARTITION LIMIT 3 LIMIT 10",
        "SELECT c FROM k.t WHERE a IN (0, 1) AND b IN (1, 3, 5)", "SELECT c FROM k.t WHERE b > 6 ALLOW FILTERING",
        "SELECT DISTINCT a FROM k.t", "SELECT c FROM k.t WHERE a = 3 AND b > 2 AND b < 8 ORDER BY b ASC LIMIT 4"
    ]
    for query in queries {
        let whole = try #require(client.query(query).integers)
        #expect(!whole.isEmpty)
        let pages = client.pages(query, size, on: node)
        #expect(pages.flatMap { $0.integers ?? [] } == whole, "\(query)")
        #expect(pages.dropLast().allSatisfy { $0.integers?.count == Int(size) }, "\(query)")
        #expect(pages.count == max(1, (whole.count + Int(size) - 1) / Int(size)), "\(query): no empty page at the end")
    }
}

@Test func aPageGoesOnBehindRowsThatWereDeletedMeanwhile() throws {
    let client = filled()
    let first = client.query("SELECT b FROM t WHERE a = 1", .init(pageSize: 4))
    #expect(first.integers == [9, 8, 7, 6])
    _ = client.query("DELETE FROM t WHERE a = 1 AND b = 6")
    _ = client.query("DELETE FROM t WHERE a = 1 AND b = 5")
    let state = try #require(first.metadata?.pagingState)
    let rest = client.query("SELECT b FROM t WHERE a = 1", .init(pageSize: 100, pagingState: state))
    #expect(rest.integers == [4, 3, 2, 1, 0])
}

@Test func aForeignPagingStateIsRefused() {
    let client = filled()
    for state: [UInt8] in [[], [1, 2, 3], [UInt8](repeating: 0xFF, count: 40)] {
        #expect(
            client.query("SELECT b FROM t", .init(pageSize: 4, pagingState: state)).error?.outcome == .protocolError)
    }
}

@Test func scansComeByTokenAndCanBeCutByToken() throws {
    let client = filled()
    let rows = try #require(client.query("SELECT token(a), a FROM t PER PARTITION LIMIT 1").values)
    let tokens = rows.map { $0[0].integer! }
    #expect(tokens == tokens.sorted() && rows.count == 5)
    let upper = try #require(
        client.query("SELECT DISTINCT a FROM t WHERE token(a) > \(tokens[1]) AND token(a) <= \(tokens[3])").integers)
    #expect(upper == rows[2...3].map { $0[1].integer! })
}

@Test func countsAndSelectionsSayWhatTheyAre() throws {
    let client = filled()
    #expect(client.query("SELECT count(*) FROM t").integers == [50])
    #expect(client.query("SELECT COUNT(1) FROM t WHERE a = 1 AND b < 4").integers == [4])
    let reply = client.query("SELECT b AS x, writetime(c), ttl(c), d FROM t WHERE a = 1 LIMIT 1")
    #expect(reply.metadata?.columns.map(\.name) == ["x", "writetime(c)", "ttl(c)", "d"])
    #expect(reply.metadata?.columns.map(\.type) == [.int, .bigint, .int, .text])
    let row = try #require(reply.values?.first)
    #expect(row[1].integer! > 1_700_000_000_000_000 && row[2] == .null && row[3] == .null)
    #expect(client.query("SELECT * FROM t LIMIT 1").metadata?.columns.map(\.name) == ["a", "b", "c", "d"])
}

@Test func compositeKeysRestrictFromTheLeft() {
    let client = TestClient(
        schema:
            "CREATE TABLE u (p text, q int, x int, y text, z int, v int, PRIMARY KEY ((p, q), x, y, z)) "
            + "WITH CLUSTERING ORDER BY (x ASC, y DESC, z ASC)"
    )
    for x in 0..<3 {
        for y in ["a", "b"] {
            for z in 0..<2 {
                _ = client.query(
                    "INSERT INTO u (p, q, x, y, z, v) "
                        + "VALUES ('p', 1, \(x), '\(y)', \(z), \(100 * x + (y == "b" ? 10 : 0) + z))"
                )
            }
        }
    }
    let one = "SELECT v FROM u WHERE p = 'p' AND q = 1"
    #expect(client.query(one).integers == [10, 11, 0, 1, 110, 111, 100, 101, 210, 211, 200, 201])
    #expect(client.query(one + " AND x = 1 AND y < 'b'").integers == [100, 101])
    #expect(client.query(one + " AND x IN (2, 0) AND y = 'b' AND z > 0").integers == [11, 211])
    #expect(client.query(one + " AND x = 1 ORDER BY y ASC, z DESC").integers == [101, 100, 111, 110])
    #expect(
        client.query(one + " AND y = 'a'").error?.message
            == "PRIMARY KEY column \"y\" cannot be restricted as preceding column \"x\" is not restricted")
    #expect(client.query(one + " AND x > 0 AND y = 'a'").error?.outcome == .invalid)
    #expect(client.query(one + " AND x > 0 AND y = 'a' ALLOW FILTERING").integers == [100, 101, 200, 201])
    #expect(
        client.query("SELECT v FROM u WHERE p IN ('p', 'q') AND q IN (1, 2) AND x = 2 AND y = 'a'").integers == [
            200, 201
        ])
}

@Test func whatTheLabHoldsIsWhatArrayAndSortSay() throws {
    for (seed, random) in seededCases(30) {
        var random = random
        let client = TestClient(schema: "CREATE TABLE t (a int, b int, c int, PRIMARY KEY (a, b))")
        var model: [Int64: [Int64: Int64]] = [:]
        for step in 0..<150 {
            let (a, b) = (Int64(random.below(4)), Int64(random.below(12)))
            if random.below(4) == 0 {
                _ = client.query("DELETE FROM t USING TIMESTAMP \(step) WHERE a = \(a) AND b = \(b)")
                model[a]?[b] = nil
            } else {
                _ = client.query("INSERT INTO t (a, b, c) VALUES (\(a), \(b), \(step)) USING TIMESTAMP \(step)")
                model[a, default: [:]][b] = Int64(step)
            }
        }
        let (low, high) = (Int64(random.below(12)), Int64(random.below(12)))
        for a in 0..<Int64(4) {
            let rows = (model[a] ?? [:]).filter { $0.key >= low && $0.key < high }.sorted { $0.key < $1.key }
            let reply = client.query("SELECT c FROM t WHERE a = \(a) AND b >= \(low) AND b < \(high)")
            #expect(reply.integers == rows.map(\.value), "seed \(seed)")
        }
    }
}
