// A client on a socket, for tests of what listens on one.

import CQLProtocol
import Lab
import Quantities
import Reactor

/// A blocking client on a socket, for a few requests.
final class SocketClient {
    let socket: Socket
    private var received: [UInt8] = []
    /// The server has ended the connection.
    private(set) var isClosed = false

    convenience init(_ server: LabServer) throws { try self.init(port: server.port) }

    /// On 127.0.0.1.
    init(port: UInt16) throws {
        socket = try Socket.connecting(to: Endpoint(host: "127.0.0.1", port: port))
    }
    deinit { socket.close() }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            switch bytes[sent...].withUnsafeBytes({ socket.send($0) }) {
            case .bytes(let count): sent += count
            case .wouldBlock: Clock.sleep(.milliseconds(1))
            case .closed: return
            case .failed(let code) where code == 107: Clock.sleep(.milliseconds(1))  // not connected yet
            case .failed: return
            }
        }
    }

    /// The next whole frame; nil once the server has closed, or after five seconds.
    func frame() -> Reply? {
        let deadline = Clock.now() + .seconds(5)
        while Clock.now() < deadline {
            let header = received.withUnsafeBytes { try? FrameHeader.read($0, .response) }
            if let known = header, received.count >= FrameHeader.size + known.length {
                let bytes = Array(received[..<(FrameHeader.size + known.length)])
                received.removeFirst(bytes.count)
                let response = bytes.withUnsafeBytes {
                    try? Response.read(known, UnsafeRawBufferPointer(rebasing: $0[FrameHeader.size...]))
                }
                return response.map { Reply(due: Clock.now(), stream: known.stream, response: $0) }
            }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            switch buffer.withUnsafeMutableBytes({ socket.receive(into: $0) }) {
            case .bytes(let count): received += buffer[..<count]
            case .closed:
                isClosed = true
                return nil
            case .failed(let code) where code != 107:
                isClosed = true
                return nil
            case .wouldBlock, .failed: Clock.sleep(.milliseconds(1))
            }
        }
        return nil
    }
}
