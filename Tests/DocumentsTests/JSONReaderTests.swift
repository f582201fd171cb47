// The quick way through JSON gives what libyaml gives, to the last position, or leaves it to libyaml.

import Glibc
import Quantities
import TestSupport
import Testing

@testable import Documents

/// The tree as text, each part with its place.
private func spelled(_ node: Node) -> String {
    let content: String
    switch node.content {
    case .scalar(let text, let quoted): content = quoted ? "'\(text)'" : text
    case .sequence(let members): content = "[" + members.map(spelled).joined(separator: ", ") + "]"
    case .mapping(let entries):
        content =
            "{" + entries.map { "\($0.key)@\($0.keyPosition): \(spelled($0.value))" }.joined(separator: ", ") + "}"
    }
    return "\(content)@\(node.position)"
}

private func read(_ text: String, quickly: Bool) -> String {
    do { return spelled(try YAML.read(text, file: "f", quickly: quickly)) } catch { return "error: \(error)" }
}

/// Whether libyaml is spared.
private func isQuick(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { JSONReader.read($0, file: "f") != nil }
}

private func json(_ random: inout SeededRandom, depth: Int) -> JSON {
    switch random.below(depth > 3 ? 6 : 8) {
    case 0: return .null
    case 1: return .bool(random.below(2) == 0)
    case 2:
        return .integer(Int(truncatingIfNeeded: random.next() >> random.below(64)) * (random.below(2) == 0 ? 1 : -1))
    case 3: return .number(random.lognormal(median: 1, sigma: 20))
    case 4, 5:
        let letters = Array("ab \"\\\n\t:,{}[]#'-\u{1}\u{7F}&*!%@`|>?".unicodeScalars)
        var text = String.UnicodeScalarView()
        for _ in 0..<random.below(12) { text.append(letters[Int(random.below(UInt64(letters.count)))]) }
        return .string(String(text))
    case 6: return .array((0..<random.below(4)).map { _ in json(&random, depth: depth + 1) })
    default:
        let count = random.below(20)
        return .object(
            Dictionary(
                (0..<count).map { ("key \($0 * 7)", json(&random, depth: depth + 1)) }, uniquingKeysWith: { $1 }))
    }
}

@Test func whatAssayWritesIsReadAlikeOnBothWays() {
    for case (let seed, var random) in seededCases(300) {
        let text = JSON.object(["a": json(&random, depth: 1), "b": json(&random, depth: 1)]).text()
        #expect(isQuick(text), "seed \(seed)")
        #expect(read(text, quickly: true) == read(text, quickly: false), "seed \(seed): \(text)")
    }
}

@Test(arguments: [
    "{\"a\": 1, \"a\": 2}", "{\"a\": 1,}", "{\"a\" : 1}", "{\"a\"\n: 1}", "{\"a\":1,\"b\":[]}", "{}", "{ }",
    "{\"a\": [ ]}",
    "{\"a\": \"two\nlines\"}", "{\"a\": \"caf\u{E9}\", \"b\": 1}", "{\"a\":\t1}", "{\"a\": 1} # end",
    "{\"a\": 1}\n---\n",
    "{\"a\": \"\\u00e9\\u0001\"}", "{\"a\": \"\\ud83d\\ude00\"}", "{\"a\": \"\\/\"}", "{\"a\": \"\\x41\"}",
    "{\"a\": \"\\u+123\"}",
    "{\"a\": no, \"b\": yes}", "{\"a\": plain words}", "{\"a\": .5}", "{\"a\": -}", "{\"a\": 1e5}", "{\"a\": 0x1F}",
    "{\"a\": &x 1}",
    "{a: 1}", "{\"a\"}", "{\"a\": }", "{\"a\": 1", "{\"a\": \"x", "{\"a\": 1}}", "{\"a\": 1 \"b\": 2}", "{'a': 1}", "",
    "{",
    "{\"a\": [1, 2}", "{\"\": 1}", "{\r\n\"a\": 1}", "[1, 2]", " {\"a\": 1}",
    "{\"a\": {\"b\": [1, {\"c\": \"d\"}]}}\n\n"
])
func oddDocumentsAreReadAlikeOnBothWays(text: String) {
    #expect(read(text, quickly: true) == read(text, quickly: false))
}

@Test func depthAndLongKeysAreLimitedAlike() {
    for depth in [50, 99, 100, 101] {
        let text =
            "{\"a\": " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
        #expect(read(text, quickly: true) == read(text, quickly: false), "\(depth) levels")
    }
    for length in [900, 1_030, 5_000] {
        let text = "{\"\(String(repeating: "k", count: length))\": 1}"
        #expect(read(text, quickly: true) == read(text, quickly: false), "a key of \(length)")
    }
}

@Test func membersOfALongListComeOneByOne() throws {
    let text = "{\"a\": 1, \"many\": [{\"x\": 1}, 2], \"z\": [3]}"
    var members: [String] = []
    let root = try #require(
        YAML.readQuickly(text, file: "f", each: "many") { node, before in
            members.append(spelled(node))
            return before.map(\.key) == ["a"]
        })
    #expect(members == ["{x@f:1:20: 1@f:1:25}@f:1:19", "2@f:1:29"])
    #expect(spelled(root) == "{a@f:1:2: 1@f:1:7, many@f:1:10: []@f:1:18, z@f:1:33: [3@f:1:39]@f:1:38}@f:1:1")
    #expect(YAML.readQuickly(text, file: "f", each: "many") { _, _ in false } == nil)
    #expect(YAML.readQuickly("a: 1", file: "f", each: "many") { _, _ in true } == nil)
}
