// One connection of a worker: its buffers, its streams, what is prepared on it, and where it stands.
//
// One thread uses a worker and its links, so the run-time check for overlapping accesses is left out of what every operation touches:
// it took a tenth of an operation's CPU in closed loop.

import Bytes
import CQLClient
import CQLProtocol
import Quantities
import Reactor

final class Link {
    enum Phase: Equatable {
        case connecting
        case handshaking
        /// Preparing the statements, one after the other.
        case preparing
        case ready
        /// Broken; to be connected again at this instant.
        case waiting(until: Instant)
        /// Its node left the cluster.
        case closed
    }

    /// One text of a statement.
    struct Preparation: Equatable {
        var statement: Int
        var text: Int
    }

    let index: Int
    let side: Side
    /// The node's number on its side.
    let node: Int
    let endpoint: Endpoint
    @exclusivity(unchecked) var phase = Phase.waiting(until: Instant(nanoseconds: 0))
    @exclusivity(unchecked) var out = Outbox(capacity: 64 << 10)
    @exclusivity(unchecked) var assembler = FrameAssembler()
    @exclusivity(unchecked) var streams: StreamTable
    var machine = ConnectionMachine(credentials: nil, driverVersion: "")
    /// One for each statement; nil where it is not prepared, and for batches.
    @exclusivity(unchecked) var templates: [ExecuteTemplate?]
    /// One for each batch; nil for other statements, and where not all of its texts are prepared.
    @exclusivity(unchecked) var batches: [BatchTemplate?]
    /// For each statement's texts what the server said; nil where it did not yet. Kept for batches alone.
    var answers: [[PreparedStatement?]]
    /// Texts that PREPARE was or will be sent for, first one under way, on stream 0.
    var preparing: [Preparation] = []
    /// Streams whose operation waits until its statement is prepared again.
    var waiters: [[Int16]]
    /// Times that the connection broke since an operation last ended well on it.
    @exclusivity(unchecked) var attempts = 0
    /// When a connection that is being made is given up.
    var givenUp = Instant.distantFuture
    /// Why it broke last.
    var lastFailure = ConnectFailure.Reason.closedInHandshake
    @exclusivity(unchecked) var isDirty = false
    /// When bytes last came.
    @exclusivity(unchecked) var lastReceived = Instant(nanoseconds: 0)
    var watchesWrites = true
    /// Its node left: it takes no more operations and is closed when those that it has are over.
    @exclusivity(unchecked) var isRetired = false

    /// Bytes that may wait for a side that does not read; beyond it operations overflow.
    static let outLimit = 8 << 20

    init(
        index: Int, side: Side, node: Int, endpoint: Endpoint, statements: [TrafficStatement], streams: Int
    ) {
        self.index = index
        self.side = side
        self.node = node
        self.endpoint = endpoint
        self.streams = StreamTable(capacity: streams)
        templates = Array(repeating: nil, count: statements.count)
        batches = Array(repeating: nil, count: statements.count)
        answers = statements.map { Array(repeating: nil, count: $0.texts.count) }
        waiters = Array(repeating: [], count: statements.count)
    }

    var target: Target { Target(side: side, endpoint: endpoint) }
    /// When something is to be done about the link though nothing arrives; nil for one that is ready.
    var due: Instant? {
        switch phase {
        case .ready, .closed: nil
        case .waiting(let until): until
        case .connecting, .handshaking, .preparing: givenUp
        }
    }

    var isReady: Bool { phase == .ready }
    /// Whether there is no connection, nor one on its way.
    var isIdle: Bool {
        switch phase {
        case .waiting, .closed: true
        case .connecting, .handshaking, .preparing, .ready: false
        }
    }
    var canTake: Bool { isReady && !isRetired && !streams.isFull && out.count < Link.outLimit }

    /// How messages go out and come in from here on, as the handshake has it.
    func changeFraming() {
        if assembler.framing != machine.incoming { assembler.framing = machine.incoming }
        if out.framing != machine.framing { out.change(to: machine.framing) }
    }

    /// As before the first byte.
    func forget() {
        out.clear()
        assembler.clear()
        for statement in templates.indices {
            templates[statement] = nil
            batches[statement] = nil
            for text in answers[statement].indices { answers[statement][text] = nil }
            waiters[statement].removeAll(keepingCapacity: true)
        }
        preparing.removeAll(keepingCapacity: true)
        isDirty = false
        watchesWrites = true
    }

    /// What is sent for a statement, now that the server knows one of its texts.
    func learn(_ preparation: Preparation, _ answer: PreparedStatement, _ statement: TrafficStatement) {
        let place = preparation.statement
        guard let batch = statement.batch else {
            templates[place] =
                statement.isPrepared
                ? ExecuteTemplate(
                    id: answer.id, metadataID: answer.metadataID, consistency: statement.consistency,
                    serialConsistency: statement.serialConsistency, valueCount: answer.binds.count,
                    pageSize: statement.pageSize, version: machine.version)
                : ExecuteTemplate(
                    text: statement.texts[0], consistency: statement.consistency,
                    serialConsistency: statement.serialConsistency, valueCount: answer.binds.count,
                    pageSize: statement.pageSize, version: machine.version)
            return
        }
        answers[place][preparation.text] = answer
        let known = answers[place].compactMap { $0 }
        guard known.count == statement.texts.count else { return }
        batches[place] = BatchTemplate(
            batch.type, statements: batch.members.map { (known[$0].id, known[$0].binds.count) },
            consistency: statement.consistency, version: machine.version)
    }
}
