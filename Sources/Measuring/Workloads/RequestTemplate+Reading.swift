// Reads the request of an operation: `http: GET /orders/{customer}`, or a mapping with query, headers and body.

import Documents

extension RequestTemplate {
    static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    /// `what` is the operation in words of errors.
    static func read(_ node: Node, _ what: String, values: [ValueGenerator]) throws(InputError) -> RequestTemplate {
        guard case .mapping = node.content else {
            return try line(node, node, what, TemplateReader(values))
        }
        var fields = try Fields(node, what: "http of \(what)")
        let lineNode = try fields.required("request")
        let query = fields.optional("query")
        let headers = fields.optional("headers")
        let body = fields.optional("body")
        let typeNode = fields.optional("content_type")
        try fields.finish()
        let reader = TemplateReader(values)
        var request = try line(lineNode, node, what, reader)
        try request.readQuery(query, reader)
        try request.readHeaders(headers, reader)
        if let body { try request.readBody(body, reader) }
        if let typeNode {
            guard body != nil else {
                throw InputError(typeNode.position, "content_type without body", expected: "both, or neither")
            }
            request.contentType = try typeNode.string(expected: "a type such as text/plain")
        }
        request.binds = reader.binds
        return request
    }

    /// `GET /path?query`
    private static func line(
        _ node: Node, _ written: Node, _ what: String, _ reader: TemplateReader
    ) throws(InputError) -> RequestTemplate {
        let expected = "a method and a path, such as GET /orders/{customer}"
        let text = try node.string(expected: expected)
        guard let space = text.firstIndex(of: " ") else {
            throw InputError(node.position, "the request of \(what) is '\(text)'", expected: expected)
        }
        let method = String(text[..<space])
        guard methods.contains(method) else {
            throw InputError(
                node.position, suggesting("unknown method '\(method)'", method, among: methods),
                expected: "one of " + methods.joined(separator: ", "))
        }
        let target = text[space...].drop { $0 == " " }
        guard target.hasPrefix("/") else {
            throw InputError(
                node.position, "the path of \(what) is '\(target)'",
                expected: "one that begins with /; scheme and host are the pair's")
        }
        var request = RequestTemplate(method: method, written: written, position: node.position)
        try reader.add(String(target), at: node.position, .plain, percent: true, to: &request.target)
        request.binds = reader.binds
        return request
    }

    private mutating func readQuery(_ node: Node?, _ reader: TemplateReader) throws(InputError) {
        guard let node else { return }
        var hasQuery = target.pieces.contains { piece in
            if case .text(let bytes) = piece { bytes.contains(UInt8(ascii: "?")) } else { false }
        }
        for entry in try node.entries(expected: "a mapping of names to values") {
            target.put((hasQuery ? "&" : "?") + percentEncoded(entry.key, keeping: "") + "=")
            hasQuery = true
            if case .scalar(let text, _) = entry.value.content {
                try reader.add(
                    text, at: entry.value.position, .plain, percent: true, keeping: "", to: &target)
            } else {
                try reader.add(json: entry.value, percent: true, to: &target)
            }
        }
    }

    private mutating func readHeaders(_ node: Node?, _ reader: TemplateReader) throws(InputError) {
        for entry in try node?.entries(expected: "a mapping of headers to values") ?? [] {
            try checkHeader(entry.key, at: entry.keyPosition)
            var value = Template()
            let text = try entry.value.string(expected: "the value of the header")
            guard !text.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
                throw InputError(entry.value.position, "a header of several lines", expected: "a value on one line")
            }
            try reader.add(text, at: entry.value.position, .plain, percent: false, to: &value)
            headers.append((entry.key, value))
        }
    }

    private mutating func readBody(_ node: Node, _ reader: TemplateReader) throws(InputError) {
        guard method != "GET" && method != "HEAD" else {
            throw InputError(node.position, "a \(method) with a body", expected: "it without, or another method")
        }
        var template = Template()
        if case .scalar(let text, _) = node.content {
            try reader.add(text, at: node.position, .plain, percent: false, to: &template)
        } else {
            try reader.add(json: node, percent: false, to: &template)
            contentType = "application/json"
        }
        body = template
    }
}

/// A header's name as RFC 9110 has it.
func checkHeader(_ name: String, at position: Position) throws(InputError) {
    let isToken = name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
    if name.isEmpty || !isToken {
        throw InputError(position, "'\(name)' is no name of a header", expected: "letters, digits and hyphens")
    }
    if ["content-length", "transfer-encoding"].contains(name.lowercased()) {
        throw InputError(position, "'\(name)' is set by what is sent", expected: "another header")
    }
}

/// Everything but letters, digits, `-._~` and what is in `keeping` becomes %XX.
func percentEncoded(_ text: String, keeping: String) -> String {
    var out = ""
    for byte in text.utf8 {
        let scalar = Unicode.Scalar(byte)
        let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        if isPlain || "-._~".utf8.contains(byte) || keeping.utf8.contains(byte) {
            out.unicodeScalars.append(scalar)
        } else {
            out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
    return out
}

extension ExpectedAnswer {
    /// `check: {status, headers, json, failure}` and `rows` of an operation.
    static func read(_ node: Node?, rows: Node?) throws(InputError) -> ExpectedAnswer {
        var expected = ExpectedAnswer()
        expected.rows = try rows.map(path)
        guard let node else { return expected }
        var fields = try Fields(node, what: "the check")
        if let status = fields.optional("status") {
            var nodes = [status]
            if case .sequence(let members) = status.content { nodes = members }
            for member in nodes { expected.statuses.append(try member.integer(in: 100...599, "status")) }
        }
        for entry in try fields.optional("headers")?.entries(expected: "a mapping of headers to values") ?? [] {
            try checkHeader(entry.key, at: entry.keyPosition)
            expected.headers.append((entry.key, try value(entry.value)))
        }
        if expected.headers.count > 64 {
            throw InputError(node.position, "\(expected.headers.count) headers to check", expected: "at most 64")
        }
        if let json = fields.optional("json") {
            expected.isJSON = true
            if case .mapping(let entries) = json.content {
                for entry in entries {
                    let key = Node(.scalar(entry.key, quoted: true), at: entry.keyPosition)
                    expected.values.append((try path(key), try value(entry.value)))
                }
            } else {
                expected.isJSON = try json.boolean()
            }
        }
        expected.failure = try fields.optional("failure").map(path)
        try fields.finish()
        return expected
    }

    /// What something must be; nil for `any`, which must be there.
    private static func value(_ node: Node) throws(InputError) -> String? {
        if case .scalar("any", quoted: false) = node.content { return nil }
        if node.isNull { return "null" }
        return try node.string(expected: "what it must be, or any")
    }

    private static func path(_ node: Node) throws(InputError) -> JSONPath {
        let text = try node.string(expected: JSONPath.expectation)
        guard let path = JSONPath(text) else {
            throw InputError(node.position, "'\(text)' is no path into JSON", expected: JSONPath.expectation)
        }
        return path
    }
}
