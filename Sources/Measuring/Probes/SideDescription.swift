// What a side says it is: versions, nodes, data centers, and whether its nodes agree on the schema.

import CQLClient
import CQLProtocol
import Reactor
import Recordings

/// One node of a cluster, as the system tables of one of its nodes know it.
public struct NodeDescription: Hashable, Sendable {
    /// Where clients reach it, without port.
    public var address: String
    public var hostID: String
    public var dataCenter: String
    public var rack: String
    public var releaseVersion: String

    public init(address: String, hostID: String, dataCenter: String, rack: String, releaseVersion: String) {
        self.address = address
        self.hostID = hostID
        self.dataCenter = dataCenter
        self.rack = rack
        self.releaseVersion = releaseVersion
    }
}

/// A side as found at one moment.
public struct SideDescription: Hashable, Sendable {
    public var clusterName: String
    public var partitioner: String
    /// The node that was asked comes first.
    public var nodes: [NodeDescription]
    /// Each once, sorted. One means agreement.
    public var schemaVersions: [String]

    public init(clusterName: String, partitioner: String, nodes: [NodeDescription], schemaVersions: [String]) {
        self.clusterName = clusterName
        self.partitioner = partitioner
        self.nodes = nodes
        self.schemaVersions = schemaVersions
    }

    /// The releases of its nodes, each once: several while a cluster is being upgraded.
    public var releaseVersions: [String] { Set(nodes.map(\.releaseVersion)).sorted() }
    public var dataCenters: [String] { Set(nodes.map(\.dataCenter)).sorted() }
    public var schemaAgrees: Bool { schemaVersions.count <= 1 }

    /// For environment.json: as found, and as reached.
    public func environment(_ access: SideAccess) -> SideEnvironment {
        SideEnvironment(
            endpoints: access.contactPoints.map(\.description), releaseVersion: releaseVersions.joined(separator: ", "),
            clusterName: clusterName,
            partitioner: partitioner, dataCenters: dataCenters, nodes: nodes.count, schemaVersions: schemaVersions,
            protocolVersion: Int(access.protocolVersion.rawValue), compression: access.compression.rawValue)
    }

    /// Asks one node. Peers without a data center are remains of nodes that are gone and are left out.
    public static func read(_ session: SimpleSession) throws(RequestFailure) -> SideDescription {
        let local = "SELECT * FROM system.local"
        let rows = try session.query(local)
        guard !rows.isEmpty else {
            throw RequestFailure(target: session.target, statement: local, reason: .unexpectedAnswer)
        }
        let row = rows[0]
        let peers = try session.query("SELECT * FROM system.peers").all.filter { $0.text("data_center") != nil }
        let versions = ([row] + peers).compactMap { $0.text("schema_version") }
        return SideDescription(
            clusterName: row.text("cluster_name") ?? "", partitioner: shortClass(row.text("partitioner") ?? ""),
            nodes: ([row] + peers).map(NodeDescription.init), schemaVersions: Set(versions).sorted())
    }
}

extension NodeDescription {
    /// From a row of system.local or system.peers.
    init(_ row: Row) {
        let addresses = ["rpc_address", "broadcast_address", "peer", "listen_address"].compactMap { row.text($0) }
        self.init(
            address: addresses.first { $0 != "0.0.0.0" && $0 != "::" } ?? "", hostID: row.text("host_id") ?? "",
            dataCenter: row.text("data_center") ?? "", rack: row.text("rack") ?? "",
            releaseVersion: row.text("release_version") ?? "")
    }

    var isLoopback: Bool { address.hasPrefix("127.") || address == "::1" }
}

/// Whether the two sides run on one machine, as far as addresses tell: both have a node on the loopback, or they have an address
/// in common. Then they compete for the same processors, and ratios between them say less.
public func sharesHost(_ old: SideDescription, _ new: SideDescription) -> Bool {
    if old.nodes.contains(where: \.isLoopback) && new.nodes.contains(where: \.isLoopback) { return true }
    return !Set(old.nodes.map(\.address)).isDisjoint(with: new.nodes.map(\.address))
}

/// Whether a node belongs to both sides, by host id: then old and new are the same cluster.
public func sharesNodes(_ old: SideDescription, _ new: SideDescription) -> Bool {
    !Set(old.nodes.map(\.hostID)).subtracting([""]).isDisjoint(with: new.nodes.map(\.hostID))
}

/// `Murmur3Partitioner` of `org.apache.cassandra.dht.Murmur3Partitioner`: releases differ in whether they write the package.
func shortClass(_ name: String) -> String {
    guard name.contains("."), !name.contains(" "), let last = name.split(separator: ".").last else { return name }
    return last.first?.isUppercase == true ? String(last) : name
}
