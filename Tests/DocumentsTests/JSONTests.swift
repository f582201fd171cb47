// Writing JSON: the same bytes for the same value, and what is written reads back equal.

import Documents
import TestSupport
import Testing

/// The value as the reader sees it; the tests hold it against what was written.
private func json(_ node: Node) throws -> JSON {
    switch node.content {
    case .sequence(let members): return .array(try members.map(json))
    case .mapping(let entries):
        return .object(Dictionary(uniqueKeysWithValues: try entries.map { ($0.key, try json($0.value)) }))
    case .scalar(let text, quoted: true): return .string(text)
    case .scalar(let text, quoted: false):
        if node.isNull { return .null }
        if text == "true" || text == "false" { return .bool(try node.boolean()) }
        if let whole = try? node.integer() { return .integer(whole) }
        return .number(try node.number())
    }
}

@Test func layoutIsFixed() {
    let value = JSON.object([
        "b": .array([.integer(1), .number(0.5), .null, .string("x")]),
        "a": .object(["k": .bool(true)]), "é": .object([:]), "c": .array([.object(["x": .integer(1)]), .array([])]),
        "d": .number(.infinity), "e": .number(1e-5)
    ])
    #expect(
        value.text() == """
            {
              "a": {
                "k": true
              },
              "b": [1, 0.5, null, "x"],
              "c": [
                {
                  "x": 1
                },
                []
              ],
              "d": null,
              "e": 1e-05,
              "é": {}
            }

            """)
}

@Test func escapes() {
    let text = "\" \\ / \n \r \t \u{0} \u{1F} \u{7F} \u{85} \u{2028} é 😀"
    #expect(
        JSON.string(text).text()
            == #""\" \\ / \n \r \t \u0000 \u001f \u007f \u0085 \u2028 é 😀""# + "\n")
}

@Test func escapesOfOtherWritersAreRead() throws {
    let node = try YAML.read(#"{"a":"\/ \u00e9 \b\f","b":-1.5E+3}"#, file: "f")
    let entries = try node.entries()
    #expect(try entries[0].value.string() == "/ é \u{8}\u{C}")
    #expect(try entries[1].value.number() == -1500)
}

@Test func whatIsWrittenReadsBackEqual() throws {
    for (seed, random) in seededCases(200) {
        var random = random
        let value = JSON.object(["root": randomValue(&random, depth: 4)])
        let text = value.text()
        let back = try json(try YAML.read(text, file: "f"))
        #expect(back == value, "seed \(seed)")
        #expect(back.text() == text, "seed \(seed)")
    }
}

private func randomValue(_ random: inout some RandomNumberGenerator, depth: Int) -> JSON {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(.random(using: &random))
    case 2: return .integer(.random(in: .min ... .max, using: &random))
    case 3: return .number(.random(in: -1...1, using: &random) * 1e-300 + 0x1p-1074)
    case 4: return .string(randomText(&random))
    case 5:
        let count = Int.random(in: 0...5, using: &random)
        return .array((0..<count).map { _ in randomValue(&random, depth: depth - 1) })
    default:
        let members = (0..<Int.random(in: 0...20, using: &random)).map { index in
            ("\(index)" + randomText(&random), randomValue(&random, depth: depth - 1))
        }
        return .object(Dictionary(members) { first, _ in first })
    }
}

private func randomText(_ random: inout some RandomNumberGenerator) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...12, using: &random) {
        let bound: UInt32 = [0x80, 0x100, 0x2100, 0x1_0000, 0x11_0000].randomElement(using: &random) ?? 0x80
        guard let scalar = Unicode.Scalar(UInt32.random(in: 0..<bound, using: &random)) else { continue }
        text.unicodeScalars.append(scalar)
    }
    return text
}
