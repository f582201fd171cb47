// Captures made in memory: TCP connections with their packets, as tcpdump would have written them.

import Captures

extension [UInt8] {
    public mutating func big16(_ value: Int) {
        self += [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    }
    public mutating func big32(_ value: UInt32) {
        for shift in [24, 16, 8, 0] { append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
    }
    public mutating func little32(_ value: Int) {
        for shift in [0, 8, 16, 24] { append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
}

/// Flags of a segment.
public struct TCPFlag: OptionSet, Sendable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let fin = TCPFlag(rawValue: 0x01)
    public static let syn = TCPFlag(rawValue: 0x02)
    public static let ack = TCPFlag(rawValue: 0x10)
}

/// A pcap file in the making.
public struct PcapFile {
    public private(set) var bytes: [UInt8] = []
    public var link: LinkLayer
    public var snaplen: Int
    /// Tags of VLANs.
    public var tags = 0
    public var isVersion6 = false

    public init(link: LinkLayer = .ethernet, snaplen: Int = 262_144) {
        self.link = link
        self.snaplen = snaplen
        // Nanoseconds, little-endian.
        bytes += [0x4D, 0x3C, 0xB2, 0xA1, 2, 0, 4, 0] + Array(repeating: 0, count: 8)
        bytes.little32(snaplen)
        bytes.little32(Int(link.rawValue == 12 ? 101 : link.rawValue))
    }

    public mutating func add(packet: [UInt8], at time: Int64) {
        bytes.little32(Int(time / 1_000_000_000))
        bytes.little32(Int(time % 1_000_000_000))
        bytes.little32(min(packet.count, snaplen))
        bytes.little32(packet.count)
        bytes += packet.prefix(snaplen)
    }

    /// Of host 10.0.0.`from` to host 10.0.0.`to`.
    public mutating func add(
        _ from: (host: UInt8, port: Int), _ to: (host: UInt8, port: Int), sequence: UInt32, acknowledgement: UInt32,
        _ flags: TCPFlag, _ payload: [UInt8], at time: Int64
    ) {
        var tcp: [UInt8] = []
        tcp.big16(from.port)
        tcp.big16(to.port)
        tcp.big32(sequence)
        tcp.big32(acknowledgement)
        // Eight words: as with the time stamps that every system sends.
        tcp += [0x80, flags.rawValue, 1, 0, 0, 0, 0, 0] + Array(repeating: 1, count: 12) + payload
        var ip: [UInt8] = []
        if isVersion6 {
            ip += [0x60, 0, 0, 0]
            // Behind a header of hop-by-hop options.
            ip.big16(tcp.count + 8)
            ip += [0, 64]
            for host in [from.host, to.host] { ip += [0xFD] + Array(repeating: 0, count: 14) + [host] }
            ip += [6, 0, 1, 4, 0, 0, 0, 0]
        } else {
            ip += [0x45, 0]
            ip.big16(20 + tcp.count)
            ip += [0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, from.host, 10, 0, 0, to.host]
        }
        add(packet: frame(ip + tcp), at: time)
    }

    /// Behind what the link layer has before IP, and padded as Ethernet does.
    private func frame(_ packet: [UInt8]) -> [UInt8] {
        let type: [UInt8] = isVersion6 ? [0x86, 0xDD] : [0x08, 0x00]
        switch link {
        case .ethernet:
            let tag: [UInt8] = [0x81, 0, 0, 7]
            let frame = Array(repeating: 2, count: 12) + (0..<tags).flatMap { _ in tag } + type + packet
            return frame + Array(repeating: 0, count: max(0, 60 - frame.count))
        case .loopback: return [isVersion6 ? 10 : 2, 0, 0, 0] + packet
        case .openLoopback: return [0, 0, 0, isVersion6 ? 10 : 2] + packet
        case .linuxCooked: return Array(repeating: 0, count: 14) + type + packet
        case .linuxCooked2: return type + Array(repeating: 0, count: 18) + packet
        case .raw, .rawOpenBSD, .ipv4, .ipv6: return packet
        }
    }
}

/// A connection between a client and a server, of which each message is a segment or more.
public struct WireConnection {
    public var file: PcapFile
    /// Nanoseconds since 1970.
    public var time: Int64 = 1_000_000_000_000
    /// Between two packets, unless said otherwise.
    public var step: Int64 = 100_000
    /// Bytes of a segment's payload.
    public var longestSegment = 1448
    public var client: (host: UInt8, port: Int) = (1, 40_000)
    public var server: (host: UInt8, port: Int) = (2, 9042)
    public var clientNext: UInt32 = 0xFFFF_FF00
    public var serverNext: UInt32 = 5_000
    /// Packets of that number, counted from 0, are not in the capture.
    public var lost: Set<Int> = []
    private var sent = 0

    public init(_ file: PcapFile = PcapFile()) { self.file = file }

    private mutating func put(fromClient: Bool, _ flags: TCPFlag, _ payload: [UInt8]) {
        time += step
        defer { sent += 1 }
        let (from, to) = fromClient ? (client, server) : (server, client)
        if !lost.contains(sent) {
            file.add(
                from, to, sequence: fromClient ? clientNext : serverNext,
                acknowledgement: fromClient ? serverNext : clientNext, flags, payload, at: time)
        }
        let count = UInt32(payload.count) &+ (flags.isDisjoint(with: [.syn, .fin]) ? 0 : 1)
        if fromClient { clientNext &+= count } else { serverNext &+= count }
    }

    public mutating func open() {
        put(fromClient: true, .syn, [])
        put(fromClient: false, [.syn, .ack], [])
        put(fromClient: true, .ack, [])
    }

    public mutating func close() {
        put(fromClient: true, [.fin, .ack], [])
        put(fromClient: false, [.fin, .ack], [])
        put(fromClient: true, .ack, [])
    }

    public mutating func send(_ bytes: [UInt8]) { put(bytes, fromClient: true) }
    public mutating func answer(_ bytes: [UInt8]) { put(bytes, fromClient: false) }

    private mutating func put(_ bytes: [UInt8], fromClient: Bool) {
        var rest = bytes[...]
        while !rest.isEmpty {
            put(fromClient: fromClient, .ack, Array(rest.prefix(longestSegment)))
            rest = rest.dropFirst(longestSegment)
        }
    }
}
