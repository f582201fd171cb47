// TCP over non-blocking sockets. Would-block is an answer, not an error.

import CLinux
import Glibc
import Quantities

/// What a read or write came to.
public enum TransferResult: Equatable, Sendable {
    case bytes(Int)
    case wouldBlock
    /// The peer closed its end, in good order.
    case closed
    /// errno of a broken connection.
    case failed(Int32)
}

/// A host and a port as written; resolved when used. IPv6 hosts without brackets.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    public var host: String
    public var port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// An address that a socket can be connected or bound to: a name is resolved once, and never while something is measured.
public struct ResolvedAddress: Sendable {
    let family: Int32
    private let storage: [UInt8]

    /// All addresses of `endpoint`, those of IPv4 first. Blocks while the system asks its name servers.
    public static func all(of endpoint: Endpoint, passive: Bool = false) throws(SystemError) -> [ResolvedAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = passive ? AI_PASSIVE : 0
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(endpoint.host, String(endpoint.port), &hints, &list)
        guard code == 0 else {
            throw SystemError(code: code == EAI_SYSTEM ? errno : EHOSTUNREACH, "resolve \(endpoint.host)")
        }
        defer { freeaddrinfo(list) }
        var found: [ResolvedAddress] = []
        var entry = list
        while let here = entry?.pointee {
            if let address = here.ai_addr {
                let bytes = Array(UnsafeRawBufferPointer(start: address, count: Int(here.ai_addrlen)))
                found.append(ResolvedAddress(family: here.ai_family, storage: bytes))
            }
            entry = here.ai_next
        }
        guard !found.isEmpty else { throw SystemError(code: EHOSTUNREACH, "resolve \(endpoint.host)") }
        return found.filter { $0.family == AF_INET } + found.filter { $0.family != AF_INET }
    }

    func withSockaddr<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        storage.withUnsafeBytes { body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count)) }
    }
}

/// A non-blocking TCP socket, owned: close it by `close()`, once.
public struct Socket: Sendable {
    public let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Starts to connect to the first address of `endpoint`.
    public static func connecting(to endpoint: Endpoint) throws(SystemError) -> Socket {
        try connecting(to: ResolvedAddress.all(of: endpoint)[0], of: endpoint)
    }

    /// Starts to connect, Nagle off. The socket is writable when it is done; ask `connectError` then. `endpoint` is for messages.
    /// A peer that acknowledges nothing for 30 s counts as gone.
    public static func connecting(to address: ResolvedAddress, of endpoint: Endpoint) throws(SystemError) -> Socket {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw SystemError("open a socket for \(endpoint)") }
        let made = Socket(descriptor: descriptor)
        made.setNoDelay()
        var unacknowledged: Int32 = 30_000
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &unacknowledged, 4)
        // A connection that only listens would never notice that its peer is gone.
        var (on, seconds): (Int32, Int32) = (1, 5)
        setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, 4)
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_KEEPIDLE, &seconds, 4)
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_KEEPINTVL, &seconds, 4)
        let result = retrying { address.withSockaddr { Glibc.connect(descriptor, $0, $1) } }
        if result != 0 && errno != EINPROGRESS {
            let error = SystemError("connect to \(endpoint)")
            made.close()
            throw error
        }
        return made
    }

    /// A listening socket. Port 0 takes any free one: ask `localPort`.
    public static func listening(on endpoint: Endpoint, backlog: Int32 = 1024) throws(SystemError) -> Socket {
        let address = try ResolvedAddress.all(of: endpoint, passive: true)[0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw SystemError("open a socket for \(endpoint)") }
        let made = Socket(descriptor: descriptor)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
        guard address.withSockaddr({ bind(descriptor, $0, $1) }) == 0, listen(descriptor, backlog) == 0 else {
            let error = SystemError("listen on \(endpoint)")
            made.close()
            throw error
        }
        return made
    }

    /// The next waiting connection of a listening socket, or nil where there is none.
    public func accept() throws(SystemError) -> Socket? {
        let descriptor = retrying { Glibc.accept(self.descriptor, nil, nil) }
        if descriptor < 0 {
            if errno == EAGAIN || errno == EWOULDBLOCK || errno == ECONNABORTED { return nil }
            throw SystemError("accept a connection")
        }
        let made = Socket(descriptor: descriptor)
        _ = clinux_set_nonblocking(descriptor)
        made.setNoDelay()
        return made
    }

    private func setNoDelay() {
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
    }

    /// errno of a connection attempt that has ended, 0 where it worked.
    public var connectError: Int32 {
        var code: Int32 = 0
        var length = socklen_t(4)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        return code
    }

    public var localPort: UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
            // The port stands at the same place for IPv4 and IPv6.
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt16(bigEndian: $0.pointee.sin_port)
            }
        }
    }

    public func receive(into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        let n = retrying { recv(descriptor, buffer.baseAddress, buffer.count, 0) }
        if n > 0 { return .bytes(n) }
        if n == 0 { return .closed }
        return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .failed(errno)
    }

    public func send(_ bytes: UnsafeRawBufferPointer) -> TransferResult {
        let n = retrying { Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)) }
        if n >= 0 { return .bytes(n) }
        return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .failed(errno)
    }

    public func close() { _ = Glibc.close(descriptor) }
}
