// One connection: bytes in, answers with the time they are due out. No sockets, no clock.

import Bytes
import CQLProtocol
import Quantities

/// The server's end of a connection that speaks the native protocol, v3 to v5, with LZ4 or without. Its first message decides which.
public final class LabSession {
    private enum Stage { case fresh, authenticating, ready }

    private let node: LabNode
    private var stage = Stage.fresh
    private var keyspace: String?
    private var assembler = FrameAssembler(.request, capacity: 4 << 10)
    /// Seals answers for their way.
    private var outbox = Outbox(capacity: 4 << 10)
    /// What a release like the node's knows.
    private let versions: [ProtocolVersion]
    /// What this connection began in.
    private var version: ProtocolVersion?
    /// How messages travel once STARTUP is answered.
    private var agreed = Framing.bare
    /// The connection is to be closed once the answers so far are sent; what still comes is ignored.
    public private(set) var isClosing = false

    public init(node: LabNode) {
        self.node = node
        versions = LabVersion(release: node.dials.version).protocolVersions
    }

    /// Takes what came over the wire, in pieces of any size, and gives the answers to the requests that are complete.
    /// Answers may be due in another order than they were asked for.
    public func receive(_ bytes: [UInt8], now: Instant) -> [LabAnswer] {
        bytes.withUnsafeBytes { receive($0, now: now) }
    }

    public func receive(_ bytes: UnsafeRawBufferPointer, now: Instant) -> [LabAnswer] {
        var answers: [LabAnswer] = []
        var rest = bytes
        while !rest.isEmpty && !isClosing {
            let space = assembler.space()
            let count = min(space.count, rest.count)
            space.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
            assembler.filled(count)
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            takeMessages(now, &answers)
        }
        if isClosing { assembler.clear() }
        return answers
    }

    /// Answers the complete messages that were received.
    private func takeMessages(_ now: Instant, _ answers: inout [LabAnswer]) {
        while !isClosing {
            if assembler.framing == .bare, let first = assembler.pending.first, !isSpoken(first) {
                if let answer = refuseVersion(now) { answers.append(answer) }
                return
            }
            let pending = assembler.pending
            let stream =
                pending.count >= 4 ? Int16(bigEndian: pending.loadUnaligned(fromByteOffset: 2, as: Int16.self)) : 0
            do throws(ProtocolError) {
                guard let frame = try assembler.next() else { return }
                answers.append(sealed(try take(frame, now)))
                if assembler.framing != agreed {
                    assembler.framing = agreed
                    outbox.change(to: agreed)
                }
            } catch {
                // Frames of v5 have no stream of their own.
                let stream = assembler.framing == .bare || assembler.framing == .compressedBodies ? stream : 0
                answers.append(
                    sealed(
                        close(.protocolError(error.description), AnswerStream(stream, version ?? versions.max()!), now))
                )
            }
        }
    }

    private func take(_ frame: Frame, _ now: Instant) throws(ProtocolError) -> LabAnswer {
        guard let version = ProtocolVersion(rawValue: frame.header.version), version == self.version ?? version else {
            throw .malformed("Invalid message version: the connection began in another")
        }
        self.version = version
        let stream = AnswerStream(frame.header.stream, version)
        let request: ReceivedRequest
        do throws(ProtocolError) {
            request = try ReceivedRequest(
                frame.header.opcode, frame.body, flags: frame.header.flags, version: version)
        } catch { return close(.protocolError(error.description), stream, now) }
        return handle(request, stream, now)
    }

    /// The answer as it travels.
    private func sealed(_ answer: LabAnswer) -> LabAnswer {
        if outbox.framing == .bare { return answer }
        outbox.messages.put(bytes: answer.bytes)
        outbox.seal()
        defer { outbox.dropFirst(outbox.count) }
        return LabAnswer(due: answer.due, bytes: Array(outbox.bytes))
    }

    private func isSpoken(_ first: UInt8) -> Bool { versions.contains { $0.rawValue == first } }

    /// Other versions are refused in a message of the highest of ours, in the words that drivers look for before they try a lower one.
    /// Nil while too few bytes are there to tell the stream.
    private func refuseVersion(_ now: Instant) -> LabAnswer? {
        let bytes = assembler.pending
        let version = bytes[0] & 0x7F
        // Versions 1 and 2 had a stream of one byte; a byte with the top bit set is no request at all.
        let isOld = version < 3 || bytes[0] & 0x80 != 0
        guard isOld || bytes.count >= 4 else { return nil }
        let stream = isOld ? 0 : Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: Int16.self))
        let words =
            "the lowest supported version is \(versions.min()!.rawValue) and the greatest is \(versions.max()!.rawValue)"
        return close(
            .protocolError("Invalid or unsupported protocol version (\(version)); \(words)"),
            AnswerStream(stream, versions.max()!),
            now)
    }

    private func close(_ error: CQLError, _ stream: AnswerStream, _ now: Instant) -> LabAnswer {
        isClosing = true
        return node.answer(error, stream: stream, now: now)
    }

    private func handle(_ request: ReceivedRequest, _ stream: AnswerStream, _ now: Instant) -> LabAnswer {
        switch (request, stage) {
        case (.options, _):
            let cql = LabVersion(release: node.dials.version).isVersion4 ? "3.4.6" : "3.4.4"
            let names = versions.map { "\($0.rawValue)/\($0)" }
            return node.answer(.supported, stream: stream, now: now) {
                $0.put(
                    stringMultimap: [
                        "PROTOCOL_VERSIONS": names, "COMPRESSION": [Compression.lz4.rawValue], "CQL_VERSION": [cql]
                    ])
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

    private func start(_ options: [String: String], _ stream: AnswerStream, _ now: Instant) -> LabAnswer {
        guard options["CQL_VERSION"] != nil else {
            return close(.protocolError("Missing value CQL_VERSION in STARTUP message"), stream, now)
        }
        let wanted = options["COMPRESSION"] ?? ""
        guard let compression = wanted.isEmpty ? Compression.none : Compression(rawValue: wanted.lowercased()) else {
            return close(.protocolError("Unknown compression algorithm: \(wanted)"), stream, now)
        }
        agreed = Framing(stream.version, compression)
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
    private func authenticate(_ token: [UInt8], _ stream: AnswerStream, _ now: Instant) -> LabAnswer {
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
