// Bytes of a cell to a value (native_protocol_v5.spec, section 6).

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
        case .udt(_, _, let fields):
            let values = try reader.parts(fields.map(\.type), depth)
            return .udt(zip(fields, values).map { NamedValue($0.name, $1) })
        case .vector(let element, let dimensions):
            return .vector(try reader.vector(element, dimensions, depth))
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
            return .float(Float(bitPattern: UInt32(bitPattern: try exactly(4, bytes, type, reader.int()))))
        case .timestamp: return .timestamp(milliseconds: try exactly(8, bytes, type, reader.long()))
        case .time: return .time(nanoseconds: try exactly(8, bytes, type, reader.long()))
        case .date: return .date(days: try exactly(4, bytes, type, reader.int()) ^ .min)
        case .uuid, .timeuuid:
            let high = UInt64(bitPattern: try exactly(16, bytes, type, reader.long()))
            return .uuid(UUIDValue(high: high, low: UInt64(bitPattern: try reader.long())))
        case .inet:
            guard bytes.count == 4 || bytes.count == 16 else { throw wrongLength(bytes, type) }
            return .inet(Array(bytes))
        case .varint:
            let number = BigInteger(twosComplement: bytes)
            return number.int64.map(CQLValue.integer) ?? .bigInteger(number)
        case .decimal:
            let scale = try reader.int()
            let rest = try reader.bytes(of: reader.remaining)
            guard !rest.isEmpty else { throw wrongLength(bytes, type) }
            return .decimal(unscaled: BigInteger(twosComplement: rest), scale: scale)
        case .duration:
            let (months, days, nanoseconds) = (try reader.vint(), try reader.vint(), try reader.vint())
            guard let months = Int32(exactly: months), let days = Int32(exactly: days), reader.remaining == 0 else {
                throw wrongLength(bytes, type)
            }
            return .duration(months: months, days: days, nanoseconds: nanoseconds)
        case .text, .ascii, .blob, .custom, .list, .set, .map, .tuple, .udt, .vector:
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
    /// Elements of a fixed length stand one behind the other; others have their length in front.
    fileprivate mutating func vector(
        _ type: CQLType, _ dimensions: Int, _ depth: Int
    ) throws(ProtocolError) -> [CQLValue] {
        let length = type.vectorElementLength
        guard dimensions <= remaining / max(length ?? 1, 1) else {
            throw .malformed("\(remaining) bytes are no vector of \(dimensions)")
        }
        var elements: [CQLValue] = []
        for _ in 0..<dimensions {
            let size = if let length { length } else { Int(clamping: try unsignedVInt()) }
            elements.append(try CQLValue.decode(try bytes(of: size), type, depth: depth + 1))
        }
        guard remaining == 0 else { throw .malformed("\(remaining) bytes behind a vector of \(dimensions)") }
        return elements
    }
}
