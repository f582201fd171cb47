// What was probed rather than timed: a difference of parity, a fact about a side. Judging may rest on it like on a histogram.

import Quantities

/// One thing that was looked at on both sides.
public struct Observation: Hashable, Sendable {
    /// Family of probe, such as `parity`.
    public var kind: String
    /// What was compared, dotted: `table_options.shop.orders_by_customer.compression.chunk_length_in_kb`.
    public var subject: String
    public var old: String
    public var new: String
    /// Whether the pair file names this difference as known.
    public var expected: Bool
    public var note: String

    public init(kind: String, subject: String, old: String, new: String, expected: Bool = false, note: String = "") {
        self.kind = kind
        self.subject = subject
        self.old = old
        self.new = new
        self.expected = expected
        self.note = note
    }

    public var differs: Bool { old != new }
}

/// Everything that was observed, and which probes ran: "no difference" is only worth something when somebody looked.
public struct Observations: Hashable, Sendable {
    /// Kinds of probe that ran to their end.
    public var probed: [String]
    public var observations: [Observation]

    public init(probed: [String] = [], observations: [Observation] = []) {
        self.probed = probed
        self.observations = observations
    }
}

/// One side as it was found.
public struct SideEnvironment: Hashable, Sendable {
    public var endpoints: [String]
    public var releaseVersion: String
    public var clusterName: String
    public var partitioner: String
    public var dataCenters: [String]
    public var nodes: Int
    public var schemaVersions: [String]
    public var protocolVersion: Int
    /// Of messages on their way: `none` or `lz4`.
    public var compression: String
    /// What the side was reached by over HTTP: `HTTP/1.1`, `HTTP/2`; nil for CQL.
    public var http: String?
    /// nil in files of versions that did not look.
    public var security: SecurityFacts?
    /// Which node gets a request, in words: the pair's policy, and by operation what it comes to.
    public var routing: String
    public var routes: [String: String]

    public init(
        endpoints: [String], releaseVersion: String, clusterName: String, partitioner: String, dataCenters: [String],
        nodes: Int,
        schemaVersions: [String], protocolVersion: Int = 4, compression: String = "none", routing: String = "",
        routes: [String: String] = [:]
    ) {
        self.endpoints = endpoints
        self.releaseVersion = releaseVersion
        self.clusterName = clusterName
        self.partitioner = partitioner
        self.dataCenters = dataCenters
        self.nodes = nodes
        self.schemaVersions = schemaVersions
        self.protocolVersion = protocolVersion
        self.compression = compression
        self.routing = routing
        self.routes = routes
    }
}

/// Both sides and the generator's machine.
public struct Environment: Hashable, Sendable {
    public var assayVersion: String
    public var old: SideEnvironment
    public var new: SideEnvironment
    /// Kernel, CPU model, cores, memory: name and value.
    public var machine: [String: String]
    public var sharedHost: Bool

    public init(
        assayVersion: String, old: SideEnvironment, new: SideEnvironment, machine: [String: String], sharedHost: Bool
    ) {
        self.assayVersion = assayVersion
        self.old = old
        self.new = new
        self.machine = machine
        self.sharedHost = sharedHost
    }

    public subscript(side: Side) -> SideEnvironment { side == .old ? old : new }
}
