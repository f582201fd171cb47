// The loop of a holding proxy's thread: what comes from either end goes to the other, held answers when they are due.

import Bytes
import CQLProtocol
import Quantities
import Reactor

/// One end of a connection through the proxy.
private final class HoldingEnd {
    let socket: Socket
    let token: UInt64
    var input: FrameAssembler
    var output = ByteWriter(capacity: 16 << 10)
    var waitsToWrite: Bool

    init(_ socket: Socket, _ token: UInt64, _ direction: FrameDirection, isConnecting: Bool) {
        self.socket = socket
        self.token = token
        input = FrameAssembler(direction)
        waitsToWrite = isConnecting
    }

    func put(_ frame: Frame) { output.put(frame) }
}

extension ByteWriter {
    /// Whatever its version, byte by byte what came.
    fileprivate mutating func put(_ frame: Frame) {
        put(frame.header.version | frame.header.direction.rawValue)
        put(frame.header.flags.rawValue)
        put(frame.header.stream)
        put(frame.header.opcode.rawValue)
        put(Int32(frame.header.length))
        put(bytes: frame.body)
    }
}

private final class HoldingConnection {
    let client: HoldingEnd
    let node: HoldingEnd
    var conversation = HeldConversation()
    /// The proxy has said why it ends the connection; it goes once that is sent.
    var isEnding = false

    init(client: HoldingEnd, node: HoldingEnd) {
        self.client = client
        self.node = node
    }
}

private struct HeldAnswer {
    let connection: UInt64
    let bytes: [UInt8]
    let node: Nanoseconds
    let arrived: Instant
}

/// Owned by one thread. Even tokens are clients, the odd ones behind them the node's ends of the same connections.
final class HoldingLoop {
    static let listenerToken: UInt64 = 0

    private let rule: HoldRule?
    private let upstream: Endpoint
    private let address: ResolvedAddress
    private let listener: Socket
    private let poller: Poller
    private var connections: [UInt64: HoldingConnection] = [:]
    private var lastToken = HoldingLoop.listenerToken
    private var timers = TimerHeap<HeldAnswer>()
    private var heldIDs: Set<[UInt8]> = []
    private var ready: [Readiness] = []
    private var log = HoldLog()

    init(
        rule: HoldRule?, upstream: Endpoint, listener: Socket, poller: Poller
    ) throws(SystemError) {
        self.rule = rule
        self.upstream = upstream
        address = try ResolvedAddress.all(of: upstream)[0]
        self.listener = listener
        self.poller = poller
    }

    /// Waits for the next event or due answer, and deals with all there are.
    func turn() {
        ready.removeAll(keepingCapacity: true)
        do throws(SystemError) {
            try poller.wait(timers.next.map { $0 - Clock.now() }) { ready.append($0) }
        } catch {
            preconditionFailure("the holding proxy cannot wait: \(error)")
        }
        for readiness in ready {
            if readiness.token == HoldingLoop.listenerToken {
                accept()
            } else if let connection = connections[readiness.token & ~1] {
                serve(connection, readiness)
            }
        }
        release()
    }

    /// What was done in seconds that are over; nil where nothing was.
    func takeLog(all: Bool = false) -> [HeldSecond]? { log.take(all: all) }

    func closeAll() {
        for connection in connections.values { close(connection) }
    }

    /// Lets go of the answers whose time has come.
    private func release() {
        while let (_, answer) = timers.popDue(Clock.now()) {
            guard let connection = connections[answer.connection] else { continue }
            connection.client.output.put(bytes: answer.bytes)
            flush(connection, connection.client)
            log.add(node: answer.node, held: Clock.now() - answer.arrived, at: Clock.wall())
        }
    }

    private func accept() {
        while let socket = try? listener.accept() {
            lastToken += 2
            do throws(SystemError) {
                let node = HoldingEnd(
                    try Socket.connecting(to: address, of: upstream), lastToken | 1, .response, isConnecting: true)
                let client = HoldingEnd(socket, lastToken, .request, isConnecting: false)
                connections[lastToken] = HoldingConnection(client: client, node: node)
                try poller.add(socket.descriptor, token: client.token, read: true, write: false)
                try poller.add(node.socket.descriptor, token: node.token, read: true, write: true)
            } catch {
                if let connection = connections[lastToken] { close(connection) } else { socket.close() }
            }
        }
    }

    private func serve(_ connection: HoldingConnection, _ readiness: Readiness) {
        let isNode = readiness.token & 1 == 1
        let end = isNode ? connection.node : connection.client
        if isNode && readiness.canWrite && end.socket.connectError != 0 { return close(connection) }
        if readiness.canRead || readiness.failed { read(connection, end, isNode: isNode) }
        if readiness.canWrite && connections[connection.client.token] != nil { flush(connection, end) }
    }

    private func read(_ connection: HoldingConnection, _ end: HoldingEnd, isNode: Bool) {
        switch end.socket.receive(into: end.input.space()) {
        case .bytes(let count): end.input.filled(count)
        case .wouldBlock: return
        case .closed, .failed: return close(connection)
        }
        let now = Clock.now()
        do throws(ProtocolError) {
            while !connection.isEnding, let frame = try end.input.next() {
                if isNode { try answer(connection, frame, now) } else { try request(connection, frame, now) }
            }
        } catch {
            return close(connection)
        }
        flush(connection, isNode ? connection.client : connection.node)
        if connection.isEnding { flush(connection, connection.client) }
    }

    private func request(_ connection: HoldingConnection, _ frame: Frame, _ now: Instant) throws(ProtocolError) {
        if let rule {
            guard try connection.conversation.request(frame, now: now, rule, heldIDs) else {
                return refuse(connection, frame.header.stream)
            }
        }
        connection.node.put(frame)
    }

    private func answer(_ connection: HoldingConnection, _ frame: Frame, _ now: Instant) throws(ProtocolError) {
        guard let rule, let took = try connection.conversation.answer(frame, now: now, &heldIDs) else {
            return connection.client.put(frame)
        }
        var whole = ByteWriter(capacity: FrameHeader.size + frame.body.count)
        whole.put(frame)
        let hold = Nanoseconds(Int64(Double(took.count) * rule.share))
        timers.insert(
            HeldAnswer(connection: connection.client.token, bytes: whole.array, node: took, arrived: now),
            due: now + hold)
    }

    /// Says why, in a message of version 4, and ends the connection.
    private func refuse(_ connection: HoldingConnection, _ stream: Int16) {
        connection.isEnding = true
        let start = connection.client.output.beginFrame(.error, stream: stream, direction: .response)
        connection.client.output.put(ErrorCode.protocolError.rawValue)
        connection.client.output.put(string: HeldConversation.refusal)
        connection.client.output.endFrame(start)
    }

    private func flush(_ connection: HoldingConnection, _ end: HoldingEnd) {
        while end.output.count > 0 {
            switch end.socket.send(end.output.bytes) {
            case .bytes(let count): end.output.dropFirst(count)
            case .wouldBlock: return watch(connection, end, write: true)
            case .closed, .failed: return close(connection)
            }
        }
        watch(connection, end, write: false)
        if connection.isEnding && end === connection.client { close(connection) }
    }

    private func watch(_ connection: HoldingConnection, _ end: HoldingEnd, write: Bool) {
        guard write != end.waitsToWrite else { return }
        end.waitsToWrite = write
        do throws(SystemError) {
            try poller.change(end.socket.descriptor, token: end.token, read: true, write: write)
        } catch {
            close(connection)
        }
    }

    private func close(_ connection: HoldingConnection) {
        guard connections.removeValue(forKey: connection.client.token) != nil else { return }
        for end in [connection.client, connection.node] {
            poller.remove(end.socket.descriptor)
            end.socket.close()
        }
    }
}
