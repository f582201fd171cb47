// Bytes of a cell to a value (native_protocol_v4.spec, section 6).

import Bytes

extension CQLValue {
    /// Values nested deeper than this are refused.
    private static let deepest = 32

    /// Decodes the bytes of a cell; nil is null.
    public init(_ cell: [UInt8]?, as type: CQLType) throws(ProtocolError) {
        guard let cell else {
            self = .null
            return
        }
        // Typed throws do not pass through withUnsafeBytes of an array in one piece, hence the result.
        let result: Result<CQLValue, ProtocolError> = cell.withUnsafeBytes { bytes in
            do throws(ProtocolError) { return .success(try CQLValue(bytes, as: type)) } catch { return .failure(error) }
        }
        self = try result.get()
    }

    /// Decodes the bytes of a cell that is not null.
    public init(_ bytes: UnsafeRawBufferPointer, as type: CQLType) throws(ProtocolError) {
        self = try CQLValue.decode(bytes, type, depth: 0)
    }

    fileprivate static func decode(
        _ bytes: UnsafeRawBufferPointer, _ type: CQLType, depth: Int
    ) throws(ProtocolError) -> CQLValue {
        switch type {
        case .text, .ascii: return .text(String(decoding: bytes, as: UTF8.self))
        case .blob: return .blob(Array(bytes))
        case .custom: return .bytes(Array(bytes))
        default: if bytes.isEmpty { return .bytes([]) }
        }
        guard depth < deepest else { throw .malformed("values nested more than \(deepest) deep") }
        var reader = BodyReader(bytes)
        switch type {
        case .list(let element): return .list(try reader.elements(element, depth))
        case .set(let element): return .set(try reader.elements(element, depth))
        case .map(let key, let value):
            var entries: [Entry] = []
            for _ in 0..<(try reader.count(leastBytes: 8, of: "entries")) {
                let key = try reader.cell(key, depth)
                entries.append(Entry(key, try reader.cell(value, depth)))
            }
            return .map(entries)
        case .tuple(let parts): return .tuple(try reader.parts(parts, depth))
        case .udt(_, _, let fields): return .tuple(try reader.parts(fields.map(\.type), depth))
        default: return try scalar(bytes, type)
        }
    }

    private static func scalar(_ bytes: UnsafeRawBufferPointer, _ type: CQLType) throws(ProtocolError) -> CQLValue {
        var reader = BodyReader(bytes)
        switch type {
        case .bigint, .counter: return .integer(try exactly(8, bytes, type, reader.long()))
        case .int: return .integer(Int64(try exactly(4, bytes, type, reader.int())))
        case .smallint: return .integer(Int64(Int16(bitPattern: try exactly(2, bytes, type, reader.short()))))
        case .tinyint: return .integer(Int64(Int8(bitPattern: try exactly(1, bytes, type, reader.byte()))))
        case .boolean: return .boolean(try exactly(1, bytes, type, reader.byte()) != 0)
        case .double:
            return .double(Double(bitPattern: UInt64(bitPattern: try exactly(8, bytes, type, reader.long()))))
        case .float:
            return .double(Double(Float(bitPattern: UInt32(bitPattern: try exactly(4, bytes, type, reader.int())))))
        case .timestamp: return .timestamp(milliseconds: try exactly(8, bytes, type, reader.long()))
        case .time: return .time(nanoseconds: try exactly(8, bytes, type, reader.long()))
        case .date: return .date(days: try exactly(4, bytes, type, reader.int()) ^ .min)
        case .uuid, .timeuuid:
            let high = UInt64(bitPattern: try exactly(16, bytes, type, reader.long()))
            return .uuid(UUIDValue(high: high, low: UInt64(bitPattern: try reader.long())))
        case .inet:
            guard bytes.count == 4 || bytes.count == 16 else { throw wrongLength(bytes, type) }
            return .inet(Array(bytes))
        case .varint: return varint(bytes).map(CQLValue.integer) ?? .bytes(Array(bytes))
        case .decimal:
            let scale = try reader.int()
            let rest = try reader.bytes(of: reader.remaining)
            guard !rest.isEmpty else { throw wrongLength(bytes, type) }
            return varint(rest).map { .decimal(unscaled: $0, scale: scale) } ?? .bytes(Array(bytes))
        case .text, .ascii, .blob, .custom, .list, .set, .map, .tuple, .udt:
            preconditionFailure("decoded before")
        }
    }

    private static func exactly<T>(
        _ length: Int, _ bytes: UnsafeRawBufferPointer, _ type: CQLType,
        _ read: @autoclosure () throws(ProtocolError) -> T
    ) throws(ProtocolError) -> T {
        guard bytes.count == length else { throw wrongLength(bytes, type) }
        return try read()
    }

    private static func wrongLength(_ bytes: UnsafeRawBufferPointer, _ type: CQLType) -> ProtocolError {
        .malformed("\(bytes.count) bytes are no \(type)")
    }
}

/// A two's complement number of any length; nil where it needs more than 64 bits or has none.
func varint(_ bytes: UnsafeRawBufferPointer) -> Int64? {
    guard let first = bytes.first else { return nil }
    let sign: UInt8 = first & 0x80 == 0 ? 0x00 : 0xFF
    let significant = bytes.drop { $0 == sign }
    guard significant.count < 8 || (significant.count == 8 && (significant.first! ^ sign) & 0x80 == 0) else {
        return nil
    }
    return significant.reduce(sign == 0 ? 0 : -1) { $0 << 8 | Int64($1) }
}

extension BodyReader {
    fileprivate mutating func cell(_ type: CQLType, _ depth: Int) throws(ProtocolError) -> CQLValue {
        guard let bytes = try bytes() else { return .null }
        return try CQLValue.decode(bytes, type, depth: depth + 1)
    }

    fileprivate mutating func elements(_ type: CQLType, _ depth: Int) throws(ProtocolError) -> [CQLValue] {
        var elements: [CQLValue] = []
        for _ in 0..<(try count(leastBytes: 4, of: "elements")) { elements.append(try cell(type, depth)) }
        return elements
    }

    fileprivate mutating func parts(_ types: [CQLType], _ depth: Int) throws(ProtocolError) -> [CQLValue] {
        var parts: [CQLValue] = []
        for type in types where remaining > 0 { parts.append(try cell(type, depth)) }
        return parts
    }
}
