// Reports of a small run, word by word.

import Testing
import Verdicts

@testable import Reports

@Suite struct GoldenTests {
    @Test func `On the terminal`() {
        let text = SmallSample.report(SmallSample.judgement(SmallSample.verdicts)).console()
        #expect(
            text == """
                NOT QUALIFIED  orders on small
                Failed on p99/range
                from 2026-01-02T00:00:00Z, 1 round in 0.2 minutes, interleaved, 2000/s a side, seed 42
                criteria small (not sealed): 1 failed, 2 undecided, 1 passed; score 25 of 100

                verdict               criterion      old       new    found            interval  allowed
                PASS                  p99/point  1.00 ms  0.960 ms   -3.9 %    [-5.7 %, -2.1 %]  at most +5 %
                FAIL                  p99/range  3.00 ms   5.10 ms  +69.9 %  [+66.8 %, +73.1 %]  at most +5 %
                undecided (advisory)  slo/range        -         -        -                   -  new at most 50.0 ms
                UNDECIDED             parity           -         -        0                   -  at most 0

                FAIL p99/range: slower beyond it
                undecided (advisory) slo/range: too little evidence
                UNDECIDED parity: not looked at

                To know beside the numbers:
                - no noise floor was measured: 0.5 % is assumed

                """)
    }

    @Test func `For a pipeline`() {
        let text = SmallSample.report(SmallSample.judgement(SmallSample.verdicts)).junit()
        let golden = """
              <testsuite name="performance" tests="3" failures="1" errors="0" skipped="1" time="0" timestamp="2026-01-02T00:00:00">
                <testcase classname="performance.p99" name="point" time="0">
                  <system-out>within it</system-out>
                </testcase>
                <testcase classname="performance.p99" name="range" time="0">
                  <failure type="fail" message="slower beyond it">slower beyond it</failure>
                </testcase>
                <testcase classname="performance.slo" name="range" time="0">
                  <skipped message="advisory_undecided: too little evidence"/>
                </testcase>
              </testsuite>
              <testsuite name="functional" tests="1" failures="0" errors="1" skipped="0" time="0" timestamp="2026-01-02T00:00:00">
                <testcase classname="functional.parity" name="parity" time="0">
                  <error type="undecided" message="not looked at">not looked at</error>
                </testcase>
              </testsuite>
            </testsuites>

            """
        #expect(text.hasSuffix(golden))
        #expect(
            text.hasPrefix(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites name="assay: orders on small" tests="5" failures="2" errors="1" skipped="1" time="12.000">
                  <testsuite name="run" tests="1" failures="1" errors="0" skipped="0" time="0" timestamp="2026-01-02T00:00:00">
                    <properties>
                      <property name="workload" value="orders"/>
                """))
    }

    @Test func `For a merge request`() {
        let text = SmallSample.report(SmallSample.judgement(SmallSample.verdicts)).markdown()
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }
        #expect(text.hasPrefix("# Not qualified: orders on small\n\nFailed on p99/range\n"))
        #expect(
            rows.contains(
                "| **FAIL** | p99/range | 3.00 ms | 5.10 ms | +69.9 % | [+66.8 %, +73.1 %] | at most +5 % | slower beyond it |"
            ))
        #expect(rows.contains("| p99 | 3.00 ms | 5.10 ms | +69.9 % | [+66.8 %, +73.1 %] |"))
        #expect(rows.contains("| errors | 1 (25.0 %): time\\_out 1 | 1 (25.0 %): time\\_out 1 | - | - |"))
        #expect(rows.contains("| max | 10.0 s | 10.0 s | as seen | - |"))
        #expect(rows.contains("| plan.json | `00ff` |"))
    }

    @Test(arguments: [
        (Finding.pass, [String](), "<system-out>", "qualified"),
        (.fail, [], "<failure type=\"not_qualified\"", "not qualified"),
        (.undecided, [], "<error type=\"undecided\"", "undecided"),
        (.pass, ["too late"], "<error type=\"void\"", "void")
    ])
    func `The case of the run mirrors the outcome`(finding: Finding, void: [String], element: String, words: String) {
        let verdicts = [SmallSample.verdict("p99/range", finding, "why")]
        let report = SmallSample.report(SmallSample.judgement(verdicts, void: void))
        let run = report.junit().split(separator: "</testsuite>")[0]
        #expect(run.contains(element))
        #expect(report.console().hasPrefix(words.uppercased() + "  "))
        #expect(report.html().contains("<h1>\(words.capitalisedFirst)</h1>"))
    }

    @Test func `A run without criteria shows its effects and is no pass`() {
        let report = SmallSample.report(nil)
        #expect(report.console().hasPrefix("NOT JUDGED  orders on small\n"))
        #expect(report.console().contains("p99 of range  3.00 ms   5.10 ms  +69.9 %  [+66.8 %, +73.1 %]\n"))
        #expect(report.junit().contains("<error type=\"not_judged\""))
        #expect(report.html().contains("<h1>Not judged</h1>"))
        #expect(!report.html().contains("id=\"verdicts\""))
    }
}
