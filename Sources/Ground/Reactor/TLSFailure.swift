// Why a connection could not be secured, in words that say what to change.

import Quantities

/// A TLS connection that did not come about, or that one end ended for a reason of TLS.
public enum TLSFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What came is no TLS.
    case notTLS
    case closedInHandshake
    case silent(Nanoseconds)
    /// No chain leads from the certificate to a CA that is trusted. `problem` is OpenSSL's word for it.
    case untrusted(problem: String, subject: String, issuer: String, checkedAgainst: String)
    /// The certificate is good, and somebody else's. `offered` are its names, such as `DNS:localhost`.
    case wrongHost(asked: String, offered: [String])
    case expired(subject: String, on: WallTime)
    case notYetValid(subject: String, from: WallTime)
    /// The server asked for a client certificate and there was none.
    case certificateWanted
    /// The server did not take the client certificate; its alert, or what else it did.
    case certificateRefused(String)
    /// The server has no version of TLS that is at least `minimum`.
    case versionRefused(minimum: TLSVersion)
    /// OpenSSL's words.
    case other(String)

    /// Goes on from the name of the peer: `old side 127.0.0.1:9042 ` + this.
    public var description: String {
        switch self {
        case .notTLS: "does not speak TLS on this port, which the pair asks for"
        case .closedInHandshake: "closed the connection in the TLS handshake: does it speak TLS on this port?"
        case .silent(let limit):
            "takes connections but gave no answer in the TLS handshake within \(limit): does it speak TLS on this port?"
        case .untrusted(let problem, let subject, let issuer, let checkedAgainst):
            "has a certificate that is not trusted: \(problem) (\(subject), issued by \(issuer); "
                + "checked against \(checkedAgainst))"
        case .wrongHost(let asked, let offered):
            "has a certificate for another host: asked for \(asked), it is for "
                + (offered.isEmpty ? "no host at all" : offered.joined(separator: ", "))
                + " (server_name names the one to expect)"
        case .expired(let subject, let on): "has a certificate that expired on \(on.iso8601) (\(subject))"
        case .notYetValid(let subject, let from):
            "has a certificate that is not valid before \(from.iso8601) (\(subject))"
        case .certificateWanted:
            "wants a client certificate and the pair names none (certificate and key of its tls)"
        case .certificateRefused(let how): "refused the client certificate: \(how)"
        case .versionRefused(let minimum):
            "takes no version of TLS from \(minimum) on, the lowest that the pair allows"
        case .other(let words): "broke off TLS: \(words)"
        }
    }
}

/// A lowest version to speak.
public enum TLSVersion: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case atLeast12 = "1.2"
    case atLeast13 = "1.3"

    public var description: String { "TLS \(rawValue)" }
}

/// What a secured connection is made of.
public struct TLSFacts: Hashable, Sendable {
    /// As spoken: `TLS 1.3`.
    public var version: String
    public var cipher: String
    /// What the certificate was checked against; nil where it was not checked.
    public var checkedAgainst: String?
    /// Subject of the peer's certificate.
    public var subject: String
    public var expires: WallTime?
    /// Whether an earlier session was gone on with.
    public var isResumed: Bool
    /// Whether the server knows us by a client certificate.
    public var showedCertificate: Bool
}
