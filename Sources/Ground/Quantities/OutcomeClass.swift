// How an operation can fail, as a closed list for all protocols: errors are counted per class and never missing from the denominator.

/// The class of a failed operation: the error codes of CQL, what the client itself sees, then what HTTP adds.
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
    /// The connection could not be secured.
    case tlsFailed = "tls_failed"
    /// The status of an HTTP answer that the operation does not expect.
    case status400 = "status_400"
    case status401 = "status_401"
    case status403 = "status_403"
    case status404 = "status_404"
    case status409 = "status_409"
    case status413 = "status_413"
    case status429 = "status_429"
    case status500 = "status_500"
    case status502 = "status_502"
    case status503 = "status_503"
    case status504 = "status_504"
    /// Any other than those above.
    case statusOther = "status_other"
    /// A redirection that is not followed: none is allowed, it is one too many, or it leads elsewhere.
    case redirected
    /// The answer ended before its body did.
    case truncatedBody = "truncated_body"
    /// More bytes than an answer may have.
    case answerTooLarge = "answer_too_large"
    /// JSON was due, and something else came.
    case notJSON = "not_json"
    /// The status was good, and the body says that the request failed.
    case apiError = "api_error"
    /// The answer is not what the operation's checks say.
    case checkFailed = "check_failed"

    private static let ordered = OutcomeClass.allCases

    /// How many classes there are.
    public static let count = ordered.count
    /// 0 ..< `count`, in the order of declaration: the place of this class in an array of counters.
    public var index: Int { OutcomeClass.ordered.firstIndex(of: self)! }
    public init(index: Int) { self = OutcomeClass.ordered[index] }

    public var description: String { rawValue }
}
