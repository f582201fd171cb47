// The loop of a lab server's thread: what is ready, what is due, what can be sent.

import Bytes
import Quantities
import Reactor

/// What a server does, whatever it speaks. Shared by its connections.
protocol LabService: Sendable {
    var side: Side { get }
    /// A new connection.
    func converse() -> any LabConversation
    /// Sets what stalls count from if nothing has set it yet.
    func startClock(_ now: Instant, wall: WallTime)
}

/// The server's end of a connection: bytes in, answers with the time they are due out.
protocol LabConversation: AnyObject {
    func receive(_ bytes: UnsafeRawBufferPointer, now: Instant) -> [LabAnswer]
    /// To be closed once the answers so far are sent.
    var isClosing: Bool { get }
}

extension LabSession: LabConversation {}

extension LabNode: LabService {
    func converse() -> any LabConversation { LabSession(node: self) }
}

/// A connection of the server.
private final class LabConnection {
    let socket: Socket
    let session: any LabConversation
    var output = ByteWriter(capacity: 16 << 10)
    /// Answers that are not due yet.
    var outstanding = 0
    var waitsToWrite = false
    var hasOutput = false

    init(_ socket: Socket, _ session: any LabConversation) {
        self.socket = socket
        self.session = session
    }
}

/// Owned by one thread.
final class LabLoop {
    static let listenerToken: UInt64 = 0

    private let service: any LabService
    private let listener: Socket
    private let poller: Poller
    private var connections: [UInt64: LabConnection] = [:]
    private var lastToken = LabLoop.listenerToken
    private var timers = TimerHeap<(connection: UInt64, bytes: [UInt8])>()
    private var isAccepting = true
    private var input = [UInt8](repeating: 0, count: 256 << 10)
    private var ready: [Readiness] = []
    private var touched: [UInt64] = []

    init(service: any LabService, listener: Socket, poller: Poller) {
        self.service = service
        self.listener = listener
        self.poller = poller
    }

    var count: Int { connections.count }

    /// Waits for the next event or due answer, and deals with all there are.
    func turn() {
        ready.removeAll(keepingCapacity: true)
        let timeout = timers.next.map { $0 - Clock.now() }
        do throws(SystemError) {
            try poller.wait(timeout) { ready.append($0) }
        } catch {
            preconditionFailure("the lab cannot wait: \(error)")
        }
        for readiness in ready {
            if readiness.token == LabLoop.listenerToken {
                accept()
            } else if let connection = connections[readiness.token] {
                if readiness.canRead || readiness.failed { read(connection, readiness.token) }
                if readiness.canWrite { touch(connection, readiness.token) }
            }
        }
        let now = Clock.now()
        while let (_, answer) = timers.popDue(now) {
            guard let connection = connections[answer.connection] else { continue }
            connection.outstanding -= 1
            connection.output.put(bytes: answer.bytes)
            touch(connection, answer.connection)
        }
        for token in touched { if let connection = connections[token] { flush(connection, token) } }
        touched.removeAll(keepingCapacity: true)
    }

    func closeAll() {
        for (token, connection) in connections { close(connection, token) }
    }

    private func touch(_ connection: LabConnection, _ token: UInt64) {
        guard !connection.hasOutput else { return }
        connection.hasOutput = true
        touched.append(token)
    }

    private func accept() {
        while true {
            do throws(SystemError) {
                guard let socket = try listener.accept() else { return }
                lastToken += 1
                try poller.add(socket.descriptor, token: lastToken, read: true, write: false)
                connections[lastToken] = LabConnection(socket, service.converse())
            } catch {
                // Out of descriptors: take no more until a connection goes, rather than spin on a ready listener.
                setAccepting(connections.isEmpty)
                return
            }
        }
    }

    private func setAccepting(_ accepting: Bool) {
        guard accepting != isAccepting else { return }
        isAccepting = accepting
        try? poller.change(listener.descriptor, token: LabLoop.listenerToken, read: accepting, write: false)
    }

    private func read(_ connection: LabConnection, _ token: UInt64) {
        let result = input.withUnsafeMutableBytes { connection.socket.receive(into: $0) }
        switch result {
        case .bytes(let count):
            let now = Clock.now()
            let answers = input.withUnsafeBytes { bytes in
                connection.session.receive(UnsafeRawBufferPointer(rebasing: bytes[..<count]), now: now)
            }
            for answer in answers {
                if answer.due <= now {
                    connection.output.put(bytes: answer.bytes)
                } else {
                    connection.outstanding += 1
                    timers.insert((token, answer.bytes), due: answer.due)
                }
            }
            touch(connection, token)
        case .wouldBlock: return
        case .closed, .failed: close(connection, token)
        }
    }

    private func flush(_ connection: LabConnection, _ token: UInt64) {
        connection.hasOutput = false
        while connection.output.count > 0 {
            switch connection.socket.send(connection.output.bytes) {
            case .bytes(let count): connection.output.dropFirst(count)
            case .wouldBlock: return watch(connection, token, write: true)
            case .closed, .failed: return close(connection, token)
            }
        }
        watch(connection, token, write: false)
        if connection.session.isClosing && connection.outstanding == 0 { close(connection, token) }
    }

    private func watch(_ connection: LabConnection, _ token: UInt64, write: Bool) {
        guard write != connection.waitsToWrite else { return }
        connection.waitsToWrite = write
        do throws(SystemError) {
            try poller.change(connection.socket.descriptor, token: token, read: true, write: write)
        } catch {
            close(connection, token)
        }
    }

    private func close(_ connection: LabConnection, _ token: UInt64) {
        poller.remove(connection.socket.descriptor)
        connection.socket.close()
        connections[token] = nil
        setAccepting(true)
    }
}
