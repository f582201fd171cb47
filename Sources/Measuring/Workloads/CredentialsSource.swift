// Where a name and password come from. The secret itself never stands in a file of inputs or results.

import Documents

/// A place that holds a user and a password.
public enum CredentialsSource: Hashable, Sendable, CustomStringConvertible {
    /// An environment variable by name, holding `user:password`.
    case environment(String)
    /// A file by path, holding `user:password`, or the two on a line each.
    case file(String)
    /// A file of credentials as cqlsh reads it: `[plain_text_auth]` with `username` and `password`.
    case cassandra(String)
    /// cqlsh's settings: `[authentication]` with `username` and `password`, or `credentials`, the path of a file of credentials.
    case cqlshrc(String)

    /// Where cqlsh looks.
    public static let usual = (credentials: "~/.cassandra/credentials", cqlshrc: "~/.cassandra/cqlshrc")

    /// `env:NAME`, `file:PATH`, `cassandra:PATH`, `cqlshrc:PATH`
    public var description: String {
        switch self {
        case .environment(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        case .cassandra(let path): path == Self.usual.credentials ? path : "cassandra:\(path)"
        case .cqlshrc(let path): path == Self.usual.cqlshrc ? path : "cqlshrc:\(path)"
        }
    }

    /// The path of the file that it is; nil for a variable.
    public var path: String? {
        switch self {
        case .environment: nil
        case .file(let path), .cassandra(let path), .cqlshrc(let path): path
        }
    }

    /// What the place must hold.
    public var expected: String {
        switch self {
        case .environment, .file: "user:password, or the two on a line each"
        case .cassandra: "username and password in its section plain_text_auth"
        case .cqlshrc: "username and password, or credentials, in its section authentication"
        }
    }

    static func read(_ node: Node) throws(InputError) -> CredentialsSource {
        let expected = "env:NAME, file:PATH, cassandra, cassandra:PATH, cqlshrc or cqlshrc:PATH"
        let text = try node.string(expected: expected)
        func after(_ prefix: String) -> String? {
            text.hasPrefix(prefix) && text.utf8.count > prefix.utf8.count ? String(text.dropFirst(prefix.count)) : nil
        }
        if text == "cassandra" { return .cassandra(usual.credentials) }
        if text == "cqlshrc" { return .cqlshrc(usual.cqlshrc) }
        if let name = after("env:") { return .environment(name) }
        if let path = after("file:") { return .file(path) }
        if let path = after("cassandra:") { return .cassandra(path) }
        if let path = after("cqlshrc:") { return .cqlshrc(path) }
        // What stands there may be the password itself, so it is not repeated.
        throw InputError(node.position, "credentials that name no place", expected: expected)
    }

    /// What the content of a place comes to.
    public enum Found: Equatable, Sendable {
        case login(user: String, password: String)
        /// The password stands in another place, a file of credentials; and the user too, where `user` is nil.
        case elsewhere(path: String, user: String?)
    }

    /// Finds the name and password in the content of the place, where `user` stands for a name that is not there. The error names the
    /// place and never its content.
    public func find(_ content: String, user: String? = nil) throws(InputError) -> Found {
        switch self {
        case .environment, .file:
            let lines = content.split(whereSeparator: \.isNewline)
            if lines.count == 2 { return .login(user: String(lines[0]), password: String(lines[1])) }
            if lines.count == 1, let colon = lines[0].firstIndex(of: ":"), colon > lines[0].startIndex {
                return .login(
                    user: String(lines[0][..<colon]), password: String(lines[0][lines[0].index(after: colon)...]))
            }
        case .cassandra:
            // Since 4.1 a section may also have the name of the driver's class.
            let file = INI(content)
            for section in ["plain_text_auth", "PlainTextAuthProvider"] {
                let user = file.value("username", in: section) ?? user
                if let user, let password = file.value("password", in: section) {
                    return .login(user: user, password: password)
                }
            }
        case .cqlshrc:
            let file = INI(content)
            let user = file.value("username", in: "authentication")
            if let user, let password = file.value("password", in: "authentication") {
                return .login(user: user, password: password)
            }
            let path = file.value("credentials", in: "authentication")
            if path != nil || user != nil { return .elsewhere(path: path ?? Self.usual.credentials, user: user) }
        }
        throw InputError(nil, "\(self) holds no credentials", expected: expected)
    }
}
