// A cluster as the system tables of one of its nodes know it: who is there, who owns what, and how often each row is kept.

import CQLProtocol
import Quantities
import Reactor

/// One node of a cluster.
public struct ClusterNode: Hashable, Sendable {
    /// Where clients reach it.
    public var endpoint: Endpoint
    /// Its own address towards clients, as events name it. For the node that was asked it may differ from `endpoint`, which is then
    /// what the pair calls it.
    public var address: String
    public var hostID: String
    public var dataCenter: String
    public var rack: String
    public var releaseVersion: String
    /// Empty where it names none.
    public var schemaVersion: String
    /// Ends of the stretches of the ring that it owns; empty where the partitioner's tokens are no 64-bit numbers.
    public var tokens: [Int64]

    public init(
        endpoint: Endpoint, address: String? = nil, hostID: String = "", dataCenter: String = "", rack: String = "",
        releaseVersion: String = "", schemaVersion: String = "", tokens: [Int64] = []
    ) {
        self.endpoint = endpoint
        self.address = address ?? endpoint.host
        self.hostID = hostID
        self.dataCenter = dataCenter
        self.rack = rack
        self.releaseVersion = releaseVersion
        self.schemaVersion = schemaVersion
        self.tokens = tokens
    }

    /// Whether it runs on the machine that it was asked from.
    public var isLoopback: Bool { address.hasPrefix("127.") || address == "::1" }
}

extension [ClusterNode] {
    /// Each once, sorted; nodes that name none do not count.
    var schemaVersions: [String] { Set(map(\.schemaVersion)).subtracting([""]).sorted() }
}

/// A cluster at one moment.
public struct Topology: Hashable, Sendable {
    public var clusterName: String
    /// Without its package, such as `Murmur3Partitioner`.
    public var partitioner: String
    /// The node that was asked comes first.
    public var nodes: [ClusterNode]
    /// By keyspace.
    public var replications: [String: Replication]

    public init(
        clusterName: String, partitioner: String, nodes: [ClusterNode], replications: [String: Replication] = [:]
    ) {
        self.clusterName = clusterName
        self.partitioner = partitioner
        self.nodes = nodes
        self.replications = replications
    }

    /// What requests are routed by: all but what a node runs and which schema it has.
    public var places: Topology {
        var places = self
        for index in nodes.indices {
            places.nodes[index].releaseVersion = ""
            places.nodes[index].schemaVersion = ""
        }
        return places
    }

    /// The releases of its nodes, each once: several while a cluster is being upgraded.
    public var releaseVersions: [String] { Set(nodes.map(\.releaseVersion)).sorted() }
    public var dataCenters: [String] { Set(nodes.map(\.dataCenter)).sorted() }
    /// Each once, sorted. One means agreement; nodes that name none do not count.
    public var schemaVersions: [String] { nodes.schemaVersions }
    public var schemaAgrees: Bool { schemaVersions.count <= 1 }
    /// Whether tokens of keys can be computed here.
    public var hasKnownTokens: Bool { partitioner == "Murmur3Partitioner" }
}

extension SimpleSession {
    /// Reads everything; the node that answers stands first, at the endpoint by which it was reached.
    public func topology() throws(RequestFailure) -> Topology {
        let (local, nodes) = try nodes()
        var replications: [String: Replication] = [:]
        for row in try query("SELECT keyspace_name, replication FROM system_schema.keyspaces").all {
            if let name = row.text("keyspace_name"), let options = row["replication"].textMap {
                replications[name] = Replication(options)
            }
        }
        return Topology(
            clusterName: local.text("cluster_name") ?? "", partitioner: shortClass(local.text("partitioner") ?? ""),
            nodes: nodes, replications: replications)
    }

    /// The row of the node itself, and all nodes. Peers without a data centre are remains of nodes that are gone.
    func nodes() throws(RequestFailure) -> (local: Row, nodes: [ClusterNode]) {
        let statement = "SELECT * FROM system.local"
        let rows = try query(statement)
        guard !rows.isEmpty else {
            throw RequestFailure(target: target, statement: statement, reason: .unexpectedAnswer)
        }
        let local = rows[0]
        var first = ClusterNode(local, port: target.endpoint.port)
        first.endpoint = target.endpoint
        let peers = try peers(of: local).filter { $0.text("data_center") != nil }
        return (local, [first] + peers.map { ClusterNode($0, port: target.endpoint.port) })
    }

    /// Since 4.0 a table of its own names peers with their ports. A proxy may claim a version and not have it.
    private func peers(of local: Row) throws(RequestFailure) -> [Row] {
        let major = local.text("release_version").flatMap { $0.split(separator: ".").first }.flatMap { Int($0) }
        if let major, major >= 4 {
            do {
                return try query("SELECT * FROM system.peers_v2").all
            } catch {
                guard case .server = error.reason else { throw error }
            }
        }
        return try query("SELECT * FROM system.peers").all
    }
}

extension ClusterNode {
    /// From a row of system.local, system.peers_v2 or system.peers; `port` where the table names none. A node that listens on all
    /// addresses gives 0.0.0.0, and is then reached where its peers reach it.
    public init(_ row: Row, port: UInt16) {
        let columns = ["native_address", "rpc_address", "broadcast_address", "peer", "listen_address"]
        let address = columns.compactMap { row.text($0) }.first { $0 != "0.0.0.0" && $0 != "::" } ?? ""
        let named = row["native_port"].integer ?? row["rpc_port"].integer
        self.init(
            endpoint: Endpoint(host: address, port: named.flatMap { UInt16(exactly: $0) } ?? port), address: address,
            hostID: row.text("host_id") ?? "", dataCenter: row.text("data_center") ?? "", rack: row.text("rack") ?? "",
            releaseVersion: row.text("release_version") ?? "", schemaVersion: row.text("schema_version") ?? "",
            tokens: (row["tokens"].elements ?? []).compactMap { $0.text.flatMap { Int64($0) } }.sorted())
    }
}

/// `Murmur3Partitioner` of `org.apache.cassandra.dht.Murmur3Partitioner`: releases differ in whether they write the package.
public func shortClass(_ name: String) -> String {
    guard name.contains("."), !name.contains(" "), let last = name.split(separator: ".").last else { return name }
    return last.first?.isUppercase == true ? String(last) : name
}
