// How an operation can fail, as a closed list: errors are counted per class and never missing from the denominator.

/// The class of a failed operation: the server's error codes, then what the client itself sees.
public enum OutcomeClass: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case serverError = "server_error"
    case protocolError = "protocol_error"
    case badCredentials = "bad_credentials"
    case unavailable
    case overloaded
    case bootstrapping
    case truncateError = "truncate_error"
    case writeTimeout = "write_timeout"
    case readTimeout = "read_timeout"
    case readFailure = "read_failure"
    case functionFailure = "function_failure"
    case writeFailure = "write_failure"
    case cdcWriteFailure = "cdc_write_failure"
    /// A conditional write of which nobody knows whether it happened.
    case casWriteUnknown = "cas_write_unknown"
    case syntaxError = "syntax_error"
    case unauthorized
    case invalid
    case configError = "config_error"
    case alreadyExists = "already_exists"
    case unprepared
    /// An error code that the protocol does not list.
    case unknownError = "unknown_error"
    /// No answer within the time-out.
    case timeOut = "time_out"
    /// More operations were in flight than there are places for.
    case overflow
    /// The connection broke while the operation was in flight.
    case connectionLost = "connection_lost"
    /// There was no connection to send it on.
    case notConnected = "not_connected"
    /// The answer was not what the protocol allows.
    case malformedAnswer = "malformed_answer"

    private static let ordered = OutcomeClass.allCases

    /// How many classes there are.
    public static let count = ordered.count
    /// 0 ..< `count`, in the order of declaration: the place of this class in an array of counters.
    public var index: Int { OutcomeClass.ordered.firstIndex(of: self)! }
    public init(index: Int) { self = OutcomeClass.ordered[index] }

    public init(_ code: ErrorCode) {
        switch code {
        case .serverError: self = .serverError
        case .protocolError: self = .protocolError
        case .badCredentials: self = .badCredentials
        case .unavailable: self = .unavailable
        case .overloaded: self = .overloaded
        case .bootstrapping: self = .bootstrapping
        case .truncateError: self = .truncateError
        case .writeTimeout: self = .writeTimeout
        case .readTimeout: self = .readTimeout
        case .readFailure: self = .readFailure
        case .functionFailure: self = .functionFailure
        case .writeFailure: self = .writeFailure
        case .cdcWriteFailure: self = .cdcWriteFailure
        case .casWriteUnknown: self = .casWriteUnknown
        case .syntaxError: self = .syntaxError
        case .unauthorized: self = .unauthorized
        case .invalid: self = .invalid
        case .configError: self = .configError
        case .alreadyExists: self = .alreadyExists
        case .unprepared: self = .unprepared
        }
    }

    /// The class of an error code as it came over the wire.
    public init(code: Int32) { self = ErrorCode(rawValue: code).map(OutcomeClass.init) ?? .unknownError }

    public var description: String { rawValue }
}
