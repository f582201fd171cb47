// Every kind of criterion, each in words that sides which are alike keep, and in words that nobody should get through.

import Foundation

/// One kind of criterion.
struct CriterionKind: Sendable {
    enum Nature: Sendable {
        /// Passes where the sides are alike and the evidence is sound.
        case decided
        /// Never passes, whatever is seen: a maximum, and what this version collects no evidence for.
        case neverPasses
    }

    let id: String
    var family = "performance"
    /// The keys but for the limit.
    let keys: String
    let limit: String
    /// Limits with the same meaning, if somebody guesses: without their unit, and of the wrong sign.
    var wrongLimits: [String] = []
    /// Parts of a workload that there is not; what stands in `keys` as its own is replaced.
    var strangers: [String] = []
    var nature = Nature.decided

    func line(limit other: String? = nil, of stranger: String? = nil) -> String {
        var keys = keys
        if let stranger, let place = keys.range(of: "of: ", options: .backwards) {
            let rest = keys[place.upperBound...]
            let end = rest.firstIndex(of: ",") ?? rest.endIndex
            keys.replaceSubrange(place.upperBound..<end, with: stranger)
        }
        let advisory = nature == .neverPasses && !keys.contains("advisory") ? ", advisory: true" : ""
        return "  - {id: \(id), \(keys), \(other ?? limit)\(advisory)}\n"
    }
}

enum EveryCriterion {
    private static let noPart = ["no_such_operation", "shape scan", "keyspace nowhere"]
    private static let badChange = ["allow: -5 %", "allow: 5", "allow: 0.05", "allow: NaN %", "allow: 5 ms"]
    private static let badTime = ["at_most: -50 ms", "at_most: 50", "at_most: 5 %", "at_most: NaN ms"]
    private static let badShare = ["at_most: -1 %", "at_most: 1", "at_most: 0.01", "at_most: NaN %"]

    static let kinds: [CriterionKind] = latencies + others + resources + families

    private static func latency(_ id: String, _ keys: String, _ limit: String, _ wrong: [String]) -> CriterionKind {
        CriterionKind(id: id, keys: keys, limit: limit, wrongLimits: wrong, strangers: noPart)
    }

    private static let latencies = [
        latency("p99", "measure: p99 of response time, of: each operation", "allow: +5 %", badChange),
        latency("p99-one", "measure: p99 of response time, of: recent", "allow: +5 %", badChange),
        latency("p50-shapes", "measure: p50 of service time, of: each shape", "allow: +5 %", badChange),
        latency("p90-shape", "measure: p90 of response time, of: shape range", "allow: +5 %", badChange),
        latency("p99-keyspaces", "measure: p99 of response time, of: each keyspace", "allow: +5 %", badChange),
        latency("p99-keyspace", "measure: p99 of response time, of: keyspace audit", "allow: +5 %", badChange),
        latency("p99-workload", "measure: p99 of response time, of: the workload", "allow: +5 %", badChange),
        latency("mean", "measure: mean of response time, of: each operation", "allow: +5 %", badChange),
        latency("mean-service", "measure: mean of service time, of: the workload", "allow: +5 %", badChange),
        latency("slo", "measure: p99 of response time, of: each operation", "at_most: 90 ms", badTime),
        latency("slo-old", "measure: mean of response time, of: the workload, side: old", "at_most: 90 ms", badTime),
        latency(
            "both", "measure: p99 of response time, of: each operation", "allow: +5 %, at_most: 90 ms",
            ["allow: 5, at_most: 90 ms", "allow: +5 %, at_most: 90", "allow: -5 %, at_most: 90 ms"]),
        latency(
            "advisory", "measure: p99 of response time, of: each operation, advisory: true", "allow: +5 %", badChange),
        latency("waived", "measure: mean of response time, of: recent", "allow: +5 %", badChange)
    ]

    private static let others = [
        CriterionKind(
            id: "max", keys: "measure: max of response time, of: each operation", limit: "at_most: 9 s",
            wrongLimits: badTime, strangers: noPart, nature: .neverPasses),
        CriterionKind(
            id: "errors", keys: "measure: error rate, of: each operation", limit: "at_most: 1 %",
            wrongLimits: badShare, strangers: noPart),
        CriterionKind(
            id: "errors-old", keys: "measure: error rate, of: the workload, side: old", limit: "at_most: 1 %",
            wrongLimits: badShare, strangers: noPart),
        CriterionKind(
            id: "time-outs", keys: "measure: time-outs, of: each keyspace", limit: "at_most: 1 %",
            wrongLimits: badShare, strangers: noPart),
        CriterionKind(
            id: "throughput", keys: "measure: throughput, of: the workload", limit: "allow: -3 %",
            wrongLimits: ["allow: +3 %", "allow: 3", "allow: -3"], strangers: noPart),
        CriterionKind(
            id: "throughput-least", keys: "measure: throughput, of: the workload", limit: "at_least: 1000/s",
            wrongLimits: ["at_least: -1000/s", "at_least: 1000", "at_least: 1000 ms"], strangers: noPart),
        CriterionKind(
            id: "throughput-both", keys: "measure: throughput, of: the workload",
            limit: "allow: -3 %, at_least: 1000/s",
            wrongLimits: ["allow: -3 %, at_least: 1000", "allow: -3, at_least: 1000/s"], strangers: noPart)
    ]

    private static let resources = ["cpu", "memory", "disk", "garbage collection"].map { name in
        CriterionKind(
            id: name.replacingOccurrences(of: " ", with: "-"), keys: "measure: \(name), of: the workload",
            limit: name == "cpu" ? "at_most: 70 %" : "allow: +10 %",
            wrongLimits: name == "cpu" ? badShare : badChange, strangers: noPart, nature: .neverPasses)
    }

    private static let families = [
        CriterionKind(
            id: "parity", family: "functional", keys: "measure: differences of parity", limit: "at_most: 0",
            wrongLimits: ["at_most: -1", "at_most: 0 %", "at_most: NaN", "at_most: 0.5"]),
        CriterionKind(
            id: "answers", family: "functional", keys: "measure: differing answers", limit: "at_most: 0",
            wrongLimits: ["at_most: -1", "at_most: 0 %", "at_most: NaN"], nature: .neverPasses),
        CriterionKind(
            id: "tls", family: "security", keys: "require: tls >= 1.2 on both", limit: "weight: 1",
            wrongLimits: ["weight: -1", "weight: NaN"], nature: .neverPasses),
        CriterionKind(
            id: "rollback", family: "plans", keys: "evidence: plans/rollback.md", limit: "newer_than: 30 d",
            wrongLimits: ["newer_than: 30", "newer_than: -30 d", "reviewed_by: -1"], nature: .neverPasses),
        CriterionKind(
            id: "metrics", family: "observability", keys: "require: these series exist on both", limit: "series: [a]",
            wrongLimits: ["series: a"], nature: .neverPasses),
        CriterionKind(
            id: "all-up", family: "components", keys: "require: every component answers", limit: "weight: 1",
            wrongLimits: ["weight: 0"], nature: .neverPasses)
    ]

    /// A criteria file of all kinds; what can never pass is advisory, so that the rest can qualify.
    static var file: String { file(kinds.map { ($0.family, $0.line()) }) }

    /// A criteria file of one kind, with the line as given.
    static func file(_ kind: CriterionKind, _ line: String) -> String { file([(kind.family, line)]) }

    private static func file(_ lines: [(family: String, line: String)]) -> String {
        var text = "criteria: 1\nname: every-kind\n"
        for family in ["performance", "functional", "security", "plans", "observability", "components"] {
            let own = lines.filter { $0.family == family }.map(\.line)
            if !own.isEmpty { text += "\(family):\n" + own.joined() }
        }
        if text.contains("id: waived") { text += "waive:\n  - {id: waived, until: 2036-12-31, by: J, why: w}\n" }
        return text
    }

    /// Ids of the verdicts of a kind on the workload of `soundRecording`.
    static func kind(of verdict: String) -> CriterionKind? {
        let criterion = verdict.prefix { $0 != "/" }
        return kinds.first { $0.id == criterion }
    }
}
