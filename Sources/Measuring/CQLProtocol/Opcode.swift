// What a frame of the CQL native protocol is (native_protocol_v4.spec, section 2.4).

/// The opcode of a frame.
public enum Opcode: UInt8, CaseIterable, Sendable {
    case error = 0x00
    case startup = 0x01
    case ready = 0x02
    case authenticate = 0x03
    case options = 0x05
    case supported = 0x06
    case query = 0x07
    case result = 0x08
    case prepare = 0x09
    case execute = 0x0A
    case register = 0x0B
    case event = 0x0C
    case batch = 0x0D
    case authChallenge = 0x0E
    case authResponse = 0x0F
    case authSuccess = 0x10

    /// Whether servers send it. ERROR to EVENT and the authentication answers; everything else goes the other way.
    public var isResponse: Bool {
        switch self {
        case .error, .ready, .authenticate, .supported, .result, .event, .authChallenge, .authSuccess: true
        case .startup, .options, .query, .prepare, .execute, .register, .batch, .authResponse: false
        }
    }
}
