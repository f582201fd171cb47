// Typed readings of a node, and the sentence each gives where the node is something else.

import Documents
import Quantities
import TestSupport
import Testing

private enum Metal: String, CaseIterable { case gold, silver, copper }

private func value(_ text: String) throws -> Node { try YAML.read("k: \(text)", file: "f").entries()[0].value }

private func failure(_ text: String, _ read: (Node) throws -> Any) throws -> String {
    let node = try value(text)
    let error = #expect(throws: InputError.self) { _ = try read(node) }
    return error?.description ?? ""
}

@Test func numbersOfEveryForm() throws {
    #expect(try value("100_000").integer() == 100_000)
    #expect(try value("-9223372036854775808").integer() == Int.min)
    #expect(try value("9223372036854775807").integer() == Int.max)
    #expect(try value("1e-05").number() == 1e-05)
    #expect(try value("0.99").number() == 0.99)
    #expect(try value("1_000.5").number() == 1000.5)
    #expect(try value("true").boolean())
    #expect(try !value("false").boolean())
    #expect(try value("silver").choice(of: Metal.self) == .silver)
    #expect(try value("~").isNull && value("null").isNull && value("").isNull)
    #expect(try !value("\"\"").isNull)
    #expect(try value("\"\"").string() == "")
}

@Test func wrongKindsNameWhatIsThereAndWhatShouldBe() throws {
    #expect(try failure("1.5") { try $0.integer() } == "f:1:4: found '1.5', expected a whole number")
    #expect(try failure("9223372036854775808") { try $0.integer() }.hasSuffix("expected a whole number"))
    #expect(try failure("\"5\"") { try $0.integer() } == "f:1:4: found '5', expected a whole number")
    #expect(try failure("nan") { try $0.number() } == "f:1:4: found 'nan', expected a number")
    #expect(try failure("1e999") { try $0.number() } == "f:1:4: found '1e999', expected a number")
    #expect(try failure("yes") { try $0.boolean() } == "f:1:4: found 'yes', expected true or false")
    #expect(try failure("[a]") { try $0.string() } == "f:1:4: found a list, expected a text")
    #expect(try failure("") { try $0.string(expected: "a name") } == "f:1:3: found nothing, expected a name")
    #expect(try failure("{a: 1}") { try $0.list() } == "f:1:4: found a mapping, expected a list")
    #expect(try failure("a") { try $0.entries() } == "f:1:4: found 'a', expected a mapping")
    #expect(
        try failure("5") { try $0.duration() }
            == "f:1:4: '5' has no unit, expected a duration with its unit, such as 250 ms, 5 s or 10m")
    #expect(
        try failure("2000") { try $0.rate() }
            == "f:1:4: '2000' is not a rate, expected a rate with its unit, such as 2000/s")
    #expect(try failure("5") { try $0.ratio() } == "f:1:4: '5' has no %, expected a percentage, such as +5 %")
    #expect(
        try failure("65") { try $0.integer(in: 1...64, "connections") }
            == "f:1:4: connections is 65, expected 1 to 64")
    #expect(
        try failure("0") { try $0.integer(in: 1...Int.max, "count") } == "f:1:4: count is 0, expected at least 1")
    #expect(
        try failure("sliver") { try $0.choice(of: Metal.self, "metal") }
            == "f:1:4: unknown metal 'sliver', did you mean 'silver'? expected one of gold, silver, copper")
    #expect(
        try failure("tin") { try $0.choice(of: Metal.self, "metal") }
            == "f:1:4: unknown metal 'tin', expected one of gold, silver, copper")
}

@Test func everyKeyMustBeAskedFor() throws {
    let node = try YAML.read("weigth: 1\nshape: point\nempty:\n", file: "w.yaml")
    var fields = try Fields(node, what: "operation 'latest_order'")
    #expect(try fields.required("shape").string() == "point")
    #expect(fields.optional("empty") == nil)
    #expect(fields.optional("weight") == nil)
    let unknown = #expect(throws: InputError.self) { try fields.finish() }
    #expect(
        unknown?.description
            == "w.yaml:1:1: unknown key 'weigth' in operation 'latest_order', did you mean 'weight'? "
            + "expected one of empty, shape, weight")
    let missing = #expect(throws: InputError.self) { _ = try fields.required("cql") }
    #expect(missing?.description == "w.yaml:1:1: operation 'latest_order' has no 'cql', expected the key cql")
    #expect(fields.position(of: "shape").line == 2)
    #expect(fields.position(of: "cql").line == 1)
}

@Test func fieldsThatAreAllReadFinish() throws {
    var fields = try Fields(try YAML.read("{a: 1, b: null}", file: "w"), what: "x")
    _ = try fields.required("a")
    #expect(fields.optional("b") == nil)
    try fields.finish()
}

@Test func keysOfOtherVersionsAreRefused() throws {
    var fields = try Fields(try YAML.read("{a: 1, tls: {}}", file: "w"), what: "side 'old'")
    _ = fields.optional("a")
    let error = #expect(throws: InputError.self) { try fields.refuse(["tls"]) }
    #expect(error?.description == "w:1:8: 'tls' in side 'old' is not in this version, expected only a")
}

@Test func fieldsNeedAMapping() throws {
    let error = #expect(throws: InputError.self) { _ = try Fields(try value("[a]"), what: "traffic") }
    #expect(error?.description == "f:1:4: traffic is a list, expected a mapping")
}

@Test(arguments: [
    ("weigth", "weight"), ("timeout", "time_out"), ("page-size", "page_size"), ("Weight", "weight"), ("operation", nil),
    ("at", nil), ("", nil), ("weightxxx", nil)
])
func nearestWord(word: String, expected: String?) {
    #expect(nearest(to: word, among: ["weight", "time_out", "page_size", "id"]) == expected)
}
