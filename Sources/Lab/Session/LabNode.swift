// One side of the lab without its sockets: what a simulation talks to directly.

import Bytes
import CQLProtocol
import Quantities
import Synchronization

/// A node: schema, rows, prepared statements and dials, shared by its sessions. May be used from several threads.
/// It reads no clock: whoever calls says what time it is.
public final class LabNode: Sendable {
    public let side: Side
    private let state: Mutex<NodeState>

    /// - Parameters:
    ///   - clockZero: what stalls count from; nil: the first instant that the node is told.
    ///   - wallZero: civil time at clock zero, for writes that bring no timestamp of their own.
    public init(
        side: Side, dials: LabDials, clockZero: Instant? = nil,
        wallZero: WallTime = WallTime(year: 2026, month: 1, day: 1)
    ) {
        self.side = side
        state = Mutex(NodeState(side: side, dials: dials, clockZero: clockZero, wallZero: wallZero))
    }

    public convenience init(_ side: Side) { self.init(side: side, dials: LabDials(side)) }

    public var dials: LabDials { state.withLock { $0.dials } }

    /// Replaces the stalls; requests that were already answered for keep their time.
    public func setStalls(_ stalls: [Stall]) {
        precondition(stalls.leaveTime, "stalls that leave no time to answer")
        state.withLock { $0.dials.stalls = stalls }
    }

    /// Replaces the errors that are injected, by shape.
    public func setErrors(_ errors: [Shape: LabDials.InjectedError]) { state.withLock { $0.dials.errors = errors } }

    /// Forgets all prepared statements, as a node does that was restarted: EXECUTE is answered UNPREPARED until they are prepared again.
    public func forgetPreparedStatements() { state.withLock { $0.forgetPreparedStatements() } }

    /// Moves the instant that stalls count from, as to the start of a run.
    public func setClockZero(_ zero: Instant, wall: WallTime) {
        state.withLock {
            $0.clockZero = zero
            $0.wallZero = wall
        }
    }

    /// Sets clock zero if nothing has set it yet.
    func startClock(_ now: Instant, wall: WallTime) {
        state.withLock {
            guard $0.clockZero == nil else { return }
            $0.clockZero = now
            $0.wallZero = wall
        }
    }

    /// Tells the node where it listens, for `system.local`.
    func setAddress(host: String, port: UInt16) {
        state.withLock {
            $0.identity.host = host
            $0.identity.port = port
            $0.refreshSystemTables()
        }
    }

    func answer(
        _ request: ReceivedRequest, keyspace: String?, stream: AnswerStream, now: Instant
    ) -> (answer: LabAnswer, keyspace: String?) {
        state.withLock { $0.answer(request, keyspace: keyspace, stream: stream, now: now) }
    }

    func answer(_ error: CQLError, stream: AnswerStream, now: Instant) -> LabAnswer {
        state.withLock { $0.answer(error, stream: stream, due: $0.due(now, .zero)) }
    }

    func answer(
        _ opcode: Opcode, stream: AnswerStream, now: Instant, _ body: @Sendable (inout ByteWriter) -> Void
    ) -> LabAnswer {
        state.withLock { LabAnswer(due: $0.due(now, .zero), bytes: $0.frame(opcode, stream: stream, body)) }
    }
}
