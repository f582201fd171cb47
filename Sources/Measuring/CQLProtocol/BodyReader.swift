// The notations of native_protocol_v4.spec, section 3, read from a body. Every read is checked; nothing traps on foreign bytes.

import Bytes

/// A cursor over the body of a frame; it must not outlive the bytes.
public struct BodyReader {
    private var reader: ByteReader

    public init(_ bytes: UnsafeRawBufferPointer) { reader = ByteReader(bytes) }

    /// At the start of the message proper: behind the tracing id, the warnings and the custom payload that `flags` announce.
    public init(_ body: UnsafeRawBufferPointer, behind flags: FrameFlags) throws(ProtocolError) {
        reader = ByteReader(body)
        if flags.isEmpty { return }
        if flags.contains(.compressed) { throw .malformed("a compressed frame, though compression was not asked for") }
        if flags.contains(.tracing) { _ = try bytes(of: 16) }
        if flags.contains(.warnings) { for _ in 0..<(try short()) { _ = try shortBytes() } }
        if flags.contains(.customPayload) {
            for _ in 0..<(try short()) {
                _ = try shortBytes()
                _ = try bytes()
            }
        }
    }

    public var remaining: Int { reader.remaining }
    /// Bytes read so far.
    public var offset: Int { reader.offset }

    public mutating func byte() throws(ProtocolError) -> UInt8 {
        do { return try reader.u8() } catch { throw .truncated(error) }
    }
    /// [short], unsigned.
    public mutating func short() throws(ProtocolError) -> UInt16 {
        do { return try reader.u16() } catch { throw .truncated(error) }
    }
    public mutating func int() throws(ProtocolError) -> Int32 {
        do { return try reader.i32() } catch { throw .truncated(error) }
    }
    public mutating func long() throws(ProtocolError) -> Int64 {
        do { return try reader.i64() } catch { throw .truncated(error) }
    }

    /// [unsigned vint] of v5; in values of other versions too.
    public mutating func unsignedVInt() throws(ProtocolError) -> UInt64 {
        do { return try reader.unsignedVInt() } catch { throw .truncated(error) }
    }
    /// [vint].
    public mutating func vint() throws(ProtocolError) -> Int64 {
        do { return try reader.vint() } catch { throw .truncated(error) }
    }

    /// The next `count` bytes, not copied.
    public mutating func bytes(of count: Int) throws(ProtocolError) -> UnsafeRawBufferPointer {
        do { return try reader.slice(count) } catch { throw .truncated(error) }
    }

    /// An [int] that counts things of which each takes at least `leastBytes` bytes: negative and impossible counts are refused
    /// before anything is set aside for them.
    public mutating func count(leastBytes: Int, of what: String) throws(ProtocolError) -> Int {
        let count = Int(try int())
        guard count >= 0 else { throw .malformed("a negative number of \(what): \(count)") }
        if leastBytes > 0 && count > remaining / leastBytes {
            let (wanted, isBeyond) = count.multipliedReportingOverflow(by: leastBytes)
            throw .truncated(ShortRead(wanted: isBeyond ? .max : wanted, remaining: remaining))
        }
        return count
    }

    public mutating func string() throws(ProtocolError) -> String {
        String(decoding: try bytes(of: Int(try short())), as: UTF8.self)
    }
    public mutating func longString() throws(ProtocolError) -> String {
        let count = try int()
        return String(decoding: try bytes(of: Int(count)), as: UTF8.self)
    }
    public mutating func stringList() throws(ProtocolError) -> [String] {
        var list: [String] = []
        for _ in 0..<(try short()) { list.append(try string()) }
        return list
    }
    public mutating func stringMap() throws(ProtocolError) -> [String: String] {
        var map: [String: String] = [:]
        for _ in 0..<(try short()) {
            let key = try string()
            map[key] = try string()
        }
        return map
    }
    public mutating func stringMultimap() throws(ProtocolError) -> [String: [String]] {
        var map: [String: [String]] = [:]
        for _ in 0..<(try short()) {
            let key = try string()
            map[key] = try stringList()
        }
        return map
    }
    /// [short bytes].
    public mutating func shortBytes() throws(ProtocolError) -> UnsafeRawBufferPointer {
        try bytes(of: Int(try short()))
    }
    /// [bytes]; nil for null.
    public mutating func bytes() throws(ProtocolError) -> UnsafeRawBufferPointer? {
        let count = try int()
        return count < 0 ? nil : try bytes(of: Int(count))
    }
    public mutating func consistency() throws(ProtocolError) -> Consistency {
        let raw = try short()
        guard let level = Consistency(rawValue: raw) else { throw .malformed("\(raw) is no consistency level") }
        return level
    }
}
