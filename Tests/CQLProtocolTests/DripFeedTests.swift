// Every decoder of this room, fed however the bytes may be cut; and decoders that are wrong, which must not get away with it.

import Bytes
import CQLProtocol
import Quantities
import TestSupport
import Testing

/// What a decoder of messages makes: how a message was answered, read in full.
private struct Read: Equatable {
    var stream: Int16
    var response: Response
}

private let framings: [(Framing, ProtocolVersion)] = [
    (.bare, .v3), (.bare, .v4), (.compressedBodies, .v3), (.compressedBodies, .v4), (.frames, .v5),
    (.compressedFrames, .v5)
]

/// A decoder: an assembler of small capacity, and the reader of bodies behind it.
private func decoder(_ framing: Framing) -> (ArraySlice<UInt8>) throws -> [Read] {
    let box = AssemblerBox(framing)
    return { bytes in
        try box.feed(bytes) { Read(stream: $0.header.stream, response: try Response.read($0.header, $0.body)) }
    }
}

/// Every kind of body.
private func bodies(_ version: ProtocolVersion) -> [(Opcode, (inout ByteWriter) -> Void)] {
    let key = ColumnDescription(keyspace: "shop", table: "orders", name: "customer", type: .map(.text, .list(.int)))
    let prepared = PreparedStatement(
        id: [1, 2], metadataID: version >= .v5 ? [8, 9] : [], binds: [key],
        partitionKeyIndices: version >= .v4 ? [0] : [], result: ResultMetadata(columnCount: 1, columns: [key]))
    let change = SchemaChange(change: "CREATED", target: "TABLE", keyspace: "shop", name: "orders")
    let address = InetAddress(bytes: [127, 0, 0, 1], port: 9042)
    let events = [ServerEvent.schema(change), .status(.down, address), .topology(.newNode, address)]
    let failure = ErrorAnswer(
        code: 0x1500, message: "no",
        detail: .writeFailure(.one, received: 0, required: 1, failures: 0, reasons: [], writeType: "SIMPLE"))
    return [
        (.ready, { _ in }), (.authenticate, { $0.put(string: "PasswordAuthenticator") }),
        (.supported, { $0.put(stringMultimap: ["COMPRESSION": ["lz4"], "CQL_VERSION": []]) }),
        (.authChallenge, { $0.put(cell: [1, 2, 3]) }), (.authSuccess, { $0.put(cell: nil) }),
        (.error, { failure.write(into: &$0, version: version) }), (.result, { $0.put(Int32(1)) }),
        (.result, rowsBody),
        (
            .result,
            {
                $0.put(Int32(3))
                $0.put(string: "shop")
            }
        ),
        (
            .result,
            {
                $0.put(Int32(4))
                $0.put(prepared: prepared, version: version)
            }
        ),
        (
            .result,
            {
                $0.put(Int32(5))
                $0.put(schemaChange: change)
            }
        )
    ] + events.map { event in (.event, { $0.put(event: event) }) }
}

@Test(arguments: framings.indices) func everyBodyIsReadHoweverItsBytesAreCut(framing: Int) throws {
    let (framing, version) = framings[framing]
    var drops: [Drop<Read>] = []
    var box = OutboxBox(framing)
    // One by one, then all at once, which in v5 share a frame.
    var together: [(bytes: [UInt8], product: Read)] = []
    for (number, (opcode, body)) in bodies(version).enumerated() {
        let bytes = answer(opcode, stream: Int16(number), version: version.rawValue, body)
        let product = Read(stream: Int16(number), response: try read(bytes))
        drops.append(Drop(box.seal([bytes]), [product]))
        together.append((bytes, product))
    }
    let shared = box.seal(together.map(\.bytes))
    if framing == .frames || framing == .compressedFrames {
        drops.append(Drop(shared, together.map(\.product)))
    } else {
        var rest = shared[...]
        for part in together {
            let bytes = box.seal([part.bytes])
            #expect(rest.prefix(bytes.count) == bytes[...])
            rest = rest.dropFirst(bytes.count)
            drops.append(Drop(bytes, [part.product]))
        }
    }
    #expect(dripFeed(drops) { decoder(framing) } == [])
}

@Test(arguments: framings.indices) func messagesOfAnyLengthArriveWhole(framing: Int) throws {
    let (framing, version) = framings[framing]
    var drops: [Drop<Read>] = []
    var box = OutboxBox(framing)
    var random = SeededRandom(seed: 5)
    // At and around the longest payload of a frame, with 13 bytes before the token; some are of noise, which does not compress.
    for (stream, length) in [0, 1, 131_057, 131_058, 131_059, 262_129, 300_000].enumerated() {
        let token = (0..<length).map {
            stream % 2 == 0 ? UInt8(truncatingIfNeeded: $0 / 100) : UInt8(random.below(256))
        }
        let bytes = answer(.authSuccess, stream: Int16(stream), version: version.rawValue) { $0.put(cell: token) }
        drops.append(Drop(box.seal([bytes]), [Read(stream: Int16(stream), response: .authSuccess(token))]))
    }
    // Byte by byte would take a while for a million of them, and says nothing more than the cuts.
    let whole = drops.map { $0.bytes.count }.reduce(0, +)
    #expect(whole > 300_000)
    #expect(dripFeed(drops, cuts: 6) { decoder(framing) } == [])
}

@Test func wrongDecodersAreFoundOut() {
    let drops = [Drop([1, 2, 3], [6]), Drop([4], [4]), Drop([5, 6], [11, 12])]
    func complaints(_ decode: @escaping (inout [UInt8], inout Int) -> [Int]) -> [String] {
        dripFeed(drops, cuts: 3) {
            var (pending, turn) = ([UInt8](), 0)
            return { bytes in
                pending += bytes
                return decode(&pending, &turn)
            }
        }
    }
    /// Takes what is complete, and hands it to `bend`.
    func right(_ pending: inout [UInt8], _ turn: inout Int, _ bend: ([Int]) -> [Int]) -> [Int] {
        let (lengths, products) = ([3, 1, 2], [[6], [4], [11, 12]])
        var made: [Int] = []
        while turn < 3 && pending.count >= lengths[turn] {
            pending.removeFirst(lengths[turn])
            made += products[turn]
            turn += 1
        }
        return bend(made)
    }
    #expect(complaints { right(&$0, &$1) { $0 } } == [])
    #expect(complaints { right(&$0, &$1) { $0.map { $0 == 4 ? 5 : $0 } } }.count == 6)
    #expect(complaints { right(&$0, &$1) { $0.filter { $0 != 12 } } }.count == 6)
    #expect(complaints { right(&$0, &$1) { $0 + $0 } }.count == 6)
    // One that waits for more than it needs is found where it is fed no more than it needs.
    let late = complaints { pending, turn in
        guard pending.count > 3 || turn > 0 else { return [] }
        return right(&pending, &turn) { $0 }
    }
    #expect(late.contains { $0.hasPrefix("drop by drop") } && late.contains { $0.hasPrefix("byte by byte") })
    let early = complaints { pending, turn in
        defer { pending = [] }
        turn += pending.count
        return turn == pending.count ? [6] : []
    }
    #expect(early.contains { $0.contains("too early") })
}
