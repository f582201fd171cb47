// What stands before the IP packet: Ethernet with its tags, loopback, Linux cooked captures (`tcpdump -i any`), or nothing.

import CPcap

/// A link type, by libpcap's number (https://www.tcpdump.org/linktypes.html describes each).
public enum LinkLayer: Int32, Sendable {
    case ethernet = 1
    /// BSD loopback: the family in the byte order of the machine.
    case loopback = 0
    /// OpenBSD loopback: the family in network order.
    case openLoopback = 108
    /// What libpcap makes of raw IP on Linux.
    case raw = 12
    case rawOpenBSD = 14
    case linuxCooked = 113
    case ipv4 = 228
    case ipv6 = 229
    case linuxCooked2 = 276

    /// The IP packet in `frame`; nil where it carries something else or ends too early.
    func internetPacket(in frame: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        switch self {
        case .ethernet: LinkLayer.behindEtherType(frame, at: 12)
        case .loopback, .openLoopback: frame.dropping(4)
        case .raw, .rawOpenBSD, .ipv4, .ipv6: frame
        case .linuxCooked: LinkLayer.behindEtherType(frame, at: 14)
        case .linuxCooked2:
            frame.count >= 20 && LinkLayer.isInternet(frame.big16(at: 0)) ? frame.dropping(20) : nil
        }
    }

    private static func isInternet(_ etherType: UInt16) -> Bool { etherType == 0x0800 || etherType == 0x86DD }

    /// Passes over VLAN tags (802.1Q, 802.1ad), of which there may be two.
    private static func behindEtherType(_ frame: UnsafeRawBufferPointer, at place: Int) -> UnsafeRawBufferPointer? {
        var place = place
        for _ in 0..<3 {
            guard frame.count >= place + 2 else { return nil }
            let type = frame.big16(at: place)
            if isInternet(type) { return frame.dropping(place + 2) }
            guard [0x8100, 0x88A8, 0x9100].contains(type) else { return nil }
            place += 4
        }
        return nil
    }
}

extension UnsafeRawBufferPointer {
    /// Without the first `count` bytes; nil where there are fewer.
    func dropping(_ count: Int) -> UnsafeRawBufferPointer? {
        self.count < count ? nil : UnsafeRawBufferPointer(rebasing: self[count...])
    }
    /// Without bounds beyond those of the buffer itself: check first.
    func big16(at place: Int) -> UInt16 { UInt16(bigEndian: loadUnaligned(fromByteOffset: place, as: UInt16.self)) }
    func big32(at place: Int) -> UInt32 { UInt32(bigEndian: loadUnaligned(fromByteOffset: place, as: UInt32.self)) }
    func big64(at place: Int) -> UInt64 { UInt64(bigEndian: loadUnaligned(fromByteOffset: place, as: UInt64.self)) }
}
