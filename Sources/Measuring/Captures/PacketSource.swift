// Packets, one after the other, from a file of tcpdump's (pcap or pcapng), from a pipe, or from an interface: by libpcap.

import CPcap
import Glibc
import Quantities

/// A packet as it was captured. `bytes` are void when the next is asked for.
public struct Packet {
    public var time: WallTime
    public var bytes: UnsafeRawBufferPointer
    /// Bytes that it had on the wire: more than there are where the capture cut it (snaplen).
    public var lengthOnWire: Int
}

/// An open capture. Used by one thread; closed when it goes away.
public final class PacketSource {
    private let handle: OpaquePointer
    /// What packets begin with.
    public let link: LinkLayer
    /// Of an interface: why there are packets that nobody saw; nil for files.
    public private(set) var isLive = false
    /// Why reading ended before the file's own end: it is damaged or was still being written. Nil where it did not.
    public private(set) var damage: String?

    private init(_ handle: OpaquePointer, name: String) throws(CaptureError) {
        self.handle = handle
        let number = pcap_datalink(handle)
        guard let link = LinkLayer(rawValue: number) else {
            pcap_close(handle)
            let word = pcap_datalink_val_to_name(number).map { String(cString: $0) } ?? "\(number)"
            throw CaptureError(
                name, "packets of link type \(word) are not known here",
                expected: "Ethernet, loopback, Linux cooked (SLL, SLL2) or raw IP")
        }
        self.link = link
    }

    deinit { pcap_close(handle) }

    /// Room for libpcap's messages.
    private static func message(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static let expectedFile = "a capture of tcpdump's or Wireshark's (pcap or pcapng)"

    /// Opens the file at `path`; `-` is standard input.
    public convenience init(path: String) throws(CaptureError) {
        var buffer = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        let precision = UInt32(PCAP_TSTAMP_PRECISION_NANO)
        guard let handle = pcap_open_offline_with_tstamp_precision(path, precision, &buffer) else {
            throw CaptureError(path, PacketSource.message(buffer), expected: PacketSource.expectedFile)
        }
        try self.init(handle, name: path)
    }

    /// Reads a capture that is in memory; `bytes` must outlive it.
    public convenience init(bytes: UnsafeRawBufferPointer) throws(CaptureError) {
        var buffer = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        let precision = UInt32(PCAP_TSTAMP_PRECISION_NANO)
        // Opened for reading: nothing writes through the pointer.
        guard let start = bytes.baseAddress, bytes.count > 0,
            let file = fmemopen(UnsafeMutableRawPointer(mutating: start), bytes.count, "rb")
        else { throw CaptureError("memory", "no bytes", expected: PacketSource.expectedFile) }
        guard let handle = pcap_fopen_offline_with_tstamp_precision(file, precision, &buffer) else {
            fclose(file)
            throw CaptureError("memory", PacketSource.message(buffer), expected: PacketSource.expectedFile)
        }
        try self.init(handle, name: "memory")
    }

    /// Opens an interface, such as `eth0` or `any`; TCP only, and `port` only where one is given. Needs the right to capture.
    public convenience init(interface: String, port: UInt16? = nil) throws(CaptureError) {
        var buffer = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        let expected = "an interface, and the right to capture on it (root, or cap_net_raw)"
        guard let handle = pcap_create(interface, &buffer) else {
            throw CaptureError(interface, PacketSource.message(buffer), expected: expected)
        }
        pcap_set_snaplen(handle, 262_144)
        pcap_set_timeout(handle, 100)
        pcap_set_buffer_size(handle, 32 << 20)
        pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO)
        guard pcap_activate(handle) >= 0 else {
            let problem = String(cString: pcap_geterr(handle))
            pcap_close(handle)
            throw CaptureError(interface, problem, expected: expected)
        }
        try self.init(handle, name: interface)
        isLive = true
        var program = bpf_program()
        let filter = port.map { "tcp port \($0)" } ?? "tcp"
        // A link for which libpcap cannot compile a filter is read without one: all that is not TCP is passed over anyway.
        guard pcap_compile(handle, &program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0 else { return }
        pcap_setfilter(handle, &program)
        pcap_freecode(&program)
    }

    /// What `next` gives.
    public enum Item {
        case packet(Packet)
        /// An interface had none for a while.
        case none
        case end
    }

    public func next() -> Item {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var data: UnsafePointer<UInt8>?
        switch pcap_next_ex(handle, &header, &data) {
        case 1:
            guard let header = header?.pointee, let data else { return .end }
            // With nanoseconds asked for, what is called microseconds holds them.
            let (seconds, wraps) = Int64(header.ts.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
            let nanoseconds = wraps ? 0 : seconds.addingReportingOverflow(Int64(header.ts.tv_usec)).partialValue
            return .packet(
                Packet(
                    time: WallTime(unixNanoseconds: nanoseconds),
                    bytes: UnsafeRawBufferPointer(start: data, count: Int(header.caplen)),
                    lengthOnWire: Int(header.len)))
        case 0: return .none
        case -2: return .end
        default:
            damage = String(cString: pcap_geterr(handle))
            return .end
        }
    }

    /// Packets that an interface dropped because nobody took them in time; 0 for files.
    public var dropped: Int {
        var stats = pcap_stat()
        guard isLive, pcap_stats(handle, &stats) == 0 else { return 0 }
        return Int(stats.ps_drop) + Int(stats.ps_ifdrop)
    }
}
