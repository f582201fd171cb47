// The verdict on the terminal: plain text, one line a verdict, reasons for whatever did not pass.

import Comparisons
import Quantities
import Verdicts

extension Report {
    /// Ends with a line end. Without criteria: the effects alone.
    public func console() -> String {
        var out: [String] = [
            outcomeWords.uppercased() + "  " + escapedTerminal(title),
            escapedTerminal(summary),
            circumstances
        ]
        if let judgement {
            out.append(
                "criteria \(escapedTerminal(judgement.criteria)) (\(escapedTerminal(standing))): \(tally); score \(decimal(judgement.score, places: 0)) of 100"
            )
            out += [""] + verdictTable
        } else {
            out += [""] + effectTable
        }
        let reasons = lines.filter { $0.verdict.finding != .pass }
        if !reasons.isEmpty { out.append("") }
        for finding in [Finding.fail, .undecided] {
            for line in reasons where line.verdict.finding == finding {
                out += wrapped("\(line.word) \(line.verdict.id): \(line.reason)", indentation: "    ")
            }
        }
        if !unneededWaivers.isEmpty { out += [""] + unneededWaivers.flatMap { wrapped($0, indentation: "    ") } }
        if hasSaturation { out += [""] + saturationSentences.flatMap { wrapped($0, indentation: "    ") } }
        let reservations = caveats.map(\.sentence)
        if !reservations.isEmpty {
            out += ["", "To know beside the numbers:"] + reservations.flatMap { wrapped("- " + $0, indentation: "  ") }
        }
        return out.joined(separator: "\n") + "\n"
    }

    private var verdictTable: [String] {
        let head = ["verdict", "criterion", "old", "new", "found", "interval", "allowed"]
        let rows = lines.map { line in
            [line.word, line.verdict.id, line.old, line.new, line.found, line.interval, line.allowed]
        }
        return aligned([head] + rows, toTheLeft: [0, 1, 6])
    }

    private var effectTable: [String] {
        let shown = comparison.effects.filter { $0.measure.isLatency || hasSaturation }
        let rows = shown.map { effect in
            [
                effect.title, bothSides(effect).old, bothSides(effect).new,
                effect.estimate.map { changeText(log: $0.log) } ?? nothing,
                effect.estimate.map { changes($0.interval()) } ?? (effect.unavailable ?? nothing)
            ]
        }
        return aligned([["effect", "old", "new", "change", "90 % interval"]] + rows, toTheLeft: [0, 4])
    }
}

/// Columns as wide as their widest cell, two spaces between them; numbers stand to the right. No spaces at line ends.
func aligned(_ rows: [[String]], toTheLeft: Set<Int>) -> [String] {
    let cells = rows.map { $0.map(escapedTerminal) }
    let widths = (cells.first ?? []).indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    return cells.map { row in
        let padded = row.enumerated().map { column, cell in
            let space = String(repeating: " ", count: widths[column] - cell.count)
            return toTheLeft.contains(column) ? cell + space : space + cell
        }
        var line = padded.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }
}

/// Lines of at most 110 characters, broken at spaces; all but the first begin with `indentation`.
func wrapped(_ text: String, indentation: String) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in escapedTerminal(text).split(separator: " ") {
        if line.isEmpty {
            line = String(word)
        } else if line.count + 1 + word.count <= 110 {
            line += " " + word
        } else {
            lines.append(line)
            line = indentation + word
        }
    }
    return lines + [line]
}
