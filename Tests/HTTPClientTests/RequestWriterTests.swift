// Templates filled in: the same values from the same chance, encoded as their place wants it.

import Bytes
import Documents
import Quantities
import Testing
import Workloads

@testable import HTTPClient

private func request(_ values: String, _ http: String, seed: UInt64 = 7) throws -> (String, [String], String) {
    let text = """
        workload: 1
        name: api
        values:
        \(values)
        operations:
          op:
            shape: api
            weight: 1
            http: \(http)
        traffic: {arrivals: constant, rate: 10/s}
        """
    let template = try #require(try Profile.read(text, file: "w").operations[0].request)
    var request = HTTPRequest()
    RequestWriter(template).write(Drawing(SeededRandom(seed: seed)), into: &request)
    let headers = String(decoding: request.headers.array, as: UTF8.self).split(separator: "\0").map(String.init)
    return (
        String(decoding: request.target.array, as: UTF8.self), headers,
        String(decoding: request.body.array, as: UTF8.self)
    )
}

/// Each value as a member of a JSON body, and plain in a header.
@Test(arguments: [
    ("{int: {constant: 0}}", nil, nil), ("{int: {uniform: [-5, -5]}}", "-5", "-5"),
    ("{uuid: {constant: 3}}", nil, nil), ("{boolean: {true: 100 %}}", "true", "true"),
    ("{timestamp: {constant: 2026-01-31T10:20:30Z}}", "\"2026-01-31T10:20:30.000Z\"", "2026-01-31T10:20:30.000Z"),
    ("{date: {constant: 1969-12-31}}", "\"1969-12-31\"", "1969-12-31"),
    ("{time: {constant: 01:02:03}}", "\"01:02:03.000000000\"", "01:02:03.000000000"),
    ("{decimal: {uniform: [-1.5, -1.5], scale: 3}}", "-1.500", "-1.500"),
    ("{double: {uniform: [2.5, 2.5]}}", "2.5", "2.5"), ("{inet: {constant: 258}}", "\"10.0.1.2\"", "10.0.1.2"),
    ("{duration: {months: 1, days: 2, nanoseconds: 3}}", "\"1mo2d3ns\"", "1mo2d3ns"),
    ("{list: {of: {int: {uniform: [4, 4]}}, size: 3}}", "[4,4,4]", "4,4,4"),
    (
        "{map: {key: {int: {uniform: [4, 4]}}, value: {boolean: {true: 0 %}}, size: 1}}", "{\"4\":false}",
        "{\"4\":false}"
    ),
    ("{tuple: [{int: {uniform: [1, 1]}}, {list: {of: {int: {uniform: [2, 2]}}, size: 2}}]}", "[1,[2,2]]", "1,[2,2]"),
    ("{udt: {a: {int: {uniform: [1, 1]}}, b: {date: {constant: 2026-01-01}}}}", "{\"a\":1,\"b\":\"2026-01-01\"}", nil),
    ("{int: {uniform: [1, 1]}, null: 100 %}", "null", "")
]) func valuesAreWritten(value: String, json: String?, plain: String?) throws {
    let (_, headers, body) = try request(
        "  v: \(value)", #"{request: POST /x, headers: {V: "{v}"}, body: {v: "{v}", t: "<{v}>"}}"#)
    Array(body.utf8).withUnsafeBytes { bytes in
        #expect(JSONScanner(bytes)?.value(at: JSONPath("$.v")!) != nil, "\(body)")
    }
    if let json { #expect(body.hasPrefix("{\"v\":\(json),")) }
    if let plain {
        #expect(headers == ["V: " + plain])
        #expect(body.hasSuffix(#","t":"<\#(plain.replacing("\"", with: "\\\""))>"}"#), "\(body)")
    }
}

@Test func aNameIsOneDraw() throws {
    let values = "  a: {int: {uniform: [0, 1_000_000_000]}}\n  b: {int: {uniform: [0, 1_000_000_000]}}"
    let (target, headers, body) = try request(
        values, #"{request: "PUT /{a}/{b}", headers: {A: "{a}"}, body: {b: "{b}", a: "{a}"}}"#)
    let parts = target.split(separator: "/")
    #expect(parts.count == 2 && parts[0] != parts[1])
    #expect(headers == ["A: \(parts[0])"] && body == "{\"b\":\(parts[1]),\"a\":\(parts[0])}")
    #expect(try request(values, "GET /{a}/{b}").0 == target)
    #expect(try request(values, "GET /{a}/{b}", seed: 8).0 != target)
}

@Test func listsAndTextsAreEncoded() throws {
    let values = "  k: {uuid: {uniform: {items: 5}}}\n  t: {text: {length: 40}}"
    let (target, _, body) = try request(
        values, #"{request: POST /x, query: {where: {k: {$in: "{k * 2}"}}, t: "{t}"}, body: "{t}"}"#)
    #expect(target.hasPrefix("/x?where=%7B%22k%22%3A%7B%22%24in%22%3A%5B%22"))
    #expect(target.contains("%22%2C%22") && target.contains("%22%5D%7D%7D&t="))
    #expect(!target.contains { " \"{}[]<>".contains($0) })
    #expect(body.utf8.count == 40)
}
