// The server's end of a connection of HTTP/1.1: requests cut out of what comes, answers in their order.

import Quantities

/// A request that is complete.
struct LabHTTPRequest {
    var method = ""
    /// Without its query.
    var path = ""
    /// Decoded.
    var query: [String: String] = [:]
    /// Names in lower case.
    var headers: [String: String] = [:]
    var body: [UInt8] = []
}

struct LabHTTPAnswer {
    /// As they go out.
    var bytes: [UInt8]
    /// The connection ends behind it.
    var closes = false

    /// Exactly these bytes, or none.
    init(raw: String, closes: Bool) {
        bytes = Array(raw.utf8)
        self.closes = closes
    }

    init(_ status: Int, type: String = "application/json", headers: [String] = [], json body: String) {
        let words = [200: "OK", 201: "Created", 400: "Bad Request", 404: "Not Found"][status] ?? "Status"
        let lines = ["HTTP/1.1 \(status) \(words)", "Content-Type: \(type)", "Content-Length: \(body.utf8.count)"]
        bytes = Array(((lines + headers).joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }
}

final class LabHTTPSession: LabConversation {
    private let gateway: LabGateway
    private var pending: [UInt8] = []
    /// Answers go out in the order of their requests.
    private var last = Instant(nanoseconds: 0)
    private(set) var isClosing = false

    /// A head or a body beyond this ends the connection.
    private static let longest = 16 << 20

    init(_ gateway: LabGateway) { self.gateway = gateway }

    func receive(_ bytes: UnsafeRawBufferPointer, now: Instant) -> [LabAnswer] {
        guard !isClosing else { return [] }
        pending += bytes
        var answers: [LabAnswer] = []
        while !isClosing, let request = next() {
            let (answer, due) = gateway.answer(request, now: now)
            last = max(last, due)
            if request.method == "HEAD", let end = Self.end(of: answer.bytes[...]) {
                answers.append(LabAnswer(due: last, bytes: Array(answer.bytes[..<end])))
            } else if !answer.bytes.isEmpty {
                answers.append(LabAnswer(due: last, bytes: answer.bytes))
            }
            isClosing = answer.closes
        }
        if pending.count > Self.longest { isClosing = true }
        return answers
    }

    /// Behind the empty line that ends a head.
    private static func end(of bytes: ArraySlice<UInt8>) -> Int? {
        bytes.firstRange(of: Array("\r\n\r\n".utf8)).map(\.upperBound)
    }

    private func next() -> LabHTTPRequest? {
        guard let end = LabHTTPSession.end(of: pending[...]) else { return nil }
        let lines = String(decoding: pending[..<(end - 4)], as: UTF8.self).split(separator: "\r\n")
        var request = LabHTTPRequest()
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            request.headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        let length = request.headers["content-length"].flatMap { Int($0) } ?? 0
        guard length >= 0, pending.count - end >= length else { return nil }
        request.body = Array(pending[end..<(end + length)])
        pending.removeFirst(end + length)
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 3 else {
            isClosing = true
            return nil
        }
        request.method = String(words[0])
        let parts = words[1].split(separator: "?", maxSplits: 1)
        request.path = Self.decoded(parts.first ?? "")
        for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1)
            request.query[Self.decoded(sides[0])] = sides.count > 1 ? Self.decoded(sides[1]) : ""
        }
        return request
    }

    private static func decoded(_ text: Substring) -> String {
        guard text.contains("%") else { return String(text) }
        var (bytes, rest) = ([UInt8](), Array(text.utf8)[...])
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
