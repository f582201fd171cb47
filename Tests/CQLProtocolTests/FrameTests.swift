// Frames: headers, assembly however the bytes are cut, and refusal of what is no frame.

import Bytes
import CQLProtocol
import Testing

@Test func headerIsReadAndWrittenByTheSpecification() throws {
    var writer = ByteWriter()
    let start = writer.beginFrame(.execute, stream: 258)
    writer.put(bytes: [1, 2, 3])
    writer.endFrame(start)
    #expect(writer.array == hex("04 00 0102 0a 00000003 010203"))
    let header = try FrameHeader.read(writer.bytes, .request)
    #expect(header == FrameHeader(direction: .request, stream: 258, opcode: .execute, length: 3))
}

@Test(arguments: 0..<9) func partOfAHeaderIsNotAHeader(count: Int) throws {
    let bytes = hex("84 00 ffff 0c 00000000").prefix(count)
    #expect(try lend(Array(bytes)) { try FrameHeader.read($0, .response) } == nil)
}

@Test(arguments: [
    ("48545450 2f312e31 20", ProtocolError.notCQL(firstByte: 0x48)),
    ("04 00 0000 06 00000000", .notCQL(firstByte: 0x04)),
    ("87 00 0000 06 00000000", .notCQL(firstByte: 0x87)),
    ("84 00 0000 04 00000000", .unexpectedOpcode(4)),
    ("84 00 0000 07 00000000", .unexpectedOpcode(7)),
    ("84 00 0000 08 ffffffff", .frameTooLong(-1)),
    ("84 00 0000 08 10000001", .frameTooLong(0x1000_0001))
]) func whatIsNoFrameOfAServerIsRefused(bytes: String, reason: ProtocolError) {
    #expect(throws: reason) { try lend(hex(bytes)) { try FrameHeader.read($0, .response) } }
}

@Test func framesAreFoundHoweverTheBytesAreCut() throws {
    let frames = [
        answer(.ready, stream: 1) { _ in },
        answer(.result, stream: 32767) { rowsBody(&$0) },
        answer(.event, stream: -1) { $0.put(string: "STATUS_CHANGE") },
        answer(.result, stream: 2) { $0.put(bytes: [UInt8](repeating: 7, count: 5000)) },
        answer(.authSuccess, stream: 3) { $0.put(cell: nil) }
    ]
    let glued = frames.flatMap { $0 }
    for size in [1, 2, 3, 8, 9, 10, 64, 1000, glued.count] {
        let found = try assemble(glued, piecesOf: size)
        #expect(found.map(\.header.stream) == [1, 32767, -1, 2, 3], "in pieces of \(size)")
        #expect(found.map(\.body) == frames.map { Array($0.dropFirst(9)) }, "in pieces of \(size)")
    }
}

@Test func announcedBytesTakeNoRoomBeforeTheyArrive() throws {
    var assembler = FrameAssembler(.response, capacity: 64)
    for byte in hex("84 00 0000 08 0fffffff") + [0, 0, 0] {
        let space = assembler.space()
        #expect(space.count <= 64)
        space[0] = byte
        assembler.filled(1)
        #expect(try assembler.next() == nil)
    }
}

@Test func garbageIsSeenAtItsFirstByte() {
    #expect(throws: ProtocolError.notCQL(firstByte: 0x48)) { _ = try assemble([0x48], piecesOf: 1) }
}
