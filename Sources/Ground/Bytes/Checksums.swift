// The two checksums of the native protocol's frames (native_protocol_v5.spec, section 2): CRC-24 of a header, CRC-32 of a payload.

import CZlib

/// CRC-24 with Koopman's polynomial 0x1974F0B, starting from 0x875060. `bytes` are few: those of a header.
public func crc24(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var sum: UInt32 = 0x875060
    for byte in bytes {
        sum ^= UInt32(byte) << 16
        for _ in 0..<8 {
            sum <<= 1
            if sum & 0x1_000000 != 0 { sum ^= 0x1974F0B }
        }
    }
    return sum
}

/// CRC-32 as zlib has it, of `bytes` behind the four bytes FA 2D 55 CA.
public func frameCRC32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    // The sum of those four alone.
    let start: UInt = 0x4477_7ED3
    guard let first = bytes.baseAddress, bytes.count > 0 else { return UInt32(start) }
    return UInt32(crc32_z(start, first.assumingMemoryBound(to: UInt8.self), z_size_t(bytes.count)))
}
