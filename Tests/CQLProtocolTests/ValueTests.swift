// Values: against the specification's examples and PyPI's cassandra-driver, there and back, and never trapping.

import Bytes
import CQLProtocol
import Quantities
import TestSupport
import Testing

private struct Example: CustomStringConvertible {
    var value: CQLValue
    var type: CQLType
    var bytes: String
    var text: String
    var description: String { "\(type) \(text)" }
    init(_ value: CQLValue, _ type: CQLType, _ bytes: String, _ text: String) {
        (self.value, self.type, self.bytes, self.text) = (value, type, bytes, text)
    }
}

private let address = CQLType.udt(
    keyspace: "shop", name: "address",
    fields: [.init(name: "street", type: .text), .init(name: "number", type: .int)])

private let examples: [Example] = [
    Example(.integer(0), .varint, "00", "0"), Example(.integer(1), .varint, "01", "1"),
    Example(.integer(127), .varint, "7f", "127"), Example(.integer(128), .varint, "0080", "128"),
    Example(.integer(129), .varint, "0081", "129"), Example(.integer(-1), .varint, "ff", "-1"),
    Example(.integer(-128), .varint, "80", "-128"), Example(.integer(-129), .varint, "ff7f", "-129"),
    Example(.integer(-32769), .varint, "ff7fff", "-32769"),
    Example(.integer(2_147_483_648), .varint, "0080000000", "2147483648"),
    Example(.integer(.max), .varint, "7fffffffffffffff", "9223372036854775807"),
    Example(.integer(.min), .varint, "8000000000000000", "-9223372036854775808"),
    Example(.bigInteger(BigInteger("9223372036854775808")!), .varint, "008000000000000000", "9223372036854775808"),
    Example(.bigInteger(BigInteger("-9223372036854775809")!), .varint, "ff7fffffffffffffff", "-9223372036854775809"),
    Example(
        .bigInteger(BigInteger("1000000000000000000000000000000")!), .varint, "0c9f2c9cd04674edea40000000",
        "1000000000000000000000000000000"),
    Example(.decimal(unscaled: 0, scale: 0), .decimal, "0000000000", "0"),
    Example(.decimal(unscaled: 1, scale: 2), .decimal, "0000000201", "0.01"),
    Example(.decimal(unscaled: -1, scale: 2), .decimal, "00000002ff", "-0.01"),
    Example(.decimal(unscaled: 1234, scale: 2), .decimal, "0000000204d2", "12.34"),
    Example(.decimal(unscaled: -1280, scale: 2), .decimal, "00000002fb00", "-12.80"),
    Example(.decimal(unscaled: 1, scale: -3), .decimal, "fffffffd01", "1E3"),
    Example(
        .decimal(unscaled: 123_456_789_012_345_678, scale: 0), .decimal, "0000000001b69b4ba630f34e",
        "123456789012345678"),
    Example(
        .decimal(unscaled: BigInteger("999999999999999999995")!, scale: 1), .decimal, "000000013635c9adc5de9ffffb",
        "99999999999999999999.5"),
    Example(.decimal(unscaled: 100, scale: 1_000_000), .decimal, "000f424064", "100E-1000000"),
    Example(.float(0.1), .float, "3dcccccd", "0.1"), Example(.double(-0.1), .double, "bfb999999999999a", "-0.1"),
    Example(.integer(-2), .int, "fffffffe", "-2"), Example(.integer(-2), .bigint, "fffffffffffffffe", "-2"),
    Example(.integer(-2), .smallint, "fffe", "-2"), Example(.integer(-2), .tinyint, "fe", "-2"),
    Example(.integer(5), .counter, "0000000000000005", "5"), Example(.boolean(true), .boolean, "01", "true"),
    Example(.date(days: 20_484), .date, "80005004", "'2026-01-31'"),
    Example(.time(nanoseconds: 29_415_123_456_000), .time, "00001ac0bdfc1000", "'08:10:15.123456000'"),
    Example(.timestamp(milliseconds: 1_782_820_800_005), .timestamp, "0000019f18668605", "'2026-06-30T12:00:00.005Z'"),
    Example(.timestamp(milliseconds: -1), .timestamp, "ffffffffffffffff", "'1969-12-31T23:59:59.999Z'"),
    Example(.inet([127, 0, 0, 11]), .inet, "7f00000b", "'127.0.0.11'"),
    Example(.inet(hex("20010db8000000000000000000000001")), .inet, "20010db8000000000000000000000001", "'2001:db8::1'"),
    Example(.inet([UInt8](repeating: 0, count: 15) + [1]), .inet, "00000000000000000000000000000001", "'::1'"),
    Example(
        .uuid(UUIDValue("123e4567-e89b-12d3-a456-426614174000")!), .uuid, "123e4567e89b12d3a456426614174000",
        "123e4567-e89b-12d3-a456-426614174000"),
    Example(.text("it's"), .text, "69742773", "'it''s'"), Example(.text(""), .ascii, "", "''"),
    Example(.blob([0, 255]), .blob, "00ff", "0x00ff"),
    Example(.list([.integer(1), .integer(-2)]), .list(.int), "00000002000000040000000100000004fffffffe", "[1, -2]"),
    Example(.set([.text("a")]), .set(.text), "000000010000000161", "{'a'}"),
    Example(
        .map([.init(.text("a"), .integer(1))]), .map(.text, .bigint), "000000010000000161000000080000000000000001",
        "{'a': 1}"),
    Example(.tuple([.integer(7), .null]), .tuple([.int, .text]), "0000000400000007ffffffff", "(7, null)"),
    Example(.udt([.init("street", .text("a"))]), address, "0000000161", "{street: 'a'}"),
    // native_protocol_v5.spec, section 6.6: 1 month, 2 days and 3 nanoseconds fold to 2, 4 and 6.
    Example(.duration(months: 1, days: 2, nanoseconds: 3), .duration, "020406", "1mo2d3ns"),
    Example(
        .duration(months: -14, days: -2, nanoseconds: -3_600_000_000_001), .duration,
        "1b03fc068c61714001", "-1y2mo2d1h1ns"),
    Example(.duration(months: 0, days: 0, nanoseconds: 0), .duration, "000000", "0ns"),
    Example(
        .vector([.float(1), .float(-2)]), .vector(.float, dimensions: 2), "3f800000c0000000", "[1.0, -2.0]"),
    Example(
        .vector([.text("a"), .text("bc")]), .vector(.text, dimensions: 2), "0161026263", "['a', 'bc']"),
    Example(
        .vector([.vector([.integer(1)]), .vector([.integer(2)])]),
        .vector(.vector(.int, dimensions: 1), dimensions: 2), "0000000100000002", "[[1], [2]]"),
    Example(
        .list([.map([.init(.integer(1), .set([.boolean(true)]))])]), .list(.map(.int, .set(.boolean))),
        "000000010000001900000001000000040000000100000009000000010000000101", "[{1: {true}}]"),
    Example(.bytes([1]), .custom("org.example.Thing"), "01", "0x01")
]

@Test(arguments: examples) private func valuesAreThoseOfTheSpecification(example: Example) throws {
    #expect(try CQLValue(hex(example.bytes), as: example.type) == example.value)
    #expect(hexadecimal(try example.value.encoded(as: example.type) ?? []) == example.bytes)
    #expect(example.value.description == example.text)
}

@Test func nullAndEmptyAreNotTheSame() throws {
    #expect(try CQLValue(nil, as: .int) == .null)
    #expect(try CQLValue([], as: .int) == .bytes([]))
    #expect(try CQLValue.null.encoded(as: .int) == nil)
    #expect(try CQLValue.bytes([]).encoded(as: .int) == [])
}

@Test func whatDoesNotFitIsAMismatch() {
    for (value, type) in [
        (CQLValue.integer(1 << 40), CQLType.int), (.integer(40_000), .smallint), (.integer(200), .tinyint),
        (.text("a"), .int),
        (.integer(1), .text), (.list([.text("a")]), .list(.int)), (.tuple([.null, .null]), .tuple([.int])),
        (.inet([1]), .inet), (.vector([.integer(1)]), .vector(.int, dimensions: 2)),
        (.udt([.init("town", .text("a"))]), address), (.vector([.null]), .vector(.text, dimensions: 1)),
        (.double(1), .float)
    ] {
        #expect(throws: ProtocolError.self, "\(value) as \(type)") { try value.encoded(as: type) }
    }
}

@Test func varintsGoThereAndBack() throws {
    for (_, random) in seededCases(500) {
        var random = random
        let value = Int64(bitPattern: random.next()) >> Int64(random.below(64))
        let bytes = try #require(try CQLValue.integer(value).encoded(as: .varint))
        #expect(bytes.count == varintLength(value))
        #expect(try CQLValue(bytes, as: .varint) == .integer(value))
        #expect(try CQLValue([value < 0 ? 0xFF : 0] + bytes, as: .varint) == .integer(value))
    }
}

@Test func bigIntegersGoThereAndBackInDecimal() throws {
    for (seed, random) in seededCases(300) {
        var random = random
        let bytes = (0...Int(random.below(40))).map { _ in UInt8(random.below(256)) }
        let number = BigInteger(twosComplement: bytes)
        #expect(BigInteger(number.description) == number, "seed \(seed)")
        #expect(BigInteger(twosComplement: [number.isNegative ? 0xFF : 0] + bytes) == number)
        if let small = number.int64 { #expect(BigInteger(small) == number && "\(small)" == "\(number)") }
    }
    #expect(BigInteger("") == nil && BigInteger("-") == nil && BigInteger("1a") == nil)
    #expect(BigInteger("-0") == 0 && BigInteger("+12") == 12)
}

@Test func typesAreReadFromTheirJavaClasses() throws {
    let marshal = "org.apache.cassandra.db.marshal."
    func type(_ name: String) throws -> CQLType {
        var writer = ByteWriter()
        writer.put(UInt16(0))
        writer.put(string: name)
        return try writer.array.withUnsafeBytes { bytes in
            var reader = BodyReader(bytes)
            return try reader.type()
        }
    }
    // As Cassandra 5.0 describes vector<float, 3>.
    #expect(try type("\(marshal)VectorType(\(marshal)FloatType , 3)") == .vector(.float, dimensions: 3))
    #expect(try type("\(marshal)DurationType") == .duration)
    #expect(
        try type(
            "\(marshal)VectorType(\(marshal)FrozenType(\(marshal)MapType(\(marshal)UTF8Type,\(marshal)Int32Type)) , 2)")
            == .vector(.map(.text, .int), dimensions: 2))
    #expect(
        try type("\(marshal)UserType(shop,61646472657373,6e756d626572:\(marshal)Int32Type)")
            == .udt(keyspace: "shop", name: "address", fields: [.init(name: "number", type: .int)]))
    for odd in [
        "\(marshal)VectorType(\(marshal)FloatType)", "\(marshal)ListType(", "org.example.Thing", "\(marshal)Odd"
    ] {
        #expect(try type(odd) == .custom(odd))
    }
    for type in [
        CQLType.duration, .vector(.list(.text), dimensions: 3), .vector(.tuple([.int, .date]), dimensions: 2), address
    ] {
        var writer = ByteWriter()
        writer.put(type: type)
        let bytes = writer.array
        let read = try bytes.withUnsafeBytes { bytes in
            var reader = BodyReader(bytes)
            return try reader.type()
        }
        #expect(read == type)
    }
    #expect("\(CQLType.vector(.float, dimensions: 3))" == "vector<float, 3>")
}

@Test func bentValuesNeverTrap() throws {
    var refused = 0
    for (seed, random) in seededCases(6000) {
        var random = random
        let example = examples[Int(seed) % examples.count]
        var bytes = hex(example.bytes)
        if random.below(2) == 0 { bytes.removeLast(min(bytes.count, Int(random.below(4)))) }
        for index in bytes.indices where random.below(4) == 0 { bytes[index] = UInt8(random.below(256)) }
        do { _ = try CQLValue(bytes, as: example.type).description } catch { refused += 1 }
    }
    #expect(refused > 300)
}

@Test func listsThatAnnounceMoreThanTheyHoldAreRefused() {
    #expect(throws: ProtocolError.self) { try CQLValue(hex("7fffffff"), as: .list(.int)) }
    #expect(throws: ProtocolError.self) { try CQLValue(hex("ffffffff"), as: .set(.int)) }
}

@Test func typesAndConsistenciesHaveTheirNames() {
    #expect(CQLType(nativeName: "varchar") == .text)
    #expect(CQLType(nativeName: "timeuuid") == .timeuuid)
    #expect(CQLType(nativeName: "list<int>") == nil)
    #expect(Consistency(name: "local_quorum") == .localQuorum)
    #expect(Consistency(name: "LOCAL_ONE")?.rawValue == 10)
    #expect(Consistency(name: "MOST") == nil)
    #expect(UUIDValue("123e4567e89b12d3a456426614174000") == nil)
    #expect(UUIDValue("+23e4567-e89b-12d3-a456-426614174000") == nil)
}
