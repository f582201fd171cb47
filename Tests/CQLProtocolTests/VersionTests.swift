// Where v3, v4 and v5 differ: requests byte for byte as PyPI's cassandra-driver 3.30 sends them, answers as servers write them, and
// how two ends come to one version.

import Bytes
import CQLProtocol
import Testing

private let query = QueryParameters(
    consistency: .localQuorum, pageSize: 50, pagingState: [0xCA, 0xFE], serialConsistency: .localSerial,
    timestampMicroseconds: 1_700_000_000_000_000)
private let executed = QueryParameters(
    consistency: .one, values: [[0, 0, 0, 7], nil], pageSize: 50, pagingState: [0xCA, 0xFE],
    timestampMicroseconds: 1_700_000_000_000_000)
private let writes = [
    BatchStatement(.cql("INSERT")), BatchStatement(.id([1, 2]), values: [[5], nil])
]
private let batch = Batch(
    .unlogged, writes, consistency: .quorum, serialConsistency: .serial, timestampMicroseconds: 77)

private func inKeyspace<T>(_ value: T, _ path: WritableKeyPath<T, String?>) -> T {
    var value = value
    value[keyPath: path] = "ks"
    return value
}

@Test(arguments: [
    (
        ProtocolVersion.v3, Request.query("SELECT 1", query),
        "0300010207000000230000000853454c454354203100063c0000003200000002cafe000900060a24181e4000"
    ),
    (.v3, .prepare("SELECT 1"), "03000102090000000c0000000853454c4543542031"),
    (
        .v3, .execute(id: [1, 2, 3], metadataID: [0xAA, 0xBB], executed),
        "030001020a00000028000301020300012d00020000000400000007ffffffff0000003200000002cafe00060a24181e4000"
    ),
    (
        .v4, .batch(batch),
        "040001020d0000002d0100020000000006494e534552540000010002010200020000000105ffffffff0004300008000000000000004d"
    ),
    (
        .v5, .query("SELECT 1", inKeyspace(query, \.keyspace)),
        "05000102070000002a0000000853454c45435420310006000000bc0000003200000002cafe000900060a24181e400000026b73"
    ),
    (.v5, .prepare("SELECT 1", keyspace: "ks"), "0500010209000000140000000853454c45435420310000000100026b73"),
    (
        .v5, .execute(id: [1, 2, 3], metadataID: [0xAA, 0xBB], executed),
        "050001020a0000002f00030102030002aabb00010000002d00020000000400000007ffffffff0000003200000002cafe00060a24181e4000"
    ),
    (
        .v5, .batch(inKeyspace(batch, \.keyspace)),
        "050001020d000000340100020000000006494e534552540000010002010200020000000105ffffffff0004000000b00008000000000000004d00026b73"
    )
]) func requestsAreThoseOfOtherDriversInEachVersion(version: ProtocolVersion, request: Request, bytes: String) {
    #expect(hexadecimal(request.bytes(stream: 258, version: version)) == bytes)
}

@Test func theTimeOfTheRequestIsItsLastField() {
    let parameters = QueryParameters(consistency: .one, keyspace: "ks", nowInSeconds: 7)
    #expect(
        hexadecimal(Request.query("", parameters).bytes(stream: 0, version: .v5).dropFirst(9))
            == "00000000" + "0001" + "00000180" + "00026b73" + "00000007")
}

@Test(arguments: ProtocolVersion.allCases) func theTemplateAgreesWithTheRequestInEachVersion(version: ProtocolVersion) {
    let parameters = QueryParameters(consistency: .quorum, values: [[5]], skipMetadata: true, pageSize: 9)
    func written(_ template: ExecuteTemplate) -> [UInt8] {
        var writer = ByteWriter()
        let start = template.begin(stream: 6, paged: false, timed: false, into: &writer)
        writer.put(cell: [5])
        template.end(start, pagingState: nil, timestampMicroseconds: nil, into: &writer)
        return writer.array
    }
    var template = ExecuteTemplate(
        id: [9], metadataID: [1, 2], consistency: .quorum, valueCount: 1, pageSize: 9, version: version)
    #expect(
        written(template) == Request.execute(id: [9], metadataID: [1, 2], parameters).bytes(stream: 6, version: version)
    )
    template.change(metadataID: [3, 4, 5])
    #expect(
        written(template)
            == Request.execute(id: [9], metadataID: [3, 4, 5], parameters).bytes(stream: 6, version: version))
}

@Test(arguments: ProtocolVersion.allCases) func preparedIsReadInEachVersion(version: ProtocolVersion) throws {
    let key = ColumnDescription(keyspace: "shop", table: "orders", name: "customer", type: .uuid)
    let statement = PreparedStatement(
        id: [1, 2], metadataID: version >= .v5 ? [7, 7] : [], binds: [key, key],
        partitionKeyIndices: version >= .v4 ? [1] : [], result: ResultMetadata(columnCount: 1, columns: [key]))
    let bytes = answer(.result, version: version.rawValue) {
        $0.put(Int32(4))
        $0.put(prepared: statement, version: version)
    }
    #expect(try read(bytes) == .result(.prepared(statement)))
}

@Test func changedColumnsComeWithTheirNewID() throws {
    let column = ColumnDescription(keyspace: "k", table: "t", name: "added", type: .int)
    let metadata = ResultMetadata(columnCount: 1, columns: [column], pagingState: [1], changedID: [0xCA, 0xFE])
    let bytes = answer(.result, version: 5) {
        $0.put(Int32(2))
        $0.put(metadata: metadata)
        $0.put(Int32(1))
        $0.put(cell: [0, 0, 0, 1])
    }
    #expect(try read(bytes) == .result(.rows(RowsAnswer(metadata: metadata, rows: [[[0, 0, 0, 1]]]))))
    try lend(bytes, from: 9) { (body) throws in
        let summary = try ResultSummary.read(body, flags: [])
        #expect(summary.rowCount == 1 && summary.changedID.map(Array.init) == [0xCA, 0xFE])
        #expect(summary.pagingState.map(Array.init) == [1])
    }
}

// MARK: Negotiation

private func supported(_ version: UInt8, _ options: KeyValuePairs<String, [String]>) -> [UInt8] {
    answer(.supported, version: version) { $0.put(stringMultimap: options) }
}

extension ConnectionMachine {
    fileprivate mutating func received(_ bytes: [UInt8]) -> Action? {
        bytes.withUnsafeBytes { all in
            let body = UnsafeRawBufferPointer(rebasing: all[9...])
            return received(Frame(header: try! FrameHeader.read(all, .response)!, body: body))
        }
    }
}

@Test func modernFramingBeginsBehindTheAnswerToStartup() {
    let pair = Credentials(user: "assay", password: "s3cret")
    var machine = ConnectionMachine(credentials: pair, driverVersion: "0.1", version: .v5, compression: .lz4)
    #expect(machine.connected() == .send(Request.options.bytes(stream: 0, version: .v5)))
    let startup = Request.startup(driverVersion: "0.1", compression: .lz4).bytes(stream: 0, version: .v5)
    #expect(machine.received(supported(5, ["COMPRESSION": ["snappy", "lz4"]])) == .send(startup))
    #expect(machine.framing == .bare)
    _ = machine.received(answer(.authenticate, version: 5) { $0.put(string: "PasswordAuthenticator") })
    #expect(machine.framing == .compressedFrames && machine.state == .authenticating)
    var open = ConnectionMachine(credentials: nil, driverVersion: "0.1", version: .v5)
    _ = open.connected()
    _ = open.received(supported(5, [:]))
    #expect(open.received(answer(.ready, version: 5) { _ in }) == .ready && open.framing == .frames)
    #expect(Framing(.v4, .lz4) == .compressedBodies && Framing(.v3, .none) == .bare)
}

@Test func aCompressionThatIsNotOffered() {
    var machine = ConnectionMachine(credentials: nil, driverVersion: "0.1", compression: .lz4)
    _ = machine.connected()
    #expect(
        machine.received(supported(4, ["COMPRESSION": ["snappy"]]))
            == .fail(.compressionNotOffered(.lz4, offered: ["snappy"])))
}

@Test func askingEndsWithTheAnswer() {
    var machine = ConnectionMachine(askingIn: .v3)
    #expect(machine.connected() == .send(Request.options.bytes(stream: 0, version: .v3)))
    #expect(machine.received(supported(3, ["COMPRESSION": []])) == .ready)
    #expect(machine.supported == ["COMPRESSION": []] && machine.framing == .bare)
}

@Test func offersAreReadFromWhatServersSupport() {
    // As 3.11.19 and 4.1.9 say it; 2.1 names no versions.
    let old = ServerOffer(
        ["PROTOCOL_VERSIONS": ["3/v3", "4/v4", "5/v5-beta"], "COMPRESSION": ["snappy", "lz4"]], answeredIn: .v4)
    #expect(old == ServerOffer(versions: [.v3, .v4], compressions: [.none, .lz4]))
    let new = ServerOffer(
        ["PROTOCOL_VERSIONS": ["3/v3", "4/v4", "5/v5", "6/v6-beta"], "COMPRESSION": ["snappy"]], answeredIn: .v4)
    #expect(new == ServerOffer(versions: [.v3, .v4, .v5]))
    #expect(ServerOffer([:], answeredIn: .v3).versions == [.v3])
    #expect(old.intersection(new) == ServerOffer(versions: [.v3, .v4]))
    #expect(old.versionList == "v3, v4" && ServerOffer(versions: []).versionList == "none that Assay speaks")
}

@Test func theHighestVersionThatBothKnowIsSpoken() {
    let (old, new) = (ServerOffer(versions: [.v3, .v4]), ServerOffer(versions: [.v3, .v4, .v5]))
    func agreed(_ a: ServerOffer, _ b: ServerOffer, _ fixedA: ProtocolVersion?, _ fixedB: ProtocolVersion?) -> [UInt8] {
        guard let found = VersionAgreement(old: a, new: b, fixedOld: fixedA, fixedNew: fixedB) else { return [] }
        return [found.old.rawValue, found.new.rawValue]
    }
    #expect(agreed(old, new, nil, nil) == [4, 4])
    #expect(agreed(new, new, nil, nil) == [5, 5])
    #expect(agreed(old, new, .v3, nil) == [3, 3])
    #expect(agreed(old, new, nil, .v5) == [])
    #expect(agreed(old, new, .v4, .v5) == [4, 5])
    #expect(agreed(old, new, .v5, .v5) == [])
    #expect(agreed(ServerOffer(versions: [.v3]), ServerOffer(versions: [.v5]), nil, nil) == [])
}
