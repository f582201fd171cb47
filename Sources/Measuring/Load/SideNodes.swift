// One side's nodes as a worker sees them: which links are whose, whose turn it is, and who owns what.
//
// A node keeps its number: one that left has it again when it comes back, and counts by node stay true.

import CQLClient
import Quantities
import Reactor
import Recordings
import Workloads

final class SideNodes {
    /// The links of one node: `count` of them from `first`.
    struct Place {
        var first: Int32
        var count: Int32
        var next: Int32 = 0
        /// Links that are ready.
        var ready: Int32 = 0
        /// No longer a member of the side: gets no requests.
        var isRetired = false
        /// The run cannot begin without it.
        var isRequired = false
    }

    let side: Side
    private(set) var nodes: [ClusterNode] = []
    /// Of the endpoints, as the recording shows them.
    private(set) var names: [String] = []
    /// By number. Fixed capacity, so that counts by node have one too.
    let places: UnsafeMutablePointer<Place>
    let capacity: Int
    /// The links that take turns, those of a node apart from each other.
    @exclusivity(unchecked) private(set) var rotation: [Int] = []
    @exclusivity(unchecked) var next = 0
    /// Which of several owners is next.
    @exclusivity(unchecked) var turn = 0
    private var tables: [Replication: OwnerTable] = [:]
    private(set) var topology: Topology?
    private let access: SideAccess
    private var ring: TokenRing?

    init(_ access: SideAccess) {
        side = access.side
        self.access = access
        capacity = 64 + 2 * access.nodes.count
        places = .allocate(capacity: capacity)
    }

    deinit { places.deallocate() }

    var count: Int { nodes.count }

    /// The same node may be reached at another endpoint than its peers name; its host id stays.
    /// One that came back at another address, while nothing is left of it at the old one, is a new one.
    func number(of node: ClusterNode) -> Int? {
        let same = nodes.indices.filter {
            node.hostID.isEmpty || nodes[$0].hostID.isEmpty
                ? nodes[$0].endpoint == node.endpoint : nodes[$0].hostID == node.hostID
        }
        if let known = same.first(where: { nodes[$0].endpoint == node.endpoint }) { return known }
        return same.last { places[$0].ready > 0 && !places[$0].isRetired }
    }

    /// A node with its links, which are numbered from `first`. It gets requests from the next `settle` on.
    func add(_ node: ClusterNode, firstLink first: Int, count: Int, isRequired: Bool) {
        (places + nodes.count).initialize(
            to: Place(first: Int32(first), count: Int32(count), isRequired: isRequired))
        nodes.append(node)
        names.append(node.endpoint.description)
    }

    /// Makes what was added or retired hold, and takes the owners from `topology`. Routes that were given out before are void.
    func settle(_ topology: Topology?) {
        self.topology = topology
        tables = [:]
        ring = nil
        var rows: [[Int]] = []
        for number in nodes.indices where !places[number].isRetired {
            rows.append((0..<Int(places[number].count)).map { Int(places[number].first) + $0 })
        }
        // First link of each node, then the second of each …
        rotation = (0..<(rows.map(\.count).max() ?? 0)).flatMap { row in
            rows.compactMap { $0.indices.contains(row) ? $0[row] : nil }
        }
        next = 0
        guard access.routing == .tokenAware, rows.count > 1, let topology, topology.hasKnownTokens else { return }
        ring = TokenRing(topology.nodes)
    }

    /// How nodes are found for rows of `keyspace`; nil where they take turns.
    func owners(ofRowsIn keyspace: String) -> OwnerTable.View? {
        guard let ring, let topology, let replication = topology.replications[keyspace] else { return nil }
        if let known = tables[replication] { return known.view }
        var numbers: [Int: Int32] = [:]
        for (place, node) in topology.nodes.enumerated() {
            if let number = number(of: node), !places[number].isRetired { numbers[place] = Int32(number) }
        }
        let table = OwnerTable(ring, replication, numbers: numbers)
        tables[replication] = table
        return table?.view
    }
}
