// Whether a workload's values fit the columns they are bound to: asked once, when a statement is prepared, so that writing a
// value later is a switch and no more.

import Bytes
import CQLProtocol
import Documents
import Quantities
import Workloads

/// How the values of one statement are written.
public struct BindPlan: Sendable {
    /// One for each node of each bind's recipe, in order.
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
            let fitting = Fitting(generator: generator, column: column, what: what, position: position)
            encodings += try fitting.encodings(0, as: column.type, .value)
        }
        self.encodings = encodings
    }

    /// The same for statement `index` of an operation.
    public init(_ operation: PlannedOperation, _ index: Int, _ answer: PreparedStatement) throws(InputError) {
        let statement = operation.statements[index]
        let what =
            "operation '\(operation.name)'" + (operation.batch == nil ? "" : ", statement \(index + 1) of its batch,")
        try self.init(statement.binds, answer, of: what, at: statement.position)
        // Updates of counters are not idempotent and carry no timestamp: what they are must be said.
        let counts = operation.shape == .counter || operation.batch == .counter
        if !counts, let counter = answer.binds.first(where: { $0.type == .counter }), operation.shape.isWrite {
            throw InputError(
                statement.position, "\(what) adds to the counter '\(counter.name)'",
                expected: operation.batch == nil ? "the shape counter" : "a batch of type counter")
        }
    }

    /// The same for a dataset.
    public init(_ dataset: DatasetPlan, _ answer: PreparedStatement) throws(InputError) {
        let what = "the dataset of \(dataset.keyspace).\(dataset.table)"
        try self.init(dataset.binds, answer, of: what, at: dataset.position)
        // Rows of a dataset may be written twice, and then must be what they were.
        if let counter = answer.binds.first(where: { $0.type == .counter }) {
            throw InputError(
                dataset.position, "\(what) adds to the counter '\(counter.name)'",
                expected: "counters in operations only")
        }
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

/// One bind held to its column, part by part.
private struct Fitting {
    let generator: ValueGenerator
    let column: ColumnDescription
    let what: String
    let position: Position?

    /// The encodings of a node and its parts, in their order.
    func encodings(
        _ node: Int, as type: CQLType, _ framing: ValueEncoding.Framing
    ) throws(InputError) -> [ValueEncoding] {
        let kind = generator.kind(node)
        let parts = generator.parts(of: node)
        if generator.recipe[node].isWrapper {
            // Whichever part it hands on is written as one of them.
            var inner: [ValueEncoding] = []
            for part in parts { inner += try encodings(part, as: type, framing) }
            return [inner[0]] + inner
        }
        switch (kind, type) {
        case (.list, .list(let element)), (.set, .set(let element)):
            return [ValueEncoding(.members, framing)] + (try encodings(node + 1, as: element, .value))
        case (.map, .map(let key, let value)):
            return [ValueEncoding(.members, framing)] + (try encodings(parts[0], as: key, .value))
                + (try encodings(parts[1], as: value, .value))
        case (.tuple, .tuple(let types)) where types.count == parts.count:
            return try all(parts, types, framing)
        case (.udt(let names), .udt(_, _, let fields)) where names == fields.prefix(names.count).map(\.name):
            return try all(parts, fields.prefix(names.count).map(\.type), framing)
        case (.vector(_, let made), .vector(let element, let taken)) where made == taken:
            let inner: ValueEncoding.Framing = element.vectorElementLength == nil ? .counted : .bare
            return [ValueEncoding(.parts, framing)] + (try encodings(node + 1, as: element, inner))
        default: return [try scalar(node, kind, type, framing)]
        }
    }

    private func all(
        _ parts: [Int], _ types: [CQLType], _ framing: ValueEncoding.Framing
    ) throws(InputError) -> [ValueEncoding] {
        var all = [ValueEncoding(.parts, framing)]
        for (part, type) in zip(parts, types) { all += try encodings(part, as: type, .value) }
        return all
    }

    private func scalar(
        _ node: Int, _ kind: ValueKind, _ type: CQLType, _ framing: ValueEncoding.Framing
    ) throws(InputError) -> ValueEncoding {
        guard let encoding = ValueEncoding(kind, type, framing) else {
            let problem =
                "\(what) binds '\(generator.name)', which makes \(generator.kind.words), to '\(column.name)' of type \(column.type)"
            throw InputError(position, problem, expected: ValueKind.expectation(column.type))
        }
        if let range = encoding.range, let values = generator.recipe[node].integerRange,
            values.clamped(to: range) != values
        {
            let problem =
                "\(what) binds '\(generator.name)', which goes from \(values.lowerBound) to \(values.upperBound), "
                + "to '\(column.name)' of type \(type)"
            throw InputError(position, problem, expected: "\(range.lowerBound) to \(range.upperBound)")
        }
        return encoding
    }
}

extension ValueNode {
    /// From the least to the greatest integer that can be drawn, where that is known before.
    fileprivate var integerRange: ClosedRange<Int64>? {
        switch element {
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
