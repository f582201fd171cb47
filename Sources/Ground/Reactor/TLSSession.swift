// TLS over one non-blocking socket, by OpenSSL. Would-block is an answer here too, in both directions of both calls.

import COpenSSL
import Glibc
import Quantities

/// One secured connection, owned: close it by `close()`, once, before its socket. Used by one thread.
public struct TLSSession: @unchecked Sendable {
    /// How far a handshake is.
    public enum Progress: Equatable, Sendable {
        case done
        /// To be called again when the socket can be read, or written.
        case waitsToRead, waitsToWrite
        case failed(TLSFailure)
    }

    private let connection: OpaquePointer
    private let transport: UnsafeMutablePointer<TLSTransport>

    /// Over a socket that is connected, or about to be. `host` is where it leads, as somebody wrote it.
    public init(_ context: TLSContext, over socket: Socket, to endpoint: Endpoint) {
        let host = context.settings.serverName ?? endpoint.host
        connection = SSL_new(context.pointer)
        transport = .allocate(capacity: 1)
        transport.initialize(
            to: TLSTransport(
                descriptor: socket.descriptor, context: context, sessionKey: "\(endpoint) \(host)", askedHost: host))
        let bio = BIO_new(TLSTransport.method)
        BIO_set_data(bio, transport)
        BIO_set_init(bio, 1)
        SSL_set_bio(connection, bio, bio)
        SSL_set_ex_data(connection, 0, transport)
        SSL_set_connect_state(connection)
        // Called where the server asks for a certificate; 1 goes on with the one that there is, or none.
        SSL_set_cert_cb(
            connection,
            { _, transport in
                transport?.assumingMemoryBound(to: TLSTransport.self).pointee.wasAsked = true
                return 1
            }, transport)
        let parameters = SSL_get0_param(connection)
        X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        if X509_VERIFY_PARAM_set1_ip_asc(parameters, host) != 1 {
            // Not an address, so a name: the server is told which of its names is meant (RFC 6066, section 3).
            ERR_clear_error()
            X509_VERIFY_PARAM_set1_host(parameters, host, 0)
            var name = Array(host.utf8CString)
            SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), &name)
        }
        context.offerSession(to: connection, for: transport.pointee.sessionKey)
    }

    /// Goes on with the handshake as far as the socket allows.
    public func handshake() -> Progress {
        begin()
        let result = SSL_do_handshake(connection)
        if result == 1 {
            transport.pointee.context.countHandshake(resumed: SSL_session_reused(connection) == 1)
            return .done
        }
        switch SSL_get_error(connection, result) {
        case SSL_ERROR_WANT_READ: return .waitsToRead
        case SSL_ERROR_WANT_WRITE: return .waitsToWrite
        default: return .failed(fail(inHandshake: true))
        }
    }

    public func send(_ bytes: UnsafeRawBufferPointer) -> TransferResult {
        begin()
        var count = 0
        let result = SSL_write_ex(connection, bytes.baseAddress, bytes.count, &count)
        return result == 1 ? .bytes(count) : outcome(result)
    }

    /// Fills `buffer` as far as there is something: fewer bytes than it has room for mean that nothing decrypted is left behind, so
    /// that waiting for the socket is right.
    public func receive(into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        begin()
        var total = 0
        while total < buffer.count {
            var count = 0
            let result = SSL_read_ex(connection, buffer.baseAddress! + total, buffer.count - total, &count)
            guard result == 1 else {
                let outcome = outcome(result)
                if total == 0 { return outcome }
                // What came before the end is handed over first. The end must be met again, whatever the peer does next.
                if outcome != .wouldBlock { shutdown(transport.pointee.descriptor, Int32(SHUT_RDWR)) }
                break
            }
            total += count
            transport.pointee.wasHeard = true
        }
        return .bytes(total)
    }

    /// Whether reading waits until the socket can be written: the peer asked for new keys while the socket was full.
    public var readWaitsToWrite: Bool { SSL_want(connection) == SSL_WRITING }

    /// Why TLS broke; nil where it did not.
    public var failure: TLSFailure? { transport.pointee.failure }

    /// What was agreed on. After the handshake.
    public var facts: TLSFacts {
        let certificate = SSL_get1_peer_certificate(connection)
        defer { X509_free(certificate) }
        let peer = certificate.map { TLSCertificate(pointer: $0) }
        let context = transport.pointee.context
        return TLSFacts(
            version: String(cString: SSL_get_version(connection)).replacing("TLSv", with: "TLS "),
            cipher: SSL_CIPHER_get_name(SSL_get_current_cipher(connection)).map { String(cString: $0) } ?? "",
            checkedAgainst: context.settings.verifies ? context.authorities : nil, subject: peer?.subject ?? "",
            expires: peer?.expires, isResumed: SSL_session_reused(connection) == 1,
            showedCertificate: context.settings.certificateFile != nil
                && (transport.pointee.wasAsked || SSL_session_reused(connection) == 1))
    }

    /// Says goodbye where that is possible without waiting, and frees the connection; the socket stays open.
    public func close() {
        if SSL_is_init_finished(connection) == 1 && transport.pointee.failure == nil && transport.pointee.error == 0 {
            begin()
            SSL_shutdown(connection)
        }
        // Otherwise its session, which others may go on with, would count as broken.
        SSL_set_shutdown(connection, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        SSL_free(connection)
        ERR_clear_error()
        transport.deinitialize(count: 1)
        transport.deallocate()
    }

    // MARK: Outcomes

    /// Before each call: a full look at the socket is allowed again, and no error of another connection lies about.
    private func begin() {
        transport.pointee.isDrained = false
        ERR_clear_error()
    }

    private func outcome(_ result: Int32) -> TransferResult {
        switch SSL_get_error(connection, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .wouldBlock
        case SSL_ERROR_ZERO_RETURN: return .closed
        default:
            _ = fail(inHandshake: false)
            if transport.pointee.failure != nil { return .failed(EPROTO) }
            return transport.pointee.error != 0 ? .failed(transport.pointee.error) : .closed
        }
    }

    /// Finds the reason, keeps it, and gives it in words. Connections that just end have none after the handshake.
    private func fail(inHandshake: Bool) -> TLSFailure {
        if let known = transport.pointee.failure { return known }
        let reason = TLSReason(code: ERR_peek_error())
        ERR_clear_error()
        let hasCertificate = transport.pointee.context.settings.certificateFile != nil
        let found: TLSFailure?
        if let objection = transport.pointee.objection, transport.pointee.context.settings.verifies {
            found = objection
        } else if transport.pointee.wasAsked, !transport.pointee.wasHeard, reason.isAlert || reason.isEnd(transport) {
            // In TLS 1.3 the server looks at the certificate after our side of the handshake is done.
            found =
                hasCertificate
                ? .certificateRefused(reason.isAlert ? reason.alert : "it closed the connection without a reason")
                : .certificateWanted
        } else if reason.isVersion {
            found = .versionRefused(minimum: transport.pointee.context.settings.minimum)
        } else if inHandshake && reason.isOtherProtocol {
            found = .notTLS
        } else if reason.isEnd(transport) {
            found = inHandshake ? .closedInHandshake : nil
        } else {
            found = .other(reason.words)
        }
        transport.pointee.failure = found
        return found ?? .closedInHandshake
    }
}
