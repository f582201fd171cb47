// How a pair file says that a side's connections are secured.

import Documents

/// A file that a pair names, and where.
public struct NamedFile: Hashable, Sendable {
    /// As written; relative to the folder of the pair file.
    public var path: String
    public var position: Position

    public init(path: String, position: Position) {
        self.path = path
        self.position = position
    }
}

/// The key `tls` of a side: `true`, or a mapping.
public struct SideSecurity: Hashable, Sendable {
    /// Whom the side's certificate must come from; nil for those whom the system trusts.
    public var ca: NamedFile?
    /// The client's own certificate.
    public var certificate: NamedFile?
    /// Its key, where it stands in a file of its own.
    public var key: NamedFile?
    /// Whom the side's certificate must be for, where that is not the host.
    public var serverName: String?
    /// The lowest version of TLS: `1.2` or `1.3`.
    public var minimum = "1.2"
    /// False takes any certificate.
    public var verify = true

    public init() {}

    /// nil for `tls: false`.
    static func read(_ node: Node, _ what: String) throws(InputError) -> SideSecurity? {
        var found = SideSecurity()
        if case .scalar(_, quoted: false) = node.content {
            let expected = "true, false, or a mapping with ca, certificate, key, server_name, minimum, verify"
            let isOn: Bool
            do { isOn = try node.boolean() } catch {
                throw InputError(node.position, "found \(node.summary)", expected: expected)
            }
            return isOn ? found : nil
        }
        var fields = try Fields(node, what: "tls of \(what)")
        found.ca = try file(fields.optional("ca"))
        found.certificate = try file(fields.optional("certificate"))
        found.key = try file(fields.optional("key"))
        let name = fields.optional("server_name")
        found.serverName = try name?.string(expected: "the host that the certificate is for")
        if let name, let text = found.serverName, text.contains(where: { $0.isWhitespace || "/@".contains($0) }) {
            throw InputError(name.position, "'\(text)' is no host", expected: "a name or an address, without port")
        }
        found.minimum =
            try fields.optional("minimum")?.choice(of: ["1.2", "1.3"], "lowest version of TLS") ?? found.minimum
        found.verify = try fields.optional("verify")?.boolean() ?? true
        try fields.finish()
        if let key = found.key, found.certificate == nil {
            throw InputError(key.position, "a key without a certificate", expected: "certificate beside key")
        }
        return found
    }

    private static func file(_ node: Node?) throws(InputError) -> NamedFile? {
        guard let node else { return nil }
        return NamedFile(path: try node.string(expected: "the path of a PEM file"), position: node.position)
    }
}
