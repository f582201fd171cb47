// How the connection to a side was secured, and as whom Assay was known there. Never a password.

import Documents

/// The security of one side as its connections had it.
public struct SecurityFacts: Hashable, Sendable {
    public struct Transport: Hashable, Sendable {
        /// `TLS 1.3`
        public var version: String
        public var cipher: String
        /// What the certificate was checked against; nil where it was not checked.
        public var checkedAgainst: String?
        /// Whom the certificate is about.
        public var certificate: String
        /// As `2027-01-31T00:00:00Z`; nil where the certificate does not say.
        public var certificateExpires: String?
        /// Whether the side knows Assay by a client certificate.
        public var clientCertificate: Bool

        public init(
            version: String, cipher: String, checkedAgainst: String?, certificate: String,
            certificateExpires: String?, clientCertificate: Bool
        ) {
            self.version = version
            self.cipher = cipher
            self.checkedAgainst = checkedAgainst
            self.certificate = certificate
            self.certificateExpires = certificateExpires
            self.clientCertificate = clientCertificate
        }
    }

    public struct Login: Hashable, Sendable {
        public var user: String
        /// Where user and password were found, such as `env:ASSAY_OLD`.
        public var source: String
        /// The class by which the side checks them.
        public var authenticator: String

        public init(user: String, source: String, authenticator: String) {
            self.user = user
            self.source = source
            self.authenticator = authenticator
        }
    }

    /// nil where connections are not secured.
    public var tls: Transport?
    /// nil where the side asked for no login.
    public var login: Login?

    public init(tls: Transport?, login: Login?) {
        self.tls = tls
        self.login = login
    }
}

extension SecurityFacts {
    func json() -> JSON {
        let tlsJSON = tls.map { tls in
            JSON.object([
                "version": .string(tls.version), "cipher": .string(tls.cipher),
                "checked_against": tls.checkedAgainst.map { .string($0) } ?? .null,
                "certificate": .string(tls.certificate),
                "certificate_expires": tls.certificateExpires.map { .string($0) } ?? .null,
                "client_certificate": .bool(tls.clientCertificate)
            ])
        }
        let loginJSON = login.map { login in
            JSON.object([
                "user": .string(login.user), "source": .string(login.source),
                "authenticator": .string(login.authenticator)
            ])
        }
        return .object(["tls": tlsJSON ?? .null, "login": loginJSON ?? .null])
    }

    init(_ node: Node) throws(InputError) {
        var fields = try Fields(node, what: "the security of a side")
        if let node = fields.optional("tls") {
            var parts = try Fields(node, what: "the TLS of a side")
            tls = Transport(
                version: try parts.required("version").string(), cipher: try parts.required("cipher").string(),
                checkedAgainst: try parts.optional("checked_against")?.string(),
                certificate: try parts.required("certificate").string(),
                certificateExpires: try parts.optional("certificate_expires")?.string(),
                clientCertificate: try parts.required("client_certificate").boolean())
        }
        if let node = fields.optional("login") {
            var parts = try Fields(node, what: "the login of a side")
            login = Login(
                user: try parts.required("user").string(), source: try parts.required("source").string(),
                authenticator: try parts.required("authenticator").string())
        }
    }
}
