// Each operation on the page: its verdicts in short, its p99 through time, its figures; then what spans several operations.

import Comparisons
import Quantities
import Recordings
import Verdicts

extension Report {
    var operationsSection: HTML {
        let cards = recording.operations.indices.map(card)
        return """
            <section id="operations">
            <h2>Operations</h2>
            \(cards)\(widerTable)</section>

            """
    }

    private func card(_ index: Int) -> HTML {
        let info = recording.operations[index]
        let scopes = [Scope.operation(info.name), .shape(info.shape), .keyspace(info.keyspace)]
        let chips = lines.filter { line in line.scope.map(scopes.contains) ?? false }.map { line -> HTML in
            let finding = line.verdict.finding
            let wider =
                switch line.scope {
                case .shape: " (the shape)"
                case .keyspace: " (the keyspace)"
                default: ""
                }
            let text = "\(finding.sign) \(line.verdict.criterion)\(wider)\(line.verdict.isWaived ? " (waived)" : "")"
            return "<span class=\"chip finding-\(finding.rawValue)\">\(text)</span>\n"
        }
        let strip = TimeStrip(recording, operation: index)
        let drawing: HTML =
            strip.drawing(label: "p99 of response time of \(info.name), round by round, old and new").map {
                """
                <p class="soft"><span class="key" style="--key: var(--old)">old</span><span class="key" style="--key: var(--new)">new</span>\
                p99 of response time, round by round\(strip.points.contains(where: \.isVoid) ? "; void rounds are grey" : "")</p>
                \($0)
                """
            } ?? "<p>No round was measured.</p>\n"
        let rows = figures(ofOperation: index).map { row -> [HTML] in
            let found: HTML =
                row.change == nothing
                ? "<span class=\"soft\">\(row.remark)</span>"
                : "<strong>\(row.change)</strong> <span class=\"soft\">\(row.interval)</span>"
            return ["\(row.name)", "\(row.old)", "\(row.new)", found]
        }
        let notes = notes(ofOperation: index).map { "<li>\($0)</li>\n" as HTML }
        let list: HTML = notes.isEmpty ? "" : "<ul class=\"soft\">\n\(notes)</ul>\n"
        return """
            <article class="operation" id="operation-\(info.name)">
            <h3>\(info.name) <span class="soft">\(info.shape.rawValue), \(info.keyspace), weight \(weight(info))</span></h3>
            <p>\(chips)</p>
            \(drawing)\(htmlTable(["response time", "old", "new", "change, 90 % interval"], rows))\(list)</article>

            """
    }

    /// Its part of the traffic: `15.0 %`.
    private func weight(_ info: OperationInfo) -> String {
        let total = recording.operations.reduce(0) { $0 + $1.weight }
        return total > 0 ? share(info.weight / total) : nothing
    }

    private var widerTable: HTML {
        if widerEffects.isEmpty { return "" }
        let rows = widerEffects.map { effect -> [String] in
            [
                effect.title, time(milliseconds: effect.oldMilliseconds), time(milliseconds: effect.newMilliseconds),
                effect.estimate.map { changeText(log: $0.log) } ?? nothing,
                effect.estimate.map { changes($0.interval()) } ?? (effect.unavailable ?? nothing)
            ]
        }
        return """
            <h3>By shape, by keyspace and as a whole</h3>
            <p class="soft">For orientation: an average over a mix of operations can hide a regression of one of them.</p>
            \(htmlTable(["", "old", "new", "change", "90 % interval"], texts: rows))
            """
    }
}
