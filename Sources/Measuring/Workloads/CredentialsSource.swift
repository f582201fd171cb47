// Where a name and password come from. The secret itself never stands in a file of inputs or results.

import Documents

/// A place that holds `user:password`, or the two on a line each.
public enum CredentialsSource: Hashable, Sendable, CustomStringConvertible {
    /// An environment variable by name.
    case environment(String)
    /// A file by path.
    case file(String)

    /// `env:NAME` or `file:PATH`
    public var description: String {
        switch self {
        case .environment(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        }
    }

    static func read(_ node: Node) throws(InputError) -> CredentialsSource {
        let expected = "env:NAME or file:PATH, whose content is user:password"
        let text = try node.string(expected: expected)
        if text.hasPrefix("env:"), text.utf8.count > 4 { return .environment(String(text.dropFirst(4))) }
        if text.hasPrefix("file:"), text.utf8.count > 5 { return .file(String(text.dropFirst(5))) }
        // What stands there may be the password itself, so it is not repeated.
        throw InputError(node.position, "credentials that name no place", expected: expected)
    }

    /// The name and password in the content of the place; the error names the place and never its content.
    public func parse(_ content: String) throws(InputError) -> (user: String, password: String) {
        let lines = content.split(whereSeparator: \.isNewline)
        if lines.count == 2 { return (String(lines[0]), String(lines[1])) }
        if lines.count == 1, let colon = lines[0].firstIndex(of: ":"), colon > lines[0].startIndex {
            return (String(lines[0][..<colon]), String(lines[0][lines[0].index(after: colon)...]))
        }
        throw InputError(nil, "\(self) holds no credentials", expected: "user:password, or the two on a line each")
    }
}
