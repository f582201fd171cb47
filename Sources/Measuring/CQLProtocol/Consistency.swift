// Consistency levels (native_protocol_v4.spec, section 3), by number on the wire and by name in files.

/// How many replicas must answer.
public enum Consistency: UInt16, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case any = 0
    case one = 1
    case two = 2
    case three = 3
    case quorum = 4
    case all = 5
    case localQuorum = 6
    case eachQuorum = 7
    case serial = 8
    case localSerial = 9
    case localOne = 10

    /// Reads `LOCAL_QUORUM`, in any case of letters; nil where the name is none.
    public init?(name: some StringProtocol) {
        let wanted = name.uppercased()
        guard let found = Consistency.allCases.first(where: { $0.name == wanted }) else { return nil }
        self = found
    }

    /// As CQL writes it: `LOCAL_QUORUM`.
    public var name: String {
        switch self {
        case .any: "ANY"
        case .one: "ONE"
        case .two: "TWO"
        case .three: "THREE"
        case .quorum: "QUORUM"
        case .all: "ALL"
        case .localQuorum: "LOCAL_QUORUM"
        case .eachQuorum: "EACH_QUORUM"
        case .serial: "SERIAL"
        case .localSerial: "LOCAL_SERIAL"
        case .localOne: "LOCAL_ONE"
        }
    }

    public var description: String { name }
}
