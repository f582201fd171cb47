// Types by the names of their Java classes: how servers describe what the protocol in use has no id for. A `vector` in every
// version, `duration` below v5, `date`, `time`, `smallint` and `tinyint` below v4.

import Bytes

extension CQLType {
    private static let package = "org.apache.cassandra.db.marshal."

    private static let classes: [(name: String, type: CQLType)] = [
        ("AsciiType", .ascii), ("LongType", .bigint), ("BytesType", .blob), ("BooleanType", .boolean),
        ("CounterColumnType", .counter), ("DecimalType", .decimal), ("DoubleType", .double), ("FloatType", .float),
        ("Int32Type", .int), ("TimestampType", .timestamp), ("UUIDType", .uuid), ("UTF8Type", .text),
        ("IntegerType", .varint), ("TimeUUIDType", .timeuuid), ("InetAddressType", .inet),
        ("SimpleDateType", .date), ("TimeType", .time), ("ShortType", .smallint), ("ByteType", .tinyint),
        ("DurationType", .duration)
    ]

    /// Reads `org.apache.cassandra.db.marshal.VectorType(org.apache.cassandra.db.marshal.FloatType , 3)`; nil for classes of
    /// others, whose values stay undecoded.
    init?(javaClass name: String) {
        var rest = name.filter { $0 != " " }[...]
        guard let type = CQLType.take(&rest, depth: 0), rest.isEmpty else { return nil }
        self = type
    }

    /// The class by which a server describes the type.
    var javaClass: String {
        func of(_ name: String, _ parameters: [String]) -> String {
            CQLType.package + name + (parameters.isEmpty ? "" : "(" + parameters.joined(separator: ",") + ")")
        }
        switch self {
        case .custom(let name): return name
        case .list(let element): return of("ListType", [element.javaClass])
        case .set(let element): return of("SetType", [element.javaClass])
        case .map(let key, let value): return of("MapType", [key.javaClass, value.javaClass])
        case .tuple(let parts): return of("TupleType", parts.map(\.javaClass))
        case .vector(let element, let dimensions): return of("VectorType", [element.javaClass + " ", " \(dimensions)"])
        case .udt(let keyspace, let name, let fields):
            let fields = fields.map { hexadecimal(Array($0.name.utf8)) + ":" + $0.type.javaClass }
            return of("UserType", [keyspace, hexadecimal(Array(name.utf8))] + fields)
        default: return CQLType.package + CQLType.classes.first { $0.type == self }!.name
        }
    }

    /// How many bytes each element of a vector takes where Cassandra writes them without a length; nil where each has its length in
    /// front. Not every type of one length is among them: `date`, `time`, `smallint` and `tinyint` are not.
    public var vectorElementLength: Int? {
        switch self {
        case .boolean: 1
        case .int, .float: 4
        case .bigint, .double, .timestamp: 8
        case .uuid, .timeuuid: 16
        case .vector(let element, let dimensions):
            element.vectorElementLength.flatMap {
                let (length, isBeyond) = $0.multipliedReportingOverflow(by: dimensions)
                return isBeyond ? nil : length
            }
        default: nil
        }
    }

    /// One class and its parameters off the front of `text`, which has no spaces.
    private static func take(_ text: inout Substring, depth: Int) -> CQLType? {
        guard depth < 16 else { return nil }
        let word = text.prefix { !"(),:".contains($0) }
        text = text.dropFirst(word.count)
        guard word.hasPrefix(package) else { return nil }
        let name = String(word.dropFirst(package.count))
        guard text.first == "(" else { return classes.first { $0.name == name }?.type }
        text = text.dropFirst()
        if name == "UserType" { return takeUserType(&text, depth: depth) }
        var parameters: [CQLType] = []
        repeat {
            if name == "VectorType", parameters.count == 1 { return vector(of: parameters[0], &text) }
            guard let parameter = take(&text, depth: depth + 1) else { return nil }
            parameters.append(parameter)
        } while accept(",", &text)
        guard accept(")", &text) else { return nil }
        switch (name, parameters.count) {
        case ("ListType", 1): return .list(parameters[0])
        case ("SetType", 1): return .set(parameters[0])
        case ("MapType", 2): return .map(parameters[0], parameters[1])
        case ("TupleType", _): return .tuple(parameters)
        case ("FrozenType", 1), ("ReversedType", 1): return parameters[0]
        default: return nil
        }
    }

    private static func vector(of element: CQLType, _ text: inout Substring) -> CQLType? {
        let digits = text.prefix { $0.isNumber }
        text = text.dropFirst(digits.count)
        guard let dimensions = UInt16(digits), dimensions > 0, accept(")", &text) else { return nil }
        return .vector(element, dimensions: Int(dimensions))
    }

    /// `keyspace,6e616d65,66696c64:class,…)`
    private static func takeUserType(_ text: inout Substring, depth: Int) -> CQLType? {
        func word() -> Substring {
            let word = text.prefix { !"(),:".contains($0) }
            text = text.dropFirst(word.count)
            return word
        }
        let keyspace = String(word())
        guard accept(",", &text), let name = utf8(word()) else { return nil }
        var fields: [Field] = []
        while accept(",", &text) {
            guard let field = utf8(word()), accept(":", &text), let type = take(&text, depth: depth + 1) else {
                return nil
            }
            fields.append(Field(name: field, type: type))
        }
        return accept(")", &text) ? .udt(keyspace: keyspace, name: name, fields: fields) : nil
    }

    private static func accept(_ character: Character, _ text: inout Substring) -> Bool {
        guard text.first == character else { return false }
        text = text.dropFirst()
        return true
    }

    /// The text that hexadecimal digits stand for.
    private static func utf8(_ digits: Substring) -> String? {
        let digits = Array(digits)
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(digits[place...place + 1]), radix: 16) else { return nil }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
