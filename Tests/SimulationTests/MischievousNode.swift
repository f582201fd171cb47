// A node on a real socket that behaves for a while and then does not: what it sends, and when it goes silent or away, is a test's choice.

import Glibc
import Lab
import Quantities
import Reactor
import Synchronization

/// What a node does instead of giving an answer.
enum Mischief: CaseIterable, Sendable {
    case randomBytes, silenceAfterHalfAFrame, hugeFrame, strangeStream, answerTwice, unknownOpcode, request
    case reset, close, halfAFrameAndClose, emptyResult, endlessRows

    /// Bytes in place of `answer`, a whole frame of protocol v4; nil where the connection ends instead.
    func bytes(for answer: [UInt8], _ random: inout SeededRandom) -> [UInt8]? {
        var bytes = answer
        switch self {
        case .randomBytes: return (0..<200).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        case .silenceAfterHalfAFrame, .halfAFrameAndClose: return Array(answer[..<(answer.count / 2)])
        case .hugeFrame: bytes.replaceSubrange(5..<9, with: [0x7F, 0xFF, 0xFF, 0xFF])
        case .strangeStream: bytes.replaceSubrange(2..<4, with: [0x75, 0x30])
        case .answerTwice: bytes += answer
        case .unknownOpcode: bytes[4] = 0x55
        case .request: bytes[0] &= 0x7F
        case .emptyResult: bytes = Array(answer[..<5]) + [0, 0, 0, 0]
        // The body says that there are 2 billion rows, and ends.
        case .endlessRows:
            bytes = Array(answer[..<5]) + [0, 0, 0, 16, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 1, 0x7F, 0xFF, 0xFF, 0xFF]
        case .reset, .close: return nil
        }
        return bytes
    }
}

/// Serves the sessions of `node` in a thread of its own. On each of the first connections it answers some requests well, then does
/// its mischief once; connections after those are served well.
final class MischievousNode: Sendable {
    /// Turns an answer into what is sent for it; nil where it is sent as it is.
    typealias Rewrite = @Sendable ([UInt8]) -> [UInt8]?

    let endpoint: Endpoint
    private let counts = Mutex((accepted: 0, done: 0))
    private let isStopping = Atomic(false)
    private let thread = Mutex<WorkerThread?>(nil)

    private struct Line {
        let socket: Socket
        let session: LabSession
        var answers = 0
        var isSilent = false
        var isOver = false
        var out: [UInt8] = []
    }

    /// `rewrite`: applied to all answers after the handshake, on all connections.
    init(_ node: LabNode, _ mischief: Mischief?, connections: Int = 3, rewrite: Rewrite? = nil) throws {
        let listener = try Socket.listening(on: Endpoint(host: "127.0.0.1", port: 0))
        endpoint = Endpoint(host: "127.0.0.1", port: listener.localPort)
        thread.withLock {
            $0 = WorkerThread(name: "mischief") { [self] in
                serve(listener, node, mischief, connections, rewrite)
                listener.close()
            }
        }
    }

    /// Connections that came, and how often the mischief was done.
    var seen: (accepted: Int, done: Int) { counts.withLock { $0 } }

    func stop() {
        isStopping.store(true, ordering: .relaxed)
        thread.withLock { $0 }?.join()
    }

    private func serve(_ listener: Socket, _ node: LabNode, _ mischief: Mischief?, _ most: Int, _ rewrite: Rewrite?) {
        var lines: [Line] = []
        var random = SeededRandom(seed: 1)
        var input = [UInt8](repeating: 0, count: 64 << 10)
        while !isStopping.load(ordering: .relaxed) {
            while let socket = try? listener.accept() {
                lines.append(Line(socket: socket, session: LabSession(node: node)))
                counts.withLock { $0.accepted += 1 }
            }
            for index in lines.indices {
                let result = input.withUnsafeMutableBytes { lines[index].socket.receive(into: $0) }
                guard case .bytes(let count) = result else {
                    if result != .wouldBlock { lines[index].isOver = true }
                    continue
                }
                for answer in lines[index].session.receive(Array(input[..<count]), now: Clock.now()) {
                    give(answer.bytes, to: &lines[index], mischief, most, rewrite, &random)
                }
                let sent = lines[index].out.withUnsafeBytes { lines[index].socket.send($0) }
                if case .bytes(let count) = sent { lines[index].out.removeFirst(count) }
                if lines[index].isOver { lines[index].socket.close() }
            }
            lines.removeAll { $0.isOver }
            Clock.sleep(.milliseconds(1))
        }
        for line in lines { line.socket.close() }
    }

    private func give(
        _ answer: [UInt8], to line: inout Line, _ mischief: Mischief?, _ most: Int, _ rewrite: Rewrite?,
        _ random: inout SeededRandom
    ) {
        if line.isSilent || line.isOver { return }
        line.answers += 1
        // The answers to OPTIONS, STARTUP and PREPARE, and ten more.
        let isDue = line.answers == 14 && mischief != nil && counts.withLock { $0.done } < most
        guard isDue, let mischief else {
            line.out += line.answers > 3 ? rewrite?(answer) ?? answer : answer
            return
        }
        counts.withLock { $0.done += 1 }
        line.isSilent = mischief == .silenceAfterHalfAFrame
        line.isOver = [.close, .reset, .halfAFrameAndClose].contains(mischief)
        if mischief == .reset {
            var immediately = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                line.socket.descriptor, SOL_SOCKET, SO_LINGER, &immediately, socklen_t(MemoryLayout<linger>.size))
        }
        line.out += mischief.bytes(for: answer, &random) ?? []
    }
}
