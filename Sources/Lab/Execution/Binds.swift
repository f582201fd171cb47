// Values that come with a request, and terms that are resolved against them.

import CQLProtocol

/// A value for a bind marker.
enum BoundValue: Equatable {
    case null
    /// Protocol v4's "not set": a write leaves the column as it is.
    case unset
    case bytes([UInt8])
}

/// A term of a compiled statement: a value known at once, or the n-th bind marker.
enum Operand {
    case constant([UInt8]?)
    case bind(Int, CQLType, column: String)

    /// The value; `unset` only from a bind marker. A value of the wrong length is refused.
    func resolved(_ values: [BoundValue]) throws(CQLError) -> BoundValue {
        switch self {
        case .constant(let bytes): return bytes.map(BoundValue.bytes) ?? .null
        case .bind(let index, let type, _):
            if case .bytes(let bytes) = values[index], let length = type.fixedLength,
                bytes.count != length && !(bytes.isEmpty && type != .tinyint && type != .smallint)
            {
                throw .invalid("Expected \(length) or 0 byte value for a \(type) (\(bytes.count))")
            }
            return values[index]
        }
    }

    /// A value that must be there, as in a key.
    func required(_ values: [BoundValue], _ column: String) throws(CQLError) -> [UInt8] {
        switch try resolved(values) {
        case .bytes(let bytes): return bytes
        case .null: throw .invalid("Invalid null value in condition for column \(column)")
        case .unset: throw .invalid("Invalid unset value for column \(column)")
        }
    }

    /// A whole number of type int or bigint; nil where null or unset.
    func integer(_ values: [BoundValue]) throws(CQLError) -> Int64? {
        guard case .bytes(let bytes) = try resolved(values), !bytes.isEmpty else { return nil }
        return bytes.reduce(bytes[0] & 0x80 != 0 ? -1 : 0) { $0 << 8 | Int64($1) }
    }
}

/// What follows IN: some operands, or one bind marker for a whole list.
enum OperandList {
    case each([Operand])
    case bind(Int, element: CQLType)

    func resolved(_ values: [BoundValue], _ column: String) throws(CQLError) -> [[UInt8]] {
        switch self {
        case .each(let operands):
            var all: [[UInt8]] = []
            for operand in operands { all.append(try operand.required(values, column)) }
            return all
        case .bind(let index, let element):
            guard case .bytes(let bytes) = values[index] else {
                throw .invalid("Invalid null value for column \(column)")
            }
            return try OperandList.elements(bytes, element, column)
        }
    }

    /// A serialised list: count, then each element with its length.
    private static func elements(_ bytes: [UInt8], _ type: CQLType, _ column: String) throws(CQLError) -> [[UInt8]] {
        guard let all = bytes.withUnsafeBytes({ try? split($0) }),
            type.fixedLength.map({ length in all.allSatisfy { $0.count == length } }) ?? true
        else { throw .invalid("Not enough bytes to read a list for column \(column)") }
        return all
    }

    private static func split(_ list: UnsafeRawBufferPointer) throws(ProtocolError) -> [[UInt8]] {
        var reader = BodyReader(list)
        var all: [[UInt8]] = []
        for _ in 0..<(try reader.count(leastBytes: 4, of: "elements")) {
            guard let element = try reader.bytes() else { throw .malformed("a null element") }
            all.append(Array(element))
        }
        guard reader.remaining == 0 else { throw .malformed("bytes behind the list") }
        return all
    }
}

/// What a bind marker stands for, as PREPARE describes it.
struct BindDescription {
    var keyspace: String
    var table: String
    var name: String
    var type: CQLType
}

/// Turns terms into operands and notes what each bind marker stands for.
struct OperandCompiler {
    let table: TableDefinition
    let names: [String?]
    private(set) var described: [BindDescription?]

    init(table: TableDefinition, names: [String?]) {
        self.table = table
        self.names = names
        described = Array(repeating: nil, count: names.count)
    }

    var descriptions: [BindDescription] { described.map { $0! } }

    private mutating func describe(_ index: Int, _ name: String, _ type: CQLType) {
        described[index] = BindDescription(
            keyspace: table.keyspace, table: table.name, name: names[index] ?? name, type: type)
    }

    mutating func operand(_ term: Term, _ name: String, _ type: CQLType) throws(CQLError) -> Operand {
        guard case .bind(let index) = term else { return .constant(try term.encoded(as: type, for: name)) }
        describe(index, name, type)
        return .bind(index, type, column: name)
    }

    mutating func list(_ term: Term, _ name: String, _ type: CQLType) throws(CQLError) -> OperandList {
        switch term {
        case .bind(let index):
            describe(index, "in(\(name))", .list(type))
            return .bind(index, element: type)
        case .tuple(let terms):
            var operands: [Operand] = []
            for term in terms { operands.append(try operand(term, name, type)) }
            return .each(operands)
        default: throw .invalid("Invalid IN list for \(name)")
        }
    }
}
