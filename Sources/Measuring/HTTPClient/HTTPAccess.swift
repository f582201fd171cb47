// How a side is reached over HTTP: the same for probes and for load.

import CCurl
import Quantities
import Reactor

/// Which version of HTTP a side is spoken to in.
public enum HTTPVersion: String, CaseIterable, Hashable, Sendable {
    /// HTTP/2 where TLS agrees on it, else HTTP/1.1.
    case automatic = "auto"
    case http11 = "1.1"
    /// Over TLS by agreement, and without TLS from the first byte on.
    case http2 = "2"
}

/// Where a side's URLs begin: scheme, host, port, and a path that stands before that of each operation.
public struct HTTPBase: Hashable, Sendable, CustomStringConvertible {
    public var isSecured: Bool
    public var endpoint: Endpoint
    /// Empty, or with a slash in front and none behind.
    public var path: String

    public init(isSecured: Bool, endpoint: Endpoint, path: String = "") {
        self.isSecured = isSecured
        self.endpoint = endpoint
        self.path = path
    }

    public var description: String { "\(scheme)://\(endpoint)\(path)" }
    var scheme: String { isSecured ? "https" : "http" }
}

/// Everything that a request to a side needs besides what is asked.
public struct HTTPAccess: Sendable {
    public var side: Side
    /// Requests take them in turn. At least one.
    public var bases: [HTTPBase]
    /// For bases that are secured; nil: trusted are those whom the system trusts.
    public var tls: TLSSettings?
    public var version = HTTPVersion.automatic
    /// Connections of each worker at most.
    public var connections = HTTPAccess.usualConnections
    /// Whether answers may come compressed.
    public var isCompressed = false
    /// Redirections that are followed at most, within the same scheme, host and port.
    public var redirects = 0
    /// URL of a proxy; nil for none, whatever the environment says.
    public var proxy: String?
    /// Lines such as `X-Tenant: 7` that go with every request.
    public var headers: [String] = []
    /// Sent as HTTP Basic authentication.
    public var login: Login?
    /// Bytes that an answer may have, decompressed, its head apart.
    public var mostBytes = 16 << 20
    /// For a connection, its name look-up and TLS included.
    public var connectTimeOut = Nanoseconds.seconds(10)

    public struct Login: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
        public var user: String
        let password: String

        public var description: String { "user \(user)" }
        public var debugDescription: String { description }
        public var customMirror: Mirror { Mirror(self, children: ["user": user]) }

        public init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    public static let usualConnections = 64
    /// Requests at one time over one connection of HTTP/2, at most; the server may allow fewer.
    static let streams = 100

    public init(_ side: Side, _ bases: [HTTPBase]) {
        precondition(!bases.isEmpty, "a side is reached somewhere")
        self.side = side
        self.bases = bases
    }

    /// Requests under way at one time, at most; others wait for their turn.
    var mostAtOnce: Int { mayMultiplex ? connections * HTTPAccess.streams : connections }
    /// Whether a connection may carry several requests at one time.
    var mayMultiplex: Bool { version == .http2 || version == .automatic && bases[0].isSecured }

    /// Throws where libcurl is missing, or cannot do what is asked here.
    public func check() throws(HTTPUnavailable) {
        if let problem = ccurl_load() { throw HTTPUnavailable(reason: String(cString: problem)) }
        // `libcurl/7.88.1 OpenSSL/3.0.22 …`
        let version = String(cString: ccurl_version()).split(separator: " ").first?.split(separator: "/").last ?? ""
        let numbers = version.split(separator: ".").map { Int($0) ?? 0 } + [0, 0]
        guard (numbers[0], numbers[1]) >= (7, 85) else { throw HTTPUnavailable(reason: "here is \(version)") }
        // Before 8.0 it breaks such a connection when it uses it again (curl's issue 10634).
        guard numbers[0] >= 8 || self.version != .http2 || bases[0].isSecured else {
            throw HTTPUnavailable(reason: "HTTP/2 without TLS needs 8.0, and here is \(version)")
        }
    }
}
