// OpenSSL's questions while it shakes hands: is this certificate good, and is this session worth keeping?

import COpenSSL
import Quantities

extension TLSSession {
    private static func transport(of connection: OpaquePointer?) -> UnsafeMutablePointer<TLSTransport>? {
        SSL_get_ex_data(connection, 0)?.assumingMemoryBound(to: TLSTransport.self)
    }

    /// A new session, in TLS 1.3 a ticket that comes whenever the server likes. 1: it is ours now.
    static func keep(_ session: OpaquePointer?, of connection: OpaquePointer?) -> Int32 {
        guard let session, let transport = transport(of: connection) else { return 0 }
        transport.pointee.context.keep(session, for: transport.pointee.sessionKey)
        return 1
    }

    /// Called for every certificate of the chain that is looked at; notes the first thing that is wrong, and changes no verdict.
    static func judge(_ isGood: Int32, _ store: OpaquePointer?) -> Int32 {
        guard isGood == 0,
            let connection = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
            let transport = transport(of: OpaquePointer(connection)), transport.pointee.objection == nil,
            let pointer = X509_STORE_CTX_get_current_cert(store)
        else { return isGood }
        let certificate = TLSCertificate(pointer: pointer)
        let code = X509_STORE_CTX_get_error(store)
        let objection: TLSFailure =
            switch code {
            case X509_V_ERR_CERT_HAS_EXPIRED:
                .expired(subject: certificate.subject, on: certificate.expires ?? WallTime(unixNanoseconds: 0))
            case X509_V_ERR_CERT_NOT_YET_VALID:
                .notYetValid(subject: certificate.subject, from: certificate.begins ?? WallTime(unixNanoseconds: 0))
            case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
                .wrongHost(asked: transport.pointee.askedHost, offered: certificate.hosts)
            default:
                .untrusted(
                    problem: String(cString: X509_verify_cert_error_string(Int(code))), subject: certificate.subject,
                    issuer: certificate.issuer, checkedAgainst: transport.pointee.context.authorities)
            }
        transport.pointee.objection = objection
        return isGood
    }
}

/// The newest entry of OpenSSL's queue of errors, read.
struct TLSReason {
    let code: UInt

    private var reason: Int32 { ERR_GET_REASON(code) }
    private var isOfTLS: Bool { ERR_GET_LIB(code) == ERR_LIB_SSL }

    /// The peer said why it ends the connection. OpenSSL adds 1000 to the number of the alert.
    var isAlert: Bool { isOfTLS && reason >= SSL_AD_REASON_OFFSET }
    /// `unknown CA`
    var alert: String { String(cString: SSL_alert_desc_string_long(reason - SSL_AD_REASON_OFFSET)) }

    var isVersion: Bool {
        isOfTLS
            && [SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_WRONG_SSL_VERSION, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION]
                .contains(reason)
    }

    /// What came does not look like a record of TLS.
    var isOtherProtocol: Bool {
        isOfTLS
            && [
                SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST, SSL_R_PACKET_LENGTH_TOO_LONG,
                SSL_R_BAD_RECORD_TYPE
            ].contains(reason)
    }

    func isEnd(_ transport: UnsafeMutablePointer<TLSTransport>) -> Bool {
        transport.pointee.sawEnd || transport.pointee.error != 0
    }

    var words: String {
        if isAlert { return "the server says '\(alert)'" }
        return ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
