// How a side is reached: the same for probes, for the dataset and for load.

import CQLProtocol
import Quantities
import Reactor
import Workloads

/// Everything that a connection to a side needs besides what is asked over it.
public struct SideAccess: Sendable {
    public var side: Side
    /// Where the pair says that the side is reached; names are resolved when used.
    public var contactPoints: [Endpoint]
    public var credentials: Credentials?
    /// How its connections are secured; nil where they are not.
    public var tls: TLSContext?
    /// What is spoken over them; both sides of a pair agree on it before anything is measured.
    public var protocolVersion = ProtocolVersion.v4
    public var compression = Compression.none
    public var routing: RoutingPolicy
    /// The data centre that requests go to; nil: that of the first contact point that answered.
    public var dataCenter: String?
    /// Connections of each worker to each node; nil: 4 spread over the nodes, at least one each.
    public var connections: Int?
    /// The cluster as it was found; nil where nobody has looked, and then the contact points are all there is.
    public var topology: Topology?

    public init(
        _ side: Side, _ contactPoints: [Endpoint], credentials: Credentials? = nil, tls: TLSContext? = nil,
        routing: RoutingPolicy = .tokenAware, dataCenter: String? = nil, connections: Int? = nil,
        topology: Topology? = nil
    ) {
        self.side = side
        self.contactPoints = contactPoints
        self.credentials = credentials
        self.tls = tls
        self.routing = routing
        self.dataCenter = dataCenter
        self.connections = connections
        self.topology = topology
    }

    /// The data centre that requests stay in; nil where there is but one to be known of.
    public var localDataCenter: String? { dataCenter ?? topology?.nodes.first?.dataCenter }

    /// The nodes that requests go to. A contact point without peers is a node alone or a proxy, and so are those beside it. Nodes
    /// of other data centres get no requests, not even when none is left: a side that lost its data centre fails and does not
    /// become slow.
    public var nodes: [ClusterNode] {
        guard routing != .onlyThese, let topology, topology.nodes.count > 1 else {
            return contactPoints.map { ClusterNode(endpoint: $0) }
        }
        return topology.nodes.filter { $0.dataCenter == localDataCenter }
    }

    /// The same of the cluster as it is found later; nil where the pair says that other nodes are none of its business.
    public func members(of topology: Topology) -> [ClusterNode]? {
        let isCluster = (self.topology?.nodes.count ?? 0) > 1 || contactPoints.count == 1
        guard routing != .onlyThese, isCluster else { return nil }
        return topology.nodes.filter { $0.dataCenter == localDataCenter }
    }

    /// Connections of each worker to each of `nodes` nodes.
    public func connections(toEachOf nodes: Int) -> Int { connections ?? (4 + max(nodes, 1) - 1) / max(nodes, 1) }

    /// Which node gets the requests of a statement, in words.
    public func rule(for statement: PreparedStatement) -> String {
        let count = nodes.count
        if count == 1 { return "the only node" }
        let turns = "\(count) nodes in turn"
        switch routing {
        case .onlyThese: return "\(count) contact points in turn"
        case .roundRobin: return turns
        case .tokenAware: break
        }
        guard let topology, topology.hasKnownTokens else {
            return "\(turns): tokens of this partitioner are not known here"
        }
        let keyspace = statement.binds.first?.keyspace ?? ""
        guard protocolVersion >= .v4 else { return "\(turns): in v3 servers do not say where the partition key is" }
        guard !statement.partitionKeyIndices.isEmpty else {
            return "\(turns): the statement binds no whole partition key, or several"
        }
        switch topology.replications[keyspace] {
        case .simple, .byDataCenter:
            let columns = statement.partitionKeyIndices.map { statement.binds[$0].name }
            return "owners of \(columns.joined(separator: ", ")) in turn"
        case .everywhere: return "\(turns): every node holds every row"
        case .unknown(let strategy): return "\(turns): \(strategy) is not known here"
        case nil: return "\(turns): the replication of \(keyspace) is not known"
        }
    }
}
