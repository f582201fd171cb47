// Inflates what zlib or gzip deflated, a piece at a time and never more than a limit: what was deflated does not say how long it is.

import CZlib

/// How deflated bytes are wrapped.
enum DeflateWrapping {
    case zlib
    /// One member or several, one after the other.
    case gzip
}

/// The inflated bytes; nil where they are damaged, end too early, or come to more than `limit`.
func inflated(_ deflated: UnsafeRawBufferPointer, _ wrapping: DeflateWrapping, limit: Int) -> [UInt8]? {
    var stream = z_stream()
    // 15 bits of window are all that deflate knows; 16 on top mean gzip.
    let windowBits: Int32 = wrapping == .gzip ? 15 + 16 : 15
    guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        preconditionFailure("zlib could not begin to inflate")
    }
    defer { inflateEnd(&stream) }
    var out: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: min(1 << 16, max(256, deflated.count * 4)))
    // zlib only reads here, and counts in 32 bits.
    guard deflated.count <= Int(UInt32.max) else { return nil }
    stream.next_in = UnsafeMutablePointer(mutating: deflated.bindMemory(to: UInt8.self).baseAddress)
    stream.avail_in = UInt32(deflated.count)
    while true {
        let status = piece.withUnsafeMutableBufferPointer { space in
            stream.next_out = space.baseAddress
            stream.avail_out = UInt32(space.count)
            return inflate(&stream, Z_NO_FLUSH)
        }
        let filled = piece.count - Int(stream.avail_out)
        out += piece[..<filled]
        guard out.count <= limit else { return nil }
        if status == Z_STREAM_END {
            guard wrapping == .gzip, stream.avail_in > 0 else { return out }
            guard inflateReset(&stream) == Z_OK else { return nil }
        } else if status != Z_OK {
            return nil
        }
    }
}

/// Whether `bytes` begin as a gzip file does (RFC 1952, section 2.3.1).
public func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

/// The content of a gzip file, of all its members; nil where it is damaged or cut off, or comes to more than `limit` bytes.
public func gunzipped(_ bytes: [UInt8], limit: Int = 1 << 30) -> [UInt8]? {
    bytes.withUnsafeBytes { inflated($0, .gzip, limit: limit) }
}
