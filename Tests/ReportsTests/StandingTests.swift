// Waivers and seals in the reports: shown with date, name and reason, and never silent.

import Comparisons
import Documents
import Quantities
import Recordings
import Testing
import Verdicts

@testable import Reports
@testable import Verdicts

@Suite struct StandingTests {
    private func waiver(_ id: String, until: String, expired: Bool = false) throws -> AppliedWaiver {
        AppliedWaiver(
            waiver: Waiver(
                id: id, until: try Day(parsing: until), by: "Jane <Doe>", why: "fixed in 4.1.10",
                position: SmallSample.place),
            isExpired: expired)
    }

    private func report(_ waivers: [AppliedWaiver], _ standing: Standing = Standing()) -> Report {
        let judgement = SmallSample.judgement(SmallSample.verdicts)
        return SmallSample.report(
            Judgement(
                criteria: judgement.criteria, verdicts: waived(judgement.verdicts, by: waivers), voidReasons: [],
                caveats: judgement.caveats, waivers: waivers, standing: standing))
    }

    @Test func `A waived failure is shown as one, with date, name and reason`() throws {
        let report = report([try waiver("p99/range", until: "2026-12-31")])
        let console = report.console()
        #expect(console.hasPrefix("UNDECIDED  orders on small\n"))
        #expect(console.contains("criteria small (not sealed): 1 waived, 2 undecided, 1 passed; score 25 of 100\n"))
        #expect(console.contains("fail (waived)         p99/range"))
        #expect(
            console.contains(
                "fail (waived) p99/range: slower beyond it; waived until 2026-12-31 by Jane <Doe>: fixed in 4.1.10\n"))
        let markdown = report.markdown()
        #expect(markdown.contains("| **fail (waived)** | p99/range |"))
        #expect(markdown.contains("## Waivers\n"))
        #expect(
            markdown.contains(
                "| p99/range | 2026-12-31 | Jane &lt;Doe&gt; | fixed in 4.1.10 | waives p99/range |"))
        let page = report.html()
        #expect(unbalanced(page) == nil && page.contains("<section id=\"waivers\""))
        #expect(page.contains("<span class=\"chip\">waived</span>") && page.contains("title=\"fail, waived\""))
        #expect(page.contains("waived until 2026-12-31 by Jane &lt;Doe&gt;: fixed in 4.1.10"))
        let junit = report.junit()
        #expect(
            junit.contains(
                "<skipped message=\"waived_fail: slower beyond it; waived until 2026-12-31 by Jane &lt;Doe&gt;: fixed in 4.1.10\"/>"
            ))
        #expect(!junit.contains("<failure"))
    }

    @Test func `An expired waiver says that it gates again`() throws {
        let report = report([try waiver("p99", until: "2025-12-31", expired: true)])
        #expect(report.console().hasPrefix("NOT QUALIFIED  orders on small\n"))
        #expect(
            report.console().contains(
                "FAIL p99/range: slower beyond it; the waiver until 2025-12-31 by Jane <Doe> has expired"))
        #expect(
            report.junit().contains("<failure type=\"fail\" message=\"slower beyond it; the waiver until 2025-12-31"))
        #expect(report.markdown().contains("expired: it waives nothing |"))
    }

    @Test func `A waiver that nothing needs is not hidden`() throws {
        let report = report([
            try waiver("p99/point", until: "2026-12-31"), try waiver("slo", until: "2025-01-01", expired: true)
        ])
        #expect(report.console().contains("waiver of p99/point until 2026-12-31 by Jane <Doe>: not needed\n"))
        #expect(report.console().contains("waiver of slo until 2025-01-01 by Jane <Doe>: not needed, and expired\n"))
        #expect(report.html().contains("<td>not needed</td>"))
    }

    @Test func `Whether the criteria were sealed stands beside their name`() {
        let sealed = WallTime(year: 2026, month: 1, day: 1)
        let seal = Seal(file: "c.yaml", sha256: "00", sealed: sealed, by: "Jane <Doe>", assayVersion: "0.1.0")
        let before = report([], Standing(seal: seal))
        #expect(before.console().contains("criteria small (sealed 2026-01-01T00:00:00Z by Jane <Doe>): 1 failed"))
        #expect(before.html().contains("(sealed 2026-01-01T00:00:00Z by Jane &lt;Doe&gt;): 1 failed"))
        #expect(before.junit().contains("<property name=\"sealed\" value=\"2026-01-01T00:00:00Z\"/>"))
        let plain = report([])
        #expect(plain.markdown().contains("Criteria small (not sealed): 1 failed"))
        #expect(plain.junit().contains("<property name=\"sealed\" value=\"no\"/>"))
        let late = report([], Standing(seal: seal, postHoc: "they came late"))
        #expect(late.console().contains("criteria small (post hoc, sealed 2026-01-01T00:00:00Z by Jane <Doe>): "))
        #expect(late.junit().contains("<property name=\"post_hoc\" value=\"yes\"/>"))
    }

    @Test func `Shapes and keyspaces have rows of their own`() throws {
        let criteria = [
            SmallSample.criterion("shapes", .change(.p(99), of: .eachShape, allow: Ratio(0.05))),
            SmallSample.criterion("keyspaces", .change(.p(99), of: .eachKeyspace, allow: Ratio(0.05)))
        ]
        let verdicts = [
            SmallSample.verdict("shapes/range", .fail, "why"), SmallSample.verdict("keyspaces/shop", .pass, "why"),
            SmallSample.verdict("keyspaces/log", .undecided, "why")
        ]
        let report = SmallSample.report(SmallSample.judgement(verdicts), criteria: criteria)
        #expect(report.lines.map(\.scope) == [.shape(.range), .keyspace("shop"), .keyspace("log")])
        let page = report.html()
        let matrix = try #require(page.split(separator: "</section>").first { $0.contains("id=\"glance\"") })
        for (row, sign) in [("shape range", "\u{2717}"), ("keyspace shop", "\u{2713}"), ("keyspace log", "?")] {
            let found = try #require(matrix.split(separator: "<tr>").first { $0.contains(">\(row)<") }, "\(row)")
            #expect(found.contains(">\(sign)</span>"))
        }
        #expect(!matrix.contains("other criteria"))
        #expect(
            page.contains("? keyspaces (the keyspace)") == false && page.contains("\u{2713} keyspaces (the keyspace)"))
        #expect(page.contains("p99 of response time of each shape, at most +5 %"))
        #expect(page.contains("p99 of response time of each keyspace, at most +5 %"))
    }

    @Test func `A tolerance and a limit are shown together`() {
        let both = Requirement.both(
            .change(.p(99), of: .eachOperation, allow: Ratio(0.05)),
            .timeLimit(.p(99), of: .eachOperation, on: .new, atMost: .milliseconds(50)))
        let line = VerdictLine(SmallSample.verdicts[1], SmallSample.criterion("p99", both))
        #expect(line.allowed == "at most +5 %, new at most 50.0 ms")
        #expect(line.gauge?.axis == .change && line.scope == .operation("range"))
    }
}
