// What was run, in the words of the plan: a verdict on a toy must not look like one on the real thing.

import Documents

/// A line of the plan: what it is, and what was planned.
public struct PlannedFact: Hashable, Sendable {
    public var name: String
    public var text: String

    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// The facts of a `plan.json` that a reader must know: parameters, rows, pace, and each operation's statement.
    public static func read(_ plan: String, file: String) throws(InputError) -> [PlannedFact] {
        var fields = try Fields(YAML.read(plan, file: file), what: "plan.json")
        var facts: [PlannedFact] = []
        for entry in try fields.optional("parameters")?.entries() ?? [] {
            facts.append(PlannedFact(name: "parameter \(entry.key)", text: try entry.value.string()))
        }
        for node in try fields.optional("dataset")?.list() ?? [] {
            var entry = try Fields(node, what: "a dataset entry")
            let partitions = try entry.required("partitions").integer()
            let deleting = entry.optional("delete")
            let statement = if let deleting { deleting } else { try entry.required("insert") }
            facts.append(PlannedFact(name: "dataset", text: "\(partitions) partitions: \(try statement.string())"))
        }
        let pace = [("slice", "slice_s"), ("guard", "guard_s"), ("warm-up a side", "warm_up_s")]
        var words = ["\(try fields.required("arrivals").string()) arrivals"]
        for (name, key) in pace { words.append("\(name) \(try fields.required(key).number()) s") }
        words.append("time-out \(try fields.required("time_out_ms").number() / 1000) s")
        facts.append(PlannedFact(name: "pace", text: words.joined(separator: ", ")))
        for node in try fields.required("operations").list() {
            var entry = try Fields(node, what: "an operation")
            let name = try entry.required("name").string()
            if let request = entry.optional("request") {
                facts.append(PlannedFact(name: name, text: try request.string()))
                continue
            }
            var text = "\(try entry.required("cql").string()) at \(try entry.required("consistency").string())"
            if let page = entry.optional("page_size_rows") { text += ", pages of \(try page.integer()) rows" }
            facts.append(PlannedFact(name: name, text: text))
        }
        return facts
    }
}

extension Report {
    var plannedSection: HTML {
        if planned.isEmpty { return "" }
        return """
            <section id="planned" class="words">
            <h2>What was run</h2>
            \(htmlTable(["", "planned"], texts: planned.map { [$0.name, $0.text] }))</section>

            """
    }

    var plannedMarkdown: [String] {
        if planned.isEmpty { return [] }
        return ["", "## What was run", ""]
            + markdownTable(["", "planned"], planned.map { [escapedMarkdown($0.name), escapedMarkdown($0.text)] })
    }
}
