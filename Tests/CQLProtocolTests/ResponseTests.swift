// Answers: read in full, summarised, and refused when they are corrupt.

import Bytes
import CQLProtocol
import Quantities
import TestSupport
import Testing

@Test func rowsAreRead() throws {
    guard case .result(.rows(let rows)) = try read(answer(.result) { rowsBody(&$0) }) else {
        Issue.record("not rows")
        return
    }
    #expect(rows.metadata.pagingState == [0xCA, 0xFE])
    #expect(
        rows.metadata.columns.map(\.type.description) == [
            "int", "list<text>", "map<text, set<uuid>>", "tuple<int, 'org.example.Thing'>", "shop.address"
        ])
    #expect(rows.rows == [[[0, 0, 0, 1], nil, [], [9], nil], [[0, 0, 0, 2], nil, nil, nil, [1, 2, 3]]])
}

@Test func rowsWithAGlobalTableAreReadAndSummarised() throws {
    // kind 2, flags 1, two columns, keyspace "k", table "t", a int, b list<text>; one row: 7 and null.
    let body = hex(
        "00000002 00000001 00000002 00016b 000174 000161 0009 000162 0020 000d 00000001 00000004 00000007 ffffffff")
    let bytes = answer(.result) { $0.put(bytes: body) }
    let expected = ResultMetadata(
        columnCount: 2,
        columns: [
            ColumnDescription(keyspace: "k", table: "t", name: "a", type: .int),
            ColumnDescription(keyspace: "k", table: "t", name: "b", type: .list(.text))
        ])
    #expect(try read(bytes) == .result(.rows(RowsAnswer(metadata: expected, rows: [[[0, 0, 0, 7], nil]]))))
    try lend(body) { (body) throws in
        let summary = try ResultSummary.read(body, flags: [])
        #expect(summary.kind == .rows && summary.rowCount == 1 && !summary.hasMorePages)
    }
}

@Test func summaryAgreesWithTheFullReading() throws {
    try lend(answer(.result) { rowsBody(&$0) }, from: 9) { (body) throws in
        let summary = try ResultSummary.read(body, flags: [])
        #expect(summary.rowCount == 2)
        #expect(summary.pagingState.map(Array.init) == [0xCA, 0xFE])
    }
    // Without metadata, as EXECUTE asks for it: kind, flags 4 + 2, 3 columns, paging state, 5 rows of nulls.
    let skipped = hex("00000002 00000006 00000003 00000001 aa 00000005") + [UInt8](repeating: 0xFF, count: 60)
    try lend(skipped) { (body) throws in
        let summary = try ResultSummary.read(body, flags: [])
        #expect(summary.rowCount == 5)
        #expect(summary.pagingState.map(Array.init) == [0xAA])
    }
}

/// The bytes that such counts would take are more than a number can say.
@Test func countsBeyondAllBoundsAreRefused() {
    let body = hex("00000002 00000004 7fffffff 7fffffff")
    lend(body) { (body) in
        #expect(throws: ProtocolError.self) { try ResultSummary.read(body, flags: []) }
        let header = FrameHeader(direction: .response, stream: 1, opcode: .result, length: body.count)
        #expect(throws: ProtocolError.self) { try Response.read(header, body) }
    }
    var type = CQLType.double
    for _ in 0..<5 { type = .vector(type, dimensions: 65_535) }
    #expect(type.vectorElementLength == nil)
}

@Test func conditionsThatDidNotHoldAreSeen() throws {
    // Rows without metadata, two columns: [applied] and what stands there instead.
    for (cell, isNotApplied) in [("00", true), ("01", false)] {
        let body = hex("00000002 00000004 00000002 00000001 00000001 \(cell) 00000001 09")
        try lend(body) { (body) throws in
            #expect(try ResultSummary.read(body, flags: [], conditional: true).isNotApplied == isNotApplied)
            #expect(try !ResultSummary.read(body, flags: []).isNotApplied)
        }
    }
}

@Test func whatStandsBeforeTheMessageIsPassedOver() throws {
    let flags: FrameFlags = [.tracing, .warnings, .customPayload]
    let bytes = answer(.result, flags: flags) {
        $0.put(bytes: [UInt8](repeating: 0xAB, count: 16))
        $0.put(stringList: ["Read 5 live rows and 1001 tombstone cells"])
        $0.put(UInt16(1))
        $0.put(string: "key")
        $0.put(cell: [1, 2])
        $0.put(Int32(1))
    }
    #expect(try read(bytes) == .result(.void))
    #expect(try lend(bytes, from: 9) { try ResultSummary.read($0, flags: flags).kind } == .void)
}

@Test func preparedIsReadAsItWasWritten() throws {
    let key = ColumnDescription(keyspace: "shop", table: "orders", name: "customer", type: .uuid)
    let statement = PreparedStatement(
        id: [1, 2, 3, 4], binds: [key, key], partitionKeyIndices: [1],
        result: ResultMetadata(columnCount: 1, columns: [key]))
    let bytes = answer(.result) {
        $0.put(Int32(4))
        $0.put(prepared: statement)
    }
    #expect(try read(bytes) == .result(.prepared(statement)))
}

@Test func theOtherAnswersAreRead() throws {
    #expect(
        try read(answer(.supported) { $0.put(stringMultimap: ["CQL_VERSION": ["3.4.4"], "COMPRESSION": []]) })
            == .supported(["CQL_VERSION": ["3.4.4"], "COMPRESSION": []]))
    let change = SchemaChange(change: "CREATED", target: "TABLE", keyspace: "shop", name: "orders")
    let changed = answer(.result) {
        $0.put(Int32(5))
        for part in ["CREATED", "TABLE", "shop", "orders"] { $0.put(string: part) }
    }
    #expect(try read(changed) == .result(.schemaChange(change)))
    let keyspace = answer(.result) {
        $0.put(Int32(5))
        for part in ["DROPPED", "KEYSPACE", "shop"] { $0.put(string: part) }
    }
    #expect(
        try read(keyspace)
            == .result(.schemaChange(SchemaChange(change: "DROPPED", target: "KEYSPACE", keyspace: "shop", name: ""))))
    #expect(try read(answer(.authChallenge) { $0.put(cell: nil) }) == .authChallenge(nil))
}

@Test func everyErrorCodeHasItsClass() {
    for code in ErrorCode.allCases { #expect(OutcomeClass(code: code.rawValue) != .unknownError) }
    #expect(OutcomeClass(code: 0x7777) == .unknownError)
    #expect(Set(ErrorCode.allCases.map(OutcomeClass.init)).count == ErrorCode.allCases.count)
    #expect(OutcomeClass.allCases.map(\.index) == Array(0..<OutcomeClass.count))
    #expect(OutcomeClass(index: OutcomeClass.timeOut.index).rawValue == "time_out")
}

/// Bodies that the tests below cut and bend.
private var specimens: [[UInt8]] {
    let key = ColumnDescription(keyspace: "shop", table: "orders", name: "customer", type: .map(.text, .list(.int)))
    let prepared = PreparedStatement(
        id: [1, 2], binds: [key], partitionKeyIndices: [0], result: ResultMetadata(columnCount: 1, columns: [key]))
    return [
        answer(.result) { rowsBody(&$0) },
        answer(.result) {
            $0.put(Int32(4))
            $0.put(prepared: prepared)
        },
        answer(.supported) { $0.put(stringMultimap: ["A": ["b", "c"]]) },
        answer(.error) {
            $0.put(Int32(0x2500))
            $0.put(string: "unknown")
            $0.put(shortBytes: [1, 2, 3])
        }
    ]
}

@Test func everyTruncationIsRefused() throws {
    for bytes in specimens {
        for length in 9..<bytes.count {
            #expect(throws: ProtocolError.self, "cut at \(length)") { try read(Array(bytes[..<length])) }
        }
    }
}

@Test func bentBytesNeverTrap() throws {
    var refused = 0
    for (seed, random) in seededCases(4000) {
        var random = random
        var bytes = specimens[Int(seed) % specimens.count]
        for _ in 0...random.below(3) {
            bytes[9 + Int(random.below(UInt64(bytes.count - 9)))] = UInt8(random.below(256))
        }
        do { _ = try read(bytes) } catch { refused += 1 }
        _ = try? lend(bytes, from: 9) { try ResultSummary.read($0, flags: []).rowCount }
    }
    #expect(refused > 1000)
}

@Test func typesNestedWithoutEndAreRefused() {
    let head = hex("00000002 00000001 00000001 00016b 000174 000161")
    let deep = head + (0..<100_000).flatMap { _ in [0x00, 0x20] as [UInt8] }
    let bytes = answer(.result) { $0.put(bytes: deep) }
    #expect(throws: ProtocolError.malformed("types nested more than 32 deep")) { try read(bytes) }
    #expect(throws: ProtocolError.malformed("types nested more than 32 deep")) {
        try lend(deep) { try ResultSummary.read($0, flags: []).rowCount }
    }
}
