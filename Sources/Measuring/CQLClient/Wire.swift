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
}

/// A socket, its poller and its receive buffer.
final class Wire {
    private let socket: Socket
    private let poller: Poller
    private var assembler = FrameAssembler(.response)

    /// Connects by `deadline`.
    init(_ endpoint: Endpoint, deadline: Instant) throws(WireFailure) {
        do {
            poller = try Poller(capacity: 4)
            socket = try Socket.connecting(to: endpoint)
        } catch { throw .system(error) }
        do throws(SystemError) { try poller.add(socket.descriptor, token: 1, read: true, write: true) } catch {
            throw .system(error)
        }
        try wait(deadline)
        let code = socket.connectError
        if code != 0 { throw .system(SystemError(code: code, "connect to \(endpoint)")) }
    }

    deinit {
        poller.remove(socket.descriptor)
        socket.close()
    }

    func send(_ bytes: [UInt8], deadline: Instant) throws(WireFailure) {
        try watch(write: true)
        var sent = 0
        while sent < bytes.count {
            let result = bytes.withUnsafeBytes { socket.send(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
            switch result {
            case .bytes(let count): sent += count
            case .wouldBlock: try wait(deadline)
            case .closed, .failed: throw .closed
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
            let space = assembler.space()
            switch socket.receive(into: space) {
            case .bytes(let count): assembler.filled(count)
            case .wouldBlock: try wait(deadline)
            case .closed, .failed: throw .closed
            }
        }
    }

    /// Lends what has arrived and is no frame, with what else is there to read, as far as a message needs it.
    func lendGarbage<R>(_ take: (UnsafeRawBufferPointer) -> R) -> R {
        let enough = 60
        while assembler.pending.count < enough {
            let space = assembler.space()
            guard case .bytes(let count) = socket.receive(into: space) else { break }
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
