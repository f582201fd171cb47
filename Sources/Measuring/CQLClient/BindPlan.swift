// Whether a workload's values fit the columns they are bound to: asked once, when a statement is prepared, so that writing a
// value later is a switch and no more.

import Bytes
import CQLProtocol
import Documents
import Workloads

/// How a value of a generator is written for a column.
enum ValueEncoding: UInt8, Sendable {
    case int8, int16, int32, int64, varint
    case float, double, decimal
    case uuid, timestamp, date, boolean, bytes

    /// How values of `kind` are written as `type`; nil where they cannot be. Lists are taken apart by `BindPlan`.
    init?(_ kind: ValueKind, _ type: CQLType) {
        switch (kind, type) {
        case (.integer, .tinyint): self = .int8
        case (.integer, .smallint): self = .int16
        case (.integer, .int): self = .int32
        case (.integer, .bigint), (.integer, .counter): self = .int64
        case (.integer, .varint): self = .varint
        case (.float, .float): self = .float
        case (.float, .double): self = .double
        case (.decimal, .decimal): self = .decimal
        case (.uuid, .uuid): self = .uuid
        case (.timestamp, .timestamp): self = .timestamp
        case (.timestamp, .date): self = .date
        case (.boolean, .boolean): self = .boolean
        case (.text, .text), (.text, .ascii), (.blob, .blob): self = .bytes
        default: return nil
        }
    }

    /// The integers that the encoding holds; nil where it is not one of integers, or holds all.
    var range: ClosedRange<Int64>? {
        switch self {
        case .int8: Int64(Int8.min)...Int64(Int8.max)
        case .int16: Int64(Int16.min)...Int64(Int16.max)
        case .int32: Int64(Int32.min)...Int64(Int32.max)
        default: nil
        }
    }
}

/// How the values of one statement are written.
public struct BindPlan: Sendable {
    let encodings: [ValueEncoding]

    /// Holds `generators` to the bind markers of `statement`. `what` names their owner, such as `operation 'place_order'`, and
    /// `position` is the statement's in the workload file. Throws for the first bind whose values its column cannot hold.
    public init(
        _ generators: [ValueGenerator], _ statement: PreparedStatement, of what: String, at position: Position?
    ) throws(InputError) {
        guard generators.count == statement.binds.count else {
            let problem = "\(what) binds \(generators.count) values, but the server takes \(statement.binds.count)"
            throw InputError(position, problem, expected: "a bind for each '?'")
        }
        var encodings: [ValueEncoding] = []
        for (generator, column) in zip(generators, statement.binds) {
            encodings.append(try BindPlan.encoding(generator, column, of: what, at: position))
        }
        self.encodings = encodings
    }

    private static func encoding(
        _ generator: ValueGenerator, _ column: ColumnDescription, of what: String, at position: Position?
    ) throws(InputError) -> ValueEncoding {
        var (kind, type) = (generator.kind, column.type)
        if case (.list(let member), .list(let element)) = (kind, type) { (kind, type) = (member, element) }
        guard let encoding = ValueEncoding(kind, type) else {
            let problem =
                "\(what) binds '\(generator.name)', which makes \(words(generator.kind)), to '\(column.name)' of type \(column.type)"
            throw InputError(position, problem, expected: expectation(column.type))
        }
        if let range = encoding.range, let values = generator.element.integerRange, values.clamped(to: range) != values
        {
            let problem =
                "\(what) binds '\(generator.name)', which goes from \(values.lowerBound) to \(values.upperBound), "
                + "to '\(column.name)' of type \(type)"
            throw InputError(position, problem, expected: "\(range.lowerBound) to \(range.upperBound)")
        }
        return encoding
    }

    private static func words(_ kind: ValueKind) -> String {
        switch kind {
        case .integer: "integers"
        case .float: "floating-point numbers"
        case .decimal: "decimals"
        case .uuid: "uuids"
        case .timestamp: "timestamps"
        case .boolean: "booleans"
        case .text: "texts"
        case .blob: "blobs"
        case .list(let member): "lists of \(words(member))"
        }
    }

    private static func expectation(_ type: CQLType) -> String {
        if case .list(let element) = type { return "a list of values for \(element)" }
        let kinds: [ValueKind] = [.integer, .float, .decimal, .uuid, .timestamp, .boolean, .text, .blob]
        guard let kind = kinds.first(where: { ValueEncoding($0, type) != nil }) else {
            return "a column of another type: this version makes no values of \(type)"
        }
        return "a value that makes \(words(kind))"
    }

    /// Lends a sink that writes the statement's values, in order, into `writer`. Allocates nothing.
    public func withSink<R>(into writer: inout ByteWriter, _ body: (inout CQLValueWriter) -> R) -> R {
        withUnsafeMutablePointer(to: &writer) { pointer in
            encodings.withUnsafeBufferPointer { encodings in
                var sink = CQLValueWriter(pointer, encodings)
                defer { sink.finish() }
                return body(&sink)
            }
        }
    }
}

extension ValueGenerator.Element {
    /// From the least to the greatest integer that can be drawn, where that is known before.
    fileprivate var integerRange: ClosedRange<Int64>? {
        switch self {
        case .integers(let lowest, let count):
            let (last, beyond) = lowest.addingReportingOverflow(Int64(clamping: count &- 1))
            return count == 0 ? .min ... .max : lowest...(beyond ? .max : last)
        case .integerKey(let items):
            return Int64(
                clamping: items.from)...Int64(
                    clamping: items.from.addingReportingOverflow(items.items - 1).partialValue)
        default: return nil
        }
    }
}
