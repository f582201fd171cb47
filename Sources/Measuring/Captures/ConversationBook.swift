// All connections of a capture: each packet finds its own. Memory is bounded: too many connections end those that were silent longest.

import Quantities

/// What packets were, in counts.
struct PacketCounts: Equatable {
    var packets = 0
    var bytes = 0
    /// Packets of TCP.
    var segments = 0
    var otherPackets = 0
    var fragments = 0
    var malformed = 0
    /// Packets that the capture cut (snaplen).
    var cutPackets = 0
    /// Places at which the clock went back by more than packets are swapped by.
    var clockJumps = 0
    /// Connections that were given up because there were too many.
    var forgottenConnections = 0
}

final class ConversationBook {
    private struct Ends: Hashable {
        var low: Address
        var high: Address
    }

    let room = CutterRoom()
    var held = HeldBytes()
    var packets = PacketCounts()
    var streamCounts = StreamCounts()
    var counts = ExchangeCounts()
    let listener: any ExchangeListener
    private let link: LinkLayer
    /// Ports that servers listen on; empty: any.
    private let ports: Set<UInt16>
    private var conversations: [Ends: Conversation] = [:]
    private var conversationCount = 0
    /// The conversation of the last packet: the next one is often its.
    private var last: (ends: Ends, conversation: Conversation)?
    private(set) var first: WallTime?
    /// The latest moment that was seen.
    private(set) var latest = WallTime(unixNanoseconds: .min)

    private static let mostConversations = 8_192
    private static let jump = Nanoseconds.seconds(1)
    /// Where servers of CQL listen unless told otherwise, without and with TLS.
    private static let usualPorts: Set<UInt16> = [9042, 9142]

    init(link: LinkLayer, ports: Set<UInt16> = [], listener: any ExchangeListener) {
        self.link = link
        self.ports = ports
        self.listener = listener
    }

    func take(_ packet: Packet) {
        packets.packets += 1
        packets.bytes += packet.bytes.count
        if packet.bytes.count < packet.lengthOnWire { packets.cutPackets += 1 }
        if first == nil { first = packet.time }
        if packet.time > latest {
            latest = packet.time
        } else if latest - packet.time > ConversationBook.jump {
            packets.clockJumps += 1
            latest = packet.time
        }
        guard let internet = link.internetPacket(in: packet.bytes) else {
            packets.otherPackets += 1
            return
        }
        do throws(TCPSegment.Other) {
            take(try TCPSegment(internet: internet), at: packet.time)
        } catch {
            switch error {
            case .otherProtocol: packets.otherPackets += 1
            case .fragment: packets.fragments += 1
            case .malformed: packets.malformed += 1
            }
        }
    }

    private func take(_ segment: TCPSegment, at time: WallTime) {
        packets.segments += 1
        guard let conversation = conversation(of: segment, at: time) else { return }
        conversation.lastSeen = time
        let fromClient = segment.source == conversation.client
        let channel = fromClient ? conversation.requests : conversation.answers
        let back = fromClient ? conversation.answers : conversation.requests
        if segment.flags.contains(.ack) && back.stream.hasHole {
            back.stream.acknowledged(segment.acknowledgement, at: time, &held, &streamCounts) {
                conversation.take($0, back, at: $1)
            }
        }
        if segment.flags.contains(.syn) {
            channel.stream.opened(at: segment.sequence)
        } else if segment.payload.count + segment.missing > 0 {
            channel.stream.take(
                segment.sequence, segment.payload, missing: segment.missing, at: time, &held, &streamCounts
            ) { conversation.take($0, channel, at: $1) }
        }
        if segment.flags.contains(.fin) { channel.isFinished = true }
        let isOver = conversation.requests.isFinished && conversation.answers.isFinished && !channel.stream.hasHole
        if isOver || segment.flags.contains(.rst) { end(conversation, at: time) }
    }

    private func ends(_ a: Address, _ b: Address) -> Ends { a < b ? Ends(low: a, high: b) : Ends(low: b, high: a) }

    /// The one that the segment belongs to, perhaps a new one; nil where there is none and the segment is no reason for one.
    private func conversation(of segment: TCPSegment, at time: WallTime) -> Conversation? {
        let ends = ends(segment.source, segment.destination)
        let opens = segment.flags.contains(.syn) && !segment.flags.contains(.ack)
        if let last, last.ends == ends, !opens { return last.conversation }
        if let found = conversations[ends] {
            // A SYN of its own number opens another connection between the same ends.
            guard opens, found.requests.stream.next != segment.sequence &+ 1 || found.client != segment.source else {
                last = (ends, found)
                return found
            }
            end(found, at: time)
        }
        guard opens || segment.flags.contains(.syn) || segment.payload.count > 0 else { return nil }
        guard let client = client(of: segment) else { return nil }
        if conversations.count >= ConversationBook.mostConversations { forgetSilent(at: time) }
        let server = client == segment.source ? segment.destination : segment.source
        conversationCount += 1
        let conversation = Conversation(
            conversationCount, client: client, server: server, began: segment.flags.contains(.syn), self, at: time)
        conversations[ends] = conversation
        last = (ends, conversation)
        return conversation
    }

    /// The end that asks: it sent the SYN; else the other end is known by its port, the usual one or the lower one. Nil where the ports
    /// are none of those that were asked for.
    private func client(of segment: TCPSegment) -> Address? {
        let (source, destination) = (segment.source, segment.destination)
        let isFromClient: Bool
        if segment.flags.contains(.syn) {
            isFromClient = !segment.flags.contains(.ack)
        } else {
            let known = ports.isEmpty ? ConversationBook.usualPorts : ports
            let (knowsSource, knowsDestination) = (known.contains(source.port), known.contains(destination.port))
            isFromClient = knowsSource == knowsDestination ? source.port >= destination.port : knowsDestination
        }
        let server = isFromClient ? destination : source
        guard ports.isEmpty || ports.contains(server.port) else { return nil }
        return isFromClient ? source : destination
    }

    private func end(_ conversation: Conversation, at time: WallTime) {
        conversation.ended(at: time)
        conversations[ends(conversation.client, conversation.server)] = nil
        if last?.conversation === conversation { last = nil }
    }

    private func forgetSilent(at time: WallTime) {
        // A quarter at once, so that a flood of connections costs no more than sorting them now and then.
        let oldest = conversations.values.sorted { $0.lastSeen < $1.lastSeen }.prefix(conversations.count / 4)
        packets.forgottenConnections += oldest.count
        for conversation in oldest { end(conversation, at: time) }
    }

    /// The capture is over.
    func finish() {
        for conversation in conversations.values { conversation.ended(at: latest) }
        conversations = [:]
        last = nil
    }
}
