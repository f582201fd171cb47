// Which class of outcome an error code of CQL is.

import Quantities

extension OutcomeClass {
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
}
