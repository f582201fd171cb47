// How messages travel: as they are, with compressed bodies (v3, v4), or in the frames of v5 with their checksums
// (native_protocol_v5.spec, section 2), compressed or not.
//
// Whatever it is, it begins behind the answer to STARTUP; what comes before travels bare.

import Bytes

/// What makes messages smaller on their way.
public enum Compression: String, CaseIterable, Hashable, Sendable {
    case none
    case lz4
}

/// How messages travel.
public enum Framing: Equatable, Sendable {
    /// One behind the other.
    case bare
    /// The same; bodies whose header says so are compressed with LZ4.
    case compressedBodies
    /// In frames of v5.
    case frames
    /// In compressed frames of v5.
    case compressedFrames

    /// What two ends speak once STARTUP is answered.
    public init(_ version: ProtocolVersion, _ compression: Compression) {
        switch compression {
        case .none: self = version >= .v5 ? .frames : .bare
        case .lz4: self = version >= .v5 ? .compressedFrames : .compressedBodies
        }
    }
}

extension Framing {
    /// Whether `bytes`, taken from somewhere in what one end sends, look like the beginning of a message that travels in this way. For
    /// those who listen in the middle of a connection; in frames of v5 a checksum says it, elsewhere it is likely.
    public func mayBegin(_ bytes: UnsafeRawBufferPointer, _ direction: FrameDirection) -> Bool {
        switch self {
        case .frames, .compressedFrames:
            let isCompressed = self == .compressedFrames
            guard bytes.count >= OuterHeader.size(isCompressed: isCompressed) else { return false }
            return (try? OuterHeader(bytes, isCompressed: isCompressed))?.isSelfContained ?? false
        case .bare, .compressedBodies:
            guard let header = try? FrameHeader.read(bytes, direction), header.version < ProtocolVersion.v5.rawValue,
                header.flags.rawValue < 0x10, header.length <= 16 << 20, header.stream >= 0 || header.opcode == .event
            else { return false }
            // What follows in the same piece must begin as a message does.
            let size = FrameHeader.size + header.length
            return size >= bytes.count || FrameHeader.canBegin(bytes[size], direction)
        }
    }
}

/// The header of a frame of v5, in little-endian bits: length of the payload as sent (17), with compression its length before that
/// (17, 0 where it was left as it is), whether it holds whole messages (1), padding; then the CRC-24 of these (3 bytes).
struct OuterHeader: Equatable {
    /// The most bytes of a payload.
    static let longestPayload = (1 << 17) - 1
    /// Bytes of the checksum behind a payload.
    static let trailerSize = 4

    /// Bytes of a header with its checksum.
    static func size(isCompressed: Bool) -> Int { isCompressed ? 8 : 6 }

    /// Bytes of the payload as it is sent.
    var length: Int
    /// Bytes of a compressed payload once decompressed; 0 where it is not compressed.
    var uncompressedLength = 0
    /// Whole messages; otherwise a part of one that is longer than a payload can be.
    var isSelfContained: Bool

    /// From the first bytes of a frame, as many as `size` says.
    init(_ bytes: UnsafeRawBufferPointer, isCompressed: Bool) throws(ProtocolError) {
        let sized = OuterHeader.size(isCompressed: isCompressed) - 3
        var bits: UInt64 = 0
        for place in 0..<sized { bits |= UInt64(bytes[place]) << (8 * UInt64(place)) }
        let sum = UInt32(bytes[sized]) | UInt32(bytes[sized + 1]) << 8 | UInt32(bytes[sized + 2]) << 16
        guard crc24(UnsafeRawBufferPointer(rebasing: bytes[..<sized])) == sum else {
            throw .wrongChecksum(of: "header")
        }
        length = Int(bits & 0x1FFFF)
        if isCompressed { uncompressedLength = Int(bits >> 17 & 0x1FFFF) }
        isSelfContained = bits >> (isCompressed ? 34 : 17) & 1 == 1
    }

    init(length: Int, uncompressedLength: Int = 0, isSelfContained: Bool) {
        self.length = length
        self.uncompressedLength = uncompressedLength
        self.isSelfContained = isSelfContained
    }

    /// Writes over the first bytes of `place`, as many as `size` says.
    func write(to place: UnsafeMutableRawBufferPointer, isCompressed: Bool) {
        let sized = OuterHeader.size(isCompressed: isCompressed) - 3
        var bits = UInt64(length) | (isSelfContained ? 1 : 0) << (isCompressed ? 34 : 17)
        if isCompressed { bits |= UInt64(uncompressedLength) << 17 }
        for index in 0..<sized { place[index] = UInt8(truncatingIfNeeded: bits >> (8 * UInt64(index))) }
        let sum = crc24(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(place)[..<sized]))
        for index in 0..<3 { place[sized + index] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(index))) }
    }
}
