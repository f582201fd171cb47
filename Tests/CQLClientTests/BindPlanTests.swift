// Values of a workload for columns of a server: what is written, and what is refused before anything is sent.

import Bytes
import CQLClient
import CQLProtocol
import Documents
import Quantities
import TestSupport
import Testing
import Workloads

private func statement(_ types: [CQLType]) -> PreparedStatement {
    let binds = types.enumerated().map {
        ColumnDescription(keyspace: "shop", table: "orders", name: "c\($0.offset)", type: $0.element)
    }
    return PreparedStatement(
        id: [1], binds: binds, partitionKeyIndices: [], result: ResultMetadata(columnCount: 0, columns: []))
}

private let integers = ValueGenerator.Element.integers(lowest: -100, count: 200)
private let numbers = ValueGenerator.Element.double(Distribution(.uniform, lowest: 0, highest: 1))
private let keys = ValueGenerator.Element.uuid(Items(items: 1000))
private let position = Position(file: "orders.yaml", line: 12, column: 7)

/// What the cells in `bytes` say, as values of `types`.
private func values(_ bytes: [UInt8], _ types: [CQLType]) throws -> [CQLValue] {
    var rest = bytes[...]
    var values: [CQLValue] = []
    for type in types {
        let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        values.append(try CQLValue(Array(rest.dropFirst(4).prefix(length)), as: type))
        rest = rest.dropFirst(4 + length)
    }
    #expect(rest.isEmpty)
    return values
}

/// Everything that a sink can be given, written for columns of `types`.
private func written(
    _ generators: [ValueGenerator.Element], _ types: [CQLType], _ body: (inout CQLValueWriter) -> Void
) throws -> [CQLValue] {
    let generators = generators.enumerated().map { ValueGenerator(name: "v\($0.offset)", element: $0.element) }
    let plan = try BindPlan(generators, statement(types), of: "operation 'x'", at: nil)
    var writer = ByteWriter(capacity: 16)
    plan.withSink(into: &writer, body)
    return try values(writer.array, types)
}

@Test func integersAreWrittenInTheWidthOfTheirColumn() throws {
    let types: [CQLType] = [.tinyint, .smallint, .int, .bigint, .varint, .counter]
    let found = try written([integers, integers, integers, integers, integers, integers], types) { sink in
        for value: Int64 in [-128, 32_767, -2_147_483_648, .min, 128, 5] { sink.put(integer: value) }
    }
    #expect(found == [-128, 32_767, -2_147_483_648, .min, 128, 5].map { .integer($0) })
}

@Test func theOtherKindsAreWritten() throws {
    let decimals = ValueGenerator.Element.decimal(Distribution(.uniform, lowest: 0, highest: 1), scale: 2, factor: 100)
    let times = ValueGenerator.Element.timestamps(lowest: 0, count: 10)
    let text = ValueGenerator.Element.text(length: Distribution(.uniform, lowest: 1, highest: 9))
    let types: [CQLType] = [.float, .double, .decimal, .uuid, .timestamp, .date, .date, .boolean, .text, .ascii, .blob]
    let elements = [
        numbers, numbers, decimals, keys, times, times, times, .boolean(shareTrue: 0.5), text, text,
        .blob(length: Distribution(.uniform, lowest: 1, highest: 9))
    ]
    let found = try written(elements, types) { sink in
        sink.put(double: 0.5)
        sink.put(double: -0.1)
        sink.put(unscaled: -1280, scale: 2)
        sink.put(uuidHigh: 0x123e_4567_e89b_12d3, low: 0xa456_4266_1417_4000)
        sink.put(timestampMilliseconds: 1_782_820_800_005)
        sink.put(timestampMilliseconds: 86_400_000)
        sink.put(timestampMilliseconds: -1)
        sink.put(boolean: true)
        [UInt8]("größer".utf8).withUnsafeBytes { sink.put(text: $0) }
        sink.put(text: UnsafeRawBufferPointer(start: nil, count: 0))
        [UInt8]([0, 255]).withUnsafeBytes { sink.put(blob: $0) }
    }
    #expect(
        found.map(\.description) == [
            "0.5", "-0.1", "-12.80", "123e4567-e89b-12d3-a456-426614174000", "'2026-06-30T12:00:00.005Z'",
            "'1970-01-02'",
            "'1969-12-31'", "true", "'größer'", "''", "0x00ff"
        ])
}

@Test func listsHoldTheirMembersAndWhatFollowsStaysInPlace() throws {
    let types: [CQLType] = [.list(.uuid), .list(.int), .int]
    let generators = [
        ValueGenerator(name: "keys", element: keys, listCount: 20),
        ValueGenerator(name: "some", element: integers, listCount: 3),
        ValueGenerator(name: "one", element: integers)
    ]
    let plan = try BindPlan(generators, statement(types), of: "operation 'x'", at: nil)
    for (_, random) in seededCases(20) {
        var (random, again) = (random, random)
        var writer = ByteWriter(capacity: 16)
        plan.withSink(into: &writer) { sink in for generator in generators { generator.generate(into: &sink, &random) }
        }
        let found = try values(writer.array, types)
        #expect(found[0].elements?.compactMap(\.uuid).count == 20)
        #expect(found[1].elements?.compactMap(\.integer).allSatisfy { (-100..<100).contains($0) } == true)
        #expect(found[2].integer != nil)
        var second = ByteWriter()
        plan.withSink(into: &second) { sink in for generator in generators { generator.generate(into: &sink, &again) } }
        #expect(second.array == writer.array)
    }
}

@Test(arguments: [
    (
        ValueGenerator(name: "total", element: numbers), CQLType.decimal,
        "binds 'total', which makes floating-point numbers, to 'c0' of type decimal, expected a value that makes decimals"
    ),
    (
        ValueGenerator(name: "key", element: keys), .timeuuid,
        "binds 'key', which makes uuids, to 'c0' of type timeuuid, expected a column of another type: this version makes no values of timeuuid"
    ),
    (
        ValueGenerator(name: "key", element: keys), .list(.uuid),
        "binds 'key', which makes uuids, to 'c0' of type list<uuid>, expected a list of values for uuid"
    ),
    (
        ValueGenerator(name: "keys", element: keys, listCount: 3), .uuid,
        "binds 'keys', which makes lists of uuids, to 'c0' of type uuid, expected a value that makes uuids"
    ),
    (
        ValueGenerator(name: "age", element: .integers(lowest: 0, count: 40_000)), .smallint,
        "binds 'age', which goes from 0 to 39999, to 'c0' of type smallint, expected -32768 to 32767"
    ),
    (
        ValueGenerator(name: "all", element: .integers(lowest: 0, count: 0)), .int,
        "binds 'all', which goes from -9223372036854775808 to 9223372036854775807, to 'c0' of type int, expected -2147483648 to 2147483647"
    ),
    (
        ValueGenerator(name: "item", element: .integerKey(Items(items: 128, from: 1))), .tinyint,
        "binds 'item', which goes from 1 to 128, to 'c0' of type tinyint, expected -128 to 127"
    )
]) func whatAColumnCannotHoldIsRefusedAtItsPlace(generator: ValueGenerator, type: CQLType, words: String) {
    let error = #expect(throws: InputError.self) {
        try BindPlan([generator], statement([type]), of: "operation 'place_order'", at: position)
    }
    #expect(error?.description == "orders.yaml:12:7: operation 'place_order' " + words)
}

@Test func anotherNumberOfBindsIsRefused() {
    #expect(throws: InputError.self) { try BindPlan([], statement([.int]), of: "operation 'x'", at: position) }
}

@Test func anIntegerBeyondItsColumnIsNotCut() throws {
    let plan = try BindPlan(
        [ValueGenerator(name: "n", element: .rounded(Distribution(.uniform, lowest: 0, highest: 1)))],
        statement([.int]), of: "operation 'x'", at: nil)
    var writer = ByteWriter()
    plan.withSink(into: &writer) { $0.put(integer: 1 << 40) }
    #expect(hexadecimal(writer.array) == "000000080000010000000000")
}

@Test func levelsOfFilesAreThoseOfTheProtocol() {
    for level in ConsistencyLevel.allCases { #expect(Consistency(level).name == level.rawValue) }
}
