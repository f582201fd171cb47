// Criteria files: what is shipped reads, and what is wrong is named with its place.

import Comparisons
import Documents
import Foundation
import Quantities
import Testing
import Verdicts

private func performance(_ keys: String) -> String {
    "criteria: 1\nname: x\nperformance:\n  - {id: a, \(keys)}\n"
}

private func failure(_ text: String) -> String {
    do throws(InputError) {
        _ = try Criteria.read(text, file: "c.yaml")
        return "no error"
    } catch { return error.description }
}

@Test func theShippedCriteriaAreRead() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let text = try String(contentsOf: root.appendingPathComponent("criteria/major-upgrade.yaml"), encoding: .utf8)
    #expect(text.hasPrefix("# "))
    let criteria = try Criteria.read(text, file: "criteria/major-upgrade.yaml")
    #expect(criteria.name == "major-upgrade")
    #expect(criteria.criteria.map(\.id) == ["p99", "mean", "throughput", "slo", "errors", "parity"])
    let byID = Dictionary(uniqueKeysWithValues: criteria.criteria.map { ($0.id, $0) })
    #expect(byID["p99"]?.requirement == .change(.p(99), of: .eachOperation, allow: Ratio(0.05)))
    #expect(byID["p99"]?.confidence == 0.99 && byID["mean"]?.confidence == 0.95)
    #expect(byID["mean"]?.weight == 2 && byID["p99"]?.weight == 1)
    #expect(byID["throughput"]?.advisory == true && byID["p99"]?.advisory == false)
    #expect(
        byID["slo"]?.requirement
            == .timeLimit(.p(99), of: .eachOperation, on: .new, atMost: .milliseconds(50)))
    #expect(byID["parity"]?.requirement == .parity(atMost: 0))
    #expect(criteria.measures == [.p(99), Measure(.mean)])
    #expect(criteria.waivers.isEmpty)
}

@Test func everyFamilyIsRead() throws {
    let text = """
        criteria: 1
        name: whole
        performance:
          - {id: tail, measure: p99.9 of service time, of: shape range, allow: 7.5 %}
          - {id: rate, measure: throughput, of: the workload, side: old, at_least: 2000/s}
          - {id: own, measure: mean of response time, of: recent_orders, at_most: 2 ms}
        functional: [{id: same, measure: differing answers, at_most: 0, ignoring: [writetime, "now()"]}]
        security: [{id: tls, require: tls >= 1.2 on both}]
        plans: [{id: rollback, evidence: plans/rollback.md, reviewed_by: 2, newer_than: 30 d}]
        observability: [{id: metrics, require: these series exist on both, series: [a, b], advisory: true}]
        components: [{id: up, require: every component of the pair answers its probe, weight: 0.5}]
        """
    let criteria = try Criteria.read(text, file: "c.yaml")
    #expect(criteria.criteria.map(\.family) == [.performance, .performance, .performance] + Family.allCases.dropFirst())
    #expect(
        criteria.criteria[0].requirement
            == .change(.p(99.9, of: .service), of: .one(.shape(.range)), allow: Ratio(0.075)))
    #expect(
        criteria.criteria[1].requirement
            == .throughputLimit(of: .one(.workload), on: .old, atLeast: Rate(perSecond: 2000)))
    #expect(
        criteria.criteria[2].requirement
            == .timeLimit(Measure(.mean), of: .one(.operation("recent_orders")), on: .new, atMost: .milliseconds(2)))
}

@Test(arguments: [
    ("measure: p99 of response time, of: each operation, allow: 5", "c.yaml:4:71: '5' has no %"),
    ("measure: p99 of response time, of: each operation, allow: -5 %", "by how much it may grow, such as +5 %"),
    ("measure: throughput, of: the workload, allow: +3 %", "by how much it may fall, such as -3 %"),
    ("measure: p99 of response time, of: each operation, at_most: 50", "'50' has no unit"),
    ("measure: error rate, of: each operation, at_most: 0.01", "'0.01' has no %"),
    ("measure: error rate, of: each operation, allow: 1 %", "a criterion on error rate has allow, expected at_most"),
    ("measure: throughput, of: the workload, at_least: 5", "'5' is not a rate"),
    ("measure: throughput, of: each operation, at_least: 5/s", "throughput of: the workload"),
    ("measure: throughput, of: shape range, allow: -3 %", "throughput of: the workload"),
    ("measure: p99 of respose time, of: each operation, allow: 5 %", "did you mean 'p99 of response time'?"),
    ("measure: eror rate, of: each operation, at_most: 1 %", "did you mean 'error rate'?"),
    ("measure: p100 of response time, of: each operation, allow: 5 %", "unknown measure"),
    ("measure: p99.99999999 of response time, of: each operation, allow: 5 %", "unknown measure"),
    ("measure: p99 of response time, of: shape rnge, allow: 5 %", "did you mean 'range'?"),
    ("measure: p99 of response time, of: each operation", "has no limit, expected allow, at_most, or both"),
    ("measure: error rate, of: each operation, allow: 5 %, at_most: 3 %", "has allow and at_most"),
    ("measure: p99 of response time, of: each operation, allow: 5 %, side: new", "'side' beside 'allow'"),
    ("measure: p99 of response time, of: each operation, at_most: 3 ms, side: newer", "did you mean 'new'?"),
    ("measure: p99 of response time, of: each operation, at_most: 0 ms", "a time above 0"),
    ("measure: p99 of response time, of: each operation, alow: 5 %, at_most: 3 ms", "did you mean 'allow'?"),
    ("measure: p99 of response time, of: each operation, allow: 5 %, confidence: 0.95", "'0.95' has no %"),
    ("measure: p99 of response time, of: each operation, allow: 5 %, confidence: 40 %", "50 % to 99.99 %"),
    ("measure: p99 of response time, of: each operation, allow: 5 %, confidence: 100 %", "such as 95 %"),
    (
        "measure: p99 of response time, of: each operation, allow: 5 %, confidence: 99.99999999999999 %",
        "50 % to 99.99 %"
    ),
    ("measure: p99 of response time, of: each operation, allow: 5 %, confidence: 99.991 %", "50 % to 99.99 %"),
    ("measure: p99 of response time, of: each operation, allow: 5 %, weight: 0", "a number above 0"),
    ("measure: p99 of response time, of: each operation, allow: 5 %, advisory: maybe", "true or false"),
    ("measure: p99 of response time, allow: 5 %", "has no 'of'"), ("of: each operation, allow: 5 %", "has no 'measure'")
])
func wrongCriteriaAreNamed(keys: String, message: String) {
    let found = failure(performance(keys))
    #expect(found.hasPrefix("c.yaml:4:") && found.contains(message), "\(found)")
}

@Test(arguments: [
    ("criteria: 1\nname: x\n", "c.yaml:1:1: no criterion in 'x'"),
    ("criteria: 1\nname: x\nperformance: []\n", "no criterion in 'x'"), ("criteria: 2\nname: x\n", "unknown version"),
    ("name: x\n", "has no 'criteria'"), ("criteria: 1\nname: x\nperfomance: []\n", "did you mean 'performance'?"),
    ("criteria: 1\nname: x\nsecurity: [{id: a, require: b}, {id: a, require: c}]\n", "the id 'a' is taken at line 3"),
    ("criteria: 1\nname: x\nsecurity: [{id: a, requires: b}]\n", "has no 'require'"),
    ("criteria: 1\nname: x\nsecurity: [{id: a b, require: b}]\n", "'a b' is no id"),
    ("criteria: 1\nname: x\nfunctional: [{id: a, measure: diferences of parity, at_most: 0}]\n", "did you mean"),
    ("criteria: 1\nname: x\nfunctional: [{id: a, measure: differences of parity, at_most: -1}]\n", "at least 0"),
    ("criteria: 1\nname: x\nplans: [{id: a, evidence: b, newer_than: 30}]\n", "'30' has no unit")
])
func wrongFilesAreNamed(text: String, message: String) {
    #expect(failure(text).contains(message), "\(failure(text))")
}

@Test func theHighestConfidenceIsRead() throws {
    let text = performance("measure: p99 of response time, of: read, allow: 5 %, confidence: 99.99 %")
    #expect(try abs(Criteria.read(text, file: "c.yaml").criteria[0].confidence - 0.9999) < 1e-12)
}

@Test func operationsMustExist() throws {
    let criteria = try Criteria.read(
        performance("measure: p99 of response time, of: recent_order, allow: 5 %"), file: "c.yaml")
    #expect(throws: InputError.self) { try criteria.validate(operations: ["recent_orders", "latest_order"]) }
    do throws(InputError) { try criteria.validate(operations: ["recent_orders"]) } catch {
        #expect(error.description.hasPrefix("c.yaml:4:48: criterion 'a' is on the unknown operation 'recent_order'"))
        #expect(error.description.contains("did you mean 'recent_orders'?"))
    }
    try criteria.validate(operations: ["recent_order"])
    let shape = try Criteria.read(
        performance("measure: p99 of response time, of: shape range, allow: 5 %"), file: "c.yaml")
    #expect(throws: InputError.self) { try shape.validate(operations: ["a"], shapes: [.point]) }
    try shape.validate(operations: ["a"], shapes: [.range])
}
