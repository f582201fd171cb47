// A workload in the making: operations that were seen, in the words of a workload file, with the values that their binds draw.

import Bytes
import CQLProtocol
import Documents
import Quantities
import Workloads

/// What is known beside the traffic: from a cluster that was asked.
public struct KnownSchema: Sendable {
    /// Statements that create it, in order.
    public var statements: [String] = []
    /// By `keyspace.table`.
    var keys: [String: TableKey] = [:]
    /// By `keyspace.table.column`.
    var types: [String: CQLType] = [:]
    /// Mean bytes of a partition, and how many there are, by `keyspace.table`.
    var partitions: [String: (bytes: Int, count: Int)] = [:]

    public init() {}
}

struct WorkloadDraft {
    struct Value {
        var name: String
        var fit: ValueFit
        /// `keyspace.table.column`, and whether reads draw it.
        var column: String
        var isRead: Bool
    }

    struct Statement {
        var cql: String
        /// Names of values; of a list behind IN as the file has it.
        var binds: [String]
        var count = 1
    }

    struct Operation {
        var observed: ObservedOperation
        var shape: Shape
        /// Whether it is a SELECT, and whether its statement has an IF: known now, if not when it was first sent.
        var isRead: Bool
        var isConditional: Bool
        var statements: [Statement]
        /// Values that a batch draws once.
        var once: [String] = []
        /// What a reader should know of it.
        var notes: [String] = []
    }

    struct Insert {
        var table: String
        var cql: String
        var binds: [String]
        var key: String
        var partitions: Int
    }

    private(set) var values: [Value] = []
    private(set) var operations: [Operation] = []
    private(set) var inserts: [Insert] = []
    /// Tables that are read and of which nothing says what they hold.
    private(set) var emptyTables: [String] = []
    /// Operations that are not in the workload, and why.
    private(set) var leftOut: [(operation: ObservedOperation, reason: String)] = []

    private let observer: TrafficObserver
    private let schema: KnownSchema
    /// Items of the keys that reads draw, by column: writes begin behind them.
    private var readItems: [String: Int] = [:]
    /// Fits that were made, as a statement may be in several operations.
    private var fits: [FitPlace: ValueFit] = [:]
    private struct FitPlace: Hashable {
        var statement: ObjectIdentifier
        var bind: Int
    }
    /// Columns that stand in a WHERE.
    private var askedFor: Set<String> = []

    init(_ observer: TrafficObserver, _ schema: KnownSchema) {
        self.observer = observer
        self.schema = schema
        for observed in observer.statements {
            guard let read = observed.read else { continue }
            for relation in read.relations {
                askedFor.insert("\(observed.keyspace).\(read.table ?? "").\(relation.column)")
            }
        }
        // Reads first: what they draw is what writes must not touch.
        let sorted = observer.operations.filter { $0.requests > 0 }.sorted { a, b in
            let (readsA, readsB) = (reads(a), reads(b))
            return readsA == readsB ? a.requests > b.requests : readsA
        }
        for operation in sorted { add(operation) }
        operations.sort { $0.observed.requests > $1.observed.requests }
        addInserts()
    }

    private func reads(_ operation: ObservedOperation) -> Bool {
        operation.key.batch == nil && observer.statements[operation.key.statements[0]].read?.isRead ?? false
    }

    private mutating func add(_ operation: ObservedOperation) {
        if let reason = obstacle(operation) {
            leftOut.append((operation, reason))
            return
        }
        var statements: [Statement] = []
        var once: [String] = []
        for (index, number) in operation.key.statements.enumerated() {
            let observed = observer.statements[number]
            guard let read = observed.read else { continue }
            var binds: [String] = []
            for bind in read.binds.indices { binds.append(name(of: bind, in: observed, isRead: read.isRead)) }
            let count = operation.repeats.indices.contains(index) ? operation.repeats[index].quantile(0.5) ?? 1 : 1
            statements.append(Statement(cql: read.text(in: observed.keyspace), binds: binds, count: max(1, count)))
            let isOnePartition = 2 * operation.onePartition > operation.severalStatements
            if operation.key.batch != nil && operation.severalStatements > 0 && isOnePartition {
                for marker in observed.partitionKeyMarkers {
                    let place = read.binds.firstIndex { $0.source == .marker(marker) }
                    if let place, !once.contains(binds[place]) { once.append(binds[place]) }
                }
            }
        }
        operations.append(
            Operation(
                observed: operation, shape: shape(operation), isRead: reads(operation),
                isConditional: observer.statements[operation.key.statements[0]].read?.isConditional ?? false,
                statements: statements, once: once))
    }

    /// Why the operation cannot stand in a workload file; nil where it can.
    private func obstacle(_ operation: ObservedOperation) -> String? {
        for number in operation.key.statements {
            let observed = observer.statements[number]
            guard let read = observed.read else {
                return "its PREPARE is not in the capture: start before the drivers connect, or ask with --from-cluster"
            }
            guard read.isData, read.table != nil else { return "no statement of one table" }
            if observed.keyspace.isEmpty { return "nothing says in which keyspace its table is" }
            if let function = read.impureFunction { return "\(function) gives each side another value" }
            for bind in read.binds.indices where type(of: bind, in: observed) == nil {
                return "the type of \(read.binds[bind].column ?? "a value") is not known: ask with --from-cluster"
            }
            if operation.key.batch != nil && read.isConditional { return "a batch with conditions" }
        }
        return nil
    }

    private func shape(_ operation: ObservedOperation) -> Shape {
        guard operation.key.batch == nil, let read = observer.statements[operation.key.statements[0]].read else {
            return .batch
        }
        let observed = observer.statements[operation.key.statements[0]]
        let table = "\(observed.keyspace).\(read.table ?? "")"
        let key =
            schema.keys[table] ?? observer.partitionKeys[table].map { TableKey(partition: $0, clustering: nil) }
        let counters = Set(
            read.addedTo.filter { column in
                let name = "\(table).\(column)"
                if let type = schema.types[name] ?? observer.columnTypes[name] { return type == .counter }
                // Only counters take a bare number.
                return read.binds.contains {
                    if case .literal(.integer, _) = $0.source { $0.column == column } else { false }
                }
            })
        let mostRows = operation.rows.count > 0 ? operation.rows.largest : nil
        return read.shape(operation.key.consistency, key: key, counters: counters, mostRows: mostRows)
    }

    // MARK: Values

    /// The type that the bind draws: that of the members where it is a list behind IN.
    private func type(of bind: Int, in observed: ObservedStatement) -> CQLType? {
        guard let read = observed.read else { return nil }
        if let element = observed.listType(ofBind: bind) { return element }
        if let type = observed.type(ofBind: bind) { return type }
        guard let column = read.binds[bind].column, let table = read.table else { return nil }
        if column == "[limit]" || column == "[ttl]" { return .int }
        if column == "[timestamp]" || column == "[token]" { return .bigint }
        let name = "\(observed.keyspace).\(table).\(column)"
        if let type = schema.types[name] ?? observer.columnTypes[name] { return type }
        return WorkloadDraft.certainType(read.binds[bind].source)
    }

    /// The type that a literal can only have.
    private static func certainType(_ source: StatementBind.Source) -> CQLType? {
        switch source {
        case .literal(.uuid, _): return .uuid
        case .literal(.text, _): return .text
        case .literal(.blob, _): return .blob
        case .literal(.word, let word):
            return ["TRUE", "FALSE"].contains(String(decoding: word, as: UTF8.self).uppercased()) ? .boolean : nil
        case .list(let sources): return sources.first.flatMap(certainType)
        case .literal, .marker: return nil
        }
    }

    private func isList(_ bind: Int, _ observed: ObservedStatement) -> Bool {
        if observed.listType(ofBind: bind) != nil { return true }
        if case .list? = observed.read?.binds[bind].source { return true }
        return false
    }

    /// The bind as the file has it; adds its value where there is none like it.
    private mutating func name(of bind: Int, in observed: ObservedStatement, isRead: Bool) -> String {
        guard let read = observed.read, let type = type(of: bind, in: observed) else { return "" }
        let plain = read.binds[bind].column ?? "value"
        let column = "\(observed.keyspace).\(read.table ?? "").\(plain)"
        let sample = observed.samples[bind]
        let place = FitPlace(statement: ObjectIdentifier(observed), bind: bind)
        var fit = fits[place] ?? ValueFit(sample, type, isKey: isKey(plain, observed))
        fits[place] = fit
        if let given = ValueFit(ofParameter: plain, sample, type) { fit = given }
        if !isRead, isPartitionKey(bind, plain, observed), var key = fit.key, let items = readItems[column],
            key.items <= ValueFit.mostItems(type) - items
        {
            key.from = items
            (fit.key, fit.yaml) = (key, key.yaml)
        }
        let name = name(fit, sample.distinct, column: column, plain: plain, isRead: isRead)
        if isRead, let items = values.first(where: { $0.name == name })?.fit.key?.items {
            readItems[column] = max(readItems[column] ?? 0, items)
        }
        guard isList(bind, observed) else { return name }
        return "{list: \(name), count: \(max(1, sample.members.quantile(0.5) ?? 1))}"
    }

    /// Whether rows are found by the column: somebody asks for it, or it is in the key.
    private func isKey(_ column: String, _ observed: ObservedStatement) -> Bool {
        let table = "\(observed.keyspace).\(observed.read?.table ?? "")"
        let key = schema.keys[table]
        return key?.partition.contains(column) ?? false || key?.clustering?.contains(column) ?? false
            || observer.partitionKeys[table]?.contains(column) ?? false || askedFor.contains("\(table).\(column)")
    }

    private func isPartitionKey(_ bind: Int, _ column: String, _ observed: ObservedStatement) -> Bool {
        if let read = observed.read, case .marker(let number) = read.binds[bind].source,
            observed.partitionKeyMarkers.contains(number)
        {
            return true
        }
        let table = "\(observed.keyspace).\(observed.read?.table ?? "")"
        return (schema.keys[table]?.partition ?? observer.partitionKeys[table] ?? []).contains(column)
    }

    /// The name of a value that draws the same, or of a new one.
    private mutating func name(
        _ fit: ValueFit, _ sample: DistinctSample, column: String, plain: String, isRead: Bool
    ) -> String {
        let alike = values.first { $0.column == column && $0.isRead == isRead && $0.fit.isLike(fit, sample) }
        if let found = alike {
            return found.name
        }
        let letters = plain.utf8.map { byte -> UInt8 in
            let isPlain =
                byte < 0x80 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
            return isPlain ? byte : UInt8(ascii: "_")
        }
        let trimmed = String(decoding: letters, as: UTF8.self).drop { $0 == "_" }.reversed().drop { $0 == "_" }
            .reversed()
        let base = String(String(trimmed).prefix(56))
        let start = base.isEmpty ? "value" : base
        var (name, number) = (start, 1)
        while values.contains(where: { $0.name == name }) {
            number += 1
            name = "\(start)_\(number)"
        }
        values.append(Value(name: name, fit: fit, column: column, isRead: isRead))
        return name
    }

    // MARK: Dataset

    /// Tables that are read are filled by INSERTs that were seen, with the keys that reads draw.
    private mutating func addInserts() {
        for operation in operations where reads(operation.observed) {
            let reader = observer.statements[operation.observed.key.statements[0]]
            guard let table = reader.read?.table, !reader.keyspace.isEmpty else { continue }
            let whole = "\(reader.keyspace).\(table)"
            guard !inserts.contains(where: { $0.table == whole }), !emptyTables.contains(whole) else { continue }
            guard let insert = insert(into: whole) else {
                emptyTables.append(whole)
                continue
            }
            inserts.append(insert)
        }
    }

    private func insert(into table: String) -> Insert? {
        let key = schema.keys[table]?.partition ?? observer.partitionKeys[table] ?? []
        guard let first = key.first,
            let drawn = values.filter({ $0.column == "\(table).\(first)" && $0.isRead && $0.fit.key != nil }).max(by: {
                ($0.fit.key?.items ?? 0) < ($1.fit.key?.items ?? 0)
            }), let items = drawn.fit.key?.items
        else { return nil }
        for operation in operations {
            for (index, statement) in operation.statements.enumerated() {
                let observed = observer.statements[operation.observed.key.statements[index]]
                guard let read = observed.read, read.verb == "INSERT",
                    "\(observed.keyspace).\(read.table ?? "")" == table,
                    let place = read.binds.firstIndex(where: { $0.column == first }), !read.isConditional
                else { continue }
                var binds = statement.binds
                binds[place] = drawn.name
                return Insert(
                    table: table, cql: statement.cql, binds: binds, key: drawn.name, partitions: min(items, 100_000_000)
                )
            }
        }
        return nil
    }

    // MARK: Check

    /// Leaves out what a workload file has no words for. Who reads such files is asked: what they take is what may stand in them.
    mutating func leaveOutUnreadable() {
        var kept: [Operation] = []
        for operation in operations {
            if let problem = problem(operation, nil) {
                leftOut.append((operation.observed, "a workload file has no words for it: \(problem)"))
            } else {
                kept.append(operation)
            }
        }
        operations = kept
        guard let first = operations.first else { return inserts = [] }
        let unreadable = inserts.filter { problem(first, $0) != nil }.map(\.table)
        inserts.removeAll { unreadable.contains($0.table) }
        emptyTables += unreadable
        let used = Set(operations.flatMap(names) + inserts.flatMap { $0.binds.map(plainName) })
        values.removeAll { !used.contains($0.name) }
    }

    private func problem(_ operation: Operation, _ insert: Insert?) -> String? {
        var alone = self
        alone.operations = [operation]
        alone.inserts = insert.map { [$0] } ?? []
        let used = Set(names(operation) + (insert?.binds.map(plainName) ?? []))
        alone.values.removeAll { !used.contains($0.name) }
        let text = alone.text(name: "trial", head: [], arrivals: ArrivalCounts())
        do throws(InputError) { _ = try Profile.read(text, file: "trial") } catch { return error.problem }
        return nil
    }

    private func names(_ operation: Operation) -> [String] {
        operation.statements.flatMap { $0.binds.map(plainName) } + operation.once
    }

    /// Of `{list: customer, count: 3}`, too.
    private func plainName(_ bind: String) -> String {
        bind.hasPrefix("{list: ") ? String(bind.dropFirst(7).prefix { $0 != "," }) : bind
    }

    func partitions(of table: String) -> (bytes: Int, count: Int)? { schema.partitions[table] }
    var schemaStatements: [String] { schema.statements }
}

extension ValueFit {
    /// Beyond this two samples of one law differ once in 400.
    private static let mostDeviance = 12.0

    /// Whether `other`, which rests on `sample`, may be drawn as this one is.
    func isLike(_ other: ValueFit, _ sample: DistinctSample) -> Bool {
        if yaml == other.yaml { return true }
        guard let key, let otherKey = other.key, key.kind == otherKey.kind, key.from == otherKey.from, key.items > 1,
            otherKey.items > 1
        else { return false }
        let (fewer, more) = (min(key.items, otherKey.items), max(key.items, otherKey.items))
        if Double(more) <= 1.2 * Double(fewer) && abs(key.exponent - otherKey.exponent) <= 0.03 { return true }
        guard sample.estimatedDistinct <= 1.05 * Double(key.items) else { return false }
        return ZipfFit.deviance(sample, exponent: key.exponent, items: Double(key.items)) < ValueFit.mostDeviance
    }
}
