// One connection: bytes in, answers with the time they are due out. No sockets, no clock.

import Bytes
import CQLProtocol
import Quantities

/// The server's end of a connection that speaks the native protocol v4.
public final class LabSession {
    private enum Stage { case fresh, authenticating, ready }

    private let node: LabNode
    private var stage = Stage.fresh
    private var keyspace: String?
    private var pending: [UInt8] = []
    /// The connection is to be closed once the answers so far are sent; what still comes is ignored.
    public private(set) var isClosing = false

    public init(node: LabNode) { self.node = node }

    /// Takes what came over the wire, in pieces of any size, and gives the answers to the requests that are complete.
    /// Answers may be due in another order than they were asked for.
    public func receive(_ bytes: [UInt8], now: Instant) -> [LabAnswer] {
        bytes.withUnsafeBytes { receive($0, now: now) }
    }

    public func receive(_ bytes: UnsafeRawBufferPointer, now: Instant) -> [LabAnswer] {
        if isClosing { return [] }
        var answers: [LabAnswer] = []
        if pending.isEmpty {
            let used = consume(bytes, now, &answers)
            if used < bytes.count { pending = Array(bytes[used...]) }
        } else {
            pending.append(contentsOf: bytes)
            let used = pending.withUnsafeBytes { consume($0, now, &answers) }
            pending.removeFirst(used)
        }
        if isClosing { pending = [] }
        return answers
    }

    /// Handles the complete frames at the start of `bytes`; gives the number of bytes that they take.
    private func consume(_ bytes: UnsafeRawBufferPointer, _ now: Instant, _ answers: inout [LabAnswer]) -> Int {
        var used = 0
        while !isClosing {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[used...])
            guard let first = rest.first else { break }
            if first != FrameHeader.version {
                guard let answer = refuseVersion(rest, now) else { break }
                answers.append(answer)
                break
            }
            do throws(ProtocolError) {
                guard let header = try FrameHeader.read(rest, .request) else { break }
                guard rest.count >= FrameHeader.size + header.length else { break }
                let body = UnsafeRawBufferPointer(rebasing: rest[FrameHeader.size..<FrameHeader.size + header.length])
                used += FrameHeader.size + header.length
                answers.append(
                    handle(try ReceivedRequest(header.opcode, body, flags: header.flags), header.stream, now))
            } catch {
                let stream =
                    rest.count >= 4 ? Int16(bigEndian: rest.loadUnaligned(fromByteOffset: 2, as: Int16.self)) : 0
                answers.append(close(.protocolError(error.description), stream, now))
            }
        }
        return used
    }

    /// Other versions are refused in a frame of ours, in the words that drivers look for before they try a lower one.
    /// Nil while too few bytes are there to tell the stream.
    private func refuseVersion(_ bytes: UnsafeRawBufferPointer, _ now: Instant) -> LabAnswer? {
        let version = bytes[0] & 0x7F
        // Versions 1 and 2 had a stream of one byte; a byte with the top bit set is no request at all.
        let isOld = version < 3 || bytes[0] & 0x80 != 0
        guard isOld || bytes.count >= 4 else { return nil }
        let stream = isOld ? 0 : Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: Int16.self))
        let supported = "the lowest supported version is 4 and the greatest is 4"
        return close(.protocolError("Invalid or unsupported protocol version (\(version)); \(supported)"), stream, now)
    }

    private func close(_ error: CQLError, _ stream: Int16, _ now: Instant) -> LabAnswer {
        isClosing = true
        return node.answer(error, stream: stream, now: now)
    }

    private func handle(_ request: ReceivedRequest, _ stream: Int16, _ now: Instant) -> LabAnswer {
        switch (request, stage) {
        case (.options, _):
            let cql = LabVersion(release: node.dials.version).isVersion4 ? "3.4.6" : "3.4.4"
            return node.answer(.supported, stream: stream, now: now) {
                $0.put(stringMultimap: ["PROTOCOL_VERSIONS": ["4/v4"], "COMPRESSION": [], "CQL_VERSION": [cql]])
            }
        case (.startup(let options), .fresh): return start(options, stream, now)
        case (.authenticate(let token), .authenticating): return authenticate(token, stream, now)
        case (.register, .ready): return node.answer(.ready, stream: stream, now: now) { _ in }
        case (.query, .ready), (.prepare, .ready), (.execute, .ready), (.batch, .ready):
            let (answer, newKeyspace) = node.answer(request, keyspace: keyspace, stream: stream, now: now)
            keyspace = newKeyspace ?? keyspace
            return answer
        case (.query, .authenticating), (.prepare, .authenticating), (.execute, .authenticating),
            (.batch, .authenticating),
            (.register, .authenticating):
            return node.answer(.protocolError("Needs SASL authentication first"), stream: stream, now: now)
        default:
            let expected = stage == .fresh ? "STARTUP or OPTIONS" : "requests"
            return close(.protocolError("Unexpected message, expecting \(expected)"), stream, now)
        }
    }

    private func start(_ options: [String: String], _ stream: Int16, _ now: Instant) -> LabAnswer {
        guard options["CQL_VERSION"] != nil else {
            return close(.protocolError("Missing value CQL_VERSION in STARTUP message"), stream, now)
        }
        if let compression = options["COMPRESSION"], !compression.isEmpty {
            return close(.protocolError("Unknown compression algorithm: \(compression)"), stream, now)
        }
        guard node.dials.credentials != nil else {
            stage = .ready
            return node.answer(.ready, stream: stream, now: now) { _ in }
        }
        stage = .authenticating
        return node.answer(.authenticate, stream: stream, now: now) {
            $0.put(string: "org.apache.cassandra.auth.PasswordAuthenticator")
        }
    }

    /// SASL PLAIN: an authorisation id, the user and the password, each behind a zero.
    private func authenticate(_ token: [UInt8], _ stream: Int16, _ now: Instant) -> LabAnswer {
        let parts = token.split(separator: 0, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard parts.count == 3, let wanted = node.dials.credentials, parts[1] == wanted.user,
            parts[2] == wanted.password
        else {
            let user = parts.count == 3 ? parts[1] : ""
            let error = CQLError(.badCredentials, "Provided username \(user) and/or password are incorrect")
            return node.answer(error, stream: stream, now: now)
        }
        stage = .ready
        return node.answer(.authSuccess, stream: stream, now: now) { $0.put(Int32(-1)) }
    }
}
