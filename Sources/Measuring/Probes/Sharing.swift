// What a pair's sides have in common that they should not, and what environment.json says of a side.

import CQLClient
import CQLProtocol
import Reactor
import Recordings
import Workloads

extension Topology {
    /// For environment.json.
    public func environment(_ access: SideAccess) -> SideEnvironment {
        SideEnvironment(
            endpoints: access.contactPoints.map(\.description), releaseVersion: releaseVersions.joined(separator: ", "),
            clusterName: clusterName,
            partitioner: partitioner, dataCenters: dataCenters, nodes: nodes.count, schemaVersions: schemaVersions,
            protocolVersion: Int(access.protocolVersion.rawValue), compression: access.compression.rawValue,
            routing: access.routing.rawValue)
    }
}

/// Whether the two sides run on one machine, as far as addresses tell: both have a node on the loopback, or they have an address
/// in common. Then they compete for the same processors, and ratios between them say less.
public func sharesHost(_ old: Topology, _ new: Topology) -> Bool {
    if old.nodes.contains(where: \.isLoopback) && new.nodes.contains(where: \.isLoopback) { return true }
    return !Set(old.nodes.map(\.address)).isDisjoint(with: new.nodes.map(\.address))
}

/// Whether a node belongs to both sides, by host id: then old and new are the same cluster.
public func sharesNodes(_ old: Topology, _ new: Topology) -> Bool {
    !Set(old.nodes.map(\.hostID)).subtracting([""]).isDisjoint(with: new.nodes.map(\.hostID))
}
