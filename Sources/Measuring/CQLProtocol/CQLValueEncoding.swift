// Values to the bytes of a cell (native_protocol_v5.spec, section 6).

import Bytes

extension ByteWriter {
    /// A varint: two's complement in as few bytes as hold it, one at least.
    public mutating func put(varint value: Int64) {
        let count = varintLength(value)
        for index in stride(from: count - 1, through: 0, by: -1) {
            put(UInt8(truncatingIfNeeded: value >> (8 * Int64(index))))
        }
    }

    /// Writes `value` as a [value] of `type`, its length in front.
    public mutating func put(value: CQLValue, as type: CQLType) throws(ProtocolError) {
        if value == .null { return put(Int32(-1)) }
        let start = count
        put(Int32(0))
        try put(content: value, as: type)
        overwrite(Int32(count - start - 4), at: start)
    }

    private mutating func put(content value: CQLValue, as type: CQLType) throws(ProtocolError) {
        switch (value, type) {
        case (.text(let text), .text), (.text(let text), .ascii): put(utf8: text)
        case (.integer(let number), _): try put(integer: number, as: type)
        case (.bigInteger(let number), .varint): put(bytes: number.bytes)
        case (.double(let number), .double): put(number)
        case (.float(let number), .float): put(number.bitPattern)
        case (.decimal(let unscaled, let scale), .decimal):
            put(scale)
            put(bytes: unscaled.bytes)
        case (.duration(let months, let days, let nanoseconds), .duration):
            put(vint: Int64(months))
            put(vint: Int64(days))
            put(vint: nanoseconds)
        case (.boolean(let flag), .boolean): put(flag ? 1 as UInt8 : 0)
        case (.uuid(let uuid), .uuid), (.uuid(let uuid), .timeuuid):
            put(uuid.high)
            put(uuid.low)
        case (.timestamp(let milliseconds), .timestamp): put(milliseconds)
        case (.date(let days), .date): put(days ^ .min)
        case (.time(let nanoseconds), .time): put(nanoseconds)
        case (.inet(let bytes), .inet) where bytes.count == 4 || bytes.count == 16: put(bytes: bytes)
        case (.blob(let bytes), .blob), (.bytes(let bytes), _): put(bytes: bytes)
        case (.list(let elements), .list(let element)), (.set(let elements), .set(let element)):
            put(Int32(elements.count))
            for value in elements { try put(value: value, as: element) }
        case (.map(let entries), .map(let keyType, let valueType)):
            put(Int32(entries.count))
            for entry in entries {
                try put(value: entry.key, as: keyType)
                try put(value: entry.value, as: valueType)
            }
        case (.tuple(let parts), .tuple(let types)): try put(parts: parts, as: types, of: type)
        case (.tuple(let parts), .udt(_, _, let fields)): try put(parts: parts, as: fields.map(\.type), of: type)
        case (.udt(let parts), .udt(_, _, let fields))
        where parts.map(\.name) == fields.prefix(parts.count).map(\.name):
            try put(parts: parts.map(\.value), as: fields.map(\.type), of: type)
        case (.vector(let elements), .vector(let element, let dimensions)) where elements.count == dimensions:
            for value in elements { try put(vectorElement: value, as: element) }
        default: throw .mismatch(value: "\(value)", type: type)
        }
    }

    private mutating func put(vectorElement value: CQLValue, as type: CQLType) throws(ProtocolError) {
        guard let content = try value.encoded(as: type) else { throw .mismatch(value: "null", type: type) }
        if let length = type.vectorElementLength {
            guard content.count == length else { throw .mismatch(value: "\(value)", type: type) }
        } else {
            put(unsignedVInt: UInt64(content.count))
        }
        put(bytes: content)
    }

    private mutating func put(integer value: Int64, as type: CQLType) throws(ProtocolError) {
        switch type {
        case .bigint, .counter: return put(value)
        case .varint: return put(varint: value)
        case .int: if let number = Int32(exactly: value) { return put(number) }
        case .smallint: if let number = Int16(exactly: value) { return put(number) }
        case .tinyint: if let number = Int8(exactly: value) { return put(UInt8(bitPattern: number)) }
        default: break
        }
        throw .mismatch(value: "\(value)", type: type)
    }

    private mutating func put(parts: [CQLValue], as types: [CQLType], of type: CQLType) throws(ProtocolError) {
        guard parts.count <= types.count else { throw .mismatch(value: "\(parts.count) parts", type: type) }
        for (part, type) in zip(parts, types) { try put(value: part, as: type) }
    }
}

extension CQLValue {
    /// The bytes of a cell of `type`; nil for null.
    public func encoded(as type: CQLType) throws(ProtocolError) -> [UInt8]? {
        if self == .null { return nil }
        var writer = ByteWriter()
        try writer.put(value: self, as: type)
        return Array(writer.bytes.dropFirst(4))
    }
}

/// How many bytes a varint takes: eight bits each, of which the first is the sign.
public func varintLength(_ value: Int64) -> Int {
    let magnitudeBits = 64 - (value < 0 ? ~value : value).leadingZeroBitCount
    return magnitudeBits / 8 + 1
}
