// One TCP connection: which end is the client, what is spoken, and which answer belongs to which request.

import Bytes
import CQLProtocol
import Quantities

/// What a connection speaks.
enum Speech: String, CaseIterable {
    case cql
    /// Encrypted: nothing of it can be read.
    case tls
    case other
}

/// Hears what was asked and answered on all connections.
protocol ExchangeListener: AnyObject {
    /// A QUERY, EXECUTE or BATCH. What is returned comes back with its answer; nil where it is of no interest.
    func asked(_ message: CapturedMessage, keyspace: String, connection: Int, at time: WallTime) -> Int?
    /// The answer to what `token` stands for.
    func answered(_ token: Int, _ message: CapturedMessage, after: Nanoseconds)
    /// There is none in the capture.
    func unanswered(_ token: Int)
    /// PREPARE was answered.
    func prepared(_ cql: String, keyspace: String, _ statement: PreparedStatement)
}

/// Counts of connections and of what their messages were.
struct ExchangeCounts: Equatable {
    /// Connections by what they speak; those without any payload are not counted.
    var connections: [Speech: Int] = [:]
    /// CQL connections whose beginning is not in the capture.
    var withoutBeginning = 0
    /// Bytes of payload of connections that are not CQL.
    var otherBytes: [Speech: Int] = [:]
    var versions: [UInt8: Int] = [:]
    /// By the word of STARTUP.
    var compressions: [String: Int] = [:]
    var requests = 0
    var answers = 0
    /// Requests whose body is not what the protocol says, or not there at all.
    var unreadableRequests = 0
    /// Answers to nothing that was seen.
    var unexpectedAnswers = 0
    var events = 0
    /// Answers that came before their request: the clock was set, or packets were swapped.
    var negativeLatencies = 0
}

/// One direction of a conversation.
final class Channel {
    var stream = StreamReassembly()
    var cutter: MessageCutter
    /// Segments with a payload before it was known what is spoken.
    var attempts = 0
    var isFinished = false

    init(_ direction: FrameDirection, framing: Framing?, _ room: CutterRoom) {
        cutter = MessageCutter(direction, framing: framing, room)
    }
}

final class Conversation {
    private struct Pending {
        var token: Int?
        var time: WallTime
        var opcode: Opcode
    }

    let client: Address
    let server: Address
    /// Counted from 1, in the order in which connections were met.
    let number: Int
    let requests: Channel
    let answers: Channel
    /// Nil until something tells.
    private(set) var speech: Speech?
    /// Whether its SYN was seen.
    let began: Bool
    var lastSeen: WallTime
    private var pending: [Int16: Pending] = [:]
    private var preparing: [Int16: String] = [:]
    /// What STARTUP asked for; in force when it is answered.
    private var starting: (version: UInt8, compression: String)?
    private var keyspace = ""
    private unowned let book: ConversationBook

    /// Segments after which a connection that makes no sense is not CQL.
    private static let mostAttempts = 32
    /// Streams that a version of the protocol has.
    private static let mostPending = 32_768

    init(_ number: Int, client: Address, server: Address, began: Bool, _ book: ConversationBook, at time: WallTime) {
        self.number = number
        self.client = client
        self.server = server
        self.began = began
        self.book = book
        lastSeen = time
        requests = Channel(.request, framing: began ? .bare : nil, book.room)
        answers = Channel(.response, framing: began ? .bare : nil, book.room)
    }

    /// A piece of what `channel` carries.
    func take(_ piece: StreamPiece, _ channel: Channel, at time: WallTime) {
        switch piece {
        case .gap(let size):
            if speech == nil || speech == .cql {
                channel.cutter.skip(size) { [self] message in heard(message, channel, time) }
            }
        case .bytes(let bytes, let opensSegment):
            if speech == nil { recognise(bytes, channel) }
            guard speech == nil || speech == .cql else {
                book.counts.otherBytes[speech!, default: 0] += bytes.count
                return
            }
            channel.cutter.take(bytes, opensSegment: opensSegment) { [self] message in heard(message, channel, time) }
        }
    }

    /// By the first bytes of a connection, or by what stands out in its middle.
    private func recognise(_ bytes: UnsafeRawBufferPointer, _ channel: Channel) {
        channel.attempts += 1
        if Conversation.isTLS(bytes) { return settle(.tls) }
        let direction = channel === requests ? FrameDirection.request : .response
        if began {
            if channel.attempts == 1 && !FrameHeader.canBegin(bytes[0], direction) { settle(.other) }
        } else if channel.attempts > Conversation.mostAttempts {
            settle(.other)
        }
    }

    private func settle(_ speech: Speech) {
        self.speech = speech
        book.counts.connections[speech, default: 0] += 1
        if speech == .cql && !began { book.counts.withoutBeginning += 1 }
    }

    /// A record of TLS: its type, version 3.0 to 3.4, and a length that may be.
    private static func isTLS(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 5 && (0x14...0x17).contains(bytes[0]) && bytes[1] == 3 && bytes[2] <= 4
            && bytes.big16(at: 3) <= 16_384 + 2_048
    }

    // MARK: Messages

    private func heard(_ message: CapturedMessage, _ channel: Channel, _ time: WallTime) -> Agreement? {
        if speech == nil { settle(.cql) }
        return channel === requests ? asked(message, time) : answered(message, time)
    }

    private func asked(_ message: CapturedMessage, _ time: WallTime) -> Agreement? {
        book.counts.requests += 1
        let (stream, opcode) = (message.header.stream, message.header.opcode)
        var token: Int?
        switch opcode {
        case .startup: readStartup(message)
        case .query, .execute, .batch:
            if let next = book.listener.asked(message, keyspace: keyspace, connection: number, at: time) {
                token = next
            }
        case .prepare:
            var reader = try? BodyReader(message.body, behind: message.header.flags)
            if let cql = try? reader?.longString() { preparing[stream] = cql } else { unreadable() }
        default: break
        }
        guard pending.count < Conversation.mostPending else { return nil }
        if let before = pending.updateValue(Pending(token: token, time: time, opcode: opcode), forKey: stream),
            let token = before.token
        {
            book.listener.unanswered(token)
        }
        return nil
    }

    private func unreadable() { book.counts.unreadableRequests += 1 }

    private func readStartup(_ message: CapturedMessage) {
        var reader = try? BodyReader(message.body, behind: message.header.flags)
        let options = (try? reader?.stringMap()) ?? [:]
        starting = (message.header.version, options["COMPRESSION"]?.lowercased() ?? "none")
    }

    private func answered(_ message: CapturedMessage, _ time: WallTime) -> Agreement? {
        book.counts.answers += 1
        guard message.header.opcode != .event else {
            book.counts.events += 1
            return nil
        }
        guard let asked = pending.removeValue(forKey: message.header.stream) else {
            book.counts.unexpectedAnswers += 1
            return nil
        }
        if asked.opcode == .prepare { readPrepared(message) }
        if asked.opcode == .query { readKeyspace(message) }
        if asked.opcode == .startup { return started(message) }
        guard let token = asked.token else { return nil }
        let latency = time - asked.time
        if latency < .zero { book.counts.negativeLatencies += 1 }
        book.listener.answered(token, message, after: latency)
        return nil
    }

    private func readPrepared(_ message: CapturedMessage) {
        guard let cql = preparing.removeValue(forKey: message.header.stream), message.header.opcode == .result,
            case .result(.prepared(let statement))? = try? Response.read(message.header, message.body)
        else { return }
        book.listener.prepared(cql, keyspace: keyspace, statement)
    }

    /// USE was answered.
    private func readKeyspace(_ message: CapturedMessage) {
        guard message.header.opcode == .result, message.body.count < 512, message.body.count >= 4,
            case .result(.setKeyspace(let name))? = try? Response.read(message.header, message.body)
        else { return }
        keyspace = name
    }

    /// STARTUP was answered: what comes next travels as agreed. The client waits for it, so nothing of its own is on the way.
    private func started(_ message: CapturedMessage) -> Agreement? {
        guard let starting, message.header.opcode == .ready || message.header.opcode == .authenticate else {
            return nil
        }
        self.starting = nil
        book.counts.versions[starting.version, default: 0] += 1
        book.counts.compressions[starting.compression, default: 0] += 1
        let version = ProtocolVersion(rawValue: starting.version) ?? (starting.version > 5 ? .v5 : .v4)
        let framing = Framing(version, starting.compression == "none" ? .none : .lz4)
        let agreement = Agreement(framing: framing, isLZ4: ["none", "lz4"].contains(starting.compression))
        requests.cutter.agree(agreement)
        return agreement
    }

    /// Nothing more comes.
    func ended(at time: WallTime) {
        for channel in [requests, answers] {
            channel.stream.ended(&book.held, &book.streamCounts) { take($0, channel, at: $1) }
        }
        for exchange in pending.values { if let token = exchange.token { book.listener.unanswered(token) } }
        pending = [:]
    }
}
