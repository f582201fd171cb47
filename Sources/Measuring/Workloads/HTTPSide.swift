// How a pair file says that a side is reached over HTTP.

import Documents

/// Where a side's URLs begin, such as `https://gateway:8443/api`.
public struct BaseURL: Hashable, Sendable {
    public var isSecured: Bool
    public var point: ContactPoint
    /// Empty, or with a slash in front and none behind.
    public var path: String
}

/// The key `http` of a side: a URL, a list of URLs, or a mapping.
public struct HTTPSide: Sendable {
    /// At least one, all secured or none.
    public var urls: [BaseURL]
    /// `auto`, `1.1` or `2`.
    public var version = "auto"
    /// Redirections that are followed at most.
    public var redirects = 0
    /// URL of a proxy; nil for none.
    public var proxy: String?
    /// Lines that go with every request.
    public var headers: [String] = []
    /// Bytes that an answer may have; nil for the usual bound.
    public var answerAtMost: Int?

    static let mostURLs = 64

    static func read(_ node: Node, _ what: String) throws(InputError) -> HTTPSide {
        guard case .mapping = node.content else { return HTTPSide(urls: try urls(node)) }
        var fields = try Fields(node, what: "http of \(what)")
        var side = HTTPSide(urls: try urls(try fields.required("url")))
        side.version = try fields.optional("version")?.choice(of: ["auto", "1.1", "2"], "version of HTTP") ?? "auto"
        side.redirects = try fields.optional("redirects")?.integer(in: 0...20, "redirects") ?? 0
        side.answerAtMost = try fields.optional("answer_bytes")?.integer(in: 1...1_000_000_000, "answer_bytes")
        if let proxy = fields.optional("proxy") {
            let text = try proxy.string(expected: "the URL of a proxy")
            guard text.hasPrefix("http://") || text.hasPrefix("https://") || text.hasPrefix("socks5://") else {
                throw InputError(
                    proxy.position, "'\(text)' is no proxy", expected: "http://host:port or socks5://host:port")
            }
            side.proxy = text
        }
        for entry in try fields.optional("headers")?.entries(expected: "a mapping of headers to values") ?? [] {
            try checkHeader(entry.key, at: entry.keyPosition)
            let value = try entry.value.string(expected: "the value of the header")
            guard !value.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
                throw InputError(entry.value.position, "a header of several lines", expected: "a value on one line")
            }
            if ["authorization", "cookie"].contains(entry.key.lowercased()) {
                throw InputError(
                    entry.keyPosition, "'\(entry.key)' would stand in files of results",
                    expected: "credentials: env:NAME or file:PATH in its place")
            }
            side.headers.append("\(entry.key): \(value)")
        }
        try fields.finish()
        return side
    }

    private static func urls(_ node: Node) throws(InputError) -> [BaseURL] {
        var members = [node]
        if case .sequence(let list) = node.content { members = list }
        var urls: [BaseURL] = []
        for member in members { urls.append(try url(member)) }
        guard (1...mostURLs).contains(urls.count) else {
            throw InputError(node.position, "\(urls.count) URLs", expected: "1 to \(mostURLs)")
        }
        guard Set(urls.map(\.isSecured)).count == 1 else {
            throw InputError(node.position, "http and https on one side", expected: "one of the two")
        }
        return urls
    }

    private static func url(_ node: Node) throws(InputError) -> BaseURL {
        let expected = "http://host:port or https://host:port, with a path or without"
        let text = try node.string(expected: expected)
        func wrong(_ problem: String) -> InputError { InputError(node.position, problem, expected: expected) }
        let isSecured = text.hasPrefix("https://")
        guard isSecured || text.hasPrefix("http://") else { throw wrong("'\(text)' is no URL of HTTP") }
        let rest = text.dropFirst(isSecured ? 8 : 7)
        let authority = rest.prefix { $0 != "/" }
        // It may hold a password, which is not to be repeated.
        if authority.contains("@") { throw wrong("a user in a URL; credentials: names where they are") }
        var path = String(rest[authority.endIndex...])
        while path.hasSuffix("/") { path.removeLast() }
        guard !path.contains(where: { "?#".contains($0) || $0.isWhitespace }) else {
            throw wrong("'\(text)' has more than a path")
        }
        guard let point = ContactPoint(parsing: String(authority), defaultPort: isSecured ? 443 : 80) else {
            throw wrong("'\(authority)' is not a place to connect to")
        }
        return BaseURL(isSecured: isSecured, point: point, path: path)
    }
}

extension HTTPSide {
    /// As the plan records it.
    var texts: [String] {
        urls.map { "\($0.isSecured ? "https" : "http")://\($0.point)\($0.path)" }
    }
}
