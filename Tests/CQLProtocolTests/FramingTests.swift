// Frames of v5 and compressed messages: byte for byte as another driver makes them, and refused where they are bent.

import Bytes
import CQLProtocol
import Quantities
import TestSupport
import Testing

private let ready = answer(.ready, stream: 2, version: 5) { _ in }

@Test func checksumsAreThoseOfOthers() {
    #expect(lend([0x56, 0x34, 0x12]) { crc24($0) } == 0xF5230F)
    #expect(lend([]) { frameCRC32($0) } == 0x4477_7ED3)
}

@Test func framesAreThoseOfOtherDrivers() throws {
    // PyPI's cassandra-driver 3.30, segment.py.
    let message = hex("850000010200000000")
    var box = OutboxBox(.frames)
    #expect(hexadecimal(box.seal([message])) == "090002a4c8c1850000010200000000ea890152")
    // A message of 131,081 bytes takes two frames; what it holds follows a rule, so that only the ends need be written down.
    var long = (0..<131_081).map { UInt8($0 * 7 % 251) }
    long.replaceSubrange(0..<9, with: hex("85 00 0001 08 00020000"))
    let sealed = box.seal([long])
    #expect(sealed.count == 131_101)
    #expect(hexadecimal(sealed[..<6]) == "ffff013891fe" && hexadecimal(sealed[131_081..<131_087]) == "0a000091b9c0")
}

@Test func messagesThatGoOutTogetherShareAFrame() throws {
    var box = OutboxBox(.frames)
    let bytes = box.seal(Array(repeating: ready, count: 50))
    #expect(bytes.count == 50 * ready.count + 10)
    let taken = try AssemblerBox(.frames).feed(bytes[...]) { $0.header.opcode }
    #expect(taken == Array(repeating: .ready, count: 50))
}

@Test func whatDoesNotShrinkTravelsAsItIs() throws {
    let noise = answer(.authSuccess, stream: 1, version: 5) { $0.put(cell: Array(hexadecimal([1, 2, 3]).utf8)) }
    var frames = OutboxBox(.compressedFrames)
    let framed = frames.seal([noise])
    #expect(framed.count == 8 + noise.count + 4 && Array(framed[8..<8 + noise.count]) == noise)
    var bodies = OutboxBox(.compressedBodies)
    #expect(bodies.seal([noise]) == noise)
    let zeros = answer(.authSuccess, stream: 1, version: 4) { $0.put(cell: [UInt8](repeating: 0, count: 1000)) }
    let shrunk = bodies.seal([zeros])
    #expect(shrunk.count < 40 && shrunk[1] == 0x01)
    let lengths = try AssemblerBox(.compressedBodies).feed(shrunk[...]) { ($0.header.length, $0.header.flags) }
    #expect(lengths.count == 1 && lengths[0] == (1004, []))
}

/// What an assembler says to `bytes`.
private func refusal(_ framing: Framing, _ bytes: [UInt8]) -> ProtocolError? {
    do {
        _ = try AssemblerBox(framing).feed(bytes[...]) { $0.header.stream }
        return nil
    } catch { return error as? ProtocolError }
}

@Test(arguments: [false, true]) func everyBentBitOfAFrameIsSeen(isCompressed: Bool) {
    let framing = isCompressed ? Framing.compressedFrames : .frames
    let size = isCompressed ? 8 : 6
    var box = OutboxBox(framing)
    let bytes = box.seal([ready])
    for place in bytes.indices {
        for bit in 0..<8 {
            var bent = bytes
            bent[place] ^= 1 << UInt8(bit)
            let part = place < size ? "header" : "payload"
            #expect(refusal(framing, bent) == .wrongChecksum(of: part), "byte \(place), bit \(bit)")
        }
    }
}

/// A frame of v5 around any payload, with the right checksums.
private func frame(_ payload: [UInt8], isSelfContained: Bool = true, uncompressed: Int? = nil) -> [UInt8] {
    var bits = UInt64(payload.count)
    if let uncompressed { bits |= UInt64(uncompressed) << 17 }
    if isSelfContained { bits |= 1 << (uncompressed == nil ? 17 : 34) }
    let head = (0..<(uncompressed == nil ? 3 : 5)).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
    let (sum, total) = (lend(head) { crc24($0) }, lend(payload) { frameCRC32($0) })
    let check = (0..<3).map { UInt8(truncatingIfNeeded: sum >> (8 * UInt32($0))) }
    return head + check + payload + (0..<4).map { UInt8(truncatingIfNeeded: total >> (8 * UInt32($0))) }
}

@Test func framesThatHoldWhatTheyMayNot() {
    let long = [UInt8](ready[..<5]) + [0, 0, 0, 4, 1, 2]
    #expect(refusal(.frames, frame(Array(ready.dropLast()))) == .malformed("a message goes beyond its frame"))
    #expect(refusal(.frames, frame(ready + long)) == .malformed("a message goes beyond its frame"))
    #expect(refusal(.frames, frame(Array("GET / HTTP/1.1".utf8))) == .notCQL(firstByte: 0x47))
    #expect(refusal(.frames, frame([])) == nil)
    let part = frame(long, isSelfContained: false)
    #expect(refusal(.frames, part + frame(ready)) == .malformed("a message of several frames breaks off"))
    #expect(
        refusal(.frames, part + frame([1, 2, 3], isSelfContained: false))
            == .malformed("a message of several frames is longer than it says"))
    #expect(refusal(.frames, part + frame([3, 4], isSelfContained: false) + frame(ready)) == nil)
    // Frames of 2 GiB, in both framings.
    let huge = hex("85 00 0000 08 7fffffff")
    #expect(refusal(.frames, frame(huge, isSelfContained: false)) == .frameTooLong(0x7FFF_FFFF))
    #expect(refusal(.compressedBodies, hex("84 01 0000 08 7fffffff")) == .frameTooLong(0x7FFF_FFFF))
}

@Test func compressedBytesThatAreNone() {
    let bodies: [(String, [UInt8])] = [
        ("no length", [0, 0, 0]), ("no block", [0, 0, 0, 5]), ("256 MiB from a byte", [0x10, 0, 0, 0, 0]),
        ("a negative length", [0xFF, 0xFF, 0xFF, 0xFF, 0]), ("an offset before the start", [0, 0, 0, 9, 0x14, 1, 9, 0]),
        ("another length", [0, 0, 0, 2, 0x10, 7])
    ]
    for (name, body) in bodies {
        let bytes = answer(.authSuccess, flags: .compressed) { $0.put(bytes: body) }
        #expect(refusal(.compressedBodies, bytes) == .undecompressible, "\(name)")
    }
    #expect(refusal(.compressedBodies, answer(.ready, flags: .compressed) { $0.put(bytes: [0, 0, 0, 0, 0]) }) == nil)
    #expect(refusal(.compressedFrames, frame([0x10, 7], uncompressed: 9)) == .undecompressible)
    #expect(refusal(.compressedFrames, frame([0xFF, 7], uncompressed: 131_071)) == .undecompressible)
    #expect(refusal(.compressedFrames, frame(ready, uncompressed: 0)) == nil)
}

@Test func compressionThatNobodyAskedForIsRefused() {
    let bytes = answer(.authSuccess, flags: .compressed) { $0.put(bytes: [0, 0, 0, 1, 0x10, 7]) }
    #expect(throws: ProtocolError.malformed("a compressed frame, though compression was not asked for")) {
        try read(bytes)
    }
}

@Test(arguments: [Framing.compressedBodies, .frames, .compressedFrames]) func bentStreamsNeverTrap(framing: Framing) {
    var box = OutboxBox(framing)
    let version: UInt8 = framing == .compressedBodies ? 4 : 5
    let body = answer(.result, stream: 1, version: version) { rowsBody(&$0) }
    let long = answer(.authSuccess, stream: 2, version: version) { $0.put(cell: [UInt8](repeating: 7, count: 140_000)) }
    let stream = box.seal([body, body]) + box.seal([long]) + box.seal([body])
    var refused = 0
    for (_, random) in seededCases(300) {
        var random = random
        var bent = stream
        for _ in 0...random.below(3) {
            // Half of the damage is done where the lengths are.
            let range = random.below(2) == 0 ? UInt64(min(40, bent.count)) : UInt64(bent.count)
            bent[Int(random.below(range))] = UInt8(random.below(256))
        }
        if refusal(framing, bent) != nil { refused += 1 }
    }
    #expect(refused > (framing == .compressedBodies ? 20 : 250))
}

@Test func whatFollowsTheStartupTravelsByTheNewFraming() throws {
    var outbox = Outbox(capacity: 16)
    outbox.messages.put(bytes: ready)
    outbox.change(to: .frames)
    outbox.messages.put(bytes: ready)
    outbox.seal()
    #expect(Array(outbox.bytes) == ready + frame(ready))
    outbox.dropFirst(5)
    #expect(outbox.count == 2 * ready.count + 10 - 5)
    outbox.clear()
    outbox.messages.put(bytes: ready)
    outbox.seal()
    #expect(Array(outbox.bytes) == ready)
}
