// report.md: for merge requests and tickets. The same content as the page, without pictures.

import Comparisons
import Quantities
import Recordings
import Verdicts

extension Report {
    /// CommonMark with tables.
    public func markdown() -> String {
        var out = ["# \(outcomeWords.capitalisedFirst): \(escapedMarkdown(title))", "", escapedMarkdown(summary), ""]
        out.append(escapedMarkdown(circumstances) + ".")
        if let judgement {
            let score = decimal(judgement.score, places: 0)
            out.append(
                "Criteria \(escapedMarkdown(judgement.criteria)) (\(escapedMarkdown(standing))): \(tally); score \(score) of 100."
            )
        }
        if !(judgement?.voidReasons ?? []).isEmpty {
            out += ["", "The run is void:", ""] + (judgement?.voidReasons ?? []).map { "- " + escapedMarkdown($0) }
        }
        out +=
            verdictSections + waiverSection + operationSections + widerSection + saturationMarkdown + differenceSection
            + runSections
            + inputSection
        return out.joined(separator: "\n") + "\n"
    }

    private var verdictSections: [String] {
        let lines = self.lines
        return Family.allCases.flatMap { family -> [String] in
            let own = lines.filter { $0.verdict.family == family }
            if own.isEmpty { return [] }
            let rows = own.map { line in
                [
                    line.verdict.finding == .pass ? line.word : "**\(line.word)**", escapedMarkdown(line.verdict.id),
                    line.old,
                    line.new, line.found, line.interval, escapedMarkdown(line.allowed),
                    escapedMarkdown(line.reason)
                ]
            }
            let head = ["verdict", "criterion", "old", "new", "found", "interval", "allowed", "reason"]
            return ["", "## \(family.rawValue.capitalisedFirst)", ""] + markdownTable(head, rows)
        }
    }

    private var waiverSection: [String] {
        if waiverRows.isEmpty { return [] }
        return ["", "## Waivers", ""]
            + markdownTable(waiverHead, waiverRows.map { $0.map(escapedMarkdown) })
    }

    private var operationSections: [String] {
        recording.operations.enumerated().flatMap { index, info -> [String] in
            let rows = figures(ofOperation: index).map {
                [
                    $0.name, escapedMarkdown($0.old), escapedMarkdown($0.new),
                    $0.change == nothing && !$0.remark.isEmpty ? $0.remark : $0.change, $0.interval
                ]
            }
            let head = ["response time", "old", "new", "change", "90 % interval"]
            let name =
                "\(escapedMarkdown(info.name)): \(escapedMarkdown(info.shape.rawValue)), \(escapedMarkdown(info.keyspace))"
            let notes = notes(ofOperation: index).map { "- " + escapedMarkdown($0) }
            return ["", "## \(name)", ""] + markdownTable(head, rows) + (notes.isEmpty ? [] : [""] + notes)
        }
    }

    private var widerSection: [String] {
        let rows = widerEffects.map { effect in
            [
                escapedMarkdown(effect.title), time(milliseconds: effect.oldMilliseconds),
                time(milliseconds: effect.newMilliseconds), effect.estimate.map { changeText(log: $0.log) } ?? nothing,
                effect.estimate.map { changes($0.interval()) } ?? escapedMarkdown(effect.unavailable ?? nothing)
            ]
        }
        if rows.isEmpty { return [] }
        return ["", "## By shape, by keyspace and as a whole", ""]
            + markdownTable(["effect", "old", "new", "change", "90 % interval"], rows)
    }

    private var differenceSection: [String] {
        if differences.isEmpty { return [] }
        let rows = differences.map { found in
            [found.kind, found.subject, found.old, found.new, found.expected ? "yes" : "**no**", found.note]
                .enumerated().map {
                    $0.offset == 4 ? $0.element : escapedMarkdown($0.element)
                }
        }
        return ["", "## Differences between the sides", ""]
            + markdownTable(["kind", "subject", "old", "new", "expected", "note"], rows)
    }

    private var runSections: [String] {
        func table(_ rows: [SideRow]) -> [String] {
            markdownTable(["", "old", "new"], rows.map { [$0.name, escapedMarkdown($0.old), escapedMarkdown($0.new)] })
        }
        var out =
            ["", "## The generator's own check", "", roundsSentence + "."]
            + boostSentences.flatMap { ["", escapedMarkdown($0) + "."] } + [""] + table(selfCheckRows)
        let void = voidRounds
        if !void.isEmpty {
            out +=
                [""]
                + void.map {
                    "- void: \(escapedMarkdown($0.reason)) (rounds \($0.rounds.map(String.init).joined(separator: ", ")))"
                }
        }
        out += nodesMarkdown + plannedMarkdown
        if !environmentRows.isEmpty { out += ["", "## Environment", ""] + table(environmentRows) }
        out +=
            [""]
            + markdownTable(
                ["generator", ""], generatorRows.map { [escapedMarkdown($0.name), escapedMarkdown($0.text)] })
        if !caveats.isEmpty {
            out += ["", "## To know beside the numbers", ""] + caveats.map { "- " + escapedMarkdown($0.sentence) }
        }
        return out
    }

    private var inputSection: [String] {
        if inputs.isEmpty { return [] }
        let rows = inputs.map { [escapedMarkdown($0.name), "`\($0.sha256.filter { $0.isLetter || $0.isNumber })`"] }
        return ["", "## What it was made from", ""] + markdownTable(["file", "SHA-256"], rows)
    }
}

func markdownTable(_ head: [String], _ rows: [[String]]) -> [String] {
    [head, head.map { _ in "---" }].map { "| " + $0.joined(separator: " | ") + " |" }
        + rows.map { "| " + $0.joined(separator: " | ") + " |" }
}

extension String {
    /// The first letter in upper case.
    var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
