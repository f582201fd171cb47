// One verdict's whole derivation, for whoever wants to follow it with a pocket calculator: every number is one that the
// judge used.

import Comparisons
import Documents
import Glibc
import Quantities
import Verdicts

/// What a derivation is made of.
public struct Explanation {
    let judgement: Judgement
    let traces: [VerdictTrace]
    let comparison: Comparison
    /// The text of the criteria file.
    let criteria: String

    /// `traces` are those of `judgement`, of `comparison` by `criteria`.
    public init(_ judgement: Judgement, _ traces: [VerdictTrace], _ comparison: Comparison, criteria: String) {
        self.judgement = judgement
        self.traces = traces
        self.comparison = comparison
        self.criteria = criteria
    }

    /// The derivation of the verdict with this id; nil where there is none. Ends with a line end.
    public func text(of id: String) -> String? {
        guard let verdict = judgement.verdicts.first(where: { $0.id == id }) else { return nil }
        let ways = traces.filter { $0.id == id && $0.verdict.family == verdict.family }
        var out = [escapedTerminal(id), ""]
        if let first = ways.first { out += criterion(first) }
        for (place, way) in ways.enumerated() {
            if ways.count > 1 {
                out += ["", "test \(place + 1) of \(ways.count): \(["the tolerance", "the limit"][min(place, 1)])"]
            }
            out += evidence(way) + looks(way) + aftermath(way)
        }
        return (out + conclusion(verdict)).joined(separator: "\n") + "\n"
    }

    // MARK: What was asked

    private func criterion(_ way: VerdictTrace) -> [String] {
        let asked = way.criterion
        let role = asked.advisory ? "advisory: shown and scored, never decides" : "gates"
        return entry("criterion", "\(asked.position)") + written(asked.position).map { margin + escapedTerminal($0) }
            + entry(
                "",
                "\(asked.family); \(role); weight \(sixDigits(asked.weight)); confidence"
                    + " \(percentage(asked.confidence)), which is a one-sided alpha of \(sixDigits(asked.alpha))")
            + (way.keepsHalfForBoost
                ? entry(
                    "", "that is half of what is allowed to be wrong: the looks have one half, boost rounds the other")
                : [])
    }

    /// The criterion as the file has it: its first line, and those after it that stand deeper.
    private func written(_ position: Position) -> [String] {
        let lines = criteria.split(separator: "\n", omittingEmptySubsequences: false)
        guard position.line <= lines.count else { return [] }
        func depth(_ line: Substring) -> Int { line.prefix { $0 == " " }.count }
        let first = lines[position.line - 1]
        let rest = lines.dropFirst(position.line).prefix { depth($0) > depth(first) && !$0.allSatisfy(\.isWhitespace) }
        return ([first] + rest).map { String($0.dropFirst(depth(first))) }
    }

    // MARK: What became of it

    private func aftermath(_ way: VerdictTrace) -> [String] {
        var out: [String] = []
        let last = way.steps.last
        if let blocked = last?.blocked { out += entry("blocked", blocked) }
        for reason in last?.forbidden ?? [] { out += entry("no pass", reason) }
        if let back = way.takenBack {
            out += entry("taken back", "a pass was taken at a look, and is none any more: \(back)")
        }
        if let against = way.verdict.contradiction { out += entry("against it", against) }
        if way.verdict.finding == .undecided, !way.advice.isEmpty { out += entry("to decide", way.advice) }
        return out
    }

    private func conclusion(_ verdict: Verdict) -> [String] {
        var out: [String] = [""]
        let caveats = evidenceCaveats(verdict.evidence)
        for caveat in caveats { out += entry("to know", "\(caveat.code.rawValue): \(caveat.sentence)") }
        if !caveats.isEmpty { out.append("") }
        out += entry("verdict", "\(verdict.finding.rawValue)")
        if let look = verdict.look {
            out += entry(
                "",
                "taken at look \(look.number) of \(look.planned), after \(sixDigits(look.minutes)) minutes;"
                    + " the first decision stands")
        }
        out += entry("reason", verdict.reason)
        if let waiver = verdict.waiver {
            let isNeeded = verdict.finding == .fail ? "" : ", and is not needed"
            out += entry("waiver", waiver.sentence + isNeeded)
        }
        if let postHoc = judgement.standing.postHoc { out += entry("post hoc", postHoc) }
        return out + entry("outcome", "\(judgement.outcome.rawValue), of the whole run")
    }

    private func evidenceCaveats(_ evidence: Evidence) -> [Caveat] {
        if case .effect(let effect) = evidence { effect.caveats } else { [] }
    }
}

/// Where the text of an entry begins.
private let margin = String(repeating: " ", count: 15)

/// A name and what stands beside it, on as many lines as it takes.
func entry(_ name: String, _ text: String) -> [String] {
    let lines = wrapped(text, indentation: "")
    let head = name + String(repeating: " ", count: max(1, margin.count - name.count))
    return text.isEmpty ? [name] : lines.enumerated().map { $0 == 0 ? head + $1 : margin + $1 }
}

/// Lines that stand beside a name as they are.
func entry(_ name: String, table: [String]) -> [String] { entry(name, "") + table.map { "  " + $0 } }

/// Six significant digits, as `0.0487902`, `12.3457` or `1.23457e-9`.
func sixDigits(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var exponent = Int(log10(abs(value)).rounded(.down))
    // A mantissa that would be rounded to ten belongs to the next power.
    if abs(value) / pow(10, Double(exponent)) >= 9.999995 { exponent += 1 }
    if (-5..<6).contains(exponent) { return trimmed(decimal(value, places: 5 - exponent)) }
    return trimmed(decimal(value / pow(10, Double(exponent)), places: 5)) + "e\(exponent)"
}

/// Without zeros at the end of its decimal places.
private func trimmed(_ digits: String) -> String {
    guard digits.contains(".") else { return digits }
    var digits = digits
    while digits.last == "0" { digits.removeLast() }
    if digits.last == "." { digits.removeLast() }
    return digits
}

func percentage(_ value: Double) -> String { sixDigits(value * 100) + " %" }
