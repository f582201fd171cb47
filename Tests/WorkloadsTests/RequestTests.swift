// Operations over HTTP in a workload file: what is taken, and what is said of what is not.

import Documents
import Quantities
import Recordings
import TestSupport
import Testing

@testable import Workloads

private let base = """
    workload: 1
    name: api
    values:
      key: {uuid: {uniform: {items: 1000}}}
      at: {timestamp: {uniform: [2026-01-01, 2026-06-30]}}
      n: {int: {uniform: [1, 9]}}
    operations:
      get:
        shape: point
        weight: 1
        http: GET /items/{key}?at={at}
    traffic: {arrivals: constant, rate: 10/s}

    """

private func operation(_ http: String) throws -> PlannedOperation {
    let text = base.replacing("    http: GET /items/{key}?at={at}\n", with: http + "\n")
    return try Profile.read(text, file: "w").operations[0]
}

/// The pieces as a line, values in angle brackets.
private func shown(_ template: Template) -> String {
    template.pieces.map { piece in
        switch piece {
        case .text(let bytes): String(decoding: bytes, as: UTF8.self)
        case .value(let place, let form, let percent): "<\(place) \(form)\(percent ? " %" : "")>"
        }
    }.joined()
}

@Test func aRequestOnALineIsRead() throws {
    let operation = try operation("    http: GET /items/{key}?at={at}&again={key}")
    let request = try #require(operation.request)
    #expect(request.method == "GET" && request.body == nil && operation.statements.isEmpty)
    #expect(shown(request.target) == "/items/<0 plain %>?at=<1 plain %>&again=<0 plain %>")
    #expect(request.binds.map(\.name) == ["key", "at"] && operation.binds.map(\.name) == ["key", "at"])
    #expect(request.words == "GET /items/{key}?at={at}&again={key}")
    #expect(operation.keyspace == "" && operation.info.shape == .point)
}

@Test func aWholeRequestIsRead() throws {
    let operation = try operation(
        """
            keyspace: shop
            rows: $.data
            check:
              status: [200, 404]
              headers: {Content-Type: application/json, X-Trace: any}
              json: {$.state: done, $.id: any}
              failure: $.errors
            http:
              request: POST /a b/{{x}}
              query:
                where: {id: {$in: "{key * 3}"}, n: 5}
                plain: "a&b {n}"
              headers: {X-Key: "k-{key}"}
              body: {id: "{key}", note: "n is {n}, \\"{{}}\\"", list: [1, null, true, "1"]}
        """)
    let request = try #require(operation.request)
    #expect(request.method == "POST")
    #expect(
        shown(request.target)
            == "/a%20b/%7Bx%7D?where=%7B%22id%22%3A%7B%22%24in%22%3A<0 json %>%7D%2C%22n%22%3A5%7D"
            + "&plain=a%26b%20<1 plain %>")
    #expect(request.headers.map(\.name) == ["X-Key"] && shown(request.headers[0].value) == "k-<2 plain>")
    #expect(
        shown(try #require(request.body))
            == #"{"id":<2 json>,"note":"n is <1 jsonText>, \"{}\"","list":[1,null,true,"1"]}"#)
    #expect(request.binds.map(\.listCount) == [3, nil, nil] && request.contentType == "application/json")
    #expect(request.expected.statuses == [200, 404] && request.expected.isJSON)
    #expect(request.expected.headers.map { $0.value } == ["application/json", nil])
    #expect(request.expected.values.map { $0.text } == ["done", nil])
    #expect(request.expected.failure == JSONPath("$.errors") && request.expected.rows == JSONPath("$.data"))
    #expect(operation.keyspace == "shop")
}

@Test(arguments: [
    ("http: items", "the request of operation 'get' is 'items'"),
    ("http: FETCH /x", "unknown method 'FETCH'"),
    ("http: GET http://elsewhere/x", "the path of operation 'get' is 'http://elsewhere/x'"),
    ("http: GET /{kye}", "bind 'kye' is not in values, did you mean 'key'?"),
    ("http: GET /{key", "a '{' without its '}'"),
    ("http: GET /key}", "a '}' without its '{'"),
    ("http: GET /{}", "names no value"),
    ("http: GET /{key * x}", "has no count"),
    ("http: {request: GET /x, body: {a: 1}}", "a GET with a body"),
    ("http: {request: POST /x, content_type: text/plain}", "content_type without body"),
    ("http: {request: POST /x, headers: {'a b': c}}", "'a b' is no name of a header"),
    ("http: {request: POST /x, headers: {Content-Length: 5}}", "'Content-Length' is set by what is sent"),
    ("http: {request: POST /x, bdy: 5}", "unknown key 'bdy'"),
    ("http: GET /x\n    rows: data", "'data' is no path into JSON"),
    ("http: GET /x\n    check: {status: 99}", "status is 99"),
    ("http: GET /x\n    check: {staus: 200}", "unknown key 'staus'"),
    ("http: GET /x\n    cql: SELECT * FROM k.t", "unknown key 'cql'"),
    ("http: GET /x\n    consistency: ONE", "unknown key 'consistency'")
]) func badRequests(http: String, problem: String) {
    let error = #expect(throws: InputError.self) { try operation("    " + http) }
    #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
    #expect(error?.position != nil)
}

@Test func sidesOverHTTPAreRead() throws {
    let text = """
        pair: 1
        name: p
        old: {http: "http://127.0.0.1:8080/api/"}
        new:
          http: {url: ["https://a", "https://[::1]:9/x"], version: 2, redirects: 3, headers: {X-A: b}, answer_bytes: 1000}
          tls: {ca: ca.pem}
          compression: gzip
          connections: 7
        """
    let pair = try PairFile.read(text, file: "p")
    #expect(pair.old.speaksHTTP && pair.new.speaksHTTP)
    #expect(pair.old.http?.texts == ["http://127.0.0.1:8080/api"])
    let http = try #require(pair.new.http)
    #expect(http.texts == ["https://a:443", "https://[::1]:9/x"] && http.version == "2" && http.redirects == 3)
    #expect(http.headers == ["X-A: b"] && http.answerAtMost == 1000 && pair.new.connections == 7)
    let lab = try PairFile.read("pair: 1\nname: l\nold: {lab: {speaks: http}}\nnew: {lab: {}}\n", file: "p")
    #expect(lab.old.speaksHTTP && !lab.new.speaksHTTP)
}

@Test(arguments: [
    ("{http: ftp://a}", "'ftp://a' is no URL of HTTP"), ("{http: []}", "0 URLs"),
    ("{http: \"http://u:p@a\"}", "a user in a URL"), ("{http: \"http://a/x?y=1\"}", "has more than a path"),
    ("{http: \"http://a:x\"}", "is not a place to connect to"),
    ("{http: [\"http://a\", \"https://b\"]}", "http and https on one side"),
    ("{http: \"http://a\", tls: {ca: x}}", "tls is set and the URL is http"),
    ("{http: \"https://a\", tls: false}", "tls is off and the URL is https"),
    ("{http: \"http://a\", compression: lz4}", "has compression lz4"),
    ("{cql: [a], compression: gzip}", "has compression gzip"),
    ("{http: {url: \"http://a\", headers: {Authorization: x}}}", "'Authorization' would stand in files of results"),
    ("{http: {url: \"http://a\", proxy: nowhere}}", "'nowhere' is no proxy"),
    ("{http: \"http://a\", cql: [b]}", "has cql and http"), ("{lab: {speaks: grpc}}", "unknown protocol 'grpc'")
]) func badSidesOverHTTP(side: String, problem: String) {
    let error = #expect(throws: InputError.self) {
        try PairFile.read("pair: 1\nname: p\nold: \(side)\nnew: {cql: [c]}\n", file: "p")
    }
    #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
}
