// A pair file: which two sides are set against each other, how to reach them, and which differences are known.

import Documents
import Quantities

/// A host and port where a side can first be reached.
public struct ContactPoint: Hashable, Sendable, CustomStringConvertible {
    /// A name or an address; IPv6 without its brackets.
    public var host: String
    public var port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// What makes messages to and from a side smaller on their way.
public enum SideCompression: String, CaseIterable, Sendable {
    case none, lz4
    /// Over HTTP: whatever of gzip, brotli and zstd the side has.
    case gzip
}

/// Which node of a side gets a request.
public enum RoutingPolicy: String, CaseIterable, Hashable, Sendable {
    /// An owner of the row, the owners in turn; where none is known, any node of the data centre, in turn.
    case tokenAware = "token_aware"
    /// The nodes of the data centre in turn.
    case roundRobin = "round_robin"
    /// The pair's contact points in turn, whatever they say of other nodes: one node or one proxy by itself.
    case onlyThese = "only_these"
}

/// One side of a pair as its file describes it: a cluster that is there, or a node of the lab that is to be started.
public struct PairSide: Sendable {
    /// Empty for a side of the lab, and for one that speaks HTTP.
    public var cql: [ContactPoint]
    /// Nil for a side that speaks CQL, and for one of the lab.
    public var http: HTTPSide?
    /// The lab's dials, for the lab to read; nil for a cluster.
    public var lab: Node?
    /// What the release version must begin with, such as `3.11`; nil if the file does not say.
    public var version: String?
    public var datacenter: String?
    public var credentials: CredentialsSource?
    /// How connections are secured; nil where they are not.
    public var tls: SideSecurity?
    public var routing: RoutingPolicy
    /// Connections of each worker to each node; nil: 4 spread over the nodes, at least one each.
    public var connections: Int?
    /// Version of the CQL protocol; nil for the highest that both sides know.
    public var protocolVersion: Int?
    public var compression: SideCompression
    /// Whether operations reach it over HTTP.
    public var speaksHTTP: Bool
    /// Where the side begins in the file.
    public var position: Position
}

/// Two sides.
public struct PairFile: Sendable {
    public var name: String
    public var old: PairSide
    public var new: PairSide
    /// A second deployment of old, which calibration sets old against; nil where there is none.
    public var control: PairSide?
    /// Subjects of differences that are known, such as `table_options.*.cdc`; `*` stands for any text.
    public var expected: [String]

    /// The pair with a side in both places: for old its control, where there is one, in place of new.
    public func againstItself(_ side: Side) -> PairFile {
        var same = self
        same.name = "\(name)-\(side)-against-itself"
        same.old = self[side]
        same.new = side == .old ? control ?? old : new
        same.control = nil
        return same
    }

    public subscript(side: Side) -> PairSide { side == .old ? old : new }

    /// Whether the file names a difference about `subject` as known.
    public func expects(_ subject: String) -> Bool {
        let subject = Array(subject.utf8)[...]
        return expected.contains { matches(subject, Array($0.utf8)[...]) }
    }

    public static func read(_ text: String, file: String) throws(InputError) -> PairFile {
        var fields = try Fields(try YAML.read(text, file: file), what: "the pair")
        try checkVersion(try fields.required("pair"), "pair")
        let name = try checkedName(try fields.required("name"), "pair")
        let old = try fields.required("old")
        let new = try fields.required("new")
        let control = fields.optional("control")
        let expectedNode = fields.optional("expected")
        try fields.refuse(["components"])
        try fields.finish()
        var expected: [String] = []
        for node in try expectedNode?.list(expected: "a list of known differences") ?? [] {
            let pattern = try node.string(expected: "what differs, such as table_options.*.cdc")
            guard pattern.contains(where: { $0 != "*" }) else {
                let problem = "'\(pattern)' expects every difference"
                throw InputError(node.position, problem, expected: "what differs, by name")
            }
            expected.append(pattern)
        }
        return PairFile(
            name: name, old: try PairSide.read(old, "side 'old'"), new: try PairSide.read(new, "side 'new'"),
            control: try control.map { node throws(InputError) in try PairSide.read(node, "the control") },
            expected: expected)
    }
}

extension PairSide {
    public static let defaultPort: UInt16 = 9042

    fileprivate static func read(_ node: Node, _ what: String) throws(InputError) -> PairSide {
        var fields = try Fields(node, what: what)
        let cqlNode = fields.optional("cql")
        let httpNode = fields.optional("http")
        let lab = fields.optional("lab")
        let version = try fields.optional("version")?.string(expected: "a release version, such as \"4.1\"")
        let datacenter = try fields.optional("datacenter")?.string(expected: "the name of a datacenter")
        let credentials = try fields.optional("credentials").map(CredentialsSource.read)
        let tlsNode = fields.optional("tls")
        let tls = try tlsNode.map { node throws(InputError) in try SideSecurity.read(node, what) } ?? nil
        let routing = try fields.optional("routing")?.choice(of: RoutingPolicy.self, "routing") ?? .tokenAware
        let connections = try fields.optional("connections")?.integer(in: 1...64, "connections")
        let protocolVersion = try fields.optional("protocol")?.integer(in: 3...5, "protocol")
        let compression =
            try fields.optional("compression")?.choice(of: SideCompression.self, "compression") ?? SideCompression.none
        try fields.refuse(["metrics", "components", "rest", "graphql", "trino"])
        try fields.finish()
        let kinds = [("cql", cqlNode), ("http", httpNode), ("lab", lab)].compactMap { $1 == nil ? nil : $0 }
        guard kinds.count == 1 else {
            let problem =
                "\(what) has \(kinds.isEmpty ? "neither cql nor lab nor http" : kinds.joined(separator: " and "))"
            throw InputError(node.position, problem, expected: "one of cql, lab, http")
        }
        let http = try httpNode.map { node throws(InputError) in try HTTPSide.read(node, what) }
        let isGateway = try lab.map { node throws(InputError) in try isHTTP(lab: node, what) } ?? false
        let speaksHTTP = http != nil || isGateway
        try checkTransport(http, tls: tls, tlsNode, compression, speaksHTTP: speaksHTTP, node, what)
        if let tlsNode, lab != nil, tls != nil {
            throw InputError(tlsNode.position, "a lab node speaks no TLS", expected: "tls on a side with cql alone")
        }
        return PairSide(
            cql: try cqlNode.map(contactPoints) ?? [], http: http, lab: lab, version: version, datacenter: datacenter,
            credentials: credentials, tls: tls, routing: routing, connections: connections,
            protocolVersion: protocolVersion, compression: compression, speaksHTTP: speaksHTTP, position: node.position)
    }

    /// Whether a side of the lab is a gateway: `lab: {speaks: http}`.
    private static func isHTTP(lab: Node, _ what: String) throws(InputError) -> Bool {
        var fields = try Fields(lab, what: "lab of \(what)")
        return try fields.optional("speaks")?.choice(of: ["cql", "http"], "protocol") == "http"
    }

    /// What secures and packs the messages must be of the protocol that is spoken.
    private static func checkTransport(
        _ http: HTTPSide?, tls: SideSecurity?, _ tlsNode: Node?, _ compression: SideCompression, speaksHTTP: Bool,
        _ node: Node, _ what: String
    ) throws(InputError) {
        if let tlsNode, let http, (tls != nil) != http.urls[0].isSecured {
            let scheme = http.urls[0].isSecured ? "https" : "http"
            throw InputError(
                tlsNode.position, "tls is \(tls == nil ? "off" : "set") and the URL is \(scheme)",
                expected: "a URL that agrees")
        }
        if compression == (speaksHTTP ? .lz4 : .gzip) {
            throw InputError(
                node.position, "\(what) has compression \(compression.rawValue)",
                expected: speaksHTTP ? "none or gzip over HTTP" : "none or lz4 over CQL")
        }
    }

    private static func contactPoints(_ node: Node) throws(InputError) -> [ContactPoint] {
        let expected = "host, host:port or [IPv6]:port"
        var points: [ContactPoint] = []
        for member in try node.list(expected: "a list of \(expected)") {
            let text = try member.string(expected: expected)
            guard let point = ContactPoint(parsing: text) else {
                throw InputError(member.position, "'\(text)' is not a place to connect to", expected: expected)
            }
            points.append(point)
        }
        guard !points.isEmpty else {
            throw InputError(node.position, "no place to connect to", expected: "at least one \(expected)")
        }
        return points
    }
}

extension ContactPoint {
    /// Reads `host`, `host:port` or `[IPv6]:port`.
    public init?(parsing text: String, defaultPort: UInt16 = PairSide.defaultPort) {
        var host = text[...]
        var rest = Substring()
        if text.first == "[" {
            guard let closing = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<closing]
            rest = text[text.index(after: closing)...]
            guard host.contains(":") else { return nil }
        } else if let colon = text.firstIndex(of: ":") {
            (host, rest) = (text[..<colon], text[colon...])
        }
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || "/@".contains($0) }) else { return nil }
        if rest.isEmpty {
            self.init(host: String(host), port: defaultPort)
            return
        }
        let digits = rest.dropFirst()
        guard rest.first == ":", digits.allSatisfy(\.isNumber), let port = UInt16(digits), port > 0 else { return nil }
        self.init(host: String(host), port: port)
    }
}

/// Whether `text` is an instance of `pattern`, in which `*` stands for any run of bytes.
private func matches(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    let rest = pattern.dropFirst()
    if first == UInt8(ascii: "*") {
        return (text.startIndex...text.endIndex).contains { matches(text[$0...], rest) }
    }
    return text.first == first && matches(text.dropFirst(), rest)
}
