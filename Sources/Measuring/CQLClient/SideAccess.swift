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
    /// Connections of each worker to this side.
    public var connections: Int
    /// What is spoken over them; both sides of a pair agree on it before anything is measured.
    public var protocolVersion = ProtocolVersion.v4
    public var compression = Compression.none

    public init(
        _ side: Side, _ contactPoints: [Endpoint], credentials: Credentials? = nil, tls: TLSContext? = nil,
        connections: Int = 4
    ) {
        self.side = side
        self.contactPoints = contactPoints
        self.credentials = credentials
        self.tls = tls
        self.connections = connections
    }
}
