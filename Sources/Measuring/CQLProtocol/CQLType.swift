// Types of columns and bind markers (native_protocol_v4.spec, section 4.2.5.2), and their names in CQL.

import Bytes

/// A type as the protocol describes it.
public indirect enum CQLType: Hashable, Sendable, CustomStringConvertible {
    /// A type known by its Java class only.
    case custom(String)
    case ascii, bigint, blob, boolean, counter, decimal, double, float, int, timestamp, uuid, text, varint, timeuuid,
        inet
    case date, time, smallint, tinyint, duration
    case list(CQLType)
    case set(CQLType)
    case map(CQLType, CQLType)
    case tuple([CQLType])
    case udt(keyspace: String, name: String, fields: [Field])
    /// A fixed number of values, none of them null.
    case vector(CQLType, dimensions: Int)

    /// A field of a user-defined type.
    public struct Field: Hashable, Sendable {
        public var name: String
        public var type: CQLType

        public init(name: String, type: CQLType) {
            self.name = name
            self.type = type
        }
    }

    /// The native types, which have no parameters, by their ids.
    static let natives: [(id: UInt16, type: CQLType, name: String)] = [
        (0x01, .ascii, "ascii"), (0x02, .bigint, "bigint"), (0x03, .blob, "blob"), (0x04, .boolean, "boolean"),
        (0x05, .counter, "counter"), (0x06, .decimal, "decimal"), (0x07, .double, "double"), (0x08, .float, "float"),
        (0x09, .int, "int"), (0x0B, .timestamp, "timestamp"), (0x0C, .uuid, "uuid"), (0x0D, .text, "text"),
        (0x0E, .varint, "varint"), (0x0F, .timeuuid, "timeuuid"), (0x10, .inet, "inet"), (0x11, .date, "date"),
        (0x12, .time, "time"), (0x13, .smallint, "smallint"), (0x14, .tinyint, "tinyint"), (0x15, .duration, "duration")
    ]

    /// As CQL writes it: `list<int>`, `vector<float, 3>`, `shop.address`; custom types in quotes.
    public var description: String {
        switch self {
        case .custom(let name): "'\(name)'"
        case .list(let element): "list<\(element)>"
        case .set(let element): "set<\(element)>"
        case .map(let key, let value): "map<\(key), \(value)>"
        case .tuple(let parts): "tuple<" + parts.map(\.description).joined(separator: ", ") + ">"
        case .udt(let keyspace, let name, _): "\(keyspace).\(name)"
        case .vector(let element, let dimensions): "vector<\(element), \(dimensions)>"
        default: CQLType.natives.first { $0.type == self }!.name
        }
    }

    /// The native type of that name in CQL (`varchar` is `text`); nil for others.
    public init?(nativeName name: String) {
        guard let found = CQLType.natives.first(where: { $0.name == (name == "varchar" ? "text" : name) }) else {
            return nil
        }
        self = found.type
    }
}

extension BodyReader {
    /// Types nested deeper than this are refused, so that a corrupt body cannot exhaust the stack.
    private static let deepestType = 32
    private static let tooDeep = ProtocolError.malformed("types nested more than \(deepestType) deep")

    /// An [option] that describes a type.
    public mutating func type() throws(ProtocolError) -> CQLType { try type(depth: 0) }

    private mutating func type(depth: Int) throws(ProtocolError) -> CQLType {
        guard depth < BodyReader.deepestType else { throw BodyReader.tooDeep }
        let id = try short()
        switch id {
        case 0x00:
            let name = try string()
            return CQLType(javaClass: name) ?? .custom(name)
        case 0x20: return .list(try type(depth: depth + 1))
        case 0x21:
            let key = try type(depth: depth + 1)
            return .map(key, try type(depth: depth + 1))
        case 0x22: return .set(try type(depth: depth + 1))
        case 0x30:
            let (keyspace, name) = (try string(), try string())
            var fields: [CQLType.Field] = []
            for _ in 0..<(try short()) {
                let name = try string()
                fields.append(CQLType.Field(name: name, type: try type(depth: depth + 1)))
            }
            return .udt(keyspace: keyspace, name: name, fields: fields)
        case 0x31:
            var parts: [CQLType] = []
            for _ in 0..<(try short()) { parts.append(try type(depth: depth + 1)) }
            return .tuple(parts)
        default:
            guard let native = CQLType.natives.first(where: { $0.id == id }) else {
                throw .malformed("\(id) is no type id")
            }
            return native.type
        }
    }
}

extension BodyReader {
    /// Passes over an [option] that describes a type, without storing it.
    mutating func skipType(depth: Int = 0) throws(ProtocolError) {
        guard depth < BodyReader.deepestType else { throw BodyReader.tooDeep }
        switch try short() {
        case 0x00: _ = try shortBytes()
        case 0x20, 0x22: try skipType(depth: depth + 1)
        case 0x21:
            try skipType(depth: depth + 1)
            try skipType(depth: depth + 1)
        case 0x30:
            _ = try shortBytes()
            _ = try shortBytes()
            for _ in 0..<(try short()) {
                _ = try shortBytes()
                try skipType(depth: depth + 1)
            }
        case 0x31: for _ in 0..<(try short()) { try skipType(depth: depth + 1) }
        case 0x01...0x1F: break
        case let id: throw .malformed("\(id) is no type id")
        }
    }
}

extension ByteWriter {
    /// Writes the [option] that describes `type`.
    public mutating func put(type: CQLType) {
        switch type {
        case .custom(let name):
            put(UInt16(0x00))
            put(string: name)
        case .vector, .duration:
            // By its Java class, which every version of the protocol knows; `duration` has an id from v5 on only.
            put(UInt16(0x00))
            put(string: type.javaClass)
        case .list(let element):
            put(UInt16(0x20))
            put(type: element)
        case .map(let key, let value):
            put(UInt16(0x21))
            put(type: key)
            put(type: value)
        case .set(let element):
            put(UInt16(0x22))
            put(type: element)
        case .udt(let keyspace, let name, let fields):
            put(UInt16(0x30))
            put(string: keyspace)
            put(string: name)
            put(UInt16(fields.count))
            for field in fields {
                put(string: field.name)
                put(type: field.type)
            }
        case .tuple(let parts):
            put(UInt16(0x31))
            put(UInt16(parts.count))
            for part in parts { put(type: part) }
        default: put(CQLType.natives.first { $0.type == type }!.id)
        }
    }
}
