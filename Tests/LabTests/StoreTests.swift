// Tokens, the order of values, and rows under writes in any order.

import Bytes
import CQLProtocol
import Quantities
import TestSupport
import Testing

@testable import Lab

@Test func tokensAreThoseOfCassandrasMurmur3() {
    // From cassandra-driver's own `murmur3`.
    let known: [([UInt8], Int64)] = [
        (Array("a".utf8), -8_839_064_797_231_613_815), (Array("hello".utf8), -3_758_069_500_696_749_310),
        (Array("0123456789abcdef".utf8), 5_467_490_433_528_156_583),
        (Array("0123456789abcdef0".utf8), -1_502_884_478_548_852_619),
        (Array(0...255), 2_060_892_794_568_774_329),
        // Bytes above 127 in the tail, which Cassandra extends with their sign.
        ([UInt8](repeating: 0xFF, count: 15), -2_195_530_867_418_009_455),
        ([UInt8](repeating: 0x80, count: 31), 2_158_224_688_659_817_168)
    ]
    for (bytes, token) in known { #expect(Murmur3.token(bytes) == token) }
    #expect(Murmur3.token([]) == .min)
}

/// Literals that must come out in the order in which they stand.
private let ascending: [(CQLType, [Term])] = [
    (.int, ["-2147483648", "-1", "0", "1", "2147483647"].map(Term.integer)),
    (.bigint, ["-9223372036854775808", "-1", "256"].map(Term.integer)),
    (.smallint, ["-300", "-1", "300"].map(Term.integer)),
    (.tinyint, ["-128", "-1", "127"].map(Term.integer)),
    (
        .varint,
        ["-99999999999999999999999", "-129", "-128", "-1", "0", "127", "128", "99999999999999999999999"].map(
            Term.integer)
    ),
    (
        .decimal,
        ["-1e30", "-12.5", "-12.49", "-0.001", "0.000", "0.0010001", "9.99", "10", "1e3", "1000.0000000000000000000001"]
            .map(Term.float)
    ),
    (.double, ["-Infinity", "-1.5", "0.0", "1e-300", "3.0", "Infinity", "NaN"].map(Term.float)),
    (.float, ["-2.5", "-0.0", "0.0", "1.5"].map(Term.float)),
    (.text, ["", "A", "B", "Ba", "a", "é"].map(Term.string)),
    (.ascii, ["a", "ab", "b"].map(Term.string)),
    (.blob, ["", "00", "0000", "7f", "80", "ff"].map(Term.blob)),
    (.boolean, [.boolean(false), .boolean(true)]),
    (
        .timestamp,
        [.string("1969-12-31"), .string("1970-01-01"), .string("2026-01-01 10:00+0100"), .string("2026-01-01T09:30Z")]
    ),
    (.date, ["1969-12-31", "1970-01-01", "2026-02-28"].map(Term.string)),
    (.time, ["00:00:01", "12:30:00.5", "23:59"].map(Term.string)),
    (.inet, ["1.2.3.4", "1.2.3.5", "200.0.0.1"].map(Term.string)),
    // By version, then, for version 1, by time and not by bytes.
    (
        .uuid,
        [
            "ffffffff-0000-1000-8000-000000000000", "00000000-0001-1000-8000-000000000000",
            "00000000-0000-4000-8000-000000000000", "00000000-0000-4000-9000-000000000000"
        ].map(Term.uuid)
    ),
    (
        .timeuuid,
        [
            "ffffffff-0000-1000-8000-000000000000", "00000000-0001-1000-8000-000000000000",
            "00000000-0001-1000-8000-000000000001", "00000000-0001-1000-0000-000000000000"
        ].map(Term.uuid)
    )
]

@Test(arguments: ascending.indices) func valuesAreOrderedByTheirType(index: Int) throws {
    let (type, terms) = ascending[index]
    let values = try terms.map { try #require(try $0.encoded(as: type, for: "c")) }
    for (i, a) in values.enumerated() {
        for (j, b) in values.enumerated() {
            let order = type.compare(a, b)
            #expect((order < 0) == (i < j) && (order == 0) == (i == j), "\(type): \(terms[i]) against \(terms[j])")
        }
    }
}

@Test func equalDecimalsOfAnotherScaleAreEqual() throws {
    let values = try ["1.0", "1.000", "10e-1"].map { try #require(try Term.float($0).encoded(as: .decimal, for: "c")) }
    #expect(CQLType.decimal.compare(values[0], values[1]) == 0)
    #expect(CQLType.decimal.compare(values[1], values[2]) == 0)
}

private let rowsOfOneInt = ClusteringOrder(parts: [(type: .int, reversed: false)])

private func contents(_ partition: Partition) -> [[UInt8]] {
    partition.rows.map { row in
        row.withView { view in
            var cells: [UInt8] = Array(view.clustering(0)) + [view.isLive(clusteringCount: 1) ? 1 : 0]
            var parts: [(Int, [UInt8])] = []
            view.forEachCell(from: view.clusteringEnd(1)) { cell in
                if let value = cell.value { parts.append((cell.column, Array(value))) }
            }
            for part in parts.sorted(by: { $0.0 < $1.0 }) { cells += [UInt8(part.0)] + part.1 }
            return cells
        }
    }
}

@Test func writesGiveTheSameRowsInWhateverOrderTheyArrive() {
    for (seed, random) in seededCases(200) {
        var random = random
        var writes: [(key: Int32, write: RowWrite)] = []
        for _ in 0..<20 {
            let time = Int64(random.below(6))
            var write = RowWrite()
            switch random.below(4) {
            case 0: write.deletion = time
            case 1: write.cells = [(Int(random.below(3)), time, nil)]
            case 2: write.marker = time
            default: write.cells = [(Int(random.below(3)), time, [UInt8(random.below(4))])]
            }
            writes.append((Int32(random.below(4)), write))
        }
        func applied(_ order: [(key: Int32, write: RowWrite)]) -> [[UInt8]] {
            let partition = Partition(key: PartitionKey([1]))
            for (key, write) in order { partition.write(write, clustering: [Literals.bytes(key)], rowsOfOneInt) }
            return contents(partition)
        }
        let first = applied(writes)
        for _ in 0..<5 {
            writes.shuffle(using: &random)
            #expect(applied(writes) == first, "seed \(seed)")
        }
    }
}

@Test func scansComeInTokenOrderHoweverPartitionsArrive() throws {
    let column = Column(name: "id", type: .int, typeName: "int")
    let table = LabTable(
        TableDefinition(keyspace: "k", name: "t", partition: [column], clustering: [], regular: [], options: [:]))
    var random = SeededRandom(seed: 3)
    var expected: Set<Int64> = []
    for round in 0..<20 {
        for _ in 0..<round {
            let key = PartitionKey(Literals.bytes(Int32(truncatingIfNeeded: random.next())))
            expected.insert(key.token)
            table.write(RowWrite(marker: 1), key: key, clustering: [])
        }
        #expect(table.inTokenOrder().map(\.key.token) == expected.sorted())
    }
}
