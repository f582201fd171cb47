// ERROR answers with all that they say, in v4 and v5.

import Bytes
import CQLProtocol
import Quantities
import Testing

private let reasons = [
    ReplicaFailure(address: [10, 0, 0, 1], code: 1),
    ReplicaFailure(address: [UInt8](repeating: 0xFE, count: 16), code: 0)
]

private let anywhere: [(Int32, String, ErrorDetail)] = [
    (0x0000, "", .none),
    (0x1000, "0006 00000002 00000001", .unavailable(.localQuorum, required: 2, alive: 1)),
    (
        0x1100, "0004 00000001 00000002 0006 53494d504c45",
        .writeTimeout(.quorum, received: 1, required: 2, writeType: "SIMPLE", contentions: nil)
    ),
    (0x1200, "0001 00000000 00000001 00", .readTimeout(.one, received: 0, required: 1, dataPresent: false)),
    (
        0x1400, "0001 6b 0001 66 0001 0003 696e74",
        .functionFailure(keyspace: "k", function: "f", argumentTypes: ["int"])
    ),
    (0x1600, "", .none),
    (0x1700, "0008 00000001 00000002", .casWriteUnknown(.serial, received: 1, required: 2)),
    (0x2400, "0001 6b 0001 74", .alreadyExists(keyspace: "k", table: "t")),
    (0x2500, "0002 cafe", .unprepared([0xCA, 0xFE]))
]

private let ofVersion4: [(Int32, String, ErrorDetail)] = [
    (
        0x1300, "0004 00000001 00000002 00000001 01",
        .readFailure(.quorum, received: 1, required: 2, failures: 1, reasons: [], dataPresent: true)
    ),
    (
        0x1500, "0004 00000001 00000002 00000001 0005 4241544348",
        .writeFailure(.quorum, received: 1, required: 2, failures: 1, reasons: [], writeType: "BATCH")
    )
]

private let ofVersion5: [(Int32, String, ErrorDetail)] = [
    (
        0x1100, "0008 00000001 00000002 0003 434153 0007",
        .writeTimeout(.serial, received: 1, required: 2, writeType: "CAS", contentions: 7)
    ),
    (
        0x1300, "0004 00000001 00000002 00000002 04 0a000001 0001 10 fefefefefefefefefefefefefefefefe 0000 00",
        .readFailure(.quorum, received: 1, required: 2, failures: 2, reasons: reasons, dataPresent: false)
    ),
    (
        0x1500, "0004 00000001 00000002 00000000 0003 434443",
        .writeFailure(.quorum, received: 1, required: 2, failures: 0, reasons: [], writeType: "CDC")
    )
]

@Test(arguments: [4, 5] as [UInt8]) func errorsSayAllThatTheProtocolLetsThemSay(version: UInt8) throws {
    for (code, fields, detail) in anywhere + (version == 4 ? ofVersion4 : ofVersion5) {
        let expected = ErrorAnswer(code: code, message: "hi", detail: detail)
        let bytes = answer(.error, version: version) {
            $0.put(code)
            $0.put(string: "hi")
            $0.put(bytes: hex(fields))
        }
        #expect(try read(bytes) == .error(expected))
        #expect(
            answer(.error, version: version) { expected.write(into: &$0, version: ProtocolVersion(rawValue: version)!) }
                == bytes)
        #expect(try lend(bytes, from: 9) { try ErrorAnswer.readCode($0, flags: []) } == expected.outcome)
        for length in 9..<bytes.count {
            #expect(throws: ProtocolError.self, "\(code) cut at \(length)") { try cut(bytes, to: length) }
        }
    }
}

/// Reads the answer in the first `length` bytes. A CAS time-out may leave out its last field, and is then whole without it.
private func cut(_ bytes: [UInt8], to length: Int) throws {
    let answer = try read(Array(bytes[..<length]))
    if case .error(let error) = answer, case .writeTimeout(_, _, _, "CAS", nil) = error.detail {
        throw ProtocolError.malformed("without contentions")
    }
}

@Test func failuresAreNotSetAsideBeforeTheyArrive() {
    let bytes = answer(.error, version: 5) {
        $0.put(bytes: hex("00001300 0000 0004 00000001 00000002 7fffffff"))
    }
    #expect(throws: ProtocolError.self) { try read(bytes) }
}
