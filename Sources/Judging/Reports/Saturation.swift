// What the sides did at their limits: the throughput, and the curve that led there.

import Comparisons
import Histograms
import Quantities
import Recordings

extension Report {
    /// Whether the run drove its sides to their limits, or began to.
    var hasSaturation: Bool { recording.rounds.contains { $0.purpose.saturates } }

    private var throughput: Effect? { comparison.effect(Measure(.throughput), of: .workload) }

    /// The figures, how they were come by, and what to know beside them: each a sentence.
    var saturationSentences: [String] {
        guard let effect = throughput else { return [] }
        let figures = bothSides(effect)
        var found = "Throughput: old \(figures.old), new \(figures.new)"
        if let estimate = effect.estimate {
            found += ", \(changeText(log: estimate.log)) \(changes(estimate.interval()))"
        } else if let reason = effect.unavailable {
            found += "; \(reason)"
        }
        let known = Set(caveats)
        return [found + "; " + saturationCircumstances + "."]
            + effect.caveats.filter { !known.contains($0) }.map { "- " + $0.sentence }
    }

    /// `12 rounds of 5.00 s a side, 64 operations in flight`
    private var saturationCircumstances: String {
        let rounds = recording.saturationRounds
        guard let last = rounds.last else { return "no rounds at the limit" }
        let what = "\(counted(rounds.count, "round")) of \(last.old.length) a side"
        if let objective = recording.objective { return what + ", the highest rate with \(objective)" }
        let inFlight = Side.allCases.map { side in pressureText(last[side]) }
        return what + ", " + (inFlight[0] == inFlight[1] ? inFlight[0] : "old \(inFlight[0]), new \(inFlight[1])")
            + " in flight"
    }

    /// `64`, or for a rate that was tried `4,800/s`.
    private func pressureText(_ slice: SliceRecord) -> String {
        switch slice.pressure {
        case .inFlight(let count): grouped(count)
        case .rate(let tried, _): rate(tried.perSecond)
        case nil: nothing
        }
    }

    private var isSearch: Bool { recording.objective != nil }

    private var curveHead: [String] {
        isSearch
            ? ["step", "old tried", "old", "old p99", "new tried", "new", "new p99"]
            : ["in flight", "old", "old p99", "new", "new p99"]
    }

    /// One row a step; `(void)` where the generator was the limit, `missed` where the side did not keep the objective.
    private var curveRows: [[String]] {
        recording.curveRounds.enumerated().map { index, round in
            let void = round.voidReason == nil ? "" : " (void)"
            let cells = Side.allCases.map { side -> [String] in
                let slice = round[side]
                let histogram = slice.responses()
                let p99 = histogram.count > 0 ? time(milliseconds: histogram.quantile(0.99) / 1e6) : nothing
                var tried = pressureText(slice)
                if case .rate(_, let missed?) = slice.pressure { tried += ", missed: \(missed)" }
                return (isSearch ? [tried] : []) + [rate(slice.completedPerSecond), p99]
            }
            return [(isSearch ? "\(index + 1)" : pressureText(round.old)) + void] + cells[0] + cells[1]
        }
    }

    var saturationSection: HTML {
        guard hasSaturation else { return "" }
        let sentences = saturationSentences.map { sentence -> HTML in
            sentence.hasPrefix("- ")
                ? "<p class=\"soft\">\(String(sentence.dropFirst(2)))</p>\n" : "<p>\(sentence)</p>\n"
        }
        let drawings = [CurveDrawing.Figure.throughput, .p99].map { CurveDrawing(recording, $0).drawing() }
        let table: HTML = curveRows.isEmpty ? "" : htmlTable(curveHead, texts: curveRows)
        return """
            <section id="throughput">
            <h2>Throughput</h2>
            \(sentences)\(drawings)\(table)</section>

            """
    }

    var saturationMarkdown: [String] {
        guard hasSaturation else { return [] }
        let sentences = saturationSentences.map { sentence in
            sentence.hasPrefix("- ") ? "- " + escapedMarkdown(String(sentence.dropFirst(2))) : escapedMarkdown(sentence)
        }
        var out = ["", "## Throughput", "", sentences[0]]
        if sentences.count > 1 { out += [""] + sentences.dropFirst() }
        if curveRows.isEmpty { return out }
        return out + [""] + markdownTable(curveHead, curveRows.map { $0.map(escapedMarkdown) })
    }
}
