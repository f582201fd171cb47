// INSERT, UPDATE, DELETE, BATCH: last write wins, nulls delete, keys are checked.

import Bytes
import CQLProtocol
import Lab
import Quantities
import Testing

private func client() -> TestClient {
    TestClient(schema: "CREATE TABLE t (a int, b int, c int, d text, PRIMARY KEY (a, b))")
}

@Test func theLaterTimestampWinsWhateverComesLast() {
    let client = client()
    _ = client.query("INSERT INTO t (a, b, c) VALUES (1, 1, 20) USING TIMESTAMP 20")
    _ = client.query("INSERT INTO t (a, b, c) VALUES (1, 1, 10) USING TIMESTAMP 10")
    #expect(client.query("SELECT c FROM t WHERE a = 1").integers == [20])
    // The request's own timestamp counts where the statement has none.
    _ = client.query("UPDATE t SET c = 15 WHERE a = 1 AND b = 1", .init(timestampMicroseconds: 15))
    #expect(client.query("SELECT c FROM t WHERE a = 1").integers == [20])
    _ = client.query("UPDATE t SET c = 30 WHERE a = 1 AND b = 1", .init(timestampMicroseconds: 30))
    #expect(client.query("SELECT c, writetime(c) FROM t WHERE a = 1").values == [[.integer(30), .integer(30)]])
    // At the same time the greater value wins, and a deletion over both.
    _ = client.query("UPDATE t USING TIMESTAMP 30 SET c = 29 WHERE a = 1 AND b = 1")
    #expect(client.query("SELECT c FROM t WHERE a = 1").integers == [30])
    _ = client.query("DELETE c FROM t USING TIMESTAMP 30 WHERE a = 1 AND b = 1")
    #expect(client.query("SELECT c FROM t WHERE a = 1").values == [[.null]])
    // Without any timestamp the later arrival wins.
    _ = client.query("UPDATE t SET c = 1 WHERE a = 1 AND b = 1")
    _ = client.query("UPDATE t SET c = 2 WHERE a = 1 AND b = 1")
    #expect(client.query("SELECT c FROM t WHERE a = 1").integers == [2])
}

@Test func anInsertMakesARowAndAnUpdateOnlyCells() {
    let client = client()
    _ = client.query("INSERT INTO t (a, b) VALUES (1, 1)")
    _ = client.query("UPDATE t SET c = 5 WHERE a = 1 AND b = 2")
    #expect(client.query("SELECT b FROM t WHERE a = 1").integers == [1, 2])
    _ = client.query("UPDATE t SET c = null WHERE a = 1 AND b = 2")
    #expect(client.query("SELECT b FROM t WHERE a = 1").integers == [1])
}

@Test func nullsDeleteAndUnsetLeavesAlone() throws {
    let client = client()
    _ = client.query("INSERT INTO t (a, b, c, d) VALUES (1, 1, 1, 'x')")
    #expect(
        client.run("INSERT INTO t (a, b, c, d) VALUES (?, ?, ?, ?)", .integer(1), .integer(1), .null, .text("y")).error
            == nil)
    #expect(client.query("SELECT c, d FROM t").values == [[.null, .text("y")]])
    // Unset has no place in the client's own types: the frame is written by hand.
    let id = try #require(client.prepare("INSERT INTO t (a, b, c, d) VALUES (?, ?, ?, ?)").prepared?.id)
    var writer = ByteWriter()
    let start = writer.beginFrame(.execute, stream: 1)
    writer.put(shortBytes: id)
    writer.put(consistency: .one)
    writer.put(UInt8(0x01))
    writer.put(UInt16(4))
    for value in [1, 1, 7] as [Int32] {
        writer.put(Int32(4))
        writer.put(value)
    }
    writer.put(Int32(-2))
    writer.endFrame(start)
    #expect(replies(client.session.receive(writer.array, now: client.now)).first?.error == nil)
    #expect(client.query("SELECT c, d FROM t").values == [[.integer(7), .text("y")]])
}

@Test func deletionsTakeRowsRangesAndPartitions() {
    let client = client()
    for a in 1...3 {
        for b in 0..<6 { _ = client.query("INSERT INTO t (a, b, c) VALUES (\(a), \(b), 0) USING TIMESTAMP 5") }
    }
    _ = client.query("DELETE FROM t USING TIMESTAMP 4 WHERE a = 1")
    #expect(client.query("SELECT b FROM t WHERE a = 1").integers?.count == 6)
    _ = client.query("DELETE FROM t USING TIMESTAMP 6 WHERE a = 1 AND b >= 2 AND b < 5")
    #expect(client.query("SELECT b FROM t WHERE a = 1").integers == [0, 1, 5])
    _ = client.query("DELETE FROM t USING TIMESTAMP 6 WHERE a = 2 AND b IN (0, 4)")
    #expect(client.query("SELECT b FROM t WHERE a = 2").integers == [1, 2, 3, 5])
    _ = client.query("DELETE FROM t USING TIMESTAMP 6 WHERE a IN (2, 3)")
    #expect(client.query("SELECT b FROM t WHERE a IN (2, 3)").integers == [])
    // What was written before the deletion, and comes late, stays deleted.
    _ = client.query("INSERT INTO t (a, b, c) VALUES (3, 3, 3) USING TIMESTAMP 6")
    #expect(client.query("SELECT b FROM t WHERE a = 3").integers == [])
    _ = client.query("INSERT INTO t (a, b, c) VALUES (3, 3, 3) USING TIMESTAMP 7")
    #expect(client.query("SELECT b FROM t WHERE a = 3").integers == [3])
}

@Test func batchesApplyAllTheirWrites() throws {
    let client = client()
    let id = try #require(client.prepare("UPDATE t SET c = ? WHERE a = ? AND b = ?").prepared?.id)
    var writer = ByteWriter()
    let start = writer.beginFrame(.batch, stream: 1)
    writer.put(UInt8(0))
    writer.put(UInt16(2))
    writer.put(UInt8(0))
    writer.put(longString: "INSERT INTO t (a, b, c) VALUES (1, 1, 1)")
    writer.put(UInt16(0))
    writer.put(UInt8(1))
    writer.put(shortBytes: id)
    writer.put(UInt16(3))
    for value in [7, 1, 2] as [Int32] {
        writer.put(Int32(4))
        writer.put(value)
    }
    writer.put(consistency: .localQuorum)
    writer.put(UInt8(0))
    writer.endFrame(start)
    #expect(replies(client.session.receive(writer.array, now: client.now)).map(\.response) == [.result(.void)])
    #expect(client.query("SELECT c FROM t").integers == [1, 7])
    _ = client.query(
        "BEGIN UNLOGGED BATCH INSERT INTO t (a, b, c) VALUES (2, 1, 1); "
            + "DELETE FROM t WHERE a = 1 AND b = 1; APPLY BATCH"
    )
    #expect(client.query("SELECT c FROM t WHERE a IN (1, 2)").integers == [7, 1])
}

@Test func keysThatCannotBeAreRefusedInCassandrasWords() {
    let client = client()
    let refusals = [
        ("INSERT INTO t (b, c) VALUES (1, 1)", "Some partition key parts are missing: a"),
        ("INSERT INTO t (a, c) VALUES (1, 1)", "Some clustering keys are missing: b"),
        ("INSERT INTO t (a, b, c) VALUES (1, 2)", "Unmatched column names/values"),
        ("INSERT INTO t (a, b) VALUES (1, 'x')", "Invalid STRING constant (x) for \"b\" of type int"),
        ("INSERT INTO t (a, b) VALUES (null, 1)", "Invalid null value in condition for column a"),
        ("UPDATE t SET b = 1 WHERE a = 1 AND b = 1", "PRIMARY KEY part b found in SET part"),
        ("UPDATE t SET c = 1 WHERE a = 1", "Some clustering keys are missing: b"),
        ("DELETE FROM t WHERE b = 1", "Some partition key parts are missing: a"),
        ("DELETE c FROM t WHERE a = 1", "Some clustering keys are missing: b"),
        ("INSERT INTO t (a, b, zz) VALUES (1, 1, 1)", "Undefined column name zz")
    ]
    for (statement, message) in refusals {
        let error = client.query(statement).error
        #expect(error?.outcome == .invalid && error?.message == message, "\(statement)")
    }
    let short = client.run("INSERT INTO t (a, b) VALUES (?, ?)", .integer(1))
    #expect(short.error?.outcome == .invalid)
    #expect(client.query("SELECT b FROM t").integers == [])
}
