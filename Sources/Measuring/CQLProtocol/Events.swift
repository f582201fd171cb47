// What a server says unasked (native_protocol_v5.spec, section 4.2.6; v3 and v4 say the same in the same bytes).

import Bytes

/// A kind of event that a client can register for.
public enum EventKind: String, CaseIterable, Hashable, Sendable {
    case topologyChange = "TOPOLOGY_CHANGE"
    case statusChange = "STATUS_CHANGE"
    case schemaChange = "SCHEMA_CHANGE"
}

/// An [inet]: where a node takes clients.
public struct InetAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 bytes of IPv4 or 16 of IPv6.
    public var bytes: [UInt8]
    public var port: Int32

    public init(bytes: [UInt8], port: Int32) {
        self.bytes = bytes
        self.port = port
    }

    /// The address as text, IPv6 without brackets.
    public var host: String { CQLValue.inet(bytes).plain }
    public var description: String { bytes.count == 16 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// What a statement changed in the schema.
public struct SchemaChange: Equatable, Sendable {
    /// `CREATED`, `UPDATED` or `DROPPED`.
    public var change: String
    /// `KEYSPACE`, `TABLE`, `TYPE`, `FUNCTION` or `AGGREGATE`.
    public var target: String
    public var keyspace: String
    /// Empty for a keyspace.
    public var name: String
    /// Types of the arguments of a function or an aggregate, in CQL.
    public var argumentTypes: [String]

    public init(change: String, target: String, keyspace: String, name: String, argumentTypes: [String] = []) {
        self.change = change
        self.target = target
        self.keyspace = keyspace
        self.name = name
        self.argumentTypes = argumentTypes
    }

    fileprivate var hasArguments: Bool { target == "FUNCTION" || target == "AGGREGATE" }
}

/// A message that answers no request.
public enum ServerEvent: Equatable, Sendable {
    public enum Topology: String, CaseIterable, Sendable {
        case newNode = "NEW_NODE"
        case removedNode = "REMOVED_NODE"
        case movedNode = "MOVED_NODE"
    }

    public enum Status: String, CaseIterable, Sendable {
        case up = "UP"
        case down = "DOWN"
    }

    /// The ring has another node, or one less.
    case topology(Topology, InetAddress)
    /// A node came back, or is gone.
    case status(Status, InetAddress)
    case schema(SchemaChange)

    /// What to register for to be told.
    public var kind: EventKind {
        switch self {
        case .topology: .topologyChange
        case .status: .statusChange
        case .schema: .schemaChange
        }
    }
}

extension BodyReader {
    mutating func serverEvent() throws(ProtocolError) -> ServerEvent {
        let name = try string()
        guard let kind = EventKind(rawValue: name) else { throw .malformed("'\(name)' is no kind of event") }
        switch kind {
        case .schemaChange: return .schema(try schemaChange())
        case .topologyChange:
            let word = try string()
            guard let change = ServerEvent.Topology(rawValue: word) else {
                throw .malformed("'\(word)' is no change of the topology")
            }
            return .topology(change, try inet())
        case .statusChange:
            let word = try string()
            guard let change = ServerEvent.Status(rawValue: word) else {
                throw .malformed("'\(word)' is no status of a node")
            }
            return .status(change, try inet())
        }
    }

    mutating func schemaChange() throws(ProtocolError) -> SchemaChange {
        var change = SchemaChange(change: try string(), target: try string(), keyspace: try string(), name: "")
        if change.target != "KEYSPACE" { change.name = try string() }
        if change.hasArguments { change.argumentTypes = try stringList() }
        return change
    }

    /// [inetaddr]: an address without a port.
    mutating func inetAddress() throws(ProtocolError) -> [UInt8] {
        let count = try byte()
        guard count == 4 || count == 16 else { throw .malformed("an address of \(count) bytes") }
        return Array(try bytes(of: Int(count)))
    }

    /// [inet]: an address and a port.
    mutating func inet() throws(ProtocolError) -> InetAddress {
        InetAddress(bytes: try inetAddress(), port: try int())
    }
}

extension ByteWriter {
    /// The body of an EVENT, as a server writes it.
    public mutating func put(event: ServerEvent) {
        put(string: event.kind.rawValue)
        switch event {
        case .topology(let change, let address):
            put(string: change.rawValue)
            put(inet: address)
        case .status(let change, let address):
            put(string: change.rawValue)
            put(inet: address)
        case .schema(let change): put(schemaChange: change)
        }
    }

    /// A schema change, as it stands in an EVENT and, behind its kind, in a RESULT.
    public mutating func put(schemaChange change: SchemaChange) {
        put(string: change.change)
        put(string: change.target)
        put(string: change.keyspace)
        if change.target != "KEYSPACE" { put(string: change.name) }
        if change.hasArguments { put(stringList: change.argumentTypes) }
    }

    /// [inetaddr]
    mutating func put(inetAddress bytes: [UInt8]) {
        put(UInt8(bytes.count))
        put(bytes: bytes)
    }

    /// [inet]
    public mutating func put(inet address: InetAddress) {
        put(inetAddress: address.bytes)
        put(address.port)
    }
}
