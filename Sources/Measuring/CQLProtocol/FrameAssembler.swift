// Bytes as they arrive, however they are cut, become whole messages. Bodies are lent out of the receive buffer, not copied, save for
// those that came compressed or in several frames.
//
//     while case .bytes(let n) = socket.receive(into: assembler.space()) {
//         assembler.filled(n)
//         while let frame = try assembler.next() { … frame.body is valid until the next `next()` … }
//     }

import Bytes
import Glibc

/// A whole message. `body` borrows from the assembler; where it travelled compressed, `header.length` is that of the body before.
public struct Frame {
    public var header: FrameHeader
    public var body: UnsafeRawBufferPointer

    public init(header: FrameHeader, body: UnsafeRawBufferPointer) {
        self.header = header
        self.body = body
    }
}

/// One connection's receive buffer. It grows to the largest frame that came and stays so.
public struct FrameAssembler: ~Copyable {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    /// Received bytes that no frame has taken yet: `start ..< end`.
    private var start = 0
    private var end = 0
    /// Bytes that the frame under way needs in all.
    private var wanted = 0
    private let direction: FrameDirection
    /// How what comes next travels. Change it between two messages.
    public var framing = Framing.bare
    /// What is left of the payload of whole messages that is being taken apart.
    private var inner = UnsafeRawBufferPointer(start: nil, count: 0)
    /// What came compressed, as it was before.
    private var expanded = ByteWriter(capacity: 16)
    /// A message that comes in several frames.
    private var long = ByteWriter(capacity: 16)
    /// It was handed out, and the next begins afresh.
    private var longIsTaken = false

    /// `direction`: what arrives, responses at a client, requests at a server.
    public init(_ direction: FrameDirection = .response, capacity: Int = 64 << 10) {
        self.direction = direction
        self.capacity = max(capacity, FrameHeader.size)
        base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    /// Received bytes that no frame has taken yet.
    public var pending: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base + start, count: end - start) }

    /// Bytes that are kept for messages of which the rest is yet to come.
    public var heldBytes: Int { end - start + (longIsTaken ? 0 : long.count) }

    /// Whether something came of which the rest is yet to come.
    public var isAmidMessage: Bool { end > start || long.count > 0 && !longIsTaken }

    /// Room to receive into, never empty. Take all there is by `next` before: bodies handed out are void from here on.
    public mutating func space() -> UnsafeMutableRawBufferPointer {
        precondition(inner.isEmpty, "messages that were received are taken before more is received")
        if start > 0 && (start == end || start + wanted > capacity || capacity - end < capacity / 2) { moveToFront() }
        if end == capacity { grow() }
        return UnsafeMutableRawBufferPointer(start: base + end, count: capacity - end)
    }

    /// Says that `count` bytes were received into what `space()` gave.
    public mutating func filled(_ count: Int) {
        precondition(count >= 0 && end + count <= capacity, "more bytes than there was room for")
        end += count
    }

    /// The next whole message; nil where more bytes are needed. After an error the connection is of no use any more.
    public mutating func next() throws(ProtocolError) -> Frame? {
        switch framing {
        case .bare: return try bareMessage()
        case .compressedBodies:
            guard let frame = try bareMessage() else { return nil }
            return frame.header.flags.contains(.compressed) ? try expand(frame) : frame
        case .frames, .compressedFrames:
            while true {
                if !inner.isEmpty { return try innerMessage() }
                guard let (payload, isSelfContained) = try payload() else { return nil }
                if !isSelfContained {
                    if let frame = try lengthen(by: payload) { return frame }
                } else if long.count > 0 && !longIsTaken {
                    throw .malformed("a message of several frames breaks off")
                } else {
                    inner = payload
                }
            }
        }
    }

    private mutating func bareMessage() throws(ProtocolError) -> Frame? {
        guard let header = try FrameHeader.read(pending, direction) else {
            wanted = FrameHeader.size
            return nil
        }
        wanted = FrameHeader.size + header.length
        guard end - start >= wanted else { return nil }
        let body = UnsafeRawBufferPointer(start: base + start + FrameHeader.size, count: header.length)
        start += wanted
        wanted = 0
        return Frame(header: header, body: body)
    }

    /// The message as it was before its body was compressed: behind the length that it had then, an LZ4 block.
    private mutating func expand(_ frame: Frame) throws(ProtocolError) -> Frame {
        guard frame.body.count >= 4 else { throw .undecompressible }
        let block = UnsafeRawBufferPointer(rebasing: frame.body[4...])
        let length = Int(Int32(bigEndian: frame.body.loadUnaligned(as: Int32.self)))
        var header = frame.header
        header.flags.remove(.compressed)
        header.length = length
        return Frame(header: header, body: try decompress(block, to: length))
    }

    /// Nothing is set aside for a length that the block cannot come to.
    private mutating func decompress(
        _ block: UnsafeRawBufferPointer, to length: Int
    ) throws(ProtocolError) -> UnsafeRawBufferPointer {
        guard length >= 0 && length <= FrameHeader.longestBody && length <= LZ4.most(from: block.count) else {
            throw .undecompressible
        }
        expanded.clear()
        if length > 0 && !LZ4.decompress(block, into: expanded.space(length)) { throw .undecompressible }
        expanded.filled(length)
        return expanded.bytes
    }

    // MARK: Frames of v5

    /// The next whole frame's payload, checked and decompressed, and whether it holds whole messages.
    private mutating func payload() throws(ProtocolError) -> (UnsafeRawBufferPointer, isSelfContained: Bool)? {
        let isCompressed = framing == .compressedFrames
        let size = OuterHeader.size(isCompressed: isCompressed)
        guard end - start >= size else {
            wanted = size
            return nil
        }
        let header = try OuterHeader(pending, isCompressed: isCompressed)
        wanted = size + header.length + OuterHeader.trailerSize
        guard end - start >= wanted else { return nil }
        let sent = UnsafeRawBufferPointer(start: base + start + size, count: header.length)
        let sum = UInt32(littleEndian: pending.loadUnaligned(fromByteOffset: size + header.length, as: UInt32.self))
        guard frameCRC32(sent) == sum else { throw .wrongChecksum(of: "payload") }
        start += wanted
        wanted = 0
        guard header.uncompressedLength > 0 else { return (sent, header.isSelfContained) }
        return (try decompress(sent, to: header.uncompressedLength), header.isSelfContained)
    }

    /// The next message of a payload of whole ones.
    private mutating func innerMessage() throws(ProtocolError) -> Frame {
        let all = inner
        inner = UnsafeRawBufferPointer(start: nil, count: 0)
        guard let header = try FrameHeader.read(all, direction), all.count >= FrameHeader.size + header.length else {
            throw .malformed("a message goes beyond its frame")
        }
        let size = FrameHeader.size + header.length
        inner = UnsafeRawBufferPointer(rebasing: all[size...])
        return Frame(header: header, body: UnsafeRawBufferPointer(rebasing: all[FrameHeader.size..<size]))
    }

    /// Takes a part of a message that comes in several frames; the message once it is whole. Room is made as its bytes arrive.
    private mutating func lengthen(by part: UnsafeRawBufferPointer) throws(ProtocolError) -> Frame? {
        if longIsTaken { long.clear() }
        longIsTaken = false
        long.put(bytes: part)
        guard let header = try FrameHeader.read(long.bytes, direction) else { return nil }
        let size = FrameHeader.size + header.length
        guard long.count <= size else { throw .malformed("a message of several frames is longer than it says") }
        guard long.count == size else { return nil }
        longIsTaken = true
        return Frame(header: header, body: UnsafeRawBufferPointer(rebasing: long.bytes[FrameHeader.size...]))
    }

    /// Forgets everything received, as for a new connection.
    public mutating func clear() {
        start = 0
        end = 0
        wanted = 0
        framing = .bare
        inner = UnsafeRawBufferPointer(start: nil, count: 0)
        long.clear()
        longIsTaken = false
    }

    private mutating func moveToFront() {
        memmove(base, base + start, end - start)
        end -= start
        start = 0
    }

    /// Doubles, and only when full: a header alone can announce 256 MiB, so room is made as its bytes arrive.
    private mutating func grow() {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity * 2, alignment: 16)
        memory.copyMemory(from: base, byteCount: end)
        base.deallocate()
        base = memory
        capacity *= 2
    }
}
