// The page as a whole: whole tags, nothing from outside that acts, nothing fetched, the same bytes each time.

import Comparisons
import Quantities
import Recordings
import Testing
import Verdicts

@testable import Reports

/// The first tag that closes something else than what is open, or what is left open; nil where all is well.
func unbalanced(_ page: String) -> String? {
    var open: [Substring] = []
    var rest = page[...]
    while let start = rest.firstIndex(of: "<") {
        guard let end = rest[start...].firstIndex(of: ">") else { return "an open bracket at the end" }
        let tag = rest[rest.index(after: start)..<end]
        rest = rest[rest.index(after: end)...]
        let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }
        if tag.hasPrefix("!") || tag.hasSuffix("/") || name == "meta" { continue }
        if !tag.hasPrefix("/") {
            open.append(name)
        } else if open.popLast() != name {
            return "</\(name)>"
        }
    }
    return open.last.map { "<\($0)>" }
}

@Suite struct PageTests {
    private let hostile = "<script>alert('1')</script>&\"|`_[x](y)\u{1B}[31m\u{0}"

    @Test func `The tag counter counts`() {
        #expect(unbalanced("<p>a<meta charset=\"x\"><b>c</b></p>") == nil)
        #expect(unbalanced("<p><b></p>") == "</p>")
        #expect(unbalanced("<p>") == "<p>")
    }

    @Test func `A whole page stands by itself`() throws {
        let page = try Sample.report().html()
        #expect(unbalanced(page) == nil)
        for word in ["http:", "https:", "<script", "src=", "@import", "url(", "<link"] { #expect(!page.contains(word)) }
        for id in ["glance", "verdicts", "operations", "differences", "validity", "environment", "inputs", "reading"] {
            #expect(page.contains("<section id=\"\(id)\""), "\(id)")
        }
        #expect(page.contains("<article class=\"operation\" id=\"operation-recent_orders\">"))
        #expect(page.contains("staging &lt;new&gt;"))
        #expect(page.contains("chunk_length_in_kb"))
        #expect(page.contains("lateness p99 of 3.2 ms is above 1 ms (rounds 5)"))
        #expect(page.count < 200_000)
    }

    @Test func `The matrix and the cards show every criterion`() throws {
        let criteria = [
            SmallSample.criterion("own", .change(.p(99), of: .one(.operation("range")), allow: Ratio(0.05))),
            SmallSample.criterion("shape", .change(.p(99), of: .one(.shape(.range)), allow: Ratio(0.05))),
            SmallSample.criterion("parity", .parity(atMost: 0))
        ]
        let verdicts = [
            SmallSample.verdict("own", .fail, "why"), SmallSample.verdict("shape", .undecided, "why"),
            SmallSample.verdict("parity", .pass, "why", .observations([]), family: .functional)
        ]
        let page = SmallSample.report(SmallSample.judgement(verdicts), criteria: criteria).html()
        let matrix = try #require(page.split(separator: "</section>").first { $0.contains("id=\"glance\"") })
        func row(_ name: String) throws -> [Substring] {
            let row = try #require(matrix.split(separator: "<tr>").first { $0.contains(name) })
            return row.split(separator: "<td>", omittingEmptySubsequences: false).dropFirst().map { $0 }
        }
        #expect(try row("#operation-range\"").map { $0.contains("chip") } == [true, false, false])
        #expect(try row("#operation-point\"").map { $0.contains("chip") } == [false, false, false])
        #expect(try row(">other criteria<").map { $0.contains("chip") } == [false, true, true])
        let card = try #require(page.split(separator: "</article>").first { $0.contains("id=\"operation-range\"") })
        #expect(card.contains("\u{2717} own<") && card.contains("? shape (the shape)<"))
    }

    @Test func `The level of every interval is named`() throws {
        let page = try Sample.report(rounds: 14).html()
        #expect(page.contains("(here: 90 % for p50, slo, errors, throughput; 98 % for p99)"))
        #expect(page.contains("where no noise floor was calibrated") && page.contains("(Holm)"))
    }

    @Test func `Same in, same out`() throws {
        let (one, two) = (try Sample.report(rounds: 14), try Sample.report(rounds: 14))
        #expect(one.html() == two.html())
        #expect(one.markdown() == two.markdown())
        #expect(one.console() == two.console())
        #expect(one.junit() == two.junit())
    }

    @Test func `What comes from outside stays text`() {
        let verdicts = [SmallSample.verdict("p99/" + hostile, .fail, hostile)]
        let report = SmallSample.report(SmallSample.judgement(verdicts, void: [hostile]), operations: [hostile])
        let page = report.html()
        #expect(unbalanced(page) == nil)
        #expect(!page.contains("<script"))
        #expect(page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;|"))
        let junit = report.junit()
        #expect(unbalanced(junit.replacing("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", with: "")) == nil)
        #expect(
            !junit.contains("<script") && !junit.unicodeScalars.contains("\u{1B}")
                && !junit.unicodeScalars.contains("\u{0}"))
        let console = report.console()
        #expect(!console.unicodeScalars.contains("\u{1B}") && !console.unicodeScalars.contains("\u{0}"))
        let markdown = report.markdown()
        #expect(!markdown.contains("<script") && markdown.contains("\\|\\`\\_\\[x\\](y)"))
        let columns = markdown.split(separator: "\n").filter { $0.hasPrefix("| **FAIL**") }.map { row in
            row.replacing("\\|", with: "").count { $0 == "|" }
        }
        #expect(columns == [9])
    }

    @Test func `A void run says so before anything else`() {
        let report = SmallSample.report(SmallSample.judgement(SmallSample.verdicts, void: ["12 of 20 rounds are void"]))
        let page = report.html()
        #expect(page.contains("This run is no evidence."))
        #expect(page.contains("<li>12 of 20 rounds are void</li>"))
        #expect(report.markdown().contains("The run is void:\n\n- 12 of 20 rounds are void\n"))
        #expect(
            !SmallSample.report(SmallSample.judgement(SmallSample.verdicts)).html().contains("This run is no evidence.")
        )
    }

    @Test func `A run that ended before its first round is shown as empty`() throws {
        let report = try Sample.report(rounds: 0) { $0.interrupted = true }
        #expect(unbalanced(report.html()) == nil)
        #expect(report.html().contains("No round was measured."))
        #expect(report.console().contains("interrupted before its end"))
        #expect(!report.junit().contains("<system-out>"))
    }
}
