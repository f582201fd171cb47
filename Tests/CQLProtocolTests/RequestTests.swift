// Requests, byte for byte as other drivers send them. The bytes are those of PyPI's cassandra-driver 3.30.

import Bytes
import CQLProtocol
import Testing

private let paging = QueryParameters(
    consistency: .localQuorum, pageSize: 50, pagingState: [0xCA, 0xFE], timestampMicroseconds: 1_700_000_000_000_000)

@Test(arguments: [
    (Request.options, 5 as Int16, "04000005 05 00000000"),
    (
        .query("SELECT 1", paging), 3,
        "0400000307000000210000000853454c454354203100062c0000003200000002cafe00060a24181e4000"
    ),
    (.prepare("SELECT 1"), 4, "04000004090000000c0000000853454c4543542031"),
    (
        .authResponse([0] + Array("cassandra".utf8) + [0] + Array("secret".utf8)), 0,
        "040000000f00000015000000110063617373616e64726100736563726574"
    ),
    (.register([.statusChange]), 1, "040000010b 00000011 0001 000d 5354415455535f4348414e4745")
]) func requestsAreThoseOfOtherDrivers(request: Request, stream: Int16, bytes: String) {
    #expect(hexadecimal(request.bytes(stream: stream)) == hexadecimal(hex(bytes)))
}

@Test func startupNamesTheDriver() throws {
    let bytes = Request.startup(driverVersion: "0.1").bytes(stream: 0)
    let map = try lend(bytes, from: 9) {
        var reader = BodyReader($0)
        return try reader.stringMap()
    }
    #expect(map == ["CQL_VERSION": "3.0.0", "DRIVER_NAME": "assay", "DRIVER_VERSION": "0.1"])
}

private let executed =
    "040001020a00000028000301020300012d00020000000400000007ffffffff0000003200000002cafe00060a24181e4000"

@Test func executeIsThatOfOtherDrivers() {
    let parameters = QueryParameters(
        consistency: .one, values: [[0, 0, 0, 7], nil], pageSize: 50, pagingState: [0xCA, 0xFE],
        timestampMicroseconds: 1_700_000_000_000_000)
    #expect(hexadecimal(Request.execute(id: [1, 2, 3], parameters).bytes(stream: 258)) == executed)
}

@Test func theTemplateWritesTheSameExecute() {
    let template = ExecuteTemplate(id: [1, 2, 3], consistency: .one, valueCount: 2, pageSize: 50, skipMetadata: false)
    var writer = ByteWriter()
    writer.put(bytes: [0xEE])
    let start = template.begin(stream: 258, paged: true, timed: true, into: &writer)
    writer.put(cell: [0, 0, 0, 7])
    writer.put(cell: nil)
    [UInt8]([0xCA, 0xFE]).withUnsafeBytes {
        template.end(start, pagingState: $0, timestampMicroseconds: 1_700_000_000_000_000, into: &writer)
    }
    #expect(hexadecimal(writer.array) == "ee" + executed)
}

@Test(arguments: [nil, 50 as Int32], [false, true]) func theTemplateAgreesWithTheRequest(pageSize: Int32?, timed: Bool)
{
    for (paged, count) in [(false, 0), (false, 1), (true, 0), (true, 3)] {
        let values = [[UInt8]?](repeating: [5], count: count)
        let parameters = QueryParameters(
            consistency: .quorum, values: values, skipMetadata: true, pageSize: pageSize,
            pagingState: paged ? [1, 2] : nil,
            timestampMicroseconds: timed ? 77 : nil)
        let template = ExecuteTemplate(id: [9], consistency: .quorum, valueCount: count, pageSize: pageSize)
        var writer = ByteWriter()
        let start = template.begin(stream: 6, paged: paged, timed: timed, into: &writer)
        for value in values { writer.put(cell: value) }
        [UInt8]([1, 2]).withUnsafeBytes {
            template.end(start, pagingState: paged ? $0 : nil, timestampMicroseconds: timed ? 77 : nil, into: &writer)
        }
        #expect(writer.array == Request.execute(id: [9], parameters).bytes(stream: 6))
    }
}

@Test func simpleStatementsCarryTheirTextAndTheSerialConsistency() {
    // QUERY of "UPDATE" at ONE, flags values and serial consistency, one value, LOCAL_SERIAL; the header asks for a trace.
    let template = ExecuteTemplate(text: "UPDATE", consistency: .one, serialConsistency: .localSerial, valueCount: 1)
    var writer = ByteWriter()
    let start = template.begin(stream: 3, paged: false, timed: false, traced: true, into: &writer)
    writer.put(cell: [7])
    template.end(start, pagingState: nil, timestampMicroseconds: nil, into: &writer)
    #expect(
        hexadecimal(writer.array)
            == hexadecimal(hex("04020003 07 00000016 00000006 555044415445 0001 11 0001 00000001 07 0009")))
    let parameters = QueryParameters(values: [[7]], serialConsistency: .localSerial)
    #expect(Request.query("UPDATE", parameters).bytes(stream: 3).dropFirst(2) == writer.array.dropFirst(2))
}

@Test func batchesAreThoseOfTheSpecification() {
    // BATCH: type 1, two prepared statements (kind 1, id, values), consistency, flags, timestamp.
    let template = BatchTemplate(
        .unlogged, statements: [(id: [0xAA, 0xBB], valueCount: 1), (id: [0xCC], valueCount: 0)],
        consistency: .localQuorum)
    #expect(template.count == 2)
    var writer = ByteWriter()
    writer.put(bytes: [0xEE])
    let start = template.begin(stream: 258, into: &writer)
    template.beginStatement(0, into: &writer)
    writer.put(cell: [0, 0, 0, 7])
    template.beginStatement(1, into: &writer)
    template.end(start, timestampMicroseconds: 1_700_000_000_000_000, into: &writer)
    #expect(
        hexadecimal(writer.array)
            == hexadecimal(
                hex(
                    "ee 04000102 0d 00000023 01 0002 01 0002aabb 0001 00000004 00000007 01 0001cc 0000 0006 20 "
                        + "00060a24181e4000")))
    writer.clear()
    let counters = BatchTemplate(.counter, statements: [(id: [1], valueCount: 0)], consistency: .one)
    let second = counters.begin(stream: 1, traced: true, into: &writer)
    counters.beginStatement(0, into: &writer)
    counters.end(second, timestampMicroseconds: nil, into: &writer)
    #expect(hexadecimal(writer.array) == hexadecimal(hex("04020001 0d 0000000c 02 0001 01 000101 0000 0001 00")))
}
