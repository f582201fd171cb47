// Who holds a row: tokens in a ring, and the replicas of each stretch of it by the keyspace's replication.
//
// What it must agree with are the strategies of Cassandra itself (its package org.apache.cassandra.locator).

/// How often, and where, the rows of a keyspace are kept.
public enum Replication: Hashable, Sendable {
    /// On this many nodes, going round the ring.
    case simple(Int)
    /// On this many nodes of each data centre, in as many racks as can be.
    case byDataCenter([String: Int])
    /// On every node, or on each node its own: any node is as good as another.
    case everywhere
    /// By a strategy that is not known here.
    case unknown(String)

    /// From the options in `system_schema.keyspaces`.
    public init(_ options: [String: String]) {
        let name = shortClass(options["class"] ?? "")
        // Transient replication writes `3/1`: three replicas, of which one is transient.
        func factor(_ text: String) -> Int? { text.split(separator: "/").first.flatMap { Int($0) } }
        switch name {
        case "SimpleStrategy": self = .simple(options["replication_factor"].flatMap(factor) ?? 1)
        case "NetworkTopologyStrategy":
            self = .byDataCenter(options.compactMapValues(factor).filter { $0.value > 0 })
        case "LocalStrategy", "EverywhereStrategy": self = .everywhere
        default: self = .unknown(name)
        }
    }
}

/// The tokens of a cluster in order, each with its owner.
public struct TokenRing: Sendable {
    /// Ascending. A token ends the stretch that it names: a key belongs to the first token that is not less than its own.
    public let tokens: [Int64]
    /// For each token which node it belongs to, by its place in `nodes`.
    public let owners: [Int]
    private let nodes: [ClusterNode]
    /// Of each data centre how many nodes with tokens it has, and in how many racks.
    private let sizes: [String: (members: Int, racks: Int)]

    public init(_ nodes: [ClusterNode]) {
        self.nodes = nodes
        sizes = Dictionary(grouping: nodes.filter { !$0.tokens.isEmpty }, by: \.dataCenter).mapValues {
            (members: $0.count, racks: Set($0.map(\.rack)).count)
        }
        let pairs = nodes.indices.flatMap { node in nodes[node].tokens.map { (token: $0, node: node) } }
            .sorted { $0.token < $1.token }
        tokens = pairs.map(\.token)
        owners = pairs.map(\.node)
    }

    /// Where in `tokens` the stretch of `token` is; behind the last token it is the first one's. The ring must not be empty.
    public func place(of token: Int64) -> Int {
        tokens.withUnsafeBufferPointer { TokenRing.place(of: token, among: $0) }
    }

    /// The same in tokens that lie elsewhere; ascending, and not empty.
    @inlinable
    public static func place(of token: Int64, among tokens: UnsafeBufferPointer<Int64>) -> Int {
        var (low, high) = (0, tokens.count)
        while low < high {
            let middle = (low + high) / 2
            if tokens[middle] < token { low = middle + 1 } else { high = middle }
        }
        return low == tokens.count ? 0 : low
    }

    /// The nodes that hold the stretch at `place`, by their places in `nodes`, first owner first; nil where each is as good as
    /// another.
    public func replicas(at place: Int, by replication: Replication) -> [Int]? {
        switch replication {
        case .everywhere, .unknown: return nil
        case .simple(let factor):
            var found: [Int] = []
            for node in owners(from: place) where !found.contains(node) {
                if found.count >= factor { break }
                found.append(node)
            }
            return found
        case .byDataCenter(let factors): return replicas(at: place, factors)
        }
    }

    /// Once round the ring.
    private func owners(from place: Int) -> some Sequence<Int> {
        owners.indices.lazy.map { owners[(place + $0) % owners.count] }
    }

    /// A data centre prefers racks that have none yet; only as many replicas as racks cannot take go to racks that have one.
    private func replicas(at place: Int, _ factors: [String: Int]) -> [Int] {
        struct Wanted {
            var left: Int
            var repeatsLeft: Int
            var racks: Set<String> = []
        }
        var wanted: [String: Wanted] = [:]
        for (dataCenter, factor) in factors {
            guard let size = sizes[dataCenter] else { continue }
            wanted[dataCenter] = Wanted(left: min(factor, size.members), repeatsLeft: factor - size.racks)
        }
        var missing = wanted.values.reduce(0) { $0 + $1.left }
        var found: [Int] = []
        for node in owners(from: place) where missing > 0 {
            let (dataCenter, rack) = (nodes[node].dataCenter, nodes[node].rack)
            guard var now = wanted[dataCenter], now.left > 0, !found.contains(node) else { continue }
            if !now.racks.insert(rack).inserted {
                guard now.repeatsLeft > 0 else { continue }
                now.repeatsLeft -= 1
            }
            now.left -= 1
            wanted[dataCenter] = now
            found.append(node)
            missing -= 1
        }
        return found
    }
}
