// What is known about a side's security, for environment.json and for people.

import CQLClient
import CQLProtocol
import Quantities
import Reactor
import Recordings

extension SecurityFacts {
    /// As a session to the side has it.
    init(_ session: SimpleSession, _ access: SideAccess) {
        self.init(
            tls: session.tls.map {
                Transport(
                    version: $0.version, cipher: $0.cipher, checkedAgainst: $0.checkedAgainst, certificate: $0.subject,
                    certificateExpires: $0.expires?.iso8601, clientCertificate: $0.showedCertificate)
            },
            login: session.authenticator.map {
                Login(
                    user: access.credentials?.user ?? "", source: access.credentials?.source ?? "", authenticator: $0)
            })
    }

    /// `TLS 1.3, login as assay from env:ASSAY_OLD` and the like.
    var words: String {
        var parts: [String] = []
        if let tls {
            let expiry = tls.certificateExpires.map { " until \($0)" } ?? ""
            parts.append(
                "\(tls.version) (\(tls.cipher)), certificate of \(tls.certificate)\(expiry), "
                    + (tls.checkedAgainst.map { "checked against \($0)" } ?? "not checked"))
            if tls.clientCertificate { parts.append("known by a client certificate") }
        } else {
            parts.append("no TLS")
        }
        if let login {
            let source = login.source.isEmpty ? "" : " from \(login.source)"
            parts.append("login as \(login.user)\(source) (\(shortName(login.authenticator)))")
        } else {
            parts.append("no login asked for")
        }
        return parts.joined(separator: "; ")
    }

    private func shortName(_ name: String) -> String { name.split(separator: ".").last.map(String.init) ?? name }
}
