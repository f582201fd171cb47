// The parts of a request's time over HTTP, as the recording shows them beside response and service time.

import Documents
import Histograms

/// A part of a request's time.
public enum RequestPhase: String, CaseIterable, Sendable {
    /// From the worker's clock reading to where a connection had room for it.
    case queue
    /// Looking up the name, connecting, securing: of new connections only.
    case resolve, connect, tls
    /// From the last byte sent to the first that came.
    case firstByte = "first_byte"
    /// From there to the last.
    case body
}

/// One operation's phases on one side in one slice.
public struct PhaseRecord: Equatable, Sendable {
    /// Connections that were made.
    public var connections: Int
    /// In the order of `RequestPhase.allCases`.
    public var times: [Histogram]

    public init(connections: Int, times: [Histogram]) {
        precondition(times.count == RequestPhase.allCases.count, "one for each phase")
        self.connections = connections
        self.times = times
    }

    public mutating func add(_ other: PhaseRecord) {
        connections += other.connections
        for index in times.indices { times[index].add(other.times[index]) }
    }

    func json() -> JSON {
        var members: [String: JSON] = ["connections": .integer(connections)]
        for (phase, histogram) in zip(RequestPhase.allCases, times) where histogram.count > 0 {
            members[phase.rawValue] = histogram.summary()
        }
        return .object(members)
    }
}
