// What all secured connections to one side have in common: whom they trust, who they are, and the sessions to go on with.

import COpenSSL
import Glibc
import Synchronization

/// How a side's connections are secured.
public struct TLSSettings: Hashable, Sendable {
    /// PEM, one or several; nil for those that the system trusts.
    public var caFile: String?
    /// PEM: the client's certificate and those between it and its CA.
    public var certificateFile: String?
    /// PEM without a passphrase; nil where the key stands in `certificateFile`.
    public var keyFile: String?
    /// Whom the certificate must be for, where that is not the host that is connected to.
    public var serverName: String?
    public var minimum: TLSVersion
    /// False takes any certificate.
    public var verifies: Bool

    public init(
        caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil, serverName: String? = nil,
        minimum: TLSVersion = .atLeast12, verifies: Bool = true
    ) {
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.serverName = serverName
        self.minimum = minimum
        self.verifies = verifies
    }
}

/// A file that cannot be used: which of the settings names it, and what is wrong with it.
public struct TLSFileError: Error, Equatable, Sendable {
    public enum Role: String, Sendable { case ca, certificate, key }
    public var role: Role
    public var problem: String
    public var expected: String
}

/// Read-only after it is made, but for sessions and counts, which have a lock that operations never meet.
public final class TLSContext: @unchecked Sendable {
    public let settings: TLSSettings
    let pointer: OpaquePointer
    /// The newest session by host; a session holds the certificate that was checked for that host, so no other may go on with it.
    private let sessions = Mutex<[String: UInt]>([:])
    private let handshakeCount = Atomic(0)
    private let resumedCount = Atomic(0)

    /// Reads the files.
    public init(_ settings: TLSSettings) throws(TLSFileError) {
        self.settings = settings
        ERR_clear_error()
        pointer = SSL_CTX_new(TLS_client_method())
        SSL_CTX_ctrl(
            pointer, SSL_CTRL_SET_MIN_PROTO_VERSION,
            Int(settings.minimum == .atLeast12 ? TLS1_2_VERSION : TLS1_3_VERSION), nil)
        // A write that would block is tried again with the same bytes, which may have moved, and more of them behind.
        SSL_CTX_ctrl(
            pointer, SSL_CTRL_MODE, Int(SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER), nil)
        SSL_CTX_set_options(pointer, copenssl_no_renegotiation)
        // As much as has come with each system call, not first the five bytes of a record's head.
        copenssl_set_read_ahead(pointer)
        SSL_CTX_set_default_read_buffer_len(pointer, 32 << 10)
        SSL_CTX_ctrl(
            pointer, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL), nil)
        SSL_CTX_sess_set_new_cb(pointer) { connection, session in TLSSession.keep(session, of: connection) }
        SSL_CTX_set_verify(pointer, settings.verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE) { isGood, store in
            TLSSession.judge(isGood, store)
        }
        do throws(TLSFileError) {
            if settings.verifies { try readAuthorities() }
            if let file = settings.certificateFile { try readCertificate(file) }
        } catch {
            ERR_clear_error()
            throw error
        }
    }

    deinit {
        sessions.withLock { for bits in $0.values { SSL_SESSION_free(OpaquePointer(bitPattern: bits)) } }
        SSL_CTX_free(pointer)
    }

    /// In words of a failure.
    public var authorities: String { settings.caFile ?? "the system's CAs" }

    /// Handshakes that came to their end, and how many of them went on with an earlier session.
    public var counts: (handshakes: Int, resumed: Int) {
        (handshakeCount.load(ordering: .relaxed), resumedCount.load(ordering: .relaxed))
    }

    func countHandshake(resumed: Bool) {
        handshakeCount.add(1, ordering: .relaxed)
        if resumed { resumedCount.add(1, ordering: .relaxed) }
    }

    /// Takes over `session`.
    func keep(_ session: OpaquePointer, for key: String) {
        let earlier = sessions.withLock { $0.updateValue(UInt(bitPattern: session), forKey: key) }
        if let earlier { SSL_SESSION_free(OpaquePointer(bitPattern: earlier)) }
    }

    /// Lets `connection` go on with the newest session that it may.
    func offerSession(to connection: OpaquePointer, for key: String) {
        sessions.withLock {
            guard let bits = $0[key], let session = OpaquePointer(bitPattern: bits) else { return }
            if SSL_SESSION_is_resumable(session) == 1 { SSL_set_session(connection, session) }
        }
    }

    // MARK: Files

    private func readAuthorities() throws(TLSFileError) {
        guard let file = settings.caFile else {
            SSL_CTX_set_default_verify_paths(pointer)
            return
        }
        let expected = "a PEM file with the certificates of CAs"
        try TLSContext.checkReadable(file, .ca, expected)
        if SSL_CTX_load_verify_file(pointer, file) != 1 {
            throw TLSFileError(role: .ca, problem: "'\(file)' holds no certificate", expected: expected)
        }
    }

    private func readCertificate(_ file: String) throws(TLSFileError) {
        let expected = "a PEM file with the client's certificate"
        try TLSContext.checkReadable(file, .certificate, expected)
        if SSL_CTX_use_certificate_chain_file(pointer, file) != 1 {
            throw TLSFileError(role: .certificate, problem: "'\(file)' holds no certificate", expected: expected)
        }
        let role = settings.keyFile == nil ? TLSFileError.Role.certificate : .key
        let keyFile = settings.keyFile ?? file
        let expectedKey = "a PEM file with the private key of the certificate, without a passphrase"
        if settings.keyFile != nil { try TLSContext.checkReadable(keyFile, .key, expectedKey) }
        var asksForPassphrase = false
        let answer = withUnsafeMutablePointer(to: &asksForPassphrase) { asked in
            SSL_CTX_set_default_passwd_cb_userdata(pointer, asked)
            SSL_CTX_set_default_passwd_cb(pointer) { _, _, _, asked in
                asked?.assumingMemoryBound(to: Bool.self).pointee = true
                return -1
            }
            return SSL_CTX_use_PrivateKey_file(pointer, keyFile, SSL_FILETYPE_PEM)
        }
        SSL_CTX_set_default_passwd_cb_userdata(pointer, nil)
        guard answer == 1 && SSL_CTX_check_private_key(pointer) == 1 else {
            let reason = ERR_peek_error()
            let isOther = answer == 1 || X509_R_KEY_VALUES_MISMATCH == Int32(reason & 0x7F_FFFF)
            let problem =
                asksForPassphrase
                ? "the private key in '\(keyFile)' has a passphrase"
                : isOther
                    ? "the private key in '\(keyFile)' is not that of the certificate"
                    : "'\(keyFile)' holds no private key"
            throw TLSFileError(role: role, problem: problem, expected: expectedKey)
        }
    }

    /// OpenSSL would tell a file that is not there from one that is garbage in too many ways.
    private static func checkReadable(_ file: String, _ role: TLSFileError.Role, _ expected: String)
        throws(TLSFileError)
    {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        var code = descriptor < 0 ? errno : 0
        if descriptor >= 0 {
            var status = stat()
            if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { code = EISDIR }
            close(descriptor)
        }
        guard code != 0 else { return }
        let reason = String(cString: strerror(code)).lowercased()
        throw TLSFileError(role: role, problem: "'\(file)' cannot be read: \(reason)", expected: expected)
    }
}
