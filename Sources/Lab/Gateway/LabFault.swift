// What a server must not do, by name, for clients that are to be held against it.

enum LabFault {
    /// `status/503`, or one of the names below; anything else is a 404.
    static func answer(_ name: Substring, _ request: LabHTTPRequest) -> LabHTTPAnswer {
        if let status = name.removingPrefix("status/").flatMap({ Int($0) }) {
            return LabHTTPAnswer(status, json: #"{"description":"as asked for"}"#)
        }
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        switch name {
        case "html": return LabHTTPAnswer(200, type: "text/html", json: "<html><body>502 Bad Gateway</body></html>")
        case "truncated": return LabHTTPAnswer(raw: head + "Content-Length: 100\r\n\r\n{\"rows\":[", closes: true)
        case "truncated-chunks":
            return LabHTTPAnswer(raw: head + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"row\r\n", closes: true)
        case "bad-chunk":
            return LabHTTPAnswer(raw: head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", closes: true)
        case "close": return LabHTTPAnswer(raw: "", closes: true)
        case "garbage": return LabHTTPAnswer(raw: "SSH-2.0-OpenSSH_9.2\r\n", closes: true)
        case "no-answer": return LabHTTPAnswer(raw: "", closes: false)
        case "half-answer": return LabHTTPAnswer(raw: head + "Content-Length: 100\r\n\r\n{", closes: false)
        case "loop": return redirection(to: "/faults/loop")
        case "once": return redirection(to: "/health")
        case "elsewhere": return redirection(to: "http://localhost:9/health")
        case "errors": return LabHTTPAnswer(200, json: #"{"data":null,"errors":[{"message":"no such field"}]}"#)
        case "no-errors": return LabHTTPAnswer(200, json: #"{"data":{"rows":[1,2]},"errors":[]}"#)
        case "large":
            let body = String(repeating: "0123456789abcdef", count: 64 << 10)
            return LabHTTPAnswer(200, type: "text/plain", json: body)
        case "long-head":
            let line = "X-More: \(String(repeating: "x", count: 8000))\r\n"
            return LabHTTPAnswer(raw: head + String(repeating: line, count: 60) + "\r\n", closes: true)
        default: return LabHTTPAnswer(404, json: "{}")
        }
    }

    private static func redirection(to place: String) -> LabHTTPAnswer {
        LabHTTPAnswer(302, headers: ["Location: \(place)"], json: "{}")
    }
}
