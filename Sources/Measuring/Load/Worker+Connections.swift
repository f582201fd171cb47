// Connections of a worker: made, prepared, broken, made again. What was in flight on a broken one has failed.

import Bytes
import CQLClient
import CQLProtocol
import HTTPClient
import Quantities
import Reactor
import Recordings

/// Why a run could not begin, or load could not be sent at all.
public enum LoadFailure: Error, Sendable, CustomStringConvertible {
    case cannotConnect(ConnectFailure)
    /// The machine gives no epoll set: too many open files, most likely.
    case noResources(SystemError)
    /// The side refuses a statement, or the workload's values do not fit its columns.
    case cannotPrepare(Target, cql: String, reason: String)
    /// HTTP cannot be spoken here.
    case noHTTP(HTTPUnavailable)

    public var description: String {
        switch self {
        case .cannotConnect(let failure): failure.description
        case .noResources(let error): error.description
        case .noHTTP(let error): error.description
        case .cannotPrepare(let target, let cql, let reason): "\(target) cannot prepare '\(cql)': \(reason)"
        }
    }
}

extension Worker {
    /// Returns when every link is ready; throws the first reason why one cannot be. Nodes that only their peers name may be down,
    /// as long as each side has one that is there.
    func connectAll() throws(LoadFailure) {
        try openEngines()
        let deadline = world.now() + settings.connectTimeOut
        reconnectDue()
        while true {
            if let failure = startFailure { throw failure }
            let isOver = world.now() >= deadline || shouldStop()
            guard let pending = links.first(where: { !$0.isReady && ($0.attempts == 0 && !isOver || isRequired($0)) })
            else { break }
            if isOver {
                throw .cannotConnect(
                    ConnectFailure(target: pending.target, reason: .handshakeTimedOut(settings.connectTimeOut)))
            }
            nap(until: min(deadline, world.now() + Self.longestNap))
            flush()
        }
        for nodes in nodes {
            guard nodes.rotation.isEmpty || nodes.rotation.contains(where: { links[$0].isReady }) else {
                let link = links[nodes.rotation[0]]
                throw .cannotConnect(ConnectFailure(target: link.target, reason: link.lastFailure))
            }
            for number in 0..<nodes.count where nodes.places[number].count > 0 && nodes.places[number].ready == 0 {
                note(.lost, nodes.side, number, "not reached before the run")
            }
        }
    }

    private func isRequired(_ link: Link) -> Bool { nodes[link.side.index].places[link.node].isRequired }

    /// Starts to connect every link whose time has come.
    func reconnectDue() {
        for link in links {
            guard case .waiting(let until) = link.phase, until <= world.now() else { continue }
            link.forget()
            let access = settings.sides[link.side.index]
            link.machine = ConnectionMachine(
                credentials: access.credentials, driverVersion: settings.assayVersion, version: access.protocolVersion,
                compression: access.compression)
            link.phase = .connecting
            link.givenUp = world.now() + settings.connectTimeOut
            do {
                try world.connect(
                    link.index, to: link.endpoint, tls: settings.sides[link.side.index].tls)
            } catch {
                broke(link, .system(error))
            }
        }
    }

    /// A connection that does not become ready in time is given up, and tried again.
    func expireLinks() {
        let now = world.now()
        for link in links where !link.isReady && link.givenUp <= now {
            if link.isIdle { continue }
            broke(link, .handshakeTimedOut(settings.connectTimeOut))
        }
    }

    /// An operation on the link was given up. A node that stopped in the middle of an answer and has sent nothing since, for as long as
    /// operations may take, will never send anything that can be read: every later answer would wait behind the missing half.
    func breakIfStuck(_ link: Link, _ now: Instant) {
        guard link.isReady && link.assembler.isAmidMessage && now - link.lastReceived >= settings.timeOut else {
            return
        }
        broke(link, .handshake(.unexpected("half an answer, and nothing for \(settings.timeOut)")))
    }

    /// The link failed: its operations are errors, and it is tried again after a while. Before the run it ends the run.
    /// `lost` is the class of the operations that were in flight.
    func broke(
        _ link: Link, _ reason: ConnectFailure.Reason, failure: LoadFailure? = nil,
        as lost: OutcomeClass = .connectionLost
    ) {
        if !isRunning && startFailure == nil && (failure != nil || isRequired(link)) {
            startFailure = failure ?? .cannotConnect(ConnectFailure(target: link.target, reason: reason))
        }
        if link.isIdle { return }
        mayHaveUnready = true
        world.close(link.index)
        let wasReady = link.isReady
        var flying: [Int32] = []
        link.streams.clear { flying.append($0) }
        for index in flying { fail(index, lost) }
        link.attempts += 1
        link.lastFailure = reason
        // 50 ms, doubling to 5 s, times 0.5 to 1.5.
        let backoff = min(0.025 * Double(1 << min(link.attempts, 10)), 5) * (0.5 + random.unit())
        link.phase = link.isRetired ? .closed : .waiting(until: world.now() + .seconds(backoff))
        if wasReady { changeReady(link, by: -1, reason.words) }
    }

    /// Counts a node's ready links, and notes it when the last is gone or the first is back.
    func changeReady(_ link: Link, by change: Int32, _ words: String = "") {
        let nodes = nodes[link.side.index]
        let place = nodes.places + link.node
        let before = place.pointee.ready
        place.pointee.ready += change
        guard !place.pointee.isRetired else { return }
        if place.pointee.ready == 0 { note(.lost, link.side, link.node, words) }
        if before == 0 { note(.reconnected, link.side, link.node) }
    }

    func note(_ kind: NodeEvent.Kind, _ side: Side, _ node: Int, _ words: String = "") {
        settings.news?.note(
            ClusterChange(at: world.now(), side: side, node: nodes[side.index].names[node], kind: kind, note: words))
    }

    /// The link can take bytes: a connection came about, or a full buffer drained.
    func writable(_ link: Link) {
        switch link.phase {
        case .waiting, .closed: return
        case .connecting:
            let code = world.connectError(link.index)
            if code != 0 { return broke(link, world.failure(link.index, code, "connect")) }
            link.phase = .handshaking
            obey(link.machine.connected(), link)
        case .handshaking, .preparing, .ready:
            flush(link)
        }
    }

    /// Reads everything that came. One look at the clock serves all answers of one read.
    func readable(_ link: Link) {
        while true {
            if link.isIdle || link.phase == .connecting { return }
            let space = link.assembler.space()
            switch world.receive(link.index, into: space) {
            case .wouldBlock: return
            case .closed: return broke(link, link.isReady ? .closed : .closedInHandshake)
            case .failed(let code): return broke(link, world.failure(link.index, code, "receive"))
            case .bytes(let count):
                link.assembler.filled(count)
                link.lastReceived = world.now()
                takeFrames(link, now: link.lastReceived)
                // A read that did not fill the buffer took all there was.
                if count < space.count { return }
            }
        }
    }

    private func takeFrames(_ link: Link, now: Instant) {
        do {
            while let frame = try link.assembler.next() {
                try take(frame, link, now)
                if link.isIdle { return }
            }
        } catch {
            if link.phase == .handshaking, case .notCQL = error {
                obey(link.machine.receivedGarbage(link.assembler.pending), link)
            } else {
                // Whose answers it spoiled cannot be told: it is the fault of the connection, and all of its operations bear it.
                broke(link, .handshake(.unexpected("a malformed answer: \(error)")), as: .malformedAnswer)
            }
        }
    }

    private func take(_ frame: Frame, _ link: Link, _ now: Instant) throws(ProtocolError) {
        if frame.header.opcode == .event { return }
        switch link.phase {
        case .connecting, .waiting, .closed: return
        case .handshaking:
            guard let action = link.machine.received(frame) else { return }
            link.changeFraming()
            obey(action, link)
        case .preparing, .ready:
            if frame.header.stream == 0 {
                try preparedAnswer(frame, link)
            } else {
                try answered(frame, on: link, now: now)
            }
        }
    }

    private func obey(_ action: ConnectionMachine.Action, _ link: Link) {
        switch action {
        case .send(let bytes):
            link.out.messages.put(bytes: bytes)
            flush(link)
        case .fail(let failure):
            broke(link, .handshake(failure))
        case .ready:
            link.phase = .preparing
            link.preparing = statements.indices.flatMap { statement in
                statements[statement].texts.indices.map { Link.Preparation(statement: statement, text: $0) }
            }
            prepareFirst(link)
        }
    }

    private func prepareFirst(_ link: Link) {
        guard let next = link.preparing.first else {
            link.phase = .ready
            changeReady(link, by: 1)
            return
        }
        Request.prepare(statements[next.statement].texts[next.text]).write(
            stream: 0, into: &link.out.messages, version: link.machine.version)
        flush(link)
    }

    /// A server forgot a statement: prepare it again, then send what waits for it.
    func prepareAgain(_ statement: Int, for stream: Int16, on link: Link) {
        link.waiters[statement].append(stream)
        // It begins again at its first page.
        if case .flight(let index) = link.streams.holder(stream) {
            flights.with(index) {
                $0.rows = 0
                $0.bytes = 0
                $0.pages = 0
            }
        }
        // Which of a batch's statements the server forgot makes no difference: all are prepared again.
        guard !link.preparing.contains(where: { $0.statement == statement }) else { return }
        let isIdle = link.preparing.isEmpty
        link.preparing += statements[statement].texts.indices.map { Link.Preparation(statement: statement, text: $0) }
        if isIdle { prepareFirst(link) }
    }

    private func preparedAnswer(_ frame: Frame, _ link: Link) throws(ProtocolError) {
        guard let preparation = link.preparing.first else {
            throw .malformed("an answer on stream 0, which nobody waits for")
        }
        link.preparing.removeFirst()
        let (statement, text) = (preparation.statement, preparation.text)
        let cql = statements[statement].texts[text]
        switch try Response.read(frame.header, frame.body) {
        case .result(.prepared(let answer)):
            do {
                try traffic.prepared(statement, text: text, on: link.side, as: answer)
            } catch {
                let failure = LoadFailure.cannotPrepare(link.target, cql: cql, reason: "\(error)")
                return broke(link, .handshake(.unexpected("\(error)")), failure: failure)
            }
            link.learn(preparation, answer, statements[statement])
            // A batch goes where its first statement goes.
            if text == 0 { learn(statement, on: link.side, from: answer) }
        case .error(let answer):
            guard link.isReady else {
                let failure = LoadFailure.cannotPrepare(link.target, cql: cql, reason: answer.message)
                return broke(link, .handshake(.refused(answer)), failure: failure)
            }
            link.preparing.removeAll { $0.statement == statement }
            endWaiters(statement, link) { index, stream in
                link.streams.release(stream)
                fail(index, .unprepared)
            }
        default: throw .unexpectedOpcode(frame.header.opcode.rawValue)
        }
        if link.isReady {
            if !link.preparing.contains(where: { $0.statement == statement }) {
                endWaiters(statement, link) { index, _ in write(index, on: link, pagingState: nil) }
            }
            if !link.preparing.isEmpty { prepareFirst(link) }
        } else {
            prepareFirst(link)
        }
    }

    /// Calls `body` for each operation that waited for a statement, and empties the list. Those given up meanwhile free their stream.
    private func endWaiters(_ statement: Int, _ link: Link, _ body: (Int32, Int16) -> Void) {
        let streams = link.waiters[statement]
        link.waiters[statement].removeAll(keepingCapacity: true)
        for stream in streams {
            switch link.streams.holder(stream) {
            case .flight(let index): body(index, stream)
            case .abandoned: link.streams.release(stream)
            case .nobody: break
            }
        }
    }

    /// Sends what the link has to say; what does not go now goes when the link is writable.
    func flush(_ link: Link) {
        link.out.seal()
        while link.out.count > 0 {
            switch world.send(link.index, link.out.bytes) {
            case .bytes(let count): link.out.dropFirst(count)
            case .wouldBlock:
                watchWrites(link, true)
                return
            case .closed: return broke(link, link.isReady ? .closed : .closedInHandshake)
            case .failed(let code): return broke(link, world.failure(link.index, code, "send"))
            }
        }
        watchWrites(link, false)
    }

    private func watchWrites(_ link: Link, _ on: Bool) {
        guard link.watchesWrites != on else { return }
        link.watchesWrites = on
        world.watchWrites(link.index, on)
    }
}
