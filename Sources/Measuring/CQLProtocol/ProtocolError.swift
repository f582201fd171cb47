// What can be wrong with bytes that came from a peer. A corrupt frame is an operating error, never a trap.

import Bytes

/// Bytes that are not what the native protocol says they should be.
public enum ProtocolError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A body ended before what it announced.
    case truncated(ShortRead)
    /// The first byte of a frame is no known version in the expected direction: the peer does not speak CQL.
    case notCQL(firstByte: UInt8)
    /// A frame announces a negative length or one above `FrameHeader.longestBody`.
    case frameTooLong(Int)
    /// The checksum of a frame's header, or of its payload, is not that of its bytes.
    case wrongChecksum(of: String)
    /// What should be compressed cannot be decompressed to what it announces.
    case undecompressible
    /// An opcode that the protocol does not have, or that the peer may not send.
    case unexpectedOpcode(UInt8)
    /// A field has a value that the protocol does not allow; what and which.
    case malformed(String)
    /// A value cannot be written as a column type.
    case mismatch(value: String, type: CQLType)

    public var description: String {
        switch self {
        case .truncated(let short): "a message ended early: it \(short)"
        case .notCQL(let byte): "not the CQL native protocol: a frame cannot begin with byte \(byte)"
        case .frameTooLong(let length): "a frame announces \(length) bytes, more than 0 to \(FrameHeader.longestBody)"
        case .wrongChecksum(let part): "the checksum of a frame's \(part) is wrong"
        case .undecompressible: "a compressed frame cannot be decompressed"
        case .unexpectedOpcode(let opcode): "opcode \(opcode) was not expected here"
        case .malformed(let what): what
        case .mismatch(let value, let type): "\(value) cannot be written as \(type)"
        }
    }
}
