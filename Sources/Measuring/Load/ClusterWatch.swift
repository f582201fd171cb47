// Listens to what a cluster says of itself while load runs, on a connection and a thread of its own: the workers must not wait for it.

import CQLClient
import CQLProtocol
import Quantities
import Reactor
import Recordings
import Synchronization
import Workloads

/// Follows one side: events are noted, and who belongs to the cluster is read anew after each that may have changed it.
public final class ClusterWatch: Sendable {
    private let access: SideAccess
    private let news: ClusterNews
    private let stopping = Atomic(false)

    /// For a connection, and for every request on it.
    private static let timeOut = Nanoseconds.seconds(2)
    /// How often somebody may ask it to stop.
    private static let nap = Nanoseconds.milliseconds(200)
    /// Events come in swarms, and the system tables a moment after them.
    private static let settling = Nanoseconds.milliseconds(500)

    public init(_ access: SideAccess, news: ClusterNews) {
        self.access = access
        self.news = news
    }

    /// Begins; returns the thread to join after `stop`.
    public func start() -> WorkerThread {
        WorkerThread(name: "assay-watch") { [self] in
            var state = State(known: access.topology)
            while !stopping.load(ordering: .relaxed) {
                do {
                    try listen(&state)
                } catch {
                    // The node went away or takes no REGISTER: another one may know more.
                    state.session = nil
                    state.attempts += 1
                    Clock.sleep(ClusterWatch.nap)
                }
            }
        }
    }

    public func stop() { stopping.store(true, ordering: .relaxed) }

    private struct State {
        var known: Topology?
        var session: SimpleSession?
        var attempts = 0
        /// When the system tables are to be read; nil where nothing changed.
        var readAt: Instant?
        /// Whether the cluster said that a node left: a node that was only just started may not know its peers yet.
        var mayShrink = false
        /// What was said of a node last, by its name: servers say it more than once.
        var status: [String: ServerEvent.Status] = [:]
    }

    private func listen(_ state: inout State) throws {
        if state.session == nil {
            state.session = try connect(state)
            // Whatever happened meanwhile was not heard.
            if state.attempts > 0 { state.readAt = Clock.now() }
        }
        guard let session = state.session else { return }
        if let due = state.readAt, Clock.now() >= due {
            state.readAt = nil
            try read(session, &state)
        }
        guard let event = try session.nextEvent(by: Clock.now() + ClusterWatch.nap) else { return }
        switch event {
        case .schema(let change):
            let name = change.name.isEmpty ? change.keyspace : "\(change.keyspace).\(change.name)"
            note(.schemaChanged, session.target.endpoint.description, "\(change.target) \(name) \(change.change)")
            if change.target == "KEYSPACE" { state.readAt = Clock.now() + ClusterWatch.settling }
        case .status(let status, let address):
            let name = name(of: address, state)
            guard state.status.updateValue(status, forKey: name) != status else { return }
            note(status == .up ? .up : .down, name)
            if status == .up { state.readAt = Clock.now() + ClusterWatch.settling }
        case .topology(let change, _):
            if change == .removedNode { state.mayShrink = true }
            state.readAt = Clock.now() + ClusterWatch.settling
        }
    }

    private func connect(_ state: State) throws -> SimpleSession {
        var endpoints = access.contactPoints
        if access.routing != .onlyThese {
            endpoints += (state.known?.nodes ?? []).map(\.endpoint).filter { !endpoints.contains($0) }
        }
        let endpoint = endpoints[state.attempts % endpoints.count]
        let session = try SimpleSession(access, endpoint, timeOut: ClusterWatch.timeOut)
        try session.register(EventKind.allCases)
        return session
    }

    /// Reads who is there and hands it on; who came and who left is noted.
    private func read(_ session: SimpleSession, _ state: inout State) throws {
        let found = try session.topology()
        let before = state.known?.nodes ?? []
        func isIn(_ nodes: [ClusterNode]) -> (ClusterNode) -> Bool {
            // By their ids: the node that is asked and its peers may name a node by different addresses.
            { node in
                nodes.contains { node.hostID.isEmpty ? $0.address == node.address : $0.hostID == node.hostID }
            }
        }
        let left = before.filter { !isIn(found.nodes)($0) }
        guard left.isEmpty || state.mayShrink else { return }
        state.mayShrink = false
        for node in found.nodes where !isIn(before)(node) { note(.added, node.endpoint.description) }
        for node in left { note(.removed, node.endpoint.description) }
        state.known = found
        news.post(found, of: access.side)
    }

    private func name(of address: InetAddress, _ state: State) -> String {
        let nodes = state.known?.nodes ?? []
        let known = nodes.filter { $0.address == address.host }
        let exact = known.first { Int32($0.endpoint.port) == address.port } ?? known.first
        return exact?.endpoint.description ?? address.description
    }

    private func note(_ kind: NodeEvent.Kind, _ node: String, _ note: String = "") {
        news.note(ClusterChange(at: Clock.now(), side: access.side, node: node, kind: kind, note: note))
    }
}
