// What happens to the sides' nodes while load runs: workers and watches write it down, whoever records the run takes it, and the
// workers learn from it who is there. Rare, and so behind a lock; a worker looks at one number to know that nothing is new.

import CQLClient
import Quantities
import Recordings
import Synchronization

/// Something that happened to a node, at an instant that is yet to be counted from the start of the recording.
public struct ClusterChange: Sendable {
    public var at: Instant
    public var side: Side
    /// The node's endpoint.
    public var node: String
    public var kind: NodeEvent.Kind
    public var note: String

    public init(at: Instant, side: Side, node: String, kind: NodeEvent.Kind, note: String = "") {
        self.at = at
        self.side = side
        self.node = node
        self.kind = kind
        self.note = note
    }
}

/// Shared by all workers of a run and by who watches the clusters.
public final class ClusterNews: Sendable {
    private struct Shared {
        var changes: [ClusterChange] = []
        var noted = 0
        var topologies: [Topology?] = [nil, nil]
        /// How many workers have lost a node, by side and node.
        var lost: [String: Int] = [:]
    }

    /// A cluster that flaps must not fill the memory.
    static let mostChanges = 1000

    private let shared = Mutex(Shared())
    private let version = Atomic(0)

    public init() {}

    /// Writes a change down. Of a node that several workers lose, or have again, the first loss and the last return are noted.
    public func note(_ change: ClusterChange) {
        shared.withLock { shared in
            let key = "\(change.side) \(change.node)"
            switch change.kind {
            case .lost:
                shared.lost[key, default: 0] += 1
                if shared.lost[key]! > 1 { return }
            case .reconnected:
                guard let count = shared.lost[key] else { return }
                shared.lost[key] = count > 1 ? count - 1 : nil
                if count > 1 { return }
            case .down, .up, .added, .removed, .schemaChanged: break
            }
            shared.noted += 1
            guard shared.noted <= ClusterNews.mostChanges else { return }
            var change = change
            if shared.noted == ClusterNews.mostChanges { change.note += " (further changes are not noted)" }
            shared.changes.append(change)
        }
    }

    /// What was noted since the last call.
    public func take() -> [ClusterChange] {
        shared.withLock { shared in
            defer { shared.changes.removeAll() }
            return shared.changes
        }
    }

    /// A side's cluster as it is now: workers follow it, and try at once to reach nodes that they lost.
    public func post(_ topology: Topology, of side: Side) {
        shared.withLock { $0.topologies[side.index] = topology }
        version.add(1, ordering: .releasing)
    }

    /// Changes with every post.
    var current: Int { version.load(ordering: .acquiring) }
    func topology(of side: Side) -> Topology? { shared.withLock { $0.topologies[side.index] } }
}
