// JSON as it came: what is JSON, and what stands at a path.

import Testing

@testable import Documents

private func scan<R>(_ text: String, _ body: (JSONScanner?) -> R) -> R {
    Array(text.utf8).withUnsafeBytes { body(JSONScanner($0)) }
}

private func found(_ text: String, _ path: String) -> String? {
    scan(text) { scanner in
        guard let scanner, let value = scanner.value(at: JSONPath(path)!) else { return nil }
        return String(decoding: Array(text.utf8)[value.range], as: UTF8.self)
    }
}

@Test(arguments: [
    "{}", "[]", " {\"a\": [1, -2.5e+3, true, false, null, \"x\\u00e9\\n\"]} ", "0", "\"\"", "[[[]]]", "-0.5E7"
]) func jsonIsTaken(text: String) {
    #expect(scan(text) { $0 != nil })
}

@Test(arguments: [
    "", " ", "<html><body>502 Bad Gateway</body></html>", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "{a:1}", "01", "1.",
    "1e",
    "\"\u{1}\"", "\"\\x\"", "\"open", "[1] 2", "tru", "nul", "[1", "+1", "{\"rows\": [{\"id\": 1}, {\"id\"",
    String(repeating: "[", count: 100_000)
]) func whatIsNotJSONIsNotTaken(text: String) {
    #expect(scan(text) { $0 == nil })
}

@Test func valuesStandAtPaths() {
    let text = #"{"data": {"rows": [{"id": 1}, {"id": "zw\u00f6lf", "o'k": [[], {}]}]}, "b\"c": true, "count": 2}"#
    #expect(found(text, "$") == text)
    #expect(found(text, "$.data.rows[0].id") == "1")
    #expect(found(text, "$['data'].rows[1]['id']") == #""zw\u00f6lf""#)
    #expect(found(text, #"$.data.rows[1]["o'k"][1]"#) == "{}")
    #expect(found(text, #"$['b"c']"#) == "true")
    for missing in ["$.x", "$.data.rows[2]", "$.data.rows.id", "$.data[0]", "$.count.x", "$.count[0]"] {
        #expect(found(text, missing) == nil, "\(missing)")
    }
    scan(text) { scanner in
        let scanner = scanner!
        #expect(scanner.count(of: scanner.value(at: JSONPath("$.data.rows")!)!) == 2)
        #expect(scanner.count(of: scanner.value(at: JSONPath("$")!)!) == 3)
        #expect(scanner.count(of: scanner.value(at: JSONPath("$.count")!)!) == nil)
        #expect(scanner.holds(scanner.value(at: JSONPath("$.data.rows[1].id")!)!, "zwölf"))
        #expect(scanner.holds(scanner.value(at: JSONPath("$.count")!)!, "2"))
        #expect(!scanner.holds(scanner.value(at: JSONPath("$.count")!)!, "20"))
    }
    #expect(scan(#""a\ud83d\ude00\n\/""#) { $0!.holds($0!.value(at: JSONPath("$")!)!, "a😀\n/") })
}

@Test(arguments: ["", "data", "$.", "$..a", "$[", "$[-1]", "$['a]", "$x", "$.a b", "$[*]"]) func badPaths(text: String)
{
    #expect(JSONPath(text) == nil)
}
