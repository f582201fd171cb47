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

private let integers = ValueNode.Element.integers(lowest: -100, count: 200)
private let numbers = ValueNode.Element.double(Distribution(.uniform, lowest: 0, highest: 1))
private let keys = ValueNode.Element.uuid(Items(items: 1000))
private let position = Position(file: "orders.yaml", line: 12, column: 7)

/// What the cells in `bytes` say, as values of `types`.
private func values(_ bytes: [UInt8], _ types: [CQLType]) throws -> [CQLValue] {
    var rest = bytes[...]
    var values: [CQLValue] = []
    for type in types {
        let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        if length == 0xFFFF_FFFF {
            values.append(.null)
            rest = rest.dropFirst(4)
            continue
        }
        values.append(try CQLValue(Array(rest.dropFirst(4).prefix(length)), as: type))
        rest = rest.dropFirst(4 + length)
    }
    #expect(rest.isEmpty)
    return values
}

extension CQLValueWriter {
    /// A bind of one scalar.
    fileprivate mutating func one(_ put: (inout CQLValueWriter) -> Void) {
        enter(0)
        put(&self)
        endBind(nodes: 1)
    }
}

/// Everything that a sink can be given, written for columns of `types`.
private func written(
    _ generators: [ValueNode.Element], _ types: [CQLType], _ body: (inout CQLValueWriter) -> Void
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
        for value: Int64 in [-128, 32_767, -2_147_483_648, .min, 128, 5] { sink.one { $0.put(integer: value) } }
    }
    #expect(found == [-128, 32_767, -2_147_483_648, .min, 128, 5].map { .integer($0) })
}

@Test func theOtherKindsAreWritten() throws {
    let decimals = ValueNode.Element.decimal(Distribution(.uniform, lowest: 0, highest: 1), scale: 2, factor: 100)
    let times = ValueNode.Element.timestamps(Instants(lowest: 0, count: 10))
    let text = ValueNode.Element.text(length: Distribution(.uniform, lowest: 1, highest: 9))
    let types: [CQLType] = [.float, .double, .decimal, .uuid, .timestamp, .date, .date, .boolean, .text, .ascii, .blob]
    let elements = [
        numbers, numbers, decimals, keys, times, times, times, .boolean(shareTrue: 0.5), text, text,
        .blob(length: Distribution(.uniform, lowest: 1, highest: 9))
    ]
    let found = try written(elements, types) { sink in
        sink.one { $0.put(double: 0.5) }
        sink.one { $0.put(double: -0.1) }
        sink.one { $0.put(unscaled: -1280, scale: 2) }
        sink.one { $0.put(uuidHigh: 0x123e_4567_e89b_12d3, low: 0xa456_4266_1417_4000) }
        sink.one { $0.put(timestampMilliseconds: 1_782_820_800_005) }
        sink.one { $0.put(timestampMilliseconds: 86_400_000) }
        sink.one { $0.put(timestampMilliseconds: -1) }
        sink.one { $0.put(boolean: true) }
        [UInt8]("größer".utf8).withUnsafeBytes { text in sink.one { $0.put(text: text) } }
        sink.one { $0.put(text: UnsafeRawBufferPointer(start: nil, count: 0)) }
        [UInt8]([0, 255]).withUnsafeBytes { blob in sink.one { $0.put(blob: blob) } }
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
        ValueGenerator(name: "keys", element: keys).list(of: 20),
        ValueGenerator(name: "some", element: integers).list(of: 3),
        ValueGenerator(name: "one", element: integers)
    ]
    let plan = try BindPlan(generators, statement(types), of: "operation 'x'", at: nil)
    for (_, random) in seededCases(20) {
        var (drawing, again) = (Drawing(random), Drawing(random))
        var writer = ByteWriter(capacity: 16)
        plan.withSink(into: &writer) { sink in for generator in generators { generator.generate(into: &sink, &drawing) }
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
        "binds 'key', which makes uuids, to 'c0' of type timeuuid, expected a value that makes timeuuids"
    ),
    (
        ValueGenerator(name: "key", element: keys), .list(.uuid),
        "binds 'key', which makes uuids, to 'c0' of type list<uuid>, expected a list of values for uuid"
    ),
    (
        ValueGenerator(name: "keys", element: keys).list(of: 3), .uuid,
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

/// Values as a workload writes them, for columns of `types`: what the decoder finds in the bytes.
private func made(_ specs: [String], _ types: [CQLType], seed: UInt64) throws -> [CQLValue] {
    let entries = specs.enumerated().map { "  v\($0.offset): \($0.element)\n" }.joined()
    let text = """
        workload: 1
        name: small
        values:
        \(entries)
        operations: {get: {shape: point, weight: 1, cql: SELECT * FROM k.t}}
        traffic: {arrivals: constant, rate: 1/s}
        """
    let generators = try Profile.read(text, file: "w.yaml").values
    let plan = try BindPlan(generators, statement(types), of: "operation 'x'", at: nil)
    var drawing = Drawing(SeededRandom(seed: seed))
    var writer = ByteWriter(capacity: 16)
    plan.withSink(into: &writer) { sink in for generator in generators { generator.generate(into: &sink, &drawing) } }
    return try values(writer.array, types)
}

@Test func nestedValuesAreWrittenForTheirTypes() throws {
    let address = CQLType.udt(
        keyspace: "shop", name: "address",
        fields: [
            .init(name: "street", type: .text), .init(name: "number", type: .int), .init(name: "later", type: .int)
        ])
    let types: [CQLType] = [
        .list(.map(.text, .set(.int))), .tuple([.int, .list(.date), .text]), address, .vector(.float, dimensions: 3),
        .vector(.text, dimensions: 2), .vector(.list(.text), dimensions: 1),
        .vector(.vector(.int, dimensions: 2), dimensions: 2),
        .vector(.smallint, dimensions: 2), .duration, .varint, .decimal, .inet, .inet, .time, .timeuuid, .tinyint, .int
    ]
    let specs = [
        "{list: {size: 2, of: {map: {size: 1, key: {text: {constant: 7}}, value: {set: {size: 2, of: v15}}}}}}",
        "{tuple: [{int: 3}, {list: {size: 1, of: {date: {constant: 2026-01-31}}}}, {text: {length: 0}, null: 100 %}]}",
        "{udt: {street: {text: {constant: 5}}, number: {int: 9}}}",
        "{vector: {dimensions: 3, of: {float: 0.5}}}", "{vector: {dimensions: 2, of: {text: {constant: 77}}}}",
        "{vector: {dimensions: 1, of: {list: {size: 40, of: {text: {constant: 12}}}}}}",
        "{vector: {dimensions: 2, of: {vector: {dimensions: 2, of: {int: 4}}}}}",
        "{vector: {dimensions: 2, of: {smallint: -2}}}", "{duration: {months: 1, days: 2, nanoseconds: 3}}",
        "{varint: {length: 20}}", "{decimal: {length: 12, scale: 3}}", "{inet: {constant: 258}}",
        "{inet: {constant: 1, version: 6}}", "{time: {constant: 08:10:15}}", "{timeuuid: {constant: 0}}",
        "{tinyint: -7}",
        "{int: 1, null: 100 %}"
    ]
    let found = try made(specs, types, seed: 3)
    #expect(
        found.map(\.description).enumerated().filter { ![9, 10].contains($0.offset) }.map(\.element) == [
            "[{'7': {-7, -7}}, {'7': {-7, -7}}]", "(3, ['2026-01-31'], null)", "{street: '5', number: 9}",
            "[0.5, 0.5, 0.5]",
            "['77', '77']", "[[" + [String](repeating: "'12'", count: 40).joined(separator: ", ") + "]]",
            "[[4, 4], [4, 4]]",
            "[-2, -2]", "1mo2d3ns", "'10.0.1.2'", "'fd00::1'", "'08:10:15.000000000'",
            found[14].description, "-7", "null"
        ])
    guard case .bigInteger(let number) = found[9], case .decimal(let unscaled, 3) = found[10] else {
        Issue.record("\(found[9]) and \(found[10])")
        return
    }
    #expect(number.bytes.count > 17 && unscaled.bytes.count > 9)
    let uuid = try #require(found[14].uuid)
    // RFC 9562, section 5.1: the time is 2020-01-01T00:00:00Z.
    let time = (uuid.high & 0xFFF) << 48 | (uuid.high >> 16 & 0xFFFF) << 32 | uuid.high >> 32
    #expect((Int64(time) - 0x01B2_1DD2_1381_4000) / 10_000 == 1_577_836_800_000)
    #expect(uuid.high >> 12 & 0xF == 1 && uuid.low >> 62 == 2)
}

@Test func partsThatDoNotFitAreRefused() {
    let cases: [(String, CQLType, String)] = [
        (
            "{list: {size: 1, of: {text: {length: 1}}}}", .list(.int),
            "which makes lists of texts, to 'c0' of type list<int>"
        ),
        ("{list: {size: 1, of: {int: {uniform: [0, 300]}}}}", .list(.tinyint), "which goes from 0 to 300"),
        ("{tuple: [{int: 1}]}", .tuple([.int, .int]), "expected a tuple of values for int, int"),
        (
            "{udt: {b: {int: 1}}}", .udt(keyspace: "k", name: "u", fields: [.init(name: "a", type: .int)]),
            "expected a udt with the fields a, in this order"
        ),
        (
            "{vector: {dimensions: 2, of: {float: 1}}}", .vector(.float, dimensions: 3),
            "expected a vector of 3 values for float"
        ),
        ("{date: {constant: 2026-01-01}}", .timestamp, "which makes dates, to 'c0' of type timestamp"),
        ("{int: 1}", .date, "expected a value that makes dates"),
        ("{int: 1}", .custom("org.example.Thing"), "nothing makes 'org.example.Thing'")
    ]
    for (spec, type, words) in cases {
        let error = #expect(throws: InputError.self) { try made([spec], [type], seed: 1) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
}

@Test func valuesAreMissingInTheirShare() throws {
    var (nulls, unsets) = (0, 0)
    for seed in UInt64(0)..<2000 {
        let text = "{int: 1, null: 20 %, unset: 10 %}"
        let generators = try Profile.read(
            "workload: 1\nname: a\nvalues: {v: \(text)}\noperations: {get: {shape: point, weight: 1, cql: SELECT * FROM k.t}}\ntraffic: {arrivals: constant, rate: 1/s}\n",
            file: "w.yaml"
        ).values
        #expect(generators[0].hasUnset)
        let plan = try BindPlan(generators, statement([.int]), of: "operation 'x'", at: nil)
        var drawing = Drawing(SeededRandom(seed: seed))
        var writer = ByteWriter()
        plan.withSink(into: &writer) { generators[0].generate(into: &$0, &drawing) }
        switch hexadecimal(writer.array) {
        case "ffffffff": nulls += 1
        case "fffffffe": unsets += 1
        default: #expect(hexadecimal(writer.array) == "0000000400000001")
        }
    }
    #expect((330...470).contains(nulls) && (150...250).contains(unsets), "\(nulls) \(unsets)")
}

@Test func anotherNumberOfBindsIsRefused() {
    #expect(throws: InputError.self) { try BindPlan([], statement([.int]), of: "operation 'x'", at: position) }
}

@Test func anIntegerBeyondItsColumnIsNotCut() throws {
    let plan = try BindPlan(
        [ValueGenerator(name: "n", element: .rounded(Distribution(.uniform, lowest: 0, highest: 1)))],
        statement([.int]), of: "operation 'x'", at: nil)
    var writer = ByteWriter()
    plan.withSink(into: &writer) { sink in sink.one { $0.put(integer: 1 << 40) } }
    #expect(hexadecimal(writer.array) == "000000080000010000000000")
}

@Test func levelsOfFilesAreThoseOfTheProtocol() {
    for level in ConsistencyLevel.allCases { #expect(Consistency(level).name == level.rawValue) }
}

@Test func countersAreWhatTheyAreSaidToBe() throws {
    func failure(_ shape: String) throws -> String {
        let profile = try Profile.read(
            """
            workload: 1
            name: a
            values: {k: {int: {uniform: {items: 5}}}, n: {counter: 1}}
            dataset: [{insert: "UPDATE k.t SET n = n + ? WHERE k = ?", bind: [n, k], partitions: 1, rows_per_partition: 1, partition_key: k}]
            operations: {add: {shape: \(shape), weight: 1, cql: "UPDATE k.t SET n = n + ? WHERE k = ?", bind: [n, k]}}
            traffic: {arrivals: constant, rate: 1/s}
            """, file: "w.yaml")
        do throws(InputError) {
            _ = try BindPlan(profile.operations[0], 0, statement([.counter, .int]))
            _ = try BindPlan(profile.dataset[0], statement([.counter, .int]))
            return "none"
        } catch { return error.description }
    }
    #expect(
        try failure("write")
            == "w.yaml:5:50: operation 'add' adds to the counter 'c0', expected the shape counter")
    #expect(
        try failure("counter")
            == "w.yaml:4:20: the dataset of k.t adds to the counter 'c0', expected counters in operations only")
}
