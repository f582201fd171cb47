// The rest of the page: whether the generator can be believed, what both sides were, what the verdict was made from.

import Comparisons
import Quantities
import Recordings
import Verdicts

extension Report {
    var validitySection: HTML {
        let rows = selfCheckRows.map { [$0.name, $0.old, $0.new] }
        let voids = voidRounds.map {
            "<li>\($0.reason) (rounds \($0.rounds.map(String.init).joined(separator: ", ")))</li>\n" as HTML
        }
        let list: HTML =
            voids.isEmpty ? "" : "<p>Void on both sides, for a fault of the generator:</p>\n<ul>\n\(voids)</ul>\n"
        let reservations = caveats.map { "<li>\($0.sentence)</li>\n" as HTML }
        let notes: HTML =
            reservations.isEmpty ? "" : "<h3>To know beside the numbers</h3>\n<ul>\n\(reservations)</ul>\n"
        let boosts = boostSentences.map { "<p>\($0).</p>\n" as HTML }
        return """
            <section id="validity">
            <h2>Validity</h2>
            <p>\(roundsSentence).</p>
            \(boosts)\(list)\(htmlTable(["the generator's own check", "old", "new"], texts: rows))\(notes)</section>

            """
    }

    var environmentSection: HTML {
        let sides: HTML =
            environmentRows.isEmpty
            ? "" : htmlTable(["side", "old", "new"], texts: environmentRows.map { [$0.name, $0.old, $0.new] })
        return """
            <section id="environment" class="words">
            <h2>Environment</h2>
            \(sides)\(htmlTable(["generator", ""], texts: generatorRows.map { [$0.name, $0.text] }))</section>

            """
    }

    var inputsSection: HTML {
        if inputs.isEmpty { return "" }
        let rows = inputs.map { input -> [HTML] in ["\(input.name)", "<code>\(input.sha256)</code>"] }
        return """
            <section id="inputs" class="words">
            <h2>What it was made from</h2>
            \(htmlTable(["file", "SHA-256"], rows))</section>

            """
    }
}
