// The operations of a plan as a worker's traffic.

import Bytes
import CQLClient
import CQLProtocol
import HTTPClient
import Quantities
import Workloads

/// Statement n is operation n of the plan.
public final class PlanTraffic: TrafficSource {
    /// One statement of an operation, as it is made for every request: numbers and borrowed memory alone.
    private struct Part {
        /// Its recipes among all of them.
        var recipes: Range<Int>
        /// Its text's place among those of all operations.
        var text: Int
    }

    private struct Bind {
        var recipe: ValueRecipe
        /// Other than 0 for a value that the operation draws once: names the draw.
        var shared: UInt64
    }

    public let statements: [TrafficStatement]
    public let requests: [HTTPOperation]
    /// Those of operations over HTTP.
    private let writers: [RequestWriter?]
    private let operations: [PlannedOperation]
    private let mix: OperationMix
    private let places: RunPlaces
    private let binds: [Bind]
    private let parts: [Part]
    /// Which parts are an operation's.
    private let partsOf: [Range<Int>]
    /// Microseconds since 1970 at the start of the run; an operation's number in its round is added.
    private let baseTimestamp: Int64
    /// Where each operation's texts begin among those of all.
    private let textsOf: [Int]
    /// How values fit the columns: for each text those of the old side, then those of the new.
    @exclusivity(unchecked) private var plans: [BindPlan?]
    /// Of the round under way, and of the one before: its last operations may still have pages to ask for.
    @exclusivity(unchecked) private var (stream, before): (OperationStream, OperationStream)
    @exclusivity(unchecked) private var (streamSeed, seedBefore): (UInt64, UInt64)

    public init(_ plan: Plan, startedMicroseconds: Int64) {
        operations = plan.operations
        mix = plan.mix
        baseTimestamp = startedMicroseconds
        (streamSeed, seedBefore) = (plan.seed, plan.seed)
        let places = RunPlaces(plan, startedMilliseconds: startedMicroseconds / 1000)
        self.places = places
        stream = mix.stream(seed: plan.seed, at: places.place(of: plan.seed))
        before = stream
        statements = operations.map(TrafficStatement.init)
        requests = operations.map { $0.request.map(HTTPOperation.init) ?? HTTPOperation() }
        writers = operations.map { $0.request.map(RequestWriter.init) }
        var (binds, parts, partsOf): ([Bind], [Part], [Range<Int>]) = ([], [], [])
        var (texts, textsOf) = (0, [Int]())
        for (operation, traffic) in zip(operations, statements) {
            let first = parts.count
            for (place, statement) in operation.statements.enumerated() {
                let recipes = binds.count..<binds.count + statement.binds.count
                parts.append(Part(recipes: recipes, text: texts + (traffic.batch?.members[place] ?? 0)))
                binds += statement.binds.map {
                    Bind(recipe: $0.recipe, shared: $0.isShared ? Drawing.number(of: $0.name) : 0)
                }
            }
            partsOf.append(first..<parts.count)
            textsOf.append(texts)
            texts += traffic.texts.count
        }
        self.partsOf = partsOf
        self.textsOf = textsOf
        plans = Array(repeating: nil, count: 2 * texts)
        self.binds = binds
        self.parts = parts
    }

    public func prepared(_ statement: Int, text: Int, on side: Side, as answer: PreparedStatement) throws {
        let operation = operations[statement]
        let place = statements[statement].batch?.members.firstIndex(of: text) ?? 0
        plans[2 * (textsOf[statement] + text) + side.index] = try BindPlan(operation, place, answer)
    }

    private func stream(of seed: UInt64) -> OperationStream {
        if seed == streamSeed { return stream }
        if seed == seedBefore { return before }
        (before, seedBefore) = (stream, streamSeed)
        (stream, streamSeed) = (mix.stream(seed: seed, at: places.place(of: seed)), seed)
        return stream
    }

    public func statement(of item: Int, seed: UInt64) -> Int {
        stream(of: seed).operation(at: RequestNumber.parts(item).item).operationIndex
    }

    public func timestampMicroseconds(of item: Int, seed: UInt64) -> Int64 { baseTimestamp + Int64(item) }

    public func writeValues(of item: Int, seed: UInt64, on side: Side, into writer: inout ByteWriter) {
        let (item, request) = RequestNumber.parts(item)
        var (operation, drawing) = stream(of: seed).drawn(at: item)
        if let request { drawing = drawing.request(UInt64(request)) }
        write(parts[partsOf[operation].lowerBound], &drawing, side, into: &writer)
    }

    public func writeBatch(
        of item: Int, seed: UInt64, on side: Side, into writer: inout ByteWriter,
        _ begin: (Int, inout ByteWriter) -> Void
    ) {
        var (operation, drawing) = stream(of: seed).drawn(at: item)
        for (index, part) in partsOf[operation].enumerated() {
            begin(index, &writer)
            write(parts[part], &drawing, side, into: &writer)
        }
    }

    public func writeRequest(of item: Int, seed: UInt64, on side: Side, into request: inout HTTPRequest) {
        let (operation, drawing) = stream(of: seed).drawn(at: item)
        writers[operation]!.write(drawing, into: &request)
    }

    private func write(_ part: Part, _ drawing: inout Drawing, _ side: Side, into writer: inout ByteWriter) {
        plans[2 * part.text + side.index]!.withSink(into: &writer) { sink in
            for index in part.recipes {
                let bind = binds[index]
                if bind.shared == 0 {
                    bind.recipe.generate(into: &sink, &drawing)
                } else {
                    var once = drawing.shared(bind.shared)
                    bind.recipe.generate(into: &sink, &once)
                }
            }
        }
    }
}

extension TrafficStatement {
    /// An operation of a workload.
    init(_ operation: PlannedOperation) {
        self.init(
            cql: operation.cql, consistency: Consistency(operation.consistency),
            pageSize: operation.pageSize.map(Int32.init), isTimed: operation.hasClientTimestamps)
        serialConsistency = operation.serialConsistency.map(Consistency.init)
        pages = operation.pages.map(Int32.init) ?? .max
        isConditional = operation.isConditional
        isPrepared = operation.isPrepared
        fanOut = operation.fanOut
        tracedShare = operation.tracedShare
        if operation.request != nil { texts = [] }
        guard let kind = operation.batch else { return }
        texts = []
        var members: [Int] = []
        // The same text with other values is a text of its own: its values may be written in other ways.
        var known: [BoundStatement.Identity: Int] = [:]
        for statement in operation.statements {
            let place = known[statement.identity] ?? texts.count
            if known.updateValue(place, forKey: statement.identity) == nil { texts.append(statement.cql) }
            members.append(place)
        }
        batch = Batch(type: BatchType(kind), members: members)
    }
}
