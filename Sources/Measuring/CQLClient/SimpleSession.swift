// A blocking client on one connection, one request at a time: for probes, DDL and checks. Load has its own connections.

import CQLProtocol
import Quantities
import Reactor

/// One ready connection to one node. Used by one thread; closes its socket when it goes away.
public final class SimpleSession {
    public let target: Target
    /// What the node supports, such as `CQL_VERSION`.
    public let supported: [String: [String]]
    /// What is spoken on this connection.
    public let version: ProtocolVersion
    /// The class of the node's authenticator; nil where it asked for no login.
    public let authenticator: String?
    private let wire: Wire
    private let timeOut: Nanoseconds
    /// Events that came while an answer was awaited.
    private var events: [ServerEvent] = []
    private static let driverVersion = "1"
    /// How the connection is secured; nil where it is not.
    public var tls: TLSFacts? { wire.facts }

    /// Connects to one node of a side and shakes hands; `timeOut` holds for each of the two, and for every page of every request
    /// later.
    public init(
        _ access: SideAccess, _ endpoint: Endpoint, timeOut: Nanoseconds = .seconds(10)
    ) throws(ConnectFailure) {
        target = Target(side: access.side, endpoint: endpoint)
        self.timeOut = timeOut
        version = access.protocolVersion
        do { wire = try Wire(target.endpoint, tls: access.tls, timeOut: timeOut) } catch {
            throw SimpleSession.connectFailure(target, error, whenTimedOut: .connectTimedOut(timeOut))
        }
        let machine = ConnectionMachine(
            credentials: access.credentials, driverVersion: SimpleSession.driverVersion, version: version,
            compression: access.compression)
        let ready = try SimpleSession.shakeHands(wire, machine, target, timeOut)
        supported = ready.supported
        authenticator = ready.authenticator
    }

    /// What a node supports, asked in `version` on a connection of its own.
    static func options(
        _ access: SideAccess, _ endpoint: Endpoint, in version: ProtocolVersion, timeOut: Nanoseconds
    ) throws(ConnectFailure) -> [String: [String]] {
        let target = Target(side: access.side, endpoint: endpoint)
        let wire: Wire
        do { wire = try Wire(endpoint, tls: access.tls, timeOut: timeOut) } catch {
            throw connectFailure(target, error, whenTimedOut: .connectTimedOut(timeOut))
        }
        return try shakeHands(wire, ConnectionMachine(askingIn: version), target, timeOut).supported
    }

    private static func shakeHands(
        _ wire: Wire, _ machine: ConnectionMachine, _ target: Target, _ timeOut: Nanoseconds
    ) throws(ConnectFailure) -> ConnectionMachine {
        var machine = machine
        let deadline = Clock.now() + timeOut
        var action: ConnectionMachine.Action? = machine.connected()
        while true {
            wire.change(to: machine.framing, incoming: machine.incoming)
            do {
                switch action {
                case .send(let bytes): try wire.send(bytes, deadline: deadline)
                case .ready: return machine
                case .fail(let reason): throw ConnectFailure(target: target, reason: .handshake(reason))
                case nil: break
                }
                action = try wire.receive(deadline: deadline) { machine.received($0) }
            } catch let failure as WireFailure {
                if case .corrupt(.notCQL) = failure {
                    action = wire.lendGarbage { machine.receivedGarbage($0) }
                } else if case .closed = failure, wire.facts == nil, Wire.speaksTLS(target.endpoint, timeOut) {
                    throw ConnectFailure(target: target, reason: .handshake(.wantsTLS))
                } else {
                    throw connectFailure(target, failure, whenTimedOut: .handshakeTimedOut(timeOut))
                }
            } catch let failure as ConnectFailure {
                throw failure
            } catch { preconditionFailure("no other error is thrown above: \(error)") }
        }
    }

    private static func connectFailure(
        _ target: Target, _ failure: WireFailure, whenTimedOut: ConnectFailure.Reason
    ) -> ConnectFailure {
        switch failure {
        case .timedOut: ConnectFailure(target: target, reason: whenTimedOut)
        case .closed: ConnectFailure(target: target, reason: .closedInHandshake)
        case .corrupt(let error): ConnectFailure(target: target, reason: .handshake(.unexpected("\(error)")))
        case .system(let error): ConnectFailure(target: target, reason: .system(error))
        case .tls(let failure): ConnectFailure(target: target, reason: .tls(failure))
        }
    }

    /// Runs a statement and follows its pages. Statements without rows give none.
    @discardableResult
    public func query(
        _ cql: String, consistency: Consistency = .one, pageSize: Int32 = 1000
    ) throws(RequestFailure) -> Rows {
        try allPages(cql, QueryParameters(consistency: consistency, pageSize: pageSize)) {
            (parameters) throws(RequestFailure) in try ask(.query(cql, parameters), cql)
        }
    }

    /// Runs a batch. One with conditions answers with rows.
    @discardableResult
    public func batch(_ batch: Batch) throws(RequestFailure) -> Rows {
        let shown = "a batch of \(batch.statements.count)"
        return try allPages(shown, QueryParameters()) { (_) throws(RequestFailure) in try ask(.batch(batch), shown) }
    }

    public func prepare(_ cql: String) throws(RequestFailure) -> PreparedStatement {
        guard case .result(.prepared(let statement)) = try ask(.prepare(cql), cql) else {
            throw RequestFailure(target: target, statement: cql, reason: .unexpectedAnswer)
        }
        return statement
    }

    /// Runs a prepared statement and follows its pages. Give one value for each bind marker. `cql` is what was prepared: it is
    /// prepared again where the node has forgotten it.
    public func execute(
        _ statement: PreparedStatement, _ values: [CQLValue], cql: String, consistency: Consistency = .one,
        pageSize: Int32 = 1000
    ) throws(RequestFailure) -> Rows {
        precondition(values.count == statement.binds.count, "one value for each bind marker")
        var cells: [[UInt8]?] = []
        for (value, bind) in zip(values, statement.binds) {
            do { cells.append(try value.encoded(as: bind.type)) } catch {
                throw RequestFailure(target: target, statement: cql, reason: .malformed(error))
            }
        }
        let parameters = QueryParameters(consistency: consistency, values: cells, pageSize: pageSize)
        var known = statement
        return try allPages(cql, parameters) { (parameters) throws(RequestFailure) in
            do throws(RequestFailure) {
                return try ask(.execute(id: known.id, metadataID: known.metadataID, parameters), cql)
            } catch {
                guard case .server(let answer) = error.reason, answer.outcome == .unprepared else { throw error }
                known = try prepare(cql)
                return try ask(.execute(id: known.id, metadataID: known.metadataID, parameters), cql)
            }
        }
    }

    private func allPages(
        _ cql: String, _ parameters: QueryParameters,
        _ ask: (QueryParameters) throws(RequestFailure) -> Response
    ) throws(RequestFailure) -> Rows {
        var parameters = parameters
        var rows = Rows()
        repeat {
            guard case .result(let result) = try ask(parameters) else {
                throw RequestFailure(target: target, statement: cql, reason: .unexpectedAnswer)
            }
            guard case .rows(let page) = result else { return rows }
            do { try rows.append(page) } catch {
                throw RequestFailure(target: target, statement: cql, reason: .malformed(error))
            }
            parameters.pagingState = page.metadata.pagingState
        } while parameters.pagingState != nil
        return rows
    }

    /// Asks to be told of changes; `nextEvent` has them.
    public func register(_ kinds: [EventKind]) throws(RequestFailure) {
        let request = Request.register(kinds)
        guard case .ready = try ask(request, "REGISTER") else {
            throw RequestFailure(target: target, statement: "REGISTER", reason: .unexpectedAnswer)
        }
    }

    /// The next event; nil where none comes by `deadline`.
    public func nextEvent(by deadline: Instant) throws(RequestFailure) -> ServerEvent? {
        if !events.isEmpty { return events.removeFirst() }
        let reason: RequestFailure.Reason
        do throws(WireFailure) {
            let answer = try wire.receive(deadline: deadline) { frame in
                Result { () throws(ProtocolError) in try Response.read(frame.header, frame.body) }
            }
            switch answer {
            case .success(.event(let event)): return event
            case .success: reason = .unexpectedAnswer
            case .failure(let error): reason = .malformed(error)
            }
        } catch {
            switch error {
            case .timedOut: return nil
            case .closed, .system, .tls: reason = .connectionLost
            case .corrupt(let error): reason = .malformed(error)
            }
        }
        throw RequestFailure(target: target, statement: "REGISTER", reason: reason)
    }

    /// One request and its answer. An ERROR is thrown.
    private func ask(_ request: Request, _ cql: String) throws(RequestFailure) -> Response {
        let reason: RequestFailure.Reason
        let deadline = Clock.now() + timeOut
        do throws(WireFailure) {
            try wire.send(request.bytes(stream: 0, version: version), deadline: deadline)
            var answer: Result<Response, ProtocolError>
            repeat {
                answer = try wire.receive(deadline: deadline) { frame in
                    Result { () throws(ProtocolError) in try Response.read(frame.header, frame.body) }
                }
                if case .success(.event(let event)) = answer { events.append(event) }
            } while answer.isEvent
            switch answer {
            case .success(.error(let error)): reason = .server(error)
            case .success(let response): return response
            case .failure(let error): reason = .malformed(error)
            }
        } catch {
            switch error {
            case .timedOut: reason = .timedOut(timeOut)
            case .closed, .system, .tls: reason = .connectionLost
            case .corrupt(let error): reason = .malformed(error)
            }
        }
        throw RequestFailure(target: target, statement: cql, reason: reason)
    }
}

extension Result where Success == Response {
    fileprivate var isEvent: Bool { if case .success(.event) = self { true } else { false } }
}

extension Rows {
    mutating func append(_ page: RowsAnswer) throws(ProtocolError) {
        if columns.isEmpty { columns = page.metadata.columns }
        guard columns.count == page.metadata.columnCount else { throw .malformed("a page with other columns") }
        for cells in page.rows {
            var row: [CQLValue] = []
            for (cell, column) in zip(cells, columns) { row.append(try CQLValue(cell, as: column.type)) }
            values.append(row)
        }
    }
}
