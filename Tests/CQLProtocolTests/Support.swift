// What the tests of this room share: bytes from hexadecimal, frames written as a server writes them, drip-feeding.

import Bytes
import CQLProtocol
import TestSupport

/// Bytes from hexadecimal digits; spaces are for the eye.
func hex(_ text: String) -> [UInt8] {
    let digits = text.filter { $0 != " " }.map { UInt8($0.hexDigitValue!) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// Lends the bytes from `offset` on.
func lend<R>(_ bytes: [UInt8], from offset: Int = 0, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[offset...])) }
}

/// A message of a server, of any version, whose body `body` writes.
func answer(
    _ opcode: Opcode, stream: Int16 = 0, flags: FrameFlags = [], version: UInt8 = 4, _ body: (inout ByteWriter) -> Void
) -> [UInt8] {
    var writer = ByteWriter()
    let start = writer.beginFrame(opcode, stream: stream, direction: .response, flags: flags)
    body(&writer)
    writer.endFrame(start)
    var bytes = writer.array
    bytes[0] = version | 0x80
    return bytes
}

/// The opcodes and bodies that an assembler finds in `bytes` when they arrive in pieces of `size`.
func assemble(
    _ bytes: [UInt8], piecesOf size: Int, capacity: Int = 16
) throws(ProtocolError) -> [(header: FrameHeader, body: [UInt8])] {
    var assembler = FrameAssembler(.response, capacity: capacity)
    var found: [(header: FrameHeader, body: [UInt8])] = []
    var rest = bytes[...]
    while !rest.isEmpty {
        var piece = rest.prefix(size)
        rest = rest.dropFirst(size)
        while !piece.isEmpty {
            let space = assembler.space()
            let part = piece.prefix(space.count)
            space.copyBytes(from: part)
            assembler.filled(part.count)
            piece = piece.dropFirst(part.count)
        }
        while let frame = try assembler.next() { found.append((frame.header, Array(frame.body))) }
    }
    return found
}

/// The one answer in `bytes`, read in full.
func read(_ bytes: [UInt8]) throws -> Response {
    try bytes.withUnsafeBytes { all in
        let header = try FrameHeader.read(all, .response)!
        return try Response.read(header, UnsafeRawBufferPointer(rebasing: all[FrameHeader.size...]))
    }
}

/// A rows answer with every kind of type in its metadata.
func rowsBody(_ writer: inout ByteWriter) {
    let types: [CQLType] = [
        .int, .list(.text), .map(.text, .set(.uuid)), .tuple([.int, .custom("org.example.Thing")]),
        .udt(keyspace: "shop", name: "address", fields: [.init(name: "street", type: .text)])
    ]
    let columns = types.enumerated().map {
        ColumnDescription(keyspace: "shop", table: "orders", name: "c\($0.offset)", type: $0.element)
    }
    writer.put(Int32(2))
    writer.put(metadata: ResultMetadata(columnCount: 5, columns: columns, pagingState: [0xCA, 0xFE]))
    writer.put(Int32(2))
    for cell: [UInt8]? in [[0, 0, 0, 1], nil, [], [9], nil, [0, 0, 0, 2], nil, nil, nil, [1, 2, 3]] {
        writer.put(cell: cell)
    }
}

/// An assembler that closures can share.
final class AssemblerBox {
    var assembler: FrameAssembler

    init(_ framing: Framing = .bare, capacity: Int = 16) {
        assembler = FrameAssembler(.response, capacity: capacity)
        assembler.framing = framing
    }

    /// Feeds bytes, and hands each message that becomes whole to `take`.
    func feed<R>(_ bytes: ArraySlice<UInt8>, _ take: (Frame) throws -> R) throws -> [R] {
        var taken: [R] = []
        var rest = bytes
        while !rest.isEmpty {
            let space = assembler.space()
            let part = rest.prefix(space.count)
            space.copyBytes(from: part)
            assembler.filled(part.count)
            rest = rest.dropFirst(part.count)
            while let frame = try assembler.next() { taken.append(try take(frame)) }
        }
        return taken
    }
}

/// An outbox whose bytes are taken at once.
struct OutboxBox: ~Copyable {
    var outbox = Outbox(capacity: 16)

    init(_ framing: Framing) { outbox.change(to: framing) }

    /// The messages as they travel when they go out together.
    mutating func seal(_ messages: [[UInt8]]) -> [UInt8] {
        for message in messages { outbox.messages.put(bytes: message) }
        outbox.seal()
        let bytes = Array(outbox.bytes)
        outbox.dropFirst(bytes.count)
        return bytes
    }
}
