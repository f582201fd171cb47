// Everything that was asked and answered, gathered: statements by what they say, operations by what they do. Bounded: what is beyond the
// bounds is counted, not kept.

import Bytes
import CQLProtocol
import Quantities

/// What was asked and is not among the operations, in counts.
public struct LeftOut: Equatable, Sendable {
    /// Statements of the drivers' own: system tables, USE, DDL.
    public var ofDrivers = 0
    /// Batches in one text, and other statements that are no SELECT, INSERT, UPDATE or DELETE of one table.
    public var notData = 0
    /// There were more kinds of statements or operations than are kept.
    public var tooMany = 0
    /// Bodies that cannot be read.
    public var unreadable = 0
}

final class TrafficObserver: ExchangeListener {
    private(set) var statements: [ObservedStatement] = []
    private(set) var operations: [ObservedOperation] = []
    private(set) var arrivals = ArrivalCounts()
    private(set) var leftOut = LeftOut()
    /// Columns of partition keys by `keyspace.table`, as far as answers to PREPARE told.
    private(set) var partitionKeys: [String: [String]] = [:]
    /// Types by `keyspace.table.column`, as far as answers told.
    private(set) var columnTypes: [String: CQLType] = [:]

    /// Where operations go one by one, if anywhere.
    var trace: TraceWriter?

    private var byID: [Key: Int] = [:]
    /// Texts that hold no literals, as they were sent.
    private var byRawText: [Key: Int] = [:]
    private var byText: [TextKey: Int] = [:]
    private var byKey: [OperationKey: Int] = [:]
    /// By statement: which of its operations it was the last time, for those sent by themselves.
    private var lastOfStatement: [(variant: Variant, operation: Int)?] = []
    private var names: [String: Int] = [:]
    private var spareRequest = CapturedRequest()

    static let mostStatements = 5_000
    static let mostOperations = 5_000
    private static let mostColumns = 50_000

    /// An id, or the hash of a text and its keyspace.
    private struct Key: Hashable {
        var high: UInt64
        var low: UInt64

        init(id: UnsafeRawBufferPointer) {
            if id.count == 16 {
                (high, low) = (id.big64(at: 0), id.big64(at: 8))
            } else {
                (high, low) = Murmur3.hash(id)
            }
        }

        init(text: UnsafeRawBufferPointer, keyspace: String) {
            (high, low) = Murmur3.hash(text)
            for byte in keyspace.utf8 { low = SeededRandom.mix(low ^ UInt64(byte)) }
        }
    }

    /// What tells operations of one statement apart.
    private struct Variant: Equatable {
        var isPrepared: Bool
        var consistency: Consistency
        var serialConsistency: Consistency?
        var pageSize: Int32?
    }

    private struct TextKey: Hashable {
        var text: String
        var keyspace: String
    }

    // MARK: Requests

    func asked(_ message: CapturedMessage, keyspace: String, connection: Int, at time: WallTime) -> Int? {
        // A variable of its own while it is worked on: access to those of objects is checked each time.
        var request = exchange(&spareRequest, with: CapturedRequest())
        defer { spareRequest = request }
        do throws(ProtocolError) { try request.read(message) } catch {
            leftOut.unreadable += 1
            return nil
        }
        let keyspace = request.parameters.keyspace ?? keyspace
        let token = request.batch == nil ? askedOne(request, keyspace) : askedBatch(request, keyspace)
        guard let token, !request.parameters.isFurtherPage else { return token }
        arrivals.count(time)
        if let trace { add(operations[token / 2], request, to: trace, connection, time) }
        return token
    }

    private func add(
        _ operation: ObservedOperation, _ request: CapturedRequest, to trace: TraceWriter, _ connection: Int,
        _ time: WallTime
    ) {
        var places: [Int] = []
        if operation.key.batch == nil {
            places = operation.key.statements
        } else if case .kept = trace.values {
            // Runs of alike statements are told apart again.
            places = request.statements.compactMap { known($0.reference) }
        }
        trace.add(operation.name, connection: connection, at: time, request) { statement, value in
            guard places.indices.contains(statement) else { return nil }
            let markers = statements[places[statement]].markers
            return markers.indices.contains(value) ? markers[value].type : nil
        }
    }

    private func known(_ reference: StatementReference) -> Int? {
        if case .prepared(let id) = reference { byID[Key(id: id)] } else { nil }
    }

    /// The index of the operation, doubled; and one more for a further page.
    private func token(_ operation: Int, _ request: CapturedRequest) -> Int {
        2 * operation + (request.parameters.isFurtherPage ? 1 : 0)
    }

    private func askedOne(_ request: CapturedRequest, _ keyspace: String) -> Int? {
        guard let one = request.statements.first, let (index, binds) = statement(one.reference, keyspace) else {
            return nil
        }
        var isPrepared = false
        if case .prepared = one.reference { isPrepared = true }
        let parameters = request.parameters
        let reads = statements[index].read?.isRead ?? true
        let variant = Variant(
            isPrepared: isPrepared, consistency: parameters.consistency,
            serialConsistency: parameters.serialConsistency, pageSize: reads ? parameters.pageSize : nil)
        guard let operation = operation(index, variant) else { return nil }
        operations[operation].asked(parameters)
        if !parameters.isFurtherPage { statements[index].count(request.values[one.values], binds) }
        return token(operation, request)
    }

    private func askedBatch(_ request: CapturedRequest, _ keyspace: String) -> Int? {
        var (runs, lengths): ([Int], [Int]) = ([], [])
        var isOnePartition: Bool? = request.statements.count > 1 ? true : nil
        var firstKey: [UInt8]?
        for one in request.statements {
            guard let (index, binds) = statement(one.reference, keyspace) else { return nil }
            if runs.last == index {
                lengths[lengths.count - 1] += 1
            } else {
                runs.append(index)
                lengths.append(1)
            }
            statements[index].count(request.values[one.values], binds)
            let key = partitionKey(of: index, one, request)
            if let firstKey, key != firstKey { isOnePartition = false }
            firstKey = firstKey ?? key ?? []
        }
        guard let batch = request.batch, runs.count <= 64 else {
            leftOut.tooMany += 1
            return nil
        }
        let parameters = request.parameters
        let key = OperationKey(
            statements: runs, batch: batch, isPrepared: true, consistency: parameters.consistency,
            serialConsistency: parameters.serialConsistency, pageSize: nil)
        guard let operation = operation(key) else { return nil }
        operations[operation].asked(parameters)
        operations[operation].asked(runs: lengths, isOnePartition: firstKey == [] ? nil : isOnePartition)
        return token(operation, request)
    }

    /// The bytes of the first column of the key; nil where it is not known.
    private func partitionKey(
        of index: Int, _ one: CapturedStatement, _ request: CapturedRequest
    ) -> [UInt8]? {
        guard let marker = statements[index].partitionKeyMarkers.first, marker < one.values.count,
            case .bytes(let bytes) = request.values[one.values.lowerBound + marker]
        else { return nil }
        return Array(bytes)
    }

    // MARK: Statements

    /// The statement, and where its text holds literals the binds with those; nil where it is none that a workload is made of.
    private func statement(
        _ reference: StatementReference, _ keyspace: String
    ) -> (index: Int, binds: [StatementBind]?)? {
        switch reference {
        case .prepared(let id):
            let key = Key(id: id)
            if let index = byID[key] { return isOfDriver(index) ? nil : (index, nil) }
            guard let index = add(ObservedStatement(id: Array(id))) else { return nil }
            byID[key] = index
            return (index, nil)
        case .text(let text):
            let key = Key(text: text, keyspace: keyspace)
            if let index = byRawText[key] { return isOfDriver(index) ? nil : (index, nil) }
            let read = ReadStatement(Array(text))
            guard read.isData else {
                if read.verb == "BEGIN" { leftOut.notData += 1 } else { leftOut.ofDrivers += 1 }
                return nil
            }
            guard let index = statement(read, keyspace) else { return nil }
            let hasLiterals = read.binds.contains { if case .marker = $0.source { false } else { true } }
            if !hasLiterals && byRawText.count < TrafficObserver.mostStatements { byRawText[key] = index }
            return isOfDriver(index) ? nil : (index, read.binds)
        }
    }

    private func statement(_ read: ReadStatement, _ keyspace: String) -> Int? {
        let key = TextKey(text: read.text, keyspace: read.keyspace ?? keyspace)
        if let index = byText[key] { return index }
        guard let index = add(ObservedStatement(read, keyspace: keyspace)) else { return nil }
        byText[key] = index
        return index
    }

    private func add(_ statement: ObservedStatement) -> Int? {
        guard statements.count < TrafficObserver.mostStatements else {
            leftOut.tooMany += 1
            return nil
        }
        statements.append(statement)
        return statements.count - 1
    }

    private func isOfDriver(_ index: Int) -> Bool {
        guard statements[index].isOfDriver else { return false }
        leftOut.ofDrivers += 1
        return true
    }

    func prepared(_ cql: String, keyspace: String, _ answer: PreparedStatement) {
        let key = answer.id.withUnsafeBytes { Key(id: $0) }
        let statement: ObservedStatement
        if let index = byID[key] {
            statement = statements[index]
        } else {
            statement = ObservedStatement(id: answer.id)
            guard let index = add(statement) else { return }
            byID[key] = index
        }
        learn(statement, cql, keyspace: keyspace, answer)
    }

    /// What is known of a prepared statement, from the wire or from a cluster.
    func learn(_ statement: ObservedStatement, _ cql: String, keyspace: String, _ answer: PreparedStatement) {
        let read = ReadStatement(Array(cql.utf8))
        statement.learn(read, keyspace: keyspace, markers: answer.binds, keys: answer.partitionKeyIndices)
        guard partitionKeys.count < TrafficObserver.mostColumns, columnTypes.count < TrafficObserver.mostColumns else {
            return
        }
        for column in answer.binds + answer.result.columns where !column.name.contains("(") {
            columnTypes["\(column.keyspace).\(column.table).\(column.name)"] = column.type
        }
        if let first = answer.binds.first, !answer.partitionKeyIndices.isEmpty {
            partitionKeys["\(first.keyspace).\(first.table)"] = answer.partitionKeyIndices.map { answer.binds[$0].name }
        }
    }

    // MARK: Operations

    /// That of a statement sent by itself: most likely the one that it was the last time.
    private func operation(_ statement: Int, _ variant: Variant) -> Int? {
        while lastOfStatement.count <= statement { lastOfStatement.append(nil) }
        if let last = lastOfStatement[statement], last.variant == variant { return last.operation }
        let key = OperationKey(
            statements: [statement], batch: nil, isPrepared: variant.isPrepared, consistency: variant.consistency,
            serialConsistency: variant.serialConsistency, pageSize: variant.pageSize)
        guard let found = operation(key) else { return nil }
        lastOfStatement[statement] = (variant, found)
        return found
    }

    private func operation(_ key: OperationKey) -> Int? {
        var found = byKey[key]
        if found == nil && operations.count < TrafficObserver.mostOperations {
            operations.append(ObservedOperation(key, name: name(key)))
            operations[operations.count - 1].isConditional = key.statements.contains {
                statements[$0].read?.isConditional ?? false
            }
            found = operations.count - 1
            byKey[key] = found
        }
        guard let found else {
            leftOut.tooMany += 1
            return nil
        }
        return found
    }

    /// `select_orders`, and `select_orders_2` for the next of the kind.
    private func name(_ key: OperationKey) -> String {
        let first = statements[key.statements[0]]
        let verb = key.batch == nil ? first.read?.verb.lowercased() : "batch"
        let table = first.read?.table ?? first.preparedID.map { String(hexadecimal($0.prefix(4))) } ?? ""
        let plain = "\(verb ?? "statement")_\(table)".utf8.map { byte in
            isLetterOrDigit(byte) ? byte : UInt8(ascii: "_")
        }
        let base = String(decoding: plain.prefix(56), as: UTF8.self)
        names[base, default: 0] += 1
        let number = names[base] ?? 1
        return number == 1 ? base : "\(base)_\(number)"
    }

    private func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    func answered(_ token: Int, _ message: CapturedMessage, after latency: Nanoseconds) {
        operations[token / 2].answered(message, after: latency, isFurtherPage: token % 2 == 1)
    }

    func unanswered(_ token: Int) { operations[token / 2].wasNotAnswered() }
}

extension ObservedStatement {
    /// Whether drivers and tools ask it for themselves.
    var isOfDriver: Bool {
        guard read != nil else { return false }
        return keyspace == "system" || keyspace.hasPrefix("system_")
    }
}
