// Some items of a traffic, numbered anew: what is to be sent once more.

import Bytes
import CQLProtocol
import Quantities

final class ChosenItems: TrafficSource {
    private let base: DatasetTraffic
    private let items: [Int]?

    /// All items of `base` where `items` is nil.
    init(_ base: DatasetTraffic, _ items: [Int]?) {
        self.base = base
        self.items = items
    }

    var count: Int { items?.count ?? base.rows }
    func item(_ index: Int) -> Int { items?[index] ?? index }

    var statements: [TrafficStatement] { base.statements }
    func prepared(_ statement: Int, text: Int, on side: Side, as answer: PreparedStatement) throws {
        try base.prepared(statement, text: text, on: side, as: answer)
    }
    func statement(of index: Int, seed: UInt64) -> Int { base.statement(of: item(index), seed: seed) }
    func timestampMicroseconds(of index: Int, seed: UInt64) -> Int64 {
        base.timestampMicroseconds(of: item(index), seed: seed)
    }
    func writeValues(of index: Int, seed: UInt64, on side: Side, into writer: inout ByteWriter) {
        base.writeValues(of: item(index), seed: seed, on: side, into: &writer)
    }
}
