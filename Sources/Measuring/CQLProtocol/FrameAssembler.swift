// Bytes as they arrive, however they are cut, become whole frames. Bodies are lent out of the receive buffer, not copied.
//
//     while case .bytes(let n) = socket.receive(into: assembler.space()) {
//         assembler.filled(n)
//         while let frame = try assembler.next() { … frame.body is valid until the next `space()` … }
//     }

import Glibc

/// A whole frame. `body` borrows from the assembler.
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

    /// `direction`: what arrives, responses at a client, requests at a server.
    public init(_ direction: FrameDirection = .response, capacity: Int = 64 << 10) {
        self.direction = direction
        self.capacity = max(capacity, FrameHeader.size)
        base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    /// Received bytes that no frame has taken yet.
    public var pending: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base + start, count: end - start) }

    /// Room to receive into, never empty. Bodies handed out before are void from here on.
    public mutating func space() -> UnsafeMutableRawBufferPointer {
        if start > 0 && (start == end || start + wanted > capacity || capacity - end < capacity / 2) { moveToFront() }
        if end == capacity { grow() }
        return UnsafeMutableRawBufferPointer(start: base + end, count: capacity - end)
    }

    /// Says that `count` bytes were received into what `space()` gave.
    public mutating func filled(_ count: Int) {
        precondition(count >= 0 && end + count <= capacity, "more bytes than there was room for")
        end += count
    }

    /// The next whole frame; nil where more bytes are needed. After an error the connection is of no use any more.
    public mutating func next() throws(ProtocolError) -> Frame? {
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

    /// Forgets everything received, as for a new connection.
    public mutating func clear() {
        start = 0
        end = 0
        wanted = 0
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
