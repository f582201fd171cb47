// How a connection becomes ready: OPTIONS, STARTUP, and SASL PLAIN where the server asks. A value that takes events and returns
// actions; sockets are somebody else's.
//
//     connected            -> send OPTIONS
//     SUPPORTED            -> send STARTUP, or fail where a compression is wanted that is not offered
//     READY                -> ready
//     AUTHENTICATE         -> send AUTH_RESPONSE "\0user\0password"
//     AUTH_SUCCESS         -> ready
//     AUTH_CHALLENGE       -> fail: more than a user and a password is asked for
//     ERROR, other things  -> fail(reason)
//
// What follows READY or AUTHENTICATE travels by another `framing`: take it over before anything else is sent or read.

import Bytes
import Quantities

/// A user and a password. Printing shows the user alone.
public struct Credentials: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    public var user: String
    /// Where they were found, such as `env:ASSAY_OLD`; empty where nobody needs to know.
    public var source: String
    /// For whoever sends it: no description holds it.
    public let password: String

    public init(user: String, password: String, source: String = "") {
        self.user = user
        self.source = source
        self.password = password
    }

    /// The user and where it comes from, as a failure names it.
    var named: String { source.isEmpty ? user : "\(user) (from \(source))" }

    public var description: String { "user \(user)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["user": user]) }

    /// The token of SASL PLAIN (RFC 4616) without an authorisation identity.
    var plainToken: [UInt8] { [0] + Array(user.utf8) + [0] + Array(password.utf8) }
}

/// Why a connection cannot be used.
public enum HandshakeFailure: Error, Equatable, Sendable {
    /// The server asks for credentials and there are none.
    case needsCredentials
    /// The server wants to know us in a way that is not SASL PLAIN; the class of its authenticator.
    case otherAuthenticator(String)
    /// What came is an alert of TLS: the server wants the connection secured.
    case wantsTLS
    /// The server does not accept the user, named with its place, or the password. The message is the server's.
    case refusedCredentials(user: String, message: String)
    /// The server does not take this version of the protocol. The message is the server's.
    case protocolRefused(ProtocolVersion, message: String)
    /// The server does not offer this compression but those, by their names.
    case compressionNotOffered(Compression, offered: [String])
    /// What came is not CQL; the start of it, printable.
    case notCQL(answer: String)
    /// The server answered with another error.
    case refused(ErrorAnswer)
    /// An answer that does not belong here, or a corrupt one.
    case unexpected(String)
}

/// The handshake of one connection.
public struct ConnectionMachine: Sendable {
    public enum State: Equatable, Sendable {
        case idle, options, startup, authenticating, ready
        case failed(HandshakeFailure)
    }

    public enum Action: Equatable, Sendable {
        case send([UInt8])
        case ready
        case fail(HandshakeFailure)
    }

    public private(set) var state = State.idle
    /// What the server said it supports: `CQL_VERSION`, `COMPRESSION`, `PROTOCOL_VERSIONS`.
    public private(set) var supported: [String: [String]] = [:]
    /// How messages go out now.
    public private(set) var framing = Framing.bare
    /// How messages come now. Servers of v3 and v4 compress their answer to STARTUP already, as 3.11 does.
    public var incoming: Framing {
        state == .startup && version < .v5 ? Framing(version, compression) : framing
    }
    public let version: ProtocolVersion
    private let compression: Compression
    /// The class of the server's authenticator, where it asked for a login.
    public private(set) var authenticator: String?
    private let credentials: Credentials?
    private let driverVersion: String
    private let asksOnly: Bool

    public init(
        credentials: Credentials?, driverVersion: String, version: ProtocolVersion = .v4,
        compression: Compression = .none
    ) {
        self.credentials = credentials
        self.driverVersion = driverVersion
        self.version = version
        self.compression = compression
        asksOnly = false
    }

    /// Asks what the server supports, in `version`, and is ready with that; the connection is of no further use.
    public init(askingIn version: ProtocolVersion) {
        credentials = nil
        driverVersion = ""
        self.version = version
        compression = .none
        asksOnly = true
    }

    /// The transport is there.
    public mutating func connected() -> Action {
        precondition(state == .idle, "a connection is connected once")
        state = .options
        return send(.options)
    }

    /// A frame arrived. Once ready the machine takes no more of them: they belong to the requests.
    public mutating func received(_ frame: Frame) -> Action? {
        if frame.header.opcode == .event { return nil }
        do {
            return try answered(try Response.read(frame.header, frame.body), version: frame.header.version)
        } catch {
            return fail(.unexpected("the handshake broke off: \(error)"))
        }
    }

    /// What came cannot be cut into frames; `bytes` is its beginning.
    public mutating func receivedGarbage(_ bytes: UnsafeRawBufferPointer) -> Action {
        // An alert: type 21, then version 3.x of the record layer (RFC 8446, section 5.1).
        let isAlert = bytes.count >= 2 && bytes[0] == 0x15 && bytes[1] == 0x03
        return fail(isAlert ? .wantsTLS : .notCQL(answer: printable(bytes)))
    }

    private mutating func answered(_ response: Response, version: UInt8) throws(ProtocolError) -> Action {
        if case .error(let answer) = response { return fail(failure(answer, version: version)) }
        guard version == self.version.rawValue else {
            return fail(.protocolRefused(self.version, message: "it answered in v\(version)"))
        }
        switch (state, response) {
        case (.options, .supported(let options)):
            supported = options
            if asksOnly {
                state = .ready
                return .ready
            }
            guard compression == .none || offersCompression(options, compression) else {
                return fail(.compressionNotOffered(compression, offered: options["COMPRESSION"] ?? []))
            }
            state = .startup
            return send(.startup(driverVersion: driverVersion, compression: compression))
        case (.startup, .ready), (.authenticating, .authSuccess):
            framing = Framing(self.version, compression)
            state = .ready
            return .ready
        case (.startup, .authenticate(let name)):
            framing = Framing(self.version, compression)
            authenticator = name
            // Tickets of Kerberos are nothing that a user and a password could stand for; these are not sent in vain.
            if name.contains("Kerberos") || name.contains("GSS") { return fail(.otherAuthenticator(name)) }
            guard let credentials else { return fail(.needsCredentials) }
            state = .authenticating
            return send(.authResponse(credentials.plainToken))
        case (.authenticating, .authChallenge):
            return fail(.otherAuthenticator(authenticator ?? "an unknown one"))
        default:
            return fail(.unexpected("an answer that does not belong into the handshake"))
        }
    }

    private func failure(_ answer: ErrorAnswer, version: UInt8) -> HandshakeFailure {
        switch answer.outcome {
        case .badCredentials:
            guard let credentials else { return .needsCredentials }
            return .refusedCredentials(user: credentials.named, message: answer.message)
        case .protocolError where state == .options || version != self.version.rawValue:
            return .protocolRefused(self.version, message: answer.message)
        default: return .refused(answer)
        }
    }

    private func send(_ request: Request) -> Action { .send(request.bytes(stream: 0, version: version)) }

    private mutating func fail(_ reason: HandshakeFailure) -> Action {
        state = .failed(reason)
        return .fail(reason)
    }
}

/// The first line of `bytes`, at most 60 characters, with dots for what cannot be printed.
private func printable(_ bytes: UnsafeRawBufferPointer) -> String {
    let line = bytes.prefix(60).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return String(decoding: line.map { (32...126).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
}
