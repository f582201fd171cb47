// Events: what a server says unasked, byte for byte by the specification, and back.

import Bytes
import CQLProtocol
import Testing

private let cases: [(ServerEvent, String)] = [
    (
        .status(.up, InetAddress(bytes: [127, 0, 0, 1], port: 9042)),
        "000d 5354415455535f4348414e4745 0002 5550 04 7f000001 00002352"
    ),
    (
        .status(.down, InetAddress(bytes: [UInt8](repeating: 0, count: 15) + [1], port: 19042)),
        "000d 5354415455535f4348414e4745 0004 444f574e 10 00000000000000000000000000000001 00004a62"
    ),
    (
        .topology(.newNode, InetAddress(bytes: [10, 0, 0, 7], port: 9042)),
        "000f 544f504f4c4f47595f4348414e4745 0008 4e45575f4e4f4445 04 0a000007 00002352"
    ),
    (
        .schema(SchemaChange(change: "CREATED", target: "KEYSPACE", keyspace: "k", name: "")),
        "000d 534348454d415f4348414e4745 0007 43524541544544 0008 4b45595350414345 0001 6b"
    ),
    (
        .schema(
            SchemaChange(
                change: "DROPPED", target: "FUNCTION", keyspace: "k", name: "f", argumentTypes: ["int", "text"])
        ),
        """
        000d 534348454d415f4348414e4745 0007 44524f50504544 0008 46554e4354494f4e 0001 6b 0001 66
        0002 0003 696e74 0004 74657874
        """
    )
]

@Test(arguments: cases) func eventsAreThoseOfTheSpecification(event: ServerEvent, bytes: String) throws {
    let body = hex(bytes.filter { !$0.isNewline })
    #expect(try read(answer(.event, stream: -1) { $0.put(bytes: body) }) == .event(event))
    var writer = ByteWriter()
    writer.put(event: event)
    #expect(writer.array == body)
    #expect(EventKind(rawValue: event.kind.rawValue) == event.kind)
}

@Test func addressesPrintAsPeopleWriteThem() {
    #expect(InetAddress(bytes: [10, 0, 0, 7], port: 9042).description == "10.0.0.7:9042")
    let loopback = InetAddress(bytes: [UInt8](repeating: 0, count: 15) + [1], port: 9042)
    #expect(loopback.host == "::1" && loopback.description == "[::1]:9042")
}

@Test(arguments: [
    ("0001 58", "'X' is no kind of event"),
    ("000d 5354415455535f4348414e4745 0001 58 04 7f000001 00002352", "'X' is no status of a node"),
    ("000f 544f504f4c4f47595f4348414e4745 0001 58 04 7f000001 00002352", "'X' is no change of the topology"),
    ("000d 5354415455535f4348414e4745 0002 5550 05 7f00000100 00002352", "an address of 5 bytes")
]) func eventsThatTheProtocolDoesNotHave(bytes: String, reason: String) {
    let event = answer(.event, stream: -1) { $0.put(bytes: hex(bytes)) }
    #expect(throws: ProtocolError.malformed(reason)) { try read(event) }
}
