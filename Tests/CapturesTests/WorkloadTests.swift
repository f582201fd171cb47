// A made-up application over made-up packets comes back as a workload that says what it did, and that a run can read.

import CQLProtocol
import CaptureSupport
import Quantities
import TestSupport
import Testing
import Workloads

@testable import Captures

/// An application with known operations.
private struct Application {
    var dialogue: Dialogue
    var random = SeededRandom(seed: 11)
    let customers = Zipfian(items: 500, exponent: 0.9)
    private var stream: Int16 = 0

    init(_ version: ProtocolVersion = .v4, _ compression: Compression = .none) {
        dialogue = Dialogue(version: version, compression: compression)
        dialogue.open()
        let customer = ("customer", CQLType.int)
        dialogue.prepare(
            "SELECT * FROM shop.orders WHERE customer = ? AND at = ?", id: [1], table: "shop.orders",
            binds: [customer, ("at", .int)])
        dialogue.prepare(
            "SELECT note FROM shop.orders WHERE customer = ? AND at >= ?", id: [2], table: "shop.orders",
            binds: [customer, ("at", .int)])
        dialogue.prepare(
            "SELECT note FROM shop.orders WHERE customer IN ?", id: [3], table: "shop.orders",
            binds: [("in(customer)", .list(.int))], keys: [])
        dialogue.prepare(
            "INSERT INTO shop.orders (customer, at, note) VALUES (?, ?, ?)", id: [4], table: "shop.orders",
            binds: [customer, ("at", .int), ("note", .text)])
        dialogue.prepare(
            "UPDATE shop.visits SET n = n + ? WHERE customer = ?", id: [5], table: "shop.visits",
            binds: [("n", .counter), customer], keys: [1])
        dialogue.prepare(
            "INSERT INTO shop.names (name) VALUES (?) IF NOT EXISTS", id: [6], table: "shop.names",
            binds: [("name", .text)])
    }

    mutating func customer() -> [UInt8] { int(Int(customers.sample(&random))) }

    mutating func next() -> Int16 {
        stream = (stream + 1) % 100
        return stream
    }

    mutating func point() {
        let stream = next()
        dialogue.execute([1], [customer(), int(Int(random.below(5)))], stream: stream, pageSize: 5000)
        dialogue.answer(rows: Int(random.below(2)), stream: stream)
    }

    mutating func range() {
        let stream = next()
        dialogue.execute([2], [customer(), int(0)], stream: stream, pageSize: 10)
        dialogue.answer(rows: 10, stream: stream, hasMore: true)
        dialogue.execute([2], [customer(), int(0)], stream: stream, pageSize: 10, pagingState: [1])
        dialogue.answer(rows: 3, stream: stream)
    }

    mutating func many() {
        var list = int(4)
        for _ in 0..<4 { list += int(4) + customer() }
        let stream = next()
        dialogue.execute([3], [list], stream: stream)
        dialogue.answer(rows: 4, stream: stream)
    }

    mutating func write() {
        let stream = next()
        dialogue.execute([4], [customer(), int(7), Array(repeating: 0x61, count: 20)], stream: stream)
        dialogue.answerVoid(stream: stream)
    }

    mutating func batch() {
        let stream = next()
        let customer = customer()
        let statements = (0..<3).map { BatchStatement(.id([4]), values: [customer, int($0), [0x62]]) }
        dialogue.ask(.batch(Batch(.unlogged, statements, consistency: .quorum)), stream: stream)
        dialogue.answerVoid(stream: stream)
    }

    mutating func others() {
        let stream = next()
        dialogue.execute([5], [int(0) + int(1), customer()], stream: stream)
        dialogue.answerVoid(stream: stream)
        dialogue.execute([6], [[0x63]], stream: stream)
        dialogue.answer(rows: 1, stream: stream)
        let text = "SELECT note FROM orders WHERE customer = 17 LIMIT 1"
        dialogue.ask(.query(text, QueryParameters(consistency: .two)), stream: stream)
        dialogue.answerError(0x1200, stream: stream)
        dialogue.ask(.query("SELECT release_version FROM system.local", QueryParameters()), stream: stream)
        dialogue.answer(rows: 1, stream: stream)
    }

    /// Of 200 turns 100 are points, 40 ranges, 20 lists, 30 writes, 10 batches.
    mutating func work(turns: Int) {
        dialogue.ask(.query("USE shop", QueryParameters()), stream: 0)
        dialogue.answerUse("shop", stream: 0)
        for turn in 0..<turns {
            switch turn % 20 {
            case 0..<10: point()
            case 10..<14: range()
            case 14..<16: many()
            case 16..<19: write()
            default: batch()
            }
        }
        others()
    }
}

private func capture(_ bytes: [UInt8]) throws -> TrafficCapture {
    try bytes.withUnsafeBytes { bytes in
        let capture = TrafficCapture(try PacketSource(bytes: bytes))
        while capture.read(packets: 1000) {}
        capture.finish()
        return capture
    }
}

@Suite struct WorkloadTests {
    @Test(arguments: [(ProtocolVersion.v3, Compression.none), (.v4, .none), (.v4, .lz4), (.v5, .lz4)])
    func `An application comes back as it was`(version: ProtocolVersion, compression: Compression) throws {
        var application = Application(version, compression)
        application.work(turns: 2_000)
        let capture = try capture(application.dialogue.bytes)
        #expect(capture.findings.isEmpty)
        let text = capture.workload(name: "shop", source: "memory", version: "0")
        let profile = try Profile.read(text, file: "workload.yaml")
        func operation(_ shape: Shape, _ cql: String) throws -> PlannedOperation {
            try #require(profile.operations.first { $0.shape == shape && $0.statements[0].cql.hasPrefix(cql) })
        }
        let point = try operation(.point, "SELECT * FROM shop.orders WHERE customer = ? AND at = ?")
        let range = try operation(.range, "SELECT note FROM shop.orders WHERE customer = ? AND at >= ?")
        let many = try operation(.multiPartition, "SELECT note FROM shop.orders WHERE customer IN ?")
        let write = try operation(.write, "INSERT INTO shop.orders (customer, at, note) VALUES (?, ?, ?)")
        let batch = try operation(.batch, "INSERT INTO shop.orders")
        let text1 = try operation(.point, "SELECT note FROM shop.orders WHERE customer = ? LIMIT 1")
        _ = try operation(.counter, "UPDATE shop.visits SET n = n + ? WHERE customer = ?")
        _ = try operation(.lwt, "INSERT INTO shop.names (name) VALUES (?) IF NOT EXISTS")
        #expect(profile.operations.count == 8)
        let whole = 2_003.0
        for (operation, count) in [(point, 1_000.0), (range, 400), (many, 200), (write, 300), (batch, 100), (text1, 1)]
        {
            #expect(close(operation.weight, 100 * count / whole, relative: 1e-3))
        }
        #expect(point.pageSize == 5000 && range.pageSize == 10 && range.pages == nil && many.pageSize == nil)
        #expect(point.consistency == .localQuorum && batch.consistency == .quorum && text1.consistency == .two)
        #expect(!text1.isPrepared && point.isPrepared)
        #expect(batch.statements.count == 3 && batch.batch == .unlogged)
        #expect(batch.statements[0].binds[0].isShared == (version != .v3), "v3 does not tell where the key is")
        #expect(many.binds[0].listCount == 4)
        #expect(!write.hasClientTimestamps)
        let items = try #require(point.binds[0].items)
        #expect(close(Double(items.items), 500, relative: 0.2))
        // Writes draw behind reads.
        if version != .v3 { #expect((write.binds[0].items?.from ?? 0) >= items.items) }
        #expect(text.contains("statement 1 of the batch comes p10 3"))
        #expect(text.contains("failed: read_timeout 1"))
        if version != .v3 { #expect(profile.dataset.map(\.table) == ["orders"]) }
    }

    @Test func `The skew and the lengths are found`() throws {
        var application = Application()
        for _ in 0..<6_000 { application.point() }
        let capture = try capture(application.dialogue.bytes)
        let text = capture.workload(name: "shop", source: "memory", version: "0")
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("  customer:") })
        let exponent = try #require(line.firstMatch(of: #/exponent: ([0-9.]+)/#).flatMap { Double($0.1) })
        #expect(abs(exponent - 0.9) < 0.05)
        #expect(text.contains("at: {int: {uniform: {items: 5}}}"))
    }

    @Test func `Statements that were prepared before the capture are counted and told, or learnt later`() throws {
        var application = Application()
        for _ in 0..<30 { application.point() }
        for _ in 0..<10 {
            application.dialogue.execute([9], [int(3)], stream: 99)
            application.dialogue.answer(rows: 1, stream: 99)
        }
        let capture = try capture(application.dialogue.bytes)
        _ = capture.workload(name: "shop", source: "memory", version: "0")
        #expect(capture.unknownIDs == [[9]])
        let expected =
            "25 % of EXECUTEs (10) have no known statement: start the capture before the drivers connect, or give --from-cluster ADDRESS to look ids up."
        #expect(capture.findings.first == expected)
        #expect(capture.leftOut.map(\.requests) == [10])
        capture.learn(
            id: [9], cql: "SELECT v FROM shop.late WHERE a = ?", keyspace: "",
            PreparedStatement(
                id: [9], binds: [ColumnDescription(keyspace: "shop", table: "late", name: "a", type: .int)],
                partitionKeyIndices: [0], result: ResultMetadata(columnCount: 0, columns: [])))
        let text = capture.workload(name: "shop", source: "memory", version: "0")
        let profile = try Profile.read(text, file: "workload.yaml")
        let late = try #require(profile.operations.first { $0.table == "late" })
        #expect(late.shape == .point && close(late.weight, 25))
        #expect(text.contains("a: {int: {uniform: {items: 1}}}"), "its values were counted before its text was known")
        #expect(capture.findings.isEmpty)
    }

    @Test func `A write that was learnt later has no pages`() throws {
        let dialogue = Dialogue()
        dialogue.open()
        for _ in 0..<3 {
            dialogue.execute([9], [int(3)], stream: 1, pageSize: 5000)
            dialogue.answerVoid(stream: 1)
        }
        let capture = try capture(dialogue.bytes)
        capture.learn(
            id: [9], cql: "INSERT INTO shop.late (a) VALUES (?) IF NOT EXISTS", keyspace: "",
            PreparedStatement(
                id: [9], binds: [ColumnDescription(keyspace: "shop", table: "late", name: "a", type: .int)],
                partitionKeyIndices: [0], result: ResultMetadata(columnCount: 0, columns: [])))
        let text = capture.workload(name: "shop", source: "memory", version: "0")
        let profile = try Profile.read(text, file: "workload.yaml")
        #expect(profile.operations.map(\.shape) == [.lwt])
    }

    @Test func `A day's curve becomes steps of a minute`() throws {
        var application = Application()
        for minute in 0..<12 {
            application.dialogue.wire.time = 1_000_000_000_000_000 + Int64(minute) * 60_000_000_000
            for _ in 0..<(minute < 6 ? 60 : 180) { application.point() }
        }
        application.dialogue.wire.time = 1_000_000_000_000_000 + 12 * 60_000_000_000
        application.point()
        let capture = try capture(application.dialogue.bytes)
        let profile = try Profile.read(
            capture.workload(name: "shop", source: "memory", version: "0"), file: "workload.yaml")
        let rates = profile.traffic.rate?.pieces.map(\.from.perSecond) ?? []
        #expect(rates == Array(repeating: 1, count: 6) + Array(repeating: 3, count: 6))
    }

    @Test func `A capture without CQL gives no operations, and says what it holds`() throws {
        var wire = WireConnection()
        wire.open()
        wire.send([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0])
        let capture = try capture(wire.file.bytes)
        _ = capture.workload(name: "x", source: "memory", version: "0")
        #expect(capture.summary.isEmpty)
        #expect(capture.findings.first?.hasPrefix("1 of 1 connections are secured by TLS") == true)
    }
}
