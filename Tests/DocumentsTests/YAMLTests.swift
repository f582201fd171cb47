// Reading: what every part is and where it stands, and that everything beyond the plain subset is refused with its place.

import Documents
import Quantities
import TestSupport
import Testing

private func failure(_ text: String) -> String {
    do throws(InputError) {
        _ = try YAML.read(text, file: "f.yaml")
        return "no error"
    } catch { return error.description }
}

@Test func positionsAreThoseOfKeysAndValues() throws {
    let text = """
        # a comment
        name: orders
        list:
          - one
          - {é: "two", b: 'x'}
        """
    let root = try YAML.read(text, file: "f.yaml")
    let entries = try root.entries()
    #expect(entries.map(\.key) == ["name", "list"])
    #expect(entries.map(\.keyPosition.description) == ["f.yaml:2:1", "f.yaml:3:1"])
    #expect(entries[0].value.position == Position(file: "f.yaml", line: 2, column: 7))
    let members = try entries[1].value.list()
    #expect(members.map(\.position.description) == ["f.yaml:4:5", "f.yaml:5:5"])
    let inner = try members[1].entries()
    // Columns count characters, not bytes: é takes two bytes.
    #expect(inner.map(\.keyPosition.column) == [6, 16])
    #expect(inner.map(\.value.position.column) == [9, 19])
    #expect(try inner.map { try $0.value.string() } == ["two", "x"])
}

@Test func scalarsWithSignsAndUnitsArePlain() throws {
    let text = """
        {allow: +5 %, rate: 2000/s, quoted: "2000/s", time: 10 s, from: 2026-01-01, version: "3.11", cql: "a = ? AND b"}
        """
    let entries = try YAML.read(text, file: "f").entries()
    #expect(try entries[0].value.ratio() == Ratio(0.05))
    #expect(try entries[1].value.rate() == Rate(perSecond: 2000))
    #expect(try entries[2].value.rate() == Rate(perSecond: 2000))
    #expect(try entries[3].value.duration() == .seconds(10))
    #expect(try entries[4].value.string() == "2026-01-01")
    #expect(try entries[5].value.string() == "3.11")
    #expect(try entries[6].value.string() == "a = ? AND b")
}

@Test func textsOfSeveralLinesAreFoldedAsYAMLSays() throws {
    let entries = try YAML.read("folded: >-\n  one\n  two\nkept: |\n  one\n  two\n", file: "f").entries()
    #expect(try entries.map { try $0.value.string() } == ["one two", "one\ntwo\n"])
}

@Test(arguments: [
    ("", "f.yaml:1:1: the file is empty, expected a YAML document"),
    ("# only a comment\n", "f.yaml:1:1: the file is empty, expected a YAML document"),
    ("---\n", "f.yaml:2:1: the document is empty, expected a YAML document"),
    ("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document begins here, expected one document in a file"),
    ("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: the key 'a' stands here twice, expected each key once"),
    ("a: &x 1\n", "f.yaml:1:4: '&' makes an anchor, which is not supported, expected the value itself, or quotes"),
    ("- &x {a: 1}\n", "f.yaml:1:3: '&' makes an anchor, which is not supported, expected the value itself, or quotes"),
    ("- &x [a]\n", "f.yaml:1:3: '&' makes an anchor, which is not supported, expected the value itself, or quotes"),
    ("a: *x\n", "f.yaml:1:4: '*' makes an alias, which is not supported, expected the value itself, or quotes"),
    ("a: !!str 1\n", "f.yaml:1:4: '!' makes a tag, which is not supported, expected the value itself, or quotes"),
    ("[a, b]: 1\n", "f.yaml:1:1: a key that is not a text, expected key: value"),
    ("a:\n\t- 1\n", "f.yaml:2:1: a tab where a value or key should begin, expected spaces"),
    (
        "a: {b: 1\nc: 2\n",
        "f.yaml:2:2: did not find expected ',' or '}' while parsing a flow mapping that began at line 1, "
            + "expected valid YAML (a text that holds ': ' or ' #' needs quotes)"
    ),
    (
        "- x WITH y = {'class': 'z'}\n",
        "f.yaml:1:27: did not find expected key while parsing a block mapping, "
            + "expected valid YAML (a text that holds ': ' or ' #' needs quotes)"
    ),
    ("a: 1\né: \u{1}\n", "f.yaml:2:4: control characters are not allowed, expected printable UTF-8"),
    (
        String(repeating: "[", count: 102) + String(repeating: "]", count: 102),
        "f.yaml:1:102: nested too deeply, expected at most 100 levels"
    )
])
func refusals(text: String, message: String) {
    #expect(failure(text) == message)
}

@Test func duplicatesAreFoundInLargeMappingsToo() {
    let text = (0..<40).map { "k\($0): 1\n" }.joined()
    #expect(failure(text) == "no error")
    for index in [0, 15, 16, 17, 39] {
        let message = "f.yaml:41:1: the key 'k\(index)' stands here twice, expected each key once"
        #expect(failure(text + "k\(index): 2\n") == message)
    }
}
