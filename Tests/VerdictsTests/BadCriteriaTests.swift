// What people get wrong in criteria: every mistake is named with file, line and column, and none is a requirement less.

import Documents
import Quantities
import Testing
import Verdicts

/// One mistake: the text of a file, in which `«` marks where the complaint must point, and words of the complaint.
struct BadCriteria: Sendable, CustomTestStringConvertible {
    let text: String
    let words: String
    let position: String

    /// Keys of a criterion of performance, behind its id.
    init(_ keys: String, _ words: String) {
        self.init(file: "performance:\n  - {id: a, \(keys)}\n", words)
    }

    /// What stands below the head of a file.
    init(file: String, _ words: String) {
        let marked = "criteria: 1\nname: bad\n" + file
        let before = marked.prefix { $0 != "«" }
        let line = before.count { $0 == "\n" } + 1
        let column = before.split(separator: "\n", omittingEmptySubsequences: false).last?.count ?? 0
        position = "bad.yaml:\(line):\(column + 1): "
        text = marked.replacing("«", with: "")
        self.words = words
    }

    var testDescription: String { "\(position)\(words)" }
}

private let p99 = "measure: p99 of response time, of: each operation"

private let waivable = """
    performance:
      - {id: p99, measure: p99 of response time, of: each operation, allow: +5 %}
      - {id: mean, measure: mean of response time, of: the workload, allow: +5 %}
      - {id: shapes, measure: mean of response time, of: each shape, allow: +5 %}
      - {id: keyspaces, measure: mean of response time, of: each keyspace, allow: +5 %}

    """

private func waiver(_ keys: String, _ words: String) -> BadCriteria {
    BadCriteria(file: waivable + "waive:\n  - {\(keys)}\n", words)
}

let mistakes: [BadCriteria] = [
    // Numbers and their units.
    BadCriteria("\(p99), allow: «5", "'5' has no %, expected a percentage, such as +5 %"),
    BadCriteria("\(p99), allow: «\"5\"", "'5' has no %"), BadCriteria("\(p99), allow: «0.05", "'0.05' has no %"),
    BadCriteria("\(p99), allow: «-5 %", "by how much it may grow"),
    BadCriteria("\(p99), allow: «2000 %", "at most +1000 %"),
    BadCriteria("\(p99), allow: «five %", "'five %' is not a percentage"),
    BadCriteria("\(p99), allow: «5 ms", "has no %"),
    BadCriteria("\(p99), allow: «[5 %]", "found a list"), BadCriteria("\(p99), allow: «NaN %", "is not a percentage"),
    BadCriteria("\(p99), allow: «1e400 %", "is not a percentage"),
    BadCriteria("\(p99), at_most: «50", "'50' has no unit"),
    BadCriteria("\(p99), at_most: «5 %", "'5 %' has no unit"),
    BadCriteria("\(p99), at_most: «-5 ms", "is not a duration"),
    BadCriteria("\(p99), at_most: «0 ms", "a time above 0"),
    BadCriteria("\(p99), at_most: «5 parsecs", "'parsecs' is not a unit of time"),
    BadCriteria("measure: error rate, of: each operation, at_most: «0.01", "'0.01' has no %"),
    BadCriteria("measure: error rate, of: each operation, at_most: «-1 %", "0 % or more, below 100 %"),
    BadCriteria(
        "measure: time-outs, of: each operation, at_most: «100 %", "time-outs of '100 %', expected 0 % or more"),
    BadCriteria("measure: throughput, of: the workload, allow: «+3 %", "by how much it may fall, such as -3 %"),
    BadCriteria("measure: throughput, of: the workload, at_least: «0/s", "a rate above 0"),
    BadCriteria("measure: throughput, of: the workload, at_least: «4000", "'4000' is not a rate"),
    // Limits that the measure does not take.
    BadCriteria(
        "\(p99), «at_least: 5 ms", "a criterion on p99 of response time has at_least, expected allow, at_most, or both"),
    BadCriteria("\(p99), at_most: 5 ms, «at_least: 1 ms", "has at_most and at_least, expected allow, at_most, or both"),
    BadCriteria(
        "measure: throughput, of: the workload, «at_most: 5/s", "has at_most, expected allow, at_least, or both"),
    BadCriteria("measure: error rate, of: each operation, «allow: 1 %", "has allow, expected at_most"),
    BadCriteria(
        "measure: max of response time, of: each operation, «allow: 5 %, at_most: 1 s", "has allow and at_most"),
    BadCriteria("measure: max of response time, of: each operation, «at_least: 1 s", "has at_least, expected at_most"),
    BadCriteria("measure: «p99 of response time, of: each operation", "has no limit, expected allow, at_most, or both"),
    BadCriteria("measure: «p99 of response time, of: each operation, allow: ", "has no limit"),
    BadCriteria("\(p99), allow: 5 %, «side: new", "'side' beside 'allow' alone"),
    BadCriteria("\(p99), at_most: 5 ms, side: «both", "unknown side 'both'"),
    BadCriteria("\(p99), allow: 5 %, «allow: 6 %", "allow"),
    BadCriteria("\(p99), at_most: 5 ms, «atmost: 6 ms", "did you mean 'at_most'?"),
    // Measures and parts of the workload that there are not.
    BadCriteria("measure: «p99, of: each operation, allow: 5 %", "unknown measure 'p99'"),
    BadCriteria("measure: «p0.5 of response time, of: each operation, allow: 5 %", "unknown measure"),
    BadCriteria("measure: «p100 of response time, of: each operation, allow: 5 %", "unknown measure"),
    BadCriteria("measure: «median of response time, of: each operation, allow: 5 %", "unknown measure"),
    BadCriteria(
        "measure: «p99 of reponse time, of: each operation, allow: 5 %", "did you mean 'p99 of response time'?"),
    BadCriteria("measure: «timeouts, of: each operation, at_most: 1 %", "did you mean 'time-outs'?"),
    BadCriteria("measure: «garbage colection, of: the workload, at_most: 1 %", "did you mean 'garbage collection'?"),
    BadCriteria("measure: throughput, of: «each operation, at_least: 5/s", "throughput of: the workload"),
    BadCriteria("measure: throughput, of: «keyspace shop, allow: -3 %", "throughput of: the workload"),
    BadCriteria(
        "measure: cpu, of: «each operation, at_most: 70 %", "cpu of: the workload, since a machine runs all of it"),
    BadCriteria("measure: cpu, of: the workload, at_most: «70", "'70' has no %"),
    BadCriteria("measure: memory, of: the workload, allow: «-5 %", "memory may change by '-5 %'"),
    BadCriteria("measure: disk, of: the workload, «at_least: 5 %", "has at_least, expected allow, at_most, or both"),
    BadCriteria("measure: «cpu, of: the workload", "a criterion on cpu has no limit"),
    BadCriteria("measure: p99 of response time, of: «shape rnge, allow: 5 %", "did you mean 'range'?"),
    BadCriteria("measure: p99 of response time, of: «each keyspce, allow: 5 %", "did you mean 'keyspace'?"),
    BadCriteria(
        "measure: p99 of response time, of: «each node, allow: 5 %", "each operation, each shape or each keyspace"),
    // Waivers.
    waiver("id: «p98, until: 2026-12-31, by: J, why: w", "matches no criterion, did you mean 'p99'?"),
    waiver("id: «tail, until: 2026-12-31, by: J, why: w", "expected one of p99, mean, shapes, keyspaces"),
    waiver("id: «mean/slow, until: 2026-12-31, by: J, why: w", "criterion 'mean' has one alone, expected mean"),
    waiver("id: p99, until: «2026-12-32, by: J, why: w", "'2026-12-32' is not in the calendar"),
    waiver("id: p99, until: «next year, by: J, why: w", "'next year' is not a date"),
    waiver("id: p99, until: «30 d, by: J, why: w", "is not a date"),
    BadCriteria(file: waivable + "waive:\n  - «{id: p99, by: J, why: w}\n", "a waiver has no 'until'"),
    BadCriteria(file: waivable + "waive:\n  - «{id: p99, until: 2026-12-31, why: w}\n", "a waiver has no 'by'"),
    BadCriteria(file: waivable + "waive:\n  - «{id: p99, until: 2026-12-31, by: J}\n", "a waiver has no 'why'"),
    BadCriteria(file: waivable + "waive:\n  - «{id: p99, until: 2026-12-31, by: , why: w}\n", "a waiver has no 'by'"),
    waiver("id: p99, until: 2026-12-31, by: «\" \", why: w", "'by' of a waiver is empty, expected who answers for it"),
    waiver("id: p99, until: 2026-12-31, by: J, why: «''", "'why' of a waiver is empty"),
    waiver("id: p99, until: 2026-12-31, by: J, why: w, «reason: x", "unknown key 'reason' in a waiver"),
    BadCriteria(
        file: waivable
            + "waive:\n  - {id: p99, until: 2026-12-31, by: J, why: w}\n  - {id: «p99, until: 2027-12-31, by: J, why: w}\n",
        "'p99' is waived already at line 9, expected one waiver for each id"),
    BadCriteria(file: waivable + "waive: «p99\n", "a waiver is 'p99', expected a mapping"),
    BadCriteria(file: waivable + "«waiver: []\n", "did you mean 'waive'?")
]

private func failure(_ text: String) -> String {
    do throws(InputError) {
        _ = try Criteria.read(text, file: "bad.yaml")
        return "no error"
    } catch { return error.description }
}

@Test(arguments: mistakes)
func aMistakeIsNamedWhereItStands(mistake: BadCriteria) {
    let found = failure(mistake.text)
    #expect(found.hasPrefix(mistake.position) && found.contains(mistake.words), "\(found)\n\(mistake.text)")
}

/// The complaints about `text` once it is known that there are point and range reads, in the keyspace `shop`.
private func problems(_ text: String) throws -> [String] {
    try Criteria.read("criteria: 1\nname: bad\n" + text, file: "bad.yaml").problems(
        operations: ["latest_order", "recent_orders"], shapes: [.point, .range], keyspaces: ["shop"]
    ).map(\.description)
}

@Test func everyPartThatIsNotThereIsNamed() throws {
    let found = try problems(
        """
        performance:
          - {id: a, measure: p99 of response time, of: recent_order, allow: +5 %}
          - {id: b, measure: p99 of response time, of: shape scan, allow: +5 %}
          - {id: c, measure: p99 of response time, of: keyspace shpo, allow: +5 %}
          - {id: d, measure: p99 of response time, of: keyspace shop, allow: +5 %}
          - {id: e, measure: p99 of response time, of: shape range, allow: +5 %, at_most: 5 ms}

        """)
    #expect(found.count == 3)
    #expect(found[0].hasPrefix("bad.yaml:4:48: criterion 'a' is on the unknown operation 'recent_order'"))
    #expect(found[0].contains("did you mean 'recent_orders'?"))
    #expect(found[1].hasPrefix("bad.yaml:5:48: criterion 'b' is on shape 'scan', which no operation has"))
    #expect(found[2].hasPrefix("bad.yaml:6:48: criterion 'c' is on the unknown keyspace 'shpo', did you mean 'shop'?"))
    let both = "performance: [{id: a, measure: p99 of response time, of: gone, allow: 5 %, at_most: 5 ms}]\n"
    #expect(try problems(both).count == 1)
}

@Test func aWaiverOfWhatIsNotThereIsNamed() throws {
    let right = [
        "p99", "p99/recent_orders", "mean", "shapes/range", "keyspaces/shop", "shapes"
    ]
    for id in right {
        #expect(try problems(waivable + "waive: {id: \(id), until: 2026-12-31, by: J, why: w}\n") == [])
    }
    for (id, words) in [
        ("p99/recent_order", "did you mean 'recent_orders'?"), ("shapes/scan", "the workload has no 'scan'"),
        ("keyspaces/log", "expected keyspaces/shop"), ("p99/", "the workload has no ''")
    ] {
        let found = try problems(waivable + "waive: {id: \(id), until: 2026-12-31, by: J, why: w}\n")
        #expect(
            found.count == 1 && found[0].hasPrefix("bad.yaml:8:13: the waiver of '\(id)' matches no verdict"),
            "\(found)")
        #expect(found.first?.contains(words) == true, "\(found)")
    }
}
