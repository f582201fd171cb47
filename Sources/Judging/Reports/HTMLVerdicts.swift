// The verdicts on the page: a matrix to see where it hurts, then each one with its interval against what is allowed, and its reason.

import Comparisons
import Quantities
import Recordings
import Verdicts

extension Finding {
    /// Told apart without colours.
    var sign: String {
        switch self {
        case .pass: "\u{2713}"
        case .fail: "\u{2717}"
        case .undecided: "?"
        }
    }

    var chip: HTML { "<span class=\"chip finding-\(rawValue)\">\(sign) \(rawValue)</span>" }
}

extension Report {
    /// Operations down, criteria across; a last row for what speaks of something else than one operation.
    var glance: HTML {
        let lines = self.lines
        if lines.isEmpty { return "" }
        var columns: [String] = []
        for line in lines where !columns.contains(line.verdict.criterion) { columns.append(line.verdict.criterion) }
        func cells(_ lines: [VerdictLine]) -> [HTML] {
            columns.map { column in
                guard let line = lines.first(where: { $0.verdict.criterion == column }) else { return "" }
                let finding = line.verdict.finding
                let title = line.verdict.isWaived ? "\(finding.rawValue), waived" : finding.rawValue
                return """
                    <span class="chip finding-\(finding.rawValue)" title="\(title)">\(finding.sign)</span> \
                    <span class="number">\(line.found)</span>
                    """
            }
        }
        var rows = recording.operations.map { info -> [HTML] in
            let head: HTML =
                "<a href=\"#operation-\(info.name)\">\(info.name)</a> <span class=\"soft\">\(info.shape.rawValue)</span>"
            return [head] + cells(lines.filter { $0.scope == .operation(info.name) })
        }
        let known = Set(recording.operations.map { Scope.operation($0.name) })
        var others = lines.filter { line in line.scope.map { !known.contains($0) } ?? true }
        // A criterion on each shape or keyspace has a row for each of them.
        while let line = others.first(where: { $0.subject != nil }), let scope = line.scope {
            rows.append(["\(scope.text)"] + cells(others.filter { $0.subject != nil && $0.scope == scope }))
            others.removeAll { $0.subject != nil && $0.scope == scope }
        }
        if !others.isEmpty { rows.append(["other criteria"] + cells(others)) }
        return """
            <section id="glance">
            <h2>At a glance</h2>
            \(htmlTable(["operation"] + columns, rows))<p class="soft">\u{2713} pass, \u{2717} fail, ? undecided; \
            beside it what was found: the change from old to new, or the value of one side.</p>
            </section>

            """
    }

    var verdictsSection: HTML {
        if judgement == nil { return "" }
        let lines = self.lines
        var out: HTML = "<section id=\"verdicts\">\n<h2>Verdicts</h2>\n"
        for family in Family.allCases {
            var order: [String] = []
            for line in lines where line.verdict.family == family && !order.contains(line.verdict.criterion) {
                order.append(line.verdict.criterion)
            }
            for id in order {
                out =
                    out + group(family, id, lines.filter { $0.verdict.family == family && $0.verdict.criterion == id })
            }
        }
        return out + "</section>\n"
    }

    /// All verdicts of one criterion, on one axis.
    private func group(_ family: Family, _ id: String, _ lines: [VerdictLine]) -> HTML {
        let criterion = criteria.first { $0.id == id && $0.family == family }
        let scale = lines.compactMap(\.gauge).isEmpty ? nil : Scale(lines.compactMap(\.gauge))
        let limit = lines.compactMap(\.gauge).first?.limit
        let axis = scale.map { $0.drawing(limit: limit) } ?? ""
        var about = criterion.map { describe($0) } ?? ""
        if lines.contains(where: \.verdict.advisory) {
            about += about.isEmpty ? "advisory" : "; advisory: it does not gate"
        }
        let rows = lines.map { row($0, scale) }
        return """
            <h3>\(id) <span class="soft">\(family.rawValue)</span></h3>
            <p class="soft">\(about)</p>
            <div class="gauges">
            \(rows)\(axis)</div>

            """
    }

    private func row(_ line: VerdictLine, _ scale: Scale?) -> HTML {
        let finding = line.verdict.finding
        var numbers: [HTML] = []
        if line.old != nothing && line.old != line.found {
            numbers.append("<span class=\"number\">old \(line.old)</span>\n")
        }
        if line.new != nothing && line.new != line.found {
            numbers.append("<span class=\"number\">new \(line.new)</span>\n")
        }
        if line.interval != nothing {
            numbers.append("<span class=\"number\"><strong>\(line.found)</strong> \(line.interval)</span>\n")
        }
        let mark: HTML = line.verdict.isWaived ? " <span class=\"chip\">waived</span>" : ""
        let waiver: HTML = line.waiver.map { "<p class=\"reason\"><strong>\($0)</strong></p>\n" } ?? ""
        var picture: HTML = ""
        if let scale, let gauge = line.gauge {
            picture = gauge.drawing(
                scale, label: "\(line.verdict.id): \(line.found) \(line.interval), allowed: \(line.allowed)")
        }
        return """
            <div class="verdict finding-\(finding.rawValue)">
            <div class="head">\(finding.chip)\(mark) <strong>\(line.subject ?? line.verdict.criterion)</strong>
            \(numbers)</div>
            \(picture)<p class="reason">\(line.verdict.reason)</p>
            \(waiver)</div>

            """
    }

    /// `p99 of response time, at most +5.0 %, confidence 99 %`
    private func describe(_ criterion: Criterion) -> String {
        let what =
            switch criterion.requirement {
            case .parity: "differences that the pair file does not expect"
            case .notCollected: "required"
            default: criterion.measure?.text ?? ""
            }
        let target = criterion.target
        var parts: [String]
        switch target {
        case .eachOperation: parts = ["\(what) of each operation"]
        case .eachShape: parts = ["\(what) of each shape"]
        case .eachKeyspace: parts = ["\(what) of each keyspace"]
        case .one(let scope): parts = ["\(what) of \(scope.text)"]
        case nil: parts = [what]
        }
        parts.append(VerdictLine.allowed(criterion.requirement))
        if target != nil {
            parts.append(
                "confidence \(roundPercent(criterion.confidence)) (shown: the \(roundPercent(1 - 2 * criterion.alpha)) interval)"
            )
        }
        return parts.joined(separator: ", ")
    }
}
