// One blocking connection: bytes out, the next frame in, each by a deadline. What SimpleSession stands on.

import Bytes
import CQLProtocol
import Quantities
import Reactor

/// What waiting for a frame came to.
enum WireFailure: Error {
    case timedOut
    case closed
    case corrupt(ProtocolError)
    case system(SystemError)
    case tls(TLSFailure)
}

/// A socket, secured or not, its poller and its receive buffer.
final class Wire {
    private let socket: Socket
    private let tls: TLSSession?
    private let poller: Poller
    private var assembler = FrameAssembler(.response)
    private var outbox = Outbox(capacity: 4 << 10)

    /// Connects, and shakes hands where the connection is to be secured, each within `timeOut`.
    init(_ endpoint: Endpoint, tls context: TLSContext?, timeOut: Nanoseconds) throws(WireFailure) {
        do {
            poller = try Poller(capacity: 4)
            socket = try Socket.connecting(to: endpoint)
        } catch { throw .system(error) }
        if let context { tls = TLSSession(context, over: socket, to: endpoint) } else { tls = nil }
        let deadline = Clock.now() + timeOut
        do throws(SystemError) { try poller.add(socket.descriptor, token: 1, read: true, write: true) } catch {
            throw .system(error)
        }
        try wait(deadline)
        let code = socket.connectError
        if code != 0 { throw .system(SystemError(code: code, "connect to \(endpoint)")) }
        if let tls { try secure(tls, timeOut) }
    }

    private func secure(_ tls: TLSSession, _ timeOut: Nanoseconds) throws(WireFailure) {
        let deadline = Clock.now() + timeOut
        do throws(WireFailure) {
            while try !isSecured(tls) { try wait(deadline) }
        } catch {
            if case .timedOut = error { throw .tls(.silent(timeOut)) }
            throw error
        }
    }

    /// Whether who closes a plain connection takes part in a TLS handshake, for not all send an alert first; which certificate it has, or
    /// wants, is of no matter.
    static func speaksTLS(_ endpoint: Endpoint, _ timeOut: Nanoseconds) -> Bool {
        guard let context = try? TLSContext(TLSSettings(verifies: false)) else { return false }
        do throws(WireFailure) {
            _ = try Wire(endpoint, tls: context, timeOut: min(timeOut, .seconds(2)))
            return true
        } catch {
            switch error {
            case .tls(.certificateWanted), .tls(.certificateRefused), .tls(.versionRefused): return true
            default: return false
            }
        }
    }

    /// Goes on with the handshake; false where that must wait.
    private func isSecured(_ tls: TLSSession) throws(WireFailure) -> Bool {
        switch tls.handshake() {
        case .done: return true
        case .waitsToRead: try watch(write: false)
        case .waitsToWrite: try watch(write: true)
        case .failed(let failure): throw .tls(failure)
        }
        return false
    }

    /// What was agreed on; nil where the connection is not secured.
    var facts: TLSFacts? { tls?.facts }

    deinit {
        tls?.close()
        poller.remove(socket.descriptor)
        socket.close()
    }

    /// How messages go out and come in from here on.
    func change(to framing: Framing, incoming: Framing) {
        if assembler.framing != incoming { assembler.framing = incoming }
        if outbox.framing != framing { outbox.change(to: framing) }
    }

    /// Sends a whole message.
    func send(_ message: [UInt8], deadline: Instant) throws(WireFailure) {
        try watch(write: true)
        outbox.messages.put(bytes: message)
        outbox.seal()
        while outbox.count > 0 {
            switch tls?.send(outbox.bytes) ?? socket.send(outbox.bytes) {
            case .bytes(let count): outbox.dropFirst(count)
            case .wouldBlock: try wait(deadline)
            case .closed, .failed: throw ended
            }
        }
        try watch(write: false)
    }

    /// Hands the next frame to `take`; its body is valid within.
    func receive<R>(deadline: Instant, _ take: (Frame) -> R) throws(WireFailure) -> R {
        while true {
            let frame: Frame?
            do { frame = try assembler.next() } catch { throw .corrupt(error) }
            if let frame { return take(frame) }
            switch read() {
            case .bytes(let count): assembler.filled(count)
            case .wouldBlock:
                if tls?.readWaitsToWrite == true { try watch(write: true) }
                try wait(deadline)
                if tls != nil { try watch(write: false) }
            case .closed, .failed: throw ended
            }
        }
    }

    private func read() -> TransferResult {
        let space = assembler.space()
        return tls?.receive(into: space) ?? socket.receive(into: space)
    }

    /// The connection ended: for a reason of TLS, or just so.
    private var ended: WireFailure { tls?.failure.map { WireFailure.tls($0) } ?? .closed }

    /// Lends what has arrived and is no frame, with what else is there to read, as far as a message needs it.
    func lendGarbage<R>(_ take: (UnsafeRawBufferPointer) -> R) -> R {
        let enough = 60
        while assembler.pending.count < enough {
            guard case .bytes(let count) = read() else { break }
            assembler.filled(count)
        }
        return take(assembler.pending)
    }

    private func watch(write: Bool) throws(WireFailure) {
        do { try poller.change(socket.descriptor, token: 1, read: true, write: write) } catch { throw .system(error) }
    }

    /// Until the socket is ready for what it is watched for.
    private func wait(_ deadline: Instant) throws(WireFailure) {
        var ready = false
        while !ready {
            let left = deadline - Clock.now()
            guard left > .zero else { throw .timedOut }
            do { try poller.wait(left) { _ in ready = true } } catch { throw .system(error) }
        }
    }
}
