// The operations of a plan as a worker's traffic.

import Bytes
import CQLClient
import CQLProtocol
import Quantities
import Workloads

/// Statement n is operation n of the plan.
public final class PlanTraffic: TrafficSource {
    public let statements: [TrafficStatement]
    private let operations: [PlannedOperation]
    private let weights: [Double]
    /// The recipes of all operations' binds one behind the other, and where each operation's are among them.
    private let recipes: [ValueRecipe]
    private let recipesOf: [Range<Int>]
    /// Microseconds since 1970 at the start of the run; an operation's number in its round is added.
    private let baseTimestamp: Int64
    /// How values fit the columns: [side][operation].
    @exclusivity(unchecked) private var binds: [[BindPlan?]]
    @exclusivity(unchecked) private var stream: OperationStream
    @exclusivity(unchecked) private var streamSeed: UInt64

    public init(_ plan: Plan, startedMicroseconds: Int64) {
        operations = plan.operations
        weights = operations.map(\.weight)
        baseTimestamp = startedMicroseconds
        binds = [[BindPlan?]](repeating: Array(repeating: nil, count: operations.count), count: 2)
        var recipes: [ValueRecipe] = []
        recipesOf = operations.map { operation in
            recipes += operation.binds.map(\.recipe)
            return recipes.count - operation.binds.count..<recipes.count
        }
        self.recipes = recipes
        streamSeed = plan.seed
        stream = OperationStream(weights: weights, seed: plan.seed)
        statements = operations.map {
            TrafficStatement(
                cql: $0.cql, consistency: Consistency($0.consistency), pageSize: $0.pageSize.map(Int32.init),
                isWrite: $0.shape == .write)
        }
    }

    public func prepared(_ statement: Int, on side: Side, as answer: PreparedStatement) throws {
        let operation = operations[statement]
        binds[side.index][statement] = try BindPlan(
            operation.binds, answer, of: "operation '\(operation.name)'", at: operation.cqlPosition)
    }

    private func stream(of seed: UInt64) -> OperationStream {
        if seed != streamSeed {
            streamSeed = seed
            stream = OperationStream(weights: weights, seed: seed)
        }
        return stream
    }

    public func statement(of item: Int, seed: UInt64) -> Int { stream(of: seed).operation(at: item).operationIndex }

    public func timestampMicroseconds(of item: Int, seed: UInt64) -> Int64 { baseTimestamp + Int64(item) }

    public func writeValues(of item: Int, seed: UInt64, on side: Side, into writer: inout ByteWriter) {
        let (operation, random) = stream(of: seed).operation(at: item)
        binds[side.index][operation]!.withSink(into: &writer) { sink in
            var random = random
            for recipe in recipesOf[operation] { recipes[recipe].generate(into: &sink, &random) }
        }
    }
}
