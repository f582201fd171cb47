// IP and TCP headers (RFC 791, RFC 8200, RFC 9293), as far as reassembly needs them. Nothing is copied.

/// One end of a connection: an address (IPv4 ones as IPv6 maps them, RFC 4291 section 2.5.5.2) and a port.
struct Address: Hashable, Comparable {
    var high: UInt64
    var low: UInt64
    var port: UInt16

    static func < (a: Address, b: Address) -> Bool { (a.high, a.low, a.port) < (b.high, b.low, b.port) }

    /// The 4 or 16 bytes of the address.
    var bytes: [UInt8] {
        let all = [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * $0)) } }
        return high == 0 && low >> 32 == 0xFFFF ? Array(all[12...]) : all
    }
}

/// Flags of a segment.
struct TCPFlags: OptionSet {
    var rawValue: UInt8
    static let fin = TCPFlags(rawValue: 0x01)
    static let syn = TCPFlags(rawValue: 0x02)
    static let rst = TCPFlags(rawValue: 0x04)
    static let ack = TCPFlags(rawValue: 0x10)
}

/// A TCP segment of a packet.
struct TCPSegment {
    var source: Address
    var destination: Address
    var sequence: UInt32
    var acknowledgement: UInt32
    var flags: TCPFlags
    /// As far as it was captured.
    var payload: UnsafeRawBufferPointer
    /// Bytes of the payload that were on the wire and not captured: at its end.
    var missing: Int

    /// Why a packet is none of ours.
    enum Other: Error {
        /// Not TCP over IP.
        case otherProtocol
        /// A part of an IP packet that travelled in several.
        case fragment
        /// Headers that end too early or contradict themselves.
        case malformed
    }

    /// Reads the IP packet `packet`. Lengths are those that the IP header says: Ethernet pads short packets.
    init(internet packet: UnsafeRawBufferPointer) throws(Other) {
        guard let first = packet.first else { throw .malformed }
        switch first >> 4 {
        case 4: try self.init(version4: packet)
        case 6: try self.init(version6: packet)
        default: throw .otherProtocol
        }
    }

    private init(version4 packet: UnsafeRawBufferPointer) throws(Other) {
        let headerLength = Int(packet[0] & 0xF) * 4
        guard headerLength >= 20, packet.count >= headerLength else { throw .malformed }
        guard packet[9] == 6 else { throw .otherProtocol }
        // More fragments, or not the first.
        guard packet.big16(at: 6) & 0x3FFF == 0 else { throw .fragment }
        // 0 where the network card was to cut the packet up (segmentation offload): then it is what was captured.
        let said = Int(packet.big16(at: 2))
        let length = said == 0 ? packet.count : said
        guard length >= headerLength else { throw .malformed }
        func address(at place: Int) -> (UInt64, UInt64) { (0, 0xFFFF_0000_0000 | UInt64(packet.big32(at: place))) }
        try self.init(packet, from: headerLength, length: length, address(at: 12), address(at: 16))
    }

    private init(version6 packet: UnsafeRawBufferPointer) throws(Other) {
        guard packet.count >= 40 else { throw .malformed }
        let said = Int(packet.big16(at: 4))
        let length = said == 0 ? packet.count : 40 + said
        var (next, place) = (packet[6], 40)
        while next != 6 {
            switch next {
            // Hop-by-hop options, routing, destination options.
            case 0, 43, 60:
                guard packet.count >= place + 8 else { throw .malformed }
                next = packet[place]
                place += 8 + 8 * Int(packet[place + 1])
            case 44: throw .fragment
            default: throw .otherProtocol
            }
        }
        let source = (packet.big64(at: 8), packet.big64(at: 16))
        try self.init(packet, from: place, length: length, source, (packet.big64(at: 24), packet.big64(at: 32)))
    }

    /// `place`: where TCP begins; `length`: of the IP packet.
    private init(
        _ packet: UnsafeRawBufferPointer, from place: Int, length: Int, _ source: (UInt64, UInt64),
        _ destination: (UInt64, UInt64)
    ) throws(Other) {
        guard packet.count >= place + 20 else { throw .malformed }
        let start = place + Int(packet[place + 12] >> 4) * 4
        guard start >= place + 20, start <= length else { throw .malformed }
        self.source = Address(high: source.0, low: source.1, port: packet.big16(at: place))
        self.destination = Address(high: destination.0, low: destination.1, port: packet.big16(at: place + 2))
        sequence = packet.big32(at: place + 4)
        acknowledgement = packet.big32(at: place + 8)
        flags = TCPFlags(rawValue: packet[place + 13])
        // Options may be cut as well; then all of the payload is missing.
        let (from, to) = (min(start, packet.count), min(length, packet.count))
        payload = UnsafeRawBufferPointer(rebasing: packet[from..<max(from, to)])
        missing = length - start - payload.count
    }
}
