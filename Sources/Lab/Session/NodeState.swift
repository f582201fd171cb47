// What all connections of one side share: store, prepared statements, dials, and the way a statement is answered.

import Bytes
import CQLProtocol
import Quantities

/// An answer with the time at which it goes out.
public struct LabAnswer: Equatable, Sendable {
    public var due: Instant
    /// A whole frame.
    public var bytes: [UInt8]
}

/// Where an answer goes on its connection, and in which version.
struct AnswerStream: Sendable {
    var id: Int16
    var version: ProtocolVersion

    init(_ id: Int16, _ version: ProtocolVersion) {
        self.id = id
        self.version = version
    }
}

struct NodeState: ~Copyable {
    var dials: LabDials
    var identity: NodeIdentity
    /// When requests are answered.
    private var hours: ServiceHours
    /// Civil time at clock zero, for writes without a timestamp of their own.
    var wallZero: WallTime
    private var store = LabStore()
    private var prepared: [PreparedID: CompiledStatement] = [:]
    private var random: SeededRandom
    private var lastTimestamp = Int64.min
    private var writer = ByteWriter(capacity: 64 << 10)
    private var cells = ByteWriter(capacity: 64 << 10)

    init(side: Side, dials: LabDials, clockZero: Instant?, wallZero: WallTime) {
        precondition(dials.stalls.leaveTime, "stalls that leave no time to answer")
        self.dials = dials
        hours = ServiceHours(zero: clockZero)
        self.wallZero = wallZero
        identity = NodeIdentity(side: side, version: LabVersion(release: dials.version))
        random = SeededRandom(seed: SeededRandom.derive(dials.seed, "service times"))
        store.createSystemTables(identity)
        store.refreshSystemTables(identity)
    }

    mutating func forgetPreparedStatements() { prepared.removeAll() }
    mutating func refreshSystemTables() { store.refreshSystemTables(identity) }

    var clockZero: Instant? {
        get { hours.zero }
        set { hours.zero = newValue }
    }

    mutating func due(_ now: Instant, _ service: Nanoseconds) -> Instant { hours.due(now, service, dials) }

    /// A frame of which `body` writes the body.
    mutating func frame(_ opcode: Opcode, stream: AnswerStream, _ body: (inout ByteWriter) -> Void) -> [UInt8] {
        writer.clear()
        let start = writer.beginFrame(opcode, stream: stream.id, direction: .response, version: stream.version)
        body(&writer)
        writer.endFrame(start)
        return writer.array
    }

    mutating func answer(_ error: CQLError, stream: AnswerStream, due: Instant) -> LabAnswer {
        LabAnswer(due: due, bytes: frame(.error, stream: stream) { $0.put(error: error, stream.version) })
    }

    // MARK: Statements

    /// Answers QUERY, PREPARE, EXECUTE or BATCH. A new keyspace of the session comes back beside the answer.
    mutating func answer(
        _ request: ReceivedRequest, keyspace: String?, stream: AnswerStream, now: Instant
    ) -> (answer: LabAnswer, keyspace: String?) {
        var service = Nanoseconds.zero
        do throws(CQLError) {
            switch request {
            case .query(let text, let parameters):
                let statement = try compile(text, parameters.keyspace ?? keyspace)
                return try execute(statement, parameters, stream, now, &service)
            case .prepare(let text, let own):
                let keyspace = own ?? keyspace
                let id = PreparedID(keyspace: keyspace, text: text)
                let known = prepared[id]
                let statement = if let known { known } else { try compile(text, keyspace) }
                prepared[id] = statement
                let bytes = frame(.result, stream: stream) { $0.put(prepared: statement, id: id, stream.version) }
                return (LabAnswer(due: due(now, service), bytes: bytes), nil)
            case .execute(let id, let parameters):
                return try execute(try statement(id), parameters, stream, now, &service)
            case .batch(let entries, let consistency, let timestamp, let own):
                let keyspace = own ?? keyspace
                var writes: [(CompiledStatement, [BoundValue])] = []
                for entry in entries {
                    let statement =
                        if let text = entry.text { try compile(text, keyspace) } else { try statement(entry.id) }
                    writes.append((statement, try ordered(statement, ReceivedParameters(values: entry.values))))
                }
                let error = draw(.batch, consistency, &service)
                if let error, error.code != .writeTimeout { throw error }
                for (statement, values) in writes {
                    guard case .write(let plans) = statement.action else {
                        throw .invalid(
                            "Invalid statement in batch: only UPDATE, INSERT and DELETE statements are allowed.")
                    }
                    try write(plans, values, timestamp, now)
                }
                if let error { throw error }
                return (LabAnswer(due: due(now, service), bytes: frame(.result, stream: stream) { $0.putVoid() }), nil)
            case .options, .startup, .register, .authenticate: preconditionFailure("not a statement")
            }
        } catch {
            return (answer(error, stream: stream, due: due(now, service)), nil)
        }
    }

    private func compile(_ text: String, _ keyspace: String?) throws(CQLError) -> CompiledStatement {
        let context = CompileContext(store: store, keyspace: keyspace, isVersion4: identity.version.isVersion4)
        return try CompiledStatement(try Parser.parse(text), context)
    }

    private func statement(_ id: [UInt8]) throws(CQLError) -> CompiledStatement {
        guard let known = id.withUnsafeBytes({ PreparedID($0) }), let statement = prepared[known] else {
            let text = id.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            throw CQLError(.unprepared, "Prepared query with ID \(text) not found", .unprepared(id))
        }
        return statement
    }

    /// The values in the order of the bind markers.
    private func ordered(
        _ statement: CompiledStatement, _ parameters: ReceivedParameters
    ) throws(CQLError) -> [BoundValue] {
        guard parameters.values.count >= statement.binds.count else {
            throw .invalid(
                "there were \(statement.binds.count) markers(?) in CQL but \(parameters.values.count) bound variables")
        }
        guard !parameters.names.isEmpty else { return parameters.values }
        var values: [BoundValue] = []
        for bind in statement.binds {
            guard let place = parameters.names.firstIndex(of: bind.name) else {
                throw .invalid("Invalid amount of bind variables: \(bind.name) has no value")
            }
            values.append(parameters.values[place])
        }
        return values
    }

    private mutating func execute(
        _ statement: CompiledStatement, _ parameters: ReceivedParameters, _ stream: AnswerStream, _ now: Instant,
        _ service: inout Nanoseconds
    ) throws(CQLError) -> (answer: LabAnswer, keyspace: String?) {
        let values = try ordered(statement, parameters)
        var newKeyspace: String?
        let bytes: [UInt8]
        switch statement.action {
        case .select(let plan):
            // What the client knows of the columns, by their id, it need not be told again; what it knows wrongly it is told.
            var changedID: [UInt8]?
            if let known = parameters.metadataID, known != statement.metadataID { changedID = statement.metadataID }
            bytes = try select(plan, values, parameters, stream, changedID, &service)
        case .write(let plans):
            let error = draw(.write, parameters.consistency, &service)
            if let error, error.code != .writeTimeout { throw error }
            try write(plans, values, parameters.timestamp, now)
            if let error { throw error }
            bytes = frame(.result, stream: stream) { $0.putVoid() }
        case .schema(let schema):
            let change = try change(schema, statement.keyspace)
            bytes = frame(.result, stream: stream) { if let change { $0.put(change: change) } else { $0.putVoid() } }
        case .use(let name):
            guard store.contains(name) else { throw .invalid("Keyspace '\(name)' does not exist") }
            newKeyspace = name
            bytes = frame(.result, stream: stream) { $0.put(setKeyspace: name) }
        }
        return (LabAnswer(due: due(now, service), bytes: bytes), newKeyspace)
    }

    private mutating func select(
        _ plan: SelectPlan, _ values: [BoundValue], _ parameters: ReceivedParameters, _ stream: AnswerStream,
        _ changedID: [UInt8]?, _ service: inout Nanoseconds
    ) throws(CQLError) -> [UInt8] {
        var omission = RowOmission(share: 0, seed: dials.seed)
        if let shape = try plan.shape(values) {
            if let error = draw(shape, parameters.consistency, &service) { throw error }
            omission.share = dials.fewerRows[shape]?.value ?? 0
        }
        cells.clear()
        var execution = try SelectExecution(
            plan, values, pageSize: parameters.pageSize, pagingState: parameters.pagingState, omission: omission)
        let outcome = try execution.run(into: &cells)
        writer.clear()
        let start = writer.beginFrame(.result, stream: stream.id, direction: .response, version: stream.version)
        writer.put(ResultKind.rows.rawValue)
        writer.put(
            resultMetadata: plan, pagingState: outcome.pagingState, skips: parameters.skipsMetadata && changedID == nil,
            changedID: changedID)
        writer.put(Int32(outcome.rows))
        writer.put(bytes: cells.bytes)
        writer.endFrame(start)
        return writer.array
    }

    private mutating func write(
        _ plans: [WritePlan], _ values: [BoundValue], _ timestamp: Int64?, _ now: Instant
    ) throws(CQLError) {
        let time = timestamp ?? nextTimestamp(now)
        for plan in plans { try plan.execute(values, timestamp: time) }
    }

    private mutating func nextTimestamp(_ now: Instant) -> Int64 {
        let wall = wallZero + (now - (clockZero ?? now))
        lastTimestamp = max(lastTimestamp + 1, wall.unixNanoseconds / 1000)
        return lastTimestamp
    }

    private mutating func change(_ statement: Statement, _ keyspace: String?) throws(CQLError) -> SchemaChange? {
        let context = CompileContext(store: store, keyspace: keyspace, isVersion4: identity.version.isVersion4)
        guard let change = try store.execute(statement, context) else { return nil }
        if change.change == SchemaChange.dropped {
            prepared = prepared.filter { !$0.value.uses(change.keyspace, change.name.isEmpty ? nil : change.name) }
        }
        refreshSystemTables()
        return change
    }

    /// Draws the service time of a request and whether it fails. Both are always drawn, so that no dial shifts
    /// another's sequence.
    private mutating func draw(_ shape: Shape, _ consistency: Consistency, _ service: inout Nanoseconds) -> CQLError? {
        service = dials.serviceTime(shape, &random)
        let chance = random.unit()
        guard let injected = dials.errors[shape], chance < injected.share.value else { return nil }
        switch injected.errorClass {
        case .overloaded: return CQLError(.overloaded, "The lab is overloaded, as its dials say")
        case .unavailable:
            // The lab has one replica: it was needed and did not answer.
            return CQLError(
                .unavailable, "Cannot achieve consistency level \(consistency)",
                .unavailable(consistency, required: 1, alive: 0))
        case .readTimeout:
            let message = "Operation timed out - received only 0 responses."
            return CQLError(
                .readTimeout, message, .readTimeout(consistency, received: 0, required: 1, dataPresent: false))
        case .writeTimeout:
            let message = "Operation timed out - received only 0 responses."
            let detail = ErrorDetail.writeTimeout(
                consistency, received: 0, required: 1, writeType: "SIMPLE", contentions: nil)
            return CQLError(.writeTimeout, message, detail)
        case .serverError: return CQLError(.serverError, "The lab failed, as its dials say")
        }
    }
}
