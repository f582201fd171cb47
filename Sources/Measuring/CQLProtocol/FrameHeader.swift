// The nine bytes that open each message (native_protocol_v4.spec, section 2). v5 calls a message with its header an envelope, and
// keeps the word frame for what envelopes travel in (see Framing); elsewhere in this room a frame is a message with its header.

import Bytes

/// Who sent a frame.
public enum FrameDirection: UInt8, Sendable {
    case request = 0x00
    case response = 0x80
}

/// Flags of a frame; what they add stands at the start of the body.
public struct FrameFlags: OptionSet, Hashable, Sendable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let compressed = FrameFlags(rawValue: 0x01)
    public static let tracing = FrameFlags(rawValue: 0x02)
    public static let customPayload = FrameFlags(rawValue: 0x04)
    public static let warnings = FrameFlags(rawValue: 0x08)
}

/// The header of a frame: version and direction (1 byte), flags (1), stream (2), opcode (1), length of the body (4), big-endian.
public struct FrameHeader: Equatable, Sendable {
    /// Bytes of a header.
    public static let size = 9
    /// 256 MiB, the protocol's own limit; a longer frame is refused before anything is stored.
    public static let longestBody = 256 << 20
    public var version: UInt8
    public var direction: FrameDirection
    public var flags: FrameFlags
    public var stream: Int16
    public var opcode: Opcode
    /// Bytes of the body.
    public var length: Int

    public init(
        version: UInt8 = ProtocolVersion.v4.rawValue, direction: FrameDirection, flags: FrameFlags = [], stream: Int16,
        opcode: Opcode, length: Int
    ) {
        self.version = version
        self.direction = direction
        self.flags = flags
        self.stream = stream
        self.opcode = opcode
        self.length = length
    }

    /// Whether `byte` may open a frame that travels in `direction`. Versions 3 to 6 pass, for a server that does not take
    /// ours answers in its own version, and its refusal is worth reading.
    public static func canBegin(_ byte: UInt8, _ direction: FrameDirection) -> Bool {
        byte & 0x80 == direction.rawValue && (3...6).contains(byte & 0x7F)
    }

    /// Reads the header at the start of `bytes`; nil where fewer than nine bytes are there. Allocates nothing.
    public static func read(
        _ bytes: UnsafeRawBufferPointer, _ direction: FrameDirection
    ) throws(ProtocolError) -> FrameHeader? {
        guard let first = bytes.first else { return nil }
        guard canBegin(first, direction) else { throw .notCQL(firstByte: first) }
        guard bytes.count >= size else { return nil }
        guard let opcode = Opcode(rawValue: bytes[4]), opcode.isResponse == (direction == .response) else {
            throw .unexpectedOpcode(bytes[4])
        }
        let length = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 5, as: Int32.self)))
        guard length >= 0 && length <= longestBody else { throw .frameTooLong(length) }
        return FrameHeader(
            version: first & 0x7F, direction: direction, flags: FrameFlags(rawValue: bytes[1]),
            stream: Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: Int16.self)), opcode: opcode,
            length: length)
    }
}

extension ByteWriter {
    /// Writes a header with an empty length. Write the body behind it, then call `endFrame` with what this returned.
    public mutating func beginFrame(
        _ opcode: Opcode, stream: Int16, direction: FrameDirection = .request, flags: FrameFlags = [],
        version: ProtocolVersion = .v4
    ) -> Int {
        let start = count
        put(version.rawValue | direction.rawValue)
        put(flags.rawValue)
        put(stream)
        put(opcode.rawValue)
        put(Int32(0))
        return start
    }

    /// Sets the length of the frame that began at `start` and ends here.
    public mutating func endFrame(_ start: Int) {
        let length = count - start - FrameHeader.size
        precondition(length <= FrameHeader.longestBody, "a frame of more than 256 MiB")
        overwrite(Int32(length), at: start + 5)
    }
}
