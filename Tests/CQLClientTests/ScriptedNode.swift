// A node that plays a part: it answers each request with the next line of its script.

import CQLProtocol
import Quantities
import Reactor

/// What a node does next.
enum Line: Sendable {
    /// Waits for a whole request, then sends these bytes.
    case answer([UInt8])
    /// Sends these bytes without waiting.
    case say([UInt8])
    /// Closes the connection.
    case close
}

/// A listening socket on loopback whose first connection is served by a script, and then held open.
final class ScriptedNode: Sendable {
    private let thread: WorkerThread
    let endpoint: Endpoint

    init(_ script: [Line]) throws {
        let listener = try Socket.listening(on: Endpoint(host: "127.0.0.1", port: 0))
        endpoint = Endpoint(host: "127.0.0.1", port: listener.localPort)
        thread = WorkerThread(name: "scripted-node") { ScriptedNode.play(script, listener) }
    }

    private static func play(_ script: [Line], _ listener: Socket) {
        let deadline = Clock.now() + .seconds(20)
        var accepted: Socket?
        while accepted == nil && Clock.now() < deadline {
            accepted = try? listener.accept()
            Clock.sleep(.milliseconds(1))
        }
        listener.close()
        guard let socket = accepted else { return }
        defer { socket.close() }
        var assembler = FrameAssembler(.request)
        for line in script {
            switch line {
            case .close: return
            case .say(let bytes): _ = bytes.withUnsafeBytes { socket.send($0) }
            case .answer(let bytes):
                guard awaitRequest(socket, &assembler, deadline) else { return }
                _ = bytes.withUnsafeBytes { socket.send($0) }
            }
        }
        // Held until the client goes away.
        while awaitRequest(socket, &assembler, deadline) {}
    }

    private static func awaitRequest(_ socket: Socket, _ assembler: inout FrameAssembler, _ deadline: Instant) -> Bool {
        while Clock.now() < deadline {
            do { if try assembler.next() != nil { return true } } catch { return false }
            switch socket.receive(into: assembler.space()) {
            case .bytes(let count): assembler.filled(count)
            case .wouldBlock: Clock.sleep(.milliseconds(1))
            case .closed, .failed: return false
            }
        }
        return false
    }
}
