// Two runs that are not paired, on the terminal: effects with what must be known beside them, and no word that could pass for a verdict.

import Comparisons
import Quantities

/// Ends with a line end. Several comparisons where both sides of two dossiers are compared. Where an operation has both times, service times
/// are left to the JSON unless `withService`.
public func console(_ comparisons: [UnpairedComparison], withService: Bool) -> String {
    var out: [String] = []
    for comparison in comparisons { out += lines(comparison, withService: withService) + [""] }
    out += wrapped(unpairedReading, indentation: "")
    return out.joined(separator: "\n") + "\n"
}

private func lines(_ comparison: UnpairedComparison, withService: Bool) -> [String] {
    let (a, b) = (comparison.a, comparison.b)
    var out = ["NO VERDICT  B against A, not paired"]
    for (name, run) in [("A", a), ("B", b)] {
        let begin = run.begin.map { ", from \(wallTime($0))" } ?? ""
        let length = Nanoseconds.seconds(min(run.seconds, 9e9))
        out += wrapped("\(name): \(run.name), \(run.description), \(length) measured\(begin)", indentation: "   ")
    }
    let shown = comparison.operations.filter { withService || !isAside($0, in: comparison) }
    out += [""] + table(shown, comparison.confidence)
    var asides: [String] = []
    if shown.count < comparison.operations.count {
        asides.append("Service times are compared, too: --service shows them here, --json writes all of them.")
    }
    for (name, tags) in [("A", comparison.onlyInA), ("B", comparison.onlyInB)] where !tags.isEmpty {
        asides.append("Only in \(name), and not compared: \(tags.map(tagText).joined(separator: ", ")).")
    }
    for (name, run) in [("A", a), ("B", b)] where !run.leftOut.isEmpty {
        let tags = run.leftOut.joined(separator: ", ")
        asides.append("Left out of \(name), for a side at its limit shows no latency of the workload: \(tags).")
    }
    if !asides.isEmpty { out += [""] + asides.flatMap { wrapped($0, indentation: "    ") } }
    let sentences = reservations(comparison, shown)
    out += ["", "To know beside the numbers:"] + sentences.flatMap { wrapped("- " + $0, indentation: "  ") }
    return out
}

/// Each only once, and figures without an interval for the same reason together.
private func reservations(_ comparison: UnpairedComparison, _ shown: [UnpairedOperation]) -> [String] {
    var seen: Set<Caveat> = []
    var missing: [(reason: String, titles: [String])] = []
    var sentences: [String] = []
    for caveat in comparison.caveats where seen.insert(caveat).inserted { sentences.append(caveat.sentence) }
    for operation in shown {
        for effect in operation.effects {
            if let reason = effect.unavailable {
                let title = operation.title(effect.metric.text)
                if let place = missing.firstIndex(where: { $0.reason == reason }) {
                    missing[place].titles.append(title)
                } else {
                    missing.append((reason, [title]))
                }
            }
            for caveat in effect.caveats where seen.insert(caveat).inserted {
                // These stand below, with their figures.
                if caveat.code != .tooFewUnits && caveat.code != .singleInterval { sentences.append(caveat.sentence) }
            }
        }
    }
    return sentences + missing.map { "\($0.titles.joined(separator: ", ")): \($0.reason)" }
}

/// Whether it is the service time of an operation whose response time is there, too.
private func isAside(_ operation: UnpairedOperation, in comparison: UnpairedComparison) -> Bool {
    operation.timing == .service
        && comparison.operations.contains { $0.timing == .response && $0.name == operation.name }
}

private func table(_ operations: [UnpairedOperation], _ confidence: Double) -> [String] {
    var rows = [["effect", "A", "B", "B against A", "\(roundPercent(confidence)) interval"]]
    for operation in operations {
        for effect in operation.effects {
            rows.append([
                operation.title(effect.metric.text), time(milliseconds: effect.a.milliseconds),
                time(milliseconds: effect.b.milliseconds), effect.logRatio.map { changeText(log: $0) } ?? nothing,
                effect.estimate.map { changes($0.interval(confidence: confidence)) } ?? "none"
            ])
        }
        rows.append([
            operation.title("max"), time(milliseconds: operation.maximumMillisecondsA),
            time(milliseconds: operation.maximumMillisecondsB), nothing, "as seen, nothing is inferred"
        ])
    }
    return aligned(rows, toTheLeft: [0, 4])
}

private func wallTime(_ seconds: Double) -> String {
    guard abs(seconds) < 9e9 else { return "\(seconds) s after 1970" }
    return WallTime(unixNanoseconds: Int64(seconds.rounded(.down)) * 1_000_000_000).iso8601
}
