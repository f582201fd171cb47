// report.html: one file, for the person who signs. The outcome first, then why, then everything that it rests on.

import Comparisons
import Quantities
import Recordings
import Verdicts

extension Report {
    /// A whole page. Needs no scripts and no network.
    public func html() -> String {
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(outcomeWords.capitalisedFirst): \(title)</title>
            \(pageStyle)</head>
            <body>
            \(banner)\(voidNotice)\(navigation)<main>
            \(glance)\(verdictsSection)\(waiversSection)\(operationsSection)\(saturationSection)\(differencesSection)\(validitySection)\(nodesSection)\(plannedSection)\(environmentSection)\(inputsSection)\
            \(readingSection)</main>
            </body>
            </html>

            """
        return page.text
    }

    private var outcomeClass: String { judgement?.outcome.rawValue ?? "not_judged" }

    private var banner: HTML {
        let score: HTML =
            judgement.map {
                """
                <p>Criteria <strong>\($0.criteria)</strong> (\(standing)): \(tally). Score \(decimal($0.score, places: 0)) of 100 (for trends only).</p>

                """
            } ?? ""
        return """
            <header class="\(outcomeClass)">
            <p class="title">\(title)</p>
            <h1>\(outcomeWords.capitalisedFirst)</h1>
            <p>\(summary)</p>
            \(score)<p class="soft">\(circumstances)</p>
            </header>

            """
    }

    private var voidNotice: HTML {
        let reasons = judgement?.voidReasons ?? comparison.validity.reasons
        if reasons.isEmpty { return "" }
        let items = reasons.map { "<li>\($0)</li>\n" as HTML }
        return """
            <div class="warning void">
            <p><strong>This run is no evidence.</strong> Its own checks failed; the figures below are shown for finding out why.</p>
            <ul>
            \(items)</ul>
            </div>

            """
    }

    private var navigation: HTML {
        var places = [
            ("operations", "Operations"), ("validity", "Validity"), ("environment", "Environment"),
            ("reading", "How to read it")
        ]
        if !differences.isEmpty { places.insert(("differences", "Differences"), at: 1) }
        if hasSaturation { places.insert(("throughput", "Throughput"), at: 1) }
        if judgement != nil { places = [("glance", "At a glance"), ("verdicts", "Verdicts")] + places }
        let links = places.map { "<a href=\"#\($0.0)\">\($0.1)</a>" as HTML }
        return "<nav>\(links)</nav>\n"
    }

    private var differencesSection: HTML {
        if differences.isEmpty { return "" }
        let rows = differences.map { found -> [HTML] in
            [
                "\(found.subject)", "\(found.old)", "\(found.new)",
                found.expected ? "expected" : "<strong class=\"chip finding-fail\">not expected</strong>",
                "\(found.kind)",
                "\(found.note)"
            ]
        }
        return """
            <section id="differences" class="words">
            <h2>Differences between the sides</h2>
            \(htmlTable(["what", "old", "new", "in the pair file", "kind", "note"], rows))</section>

            """
    }

    /// `90 % for p50, slo; 98 % for p99`, by the confidence of each criterion; empty without criteria.
    private var levels: String {
        var names: [Double: [String]] = [:]
        for criterion in criteria where criterion.target != nil {
            names[criterion.confidence, default: []].append(criterion.id)
        }
        let texts = names.sorted { $0.key < $1.key }.map { confidence, ids in
            "\(roundPercent(2 * confidence - 1)) for \(ids.joined(separator: ", "))"
        }
        return texts.joined(separator: "; ")
    }

    private var readingSection: HTML {
        let own = levels.isEmpty ? "" : " (here: \(levels))"
        return """
            <section id="reading">
            <h2>How to read it</h2>
            <p><strong>Change</strong> is new against old: the ratio of figures pooled over all counted rounds. <strong>The interval</strong> beside
            a verdict is two-sided, at the level that belongs to the confidence of its criterion: 90 % for a confidence of 95 %\(own). In that
            share of such runs it would hold the true change of these two deployments; where no noise floor was calibrated, the share may be
            lower. A criterion <strong>passes</strong> if the evidence excludes that the limit is exceeded, and <strong>fails</strong> if it
            excludes that the limit is kept, each with the confidence that the criterion asks for; whatever lies between is
            <strong>undecided</strong>, which is never a pass. A failure must stand among all tests together (Holm), so that an interval
            beyond the limit may still be undecided.</p>
            <p><strong>Response time</strong> counts from the moment at which an operation was due, not from when it was sent. A failed operation
            counts as one that took the time-out of \(recording.timeOut.description). Both sides of a round got the same operations with the same values.</p>
            <p>All of this can be computed again from the dossier, offline and to the same bytes: <code>assay judge DIR</code>,
            <code>assay report DIR</code>. It speaks of these two deployments under this workload, and of no others.</p>
            </section>

            """
    }
}
