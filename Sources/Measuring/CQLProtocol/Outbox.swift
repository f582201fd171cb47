// What a connection has to send: messages are written as they are, and sealed for their way when they go out, so that all that goes
// out together shares frames and checksums.
//
//     template.begin(…, into: &outbox.messages) …      any number of times
//     outbox.seal()
//     while outbox.sealedCount > 0 { … socket.send(outbox.bytes) …; outbox.dropFirst(sent) }

import Bytes

/// Messages on their way out. Once its buffers are large enough it allocates nothing.
public struct Outbox: ~Copyable {
    /// Whole messages with their headers, not sealed yet. Append only.
    public var messages: ByteWriter
    /// Empty and unused for bare messages, which go out as they were written.
    private var sealed: ByteWriter
    public private(set) var framing = Framing.bare

    public init(capacity: Int = 64 << 10) {
        messages = ByteWriter(capacity: capacity)
        sealed = ByteWriter(capacity: 16)
    }

    /// Bytes that have not gone out, sealed or not.
    public var count: Int { messages.count + sealed.count }
    /// What is ready to go out, as of the last `seal`. Valid until the next change.
    public var bytes: UnsafeRawBufferPointer { framing == .bare && sealed.count == 0 ? messages.bytes : sealed.bytes }

    /// Drops the first `n` of `bytes`, which went out.
    public mutating func dropFirst(_ n: Int) {
        if framing == .bare && sealed.count == 0 { messages.dropFirst(n) } else { sealed.dropFirst(n) }
    }

    /// Forgets everything, as for a new connection.
    public mutating func clear() {
        messages.clear()
        sealed.clear()
        framing = .bare
    }

    /// What is written from here on travels by `framing`.
    public mutating func change(to framing: Framing) {
        seal()
        if self.framing == .bare {
            sealed.put(bytes: messages.bytes)
            messages.clear()
        }
        self.framing = framing
    }

    /// Makes all messages ready to go out.
    public mutating func seal() {
        switch framing {
        case .bare: return
        case .compressedBodies: compressBodies()
        case .frames: frame(isCompressed: false)
        case .compressedFrames: frame(isCompressed: true)
        }
        messages.clear()
    }

    /// The size of the message at `offset`, by its own header.
    private func messageSize(at offset: Int) -> Int {
        FrameHeader.size
            + Int(Int32(bigEndian: messages.bytes.loadUnaligned(fromByteOffset: offset + 5, as: Int32.self)))
    }

    /// Of each message the body, behind its length, where that makes it smaller.
    private mutating func compressBodies() {
        var offset = 0
        while offset < messages.count {
            let size = messageSize(at: offset)
            let message = UnsafeRawBufferPointer(rebasing: messages.bytes[offset..<offset + size])
            offset += size
            let body = UnsafeRawBufferPointer(rebasing: message[FrameHeader.size...])
            let place = sealed.space(FrameHeader.size + 4 + LZ4.bound(body.count))
            let block = UnsafeMutableRawBufferPointer(rebasing: place[(FrameHeader.size + 4)...])
            let length = body.isEmpty ? 0 : 4 + LZ4.compress(body, into: block)
            guard !body.isEmpty && length < body.count else {
                sealed.put(bytes: message)
                continue
            }
            place.copyMemory(from: UnsafeRawBufferPointer(rebasing: message[..<FrameHeader.size]))
            place[1] |= FrameFlags.compressed.rawValue
            place.storeBytes(of: Int32(length).bigEndian, toByteOffset: 5, as: Int32.self)
            place.storeBytes(of: Int32(body.count).bigEndian, toByteOffset: FrameHeader.size, as: Int32.self)
            sealed.filled(FrameHeader.size + length)
        }
    }

    /// As many whole messages as fit into each frame; one that is too long for that in several frames of its own.
    private mutating func frame(isCompressed: Bool) {
        var (start, end) = (0, 0)
        while end < messages.count {
            let size = messageSize(at: end)
            if end + size - start <= OuterHeader.longestPayload {
                end += size
                continue
            }
            if end > start {
                put(start..<end, isSelfContained: true, isCompressed)
                start = end
                continue
            }
            end += size
            while start < end {
                let next = min(start + OuterHeader.longestPayload, end)
                put(start..<next, isSelfContained: false, isCompressed)
                start = next
            }
        }
        if end > start { put(start..<end, isSelfContained: true, isCompressed) }
    }

    /// One frame around part of `messages`.
    private mutating func put(_ range: Range<Int>, isSelfContained: Bool, _ isCompressed: Bool) {
        let payload = UnsafeRawBufferPointer(rebasing: messages.bytes[range])
        let size = OuterHeader.size(isCompressed: isCompressed)
        let room = isCompressed ? LZ4.bound(payload.count) : payload.count
        let place = sealed.space(size + room + OuterHeader.trailerSize)
        let target = UnsafeMutableRawBufferPointer(rebasing: place[size...])
        var header = OuterHeader(length: payload.count, isSelfContained: isSelfContained)
        if isCompressed {
            let length = LZ4.compress(payload, into: target)
            if length < payload.count {
                header.length = length
                header.uncompressedLength = payload.count
            }
        }
        if header.uncompressedLength == 0 { target.copyMemory(from: payload) }
        header.write(to: place, isCompressed: isCompressed)
        let sum = frameCRC32(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(target)[..<header.length]))
        target.storeBytes(of: sum.littleEndian, toByteOffset: header.length, as: UInt32.self)
        sealed.filled(size + header.length + OuterHeader.trailerSize)
    }
}
