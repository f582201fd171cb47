// Why a node cannot be used, in one line that says which side, which address, and what is the matter.

import CQLProtocol
import Quantities
import Reactor

/// A node as people know it: its endpoint, and which side it belongs to.
public struct Target: Hashable, Sendable, CustomStringConvertible {
    /// Nil where there is no pair, as in tests.
    public var side: Side?
    public var endpoint: Endpoint

    public init(side: Side?, endpoint: Endpoint) {
        self.side = side
        self.endpoint = endpoint
    }

    /// `old side 127.0.0.1:9042`
    public var description: String { (side.map { "\($0) side " } ?? "") + endpoint.description }
}

/// A connection that did not come about, or broke.
public struct ConnectFailure: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        /// The system's words: connection refused, no route to host, a name that does not resolve.
        case system(SystemError)
        /// No connection within the time-out.
        case connectTimedOut(Nanoseconds)
        /// Connected, but no answer to the handshake within the time-out.
        case handshakeTimedOut(Nanoseconds)
        /// Closed or broken before the connection was ready.
        case closedInHandshake
        /// The connection could not be secured, or TLS ended it.
        case tls(TLSFailure)
        /// Closed when it had been ready.
        case closed
        case handshake(HandshakeFailure)
    }

    public var target: Target
    public var reason: Reason

    public init(target: Target, reason: Reason) {
        self.target = target
        self.reason = reason
    }

    public var description: String {
        "\(target) \(reason.words)" + (reason == .handshake(.needsCredentials) ? usualPlaces : "")
    }

    /// Where a login is looked for when the pair names no place.
    private var usualPlaces: String {
        guard let side = target.side else { return "" }
        return "; ASSAY_\(side.rawValue.uppercased()), ~/.cassandra/credentials and ~/.cassandra/cqlshrc hold none"
    }
}

extension ConnectFailure.Reason {
    /// What the node did, to stand behind its name.
    public var words: String {
        switch self {
        case .system(let error) where error.attempt.hasPrefix("resolve"): "has a host name that cannot be resolved"
        case .system(let error): "cannot be reached: \(error.reason.lowercased())"
        case .connectTimedOut(let limit): "cannot be reached: connection timed out after \(limit)"
        case .handshakeTimedOut(let limit): "takes connections but did not answer within \(limit): is it a CQL port?"
        case .closedInHandshake: "closed the connection at once: it may want TLS, or not speak CQL"
        case .closed: "closed the connection"
        case .tls(let failure): failure.description
        case .handshake(let failure): words(failure)
        }
    }

    private func words(_ failure: HandshakeFailure) -> String {
        switch failure {
        case .needsCredentials: "asks for credentials and the pair names none"
        case .otherAuthenticator(let name):
            "wants a login by \(name), which takes more than a user and a password: SASL PLAIN is all there is here"
        case .wantsTLS: "wants TLS, and the pair names none for this side (tls: {ca: ca.pem})"
        case .refusedCredentials(let user, let message): "refused the credentials of user \(user): \(message)"
        case .protocolRefused(let version, let message): "does not take \(version) of the CQL protocol: \(message)"
        case .compressionNotOffered(let wanted, let offered):
            "does not offer compression by \(wanted.rawValue): it offers "
                + (offered.isEmpty ? "none" : offered.joined(separator: ", "))
        case .notCQL(let answer): "does not speak CQL (it answered '\(answer)')"
        case .refused(let answer): "refused the connection: \(answer)"
        case .unexpected(let what): "does not keep to the CQL protocol: \(what)"
        }
    }
}
