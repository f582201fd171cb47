// Who owns a row, as a worker looks it up for every request: the ring flattened into memory that is read and never counted.

import CQLClient

/// For each stretch of the ring the worker's numbers of the nodes that hold it; nodes that it does not send to are left out.
final class OwnerTable {
    /// What a request needs of it; valid as long as the table is.
    struct View {
        fileprivate(set) var tokens: UnsafeBufferPointer<Int64>
        fileprivate(set) var starts: UnsafePointer<Int32>
        fileprivate(set) var numbers: UnsafePointer<Int32>

        /// The nodes that hold `token`. The table must not be empty.
        func owners(of token: Int64) -> UnsafeBufferPointer<Int32> {
            let place = TokenRing.place(of: token, among: tokens)
            let first = Int(starts[place])
            return UnsafeBufferPointer(start: numbers + first, count: Int(starts[place + 1]) - first)
        }
    }

    private let tokens: UnsafeMutablePointer<Int64>
    private let starts: UnsafeMutablePointer<Int32>
    private let numbers: UnsafeMutablePointer<Int32>
    let view: View

    /// nil where each node is as good as another. `numbers` gives the worker's number for a place among the ring's nodes.
    init?(_ ring: TokenRing, _ replication: Replication, numbers known: [Int: Int32]) {
        guard !ring.tokens.isEmpty, ring.replicas(at: 0, by: replication) != nil else { return nil }
        let owners = ring.tokens.indices.map { place in
            (ring.replicas(at: place, by: replication) ?? []).compactMap { known[$0] }
        }
        tokens = .allocate(capacity: owners.count)
        starts = .allocate(capacity: owners.count + 1)
        numbers = .allocate(capacity: owners.reduce(1) { $0 + $1.count })
        var written = 0
        for (place, nodes) in owners.enumerated() {
            tokens[place] = ring.tokens[place]
            starts[place] = Int32(written)
            for node in nodes {
                numbers[written] = node
                written += 1
            }
        }
        starts[owners.count] = Int32(written)
        view = View(
            tokens: UnsafeBufferPointer(start: tokens, count: owners.count), starts: starts, numbers: numbers)
    }

    deinit {
        tokens.deallocate()
        starts.deallocate()
        numbers.deallocate()
    }
}

/// How the nodes for one statement on one side are found.
struct Route {
    /// Indices of the bound values that make up the partition key; none: the nodes take turns.
    var columns = UnsafeBufferPointer<Int32>(start: nil, count: 0)
    var owners: OwnerTable.View?

    static var turns: Route { Route() }
}
