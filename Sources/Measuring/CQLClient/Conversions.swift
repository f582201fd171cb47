// From the words of a workload or pair file to those of the protocol and of the reactor.

import CQLProtocol
import Reactor
import Workloads

extension Consistency {
    /// The level that a workload names.
    public init(_ level: ConsistencyLevel) {
        switch level {
        case .any: self = .any
        case .one: self = .one
        case .two: self = .two
        case .three: self = .three
        case .quorum: self = .quorum
        case .all: self = .all
        case .localQuorum: self = .localQuorum
        case .eachQuorum: self = .eachQuorum
        case .localOne: self = .localOne
        case .serial: self = .serial
        case .localSerial: self = .localSerial
        }
    }
}

extension BatchType {
    /// The kind that a workload names.
    public init(_ kind: BatchKind) {
        switch kind {
        case .logged: self = .logged
        case .unlogged: self = .unlogged
        case .counter: self = .counter
        }
    }
}

extension Compression {
    /// The one that a pair file names.
    public init(_ compression: SideCompression) {
        switch compression {
        // The other is HTTP's alone.
        case .none, .gzip: self = .none
        case .lz4: self = .lz4
        }
    }
}

extension Endpoint {
    /// The place that a pair file names.
    public init(_ point: ContactPoint) { self.init(host: point.host, port: point.port) }
}
