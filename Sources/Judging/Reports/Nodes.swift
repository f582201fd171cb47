// Which nodes the requests went to, and what happened to nodes meanwhile: shown where a side has several, or something happened.

import Quantities
import Recordings

extension Report {
    /// Side, node, operations, and their share of the side's.
    var coordinatorRows: [[String]] {
        Side.allCases.flatMap { side -> [[String]] in
            let counts = recording.coordinators(side)
            let all = counts.values.reduce(0, +)
            return counts.sorted { $0.key < $1.key }.map {
                [side.rawValue, $0.key, grouped($0.value), share(Double($0.value) / Double(max(all, 1)))]
            }
        }
    }

    /// Each event in a line; a cluster that flaps is cut short.
    var eventLines: [String] {
        let most = 40
        let lines = recording.events.prefix(most).map { event in
            "at \(decimal(event.at.seconds, places: 1)) s: \(event.side) side, \(event.node) \(event.kind.words)"
                + (event.note.isEmpty ? "" : " (\(event.note))")
        }
        let left = recording.events.count - most
        return lines + (left > 0 ? ["\(left) more in recording.json"] : [])
    }

    private var hasNodesToShow: Bool {
        !recording.events.isEmpty || Side.allCases.contains { recording.coordinators($0).count > 1 }
    }

    private static let nodesHead = ["side", "node", "operations", "share"]

    var nodesSection: HTML {
        guard hasNodesToShow else { return "" }
        let lines = eventLines.map { "<li>\($0)</li>\n" as HTML }
        let events: HTML =
            lines.isEmpty
            ? "" : "<h3>What happened to nodes, from the start of the first round</h3>\n<ul>\n\(lines)</ul>\n"
        return """
            <section id="nodes" class="words">
            <h2>Requests by node</h2>
            \(htmlTable(Report.nodesHead, texts: coordinatorRows))\(events)</section>

            """
    }

    var nodesMarkdown: [String] {
        guard hasNodesToShow else { return [] }
        var out = ["", "## Requests by node", ""]
        out += markdownTable(Report.nodesHead, coordinatorRows.map { $0.map(escapedMarkdown) })
        let lines = eventLines
        if lines.isEmpty { return out }
        out += ["", "What happened to nodes, from the start of the first round:", ""]
        return out + lines.map { "- " + escapedMarkdown($0) }
    }
}

extension NodeEvent.Kind {
    /// What the node did.
    fileprivate var words: String {
        switch self {
        case .lost: "was lost"
        case .reconnected: "was reached again"
        case .down: "was said to be down"
        case .up: "was said to be up"
        case .added: "joined"
        case .removed: "left"
        case .schemaChanged: "told of another schema"
        }
    }
}
