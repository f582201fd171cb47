// Error codes of the server (native_protocol_v5.spec, section 9).

/// The code of an ERROR answer.
public enum ErrorCode: Int32, CaseIterable, Sendable {
    case serverError = 0x0000
    case protocolError = 0x000A
    case badCredentials = 0x0100
    case unavailable = 0x1000
    case overloaded = 0x1001
    case bootstrapping = 0x1002
    case truncateError = 0x1003
    case writeTimeout = 0x1100
    case readTimeout = 0x1200
    case readFailure = 0x1300
    case functionFailure = 0x1400
    case writeFailure = 0x1500
    case cdcWriteFailure = 0x1600
    case casWriteUnknown = 0x1700
    case syntaxError = 0x2000
    case unauthorized = 0x2100
    case invalid = 0x2200
    case configError = 0x2300
    case alreadyExists = 0x2400
    case unprepared = 0x2500
}
