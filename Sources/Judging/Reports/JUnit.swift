// junit.xml: for pipelines. What is not a pass must not look like one: undecided and void are errors.

import Comparisons
import Quantities
import Recordings
import Verdicts

extension Report {
    /// One suite a family, and one for the run: its case `outcome` passes only if the run is qualified.
    public func junit() -> String {
        let lines = self.lines
        var suites = [runSuite]
        for family in Family.allCases {
            let own = lines.filter { $0.verdict.family == family }
            if !own.isEmpty { suites.append(suite(family.rawValue, own.map { testCase(family, $0) })) }
        }
        let cases = suites.flatMap(\.cases)
        var out = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
        out.append("<testsuites name=\"assay: \(escapedMarkup(title))\" \(totals(cases)) time=\"\(seconds)\">")
        for suite in suites {
            out.append(
                "  <testsuite name=\"\(escapedMarkup(suite.name))\" \(totals(suite.cases)) time=\"0\" timestamp=\"\(stamp)\">"
            )
            out += suite.properties
            out += suite.cases.flatMap(\.text)
            out.append("  </testsuite>")
        }
        out.append("</testsuites>")
        return out.joined(separator: "\n") + "\n"
    }

    private struct Case {
        enum Result { case passed, failure, error, skipped }
        var result: Result
        var text: [String]
    }

    private struct Suite {
        var name: String
        var properties: [String] = []
        var cases: [Case]
    }

    private func suite(_ name: String, _ cases: [Case]) -> Suite { Suite(name: name, cases: cases) }

    private var seconds: String { decimal(comparison.run.minutes * 60, places: 3) }
    /// Without the zone, as the format has it.
    private var stamp: String { String(recording.started.iso8601.dropLast()) }

    private func totals(_ cases: [Case]) -> String {
        func count(_ result: Case.Result) -> Int { cases.count { $0.result == result } }
        return
            "tests=\"\(cases.count)\" failures=\"\(count(.failure))\" errors=\"\(count(.error))\" skipped=\"\(count(.skipped))\""
    }

    private var runSuite: Suite {
        let result: Case.Result =
            switch judgement?.outcome {
            case .qualified: .passed
            case .notQualified: .failure
            case .undecided, .void, nil: .error
            }
        var properties = [
            ("workload", recording.workload), ("pair", recording.pair), ("seed", "\(recording.seed)"),
            ("mode", recording.mode.rawValue), ("started", recording.started.iso8601),
            ("ended", recording.ended.iso8601),
            ("assay_version", recording.assayVersion)
        ]
        if let judgement {
            properties += [
                ("criteria", judgement.criteria), ("outcome", judgement.outcome.rawValue),
                ("score", decimal(judgement.score, places: 1)),
                ("sealed", judgement.standing.seal?.sealed.iso8601 ?? "no"),
                ("post_hoc", judgement.standing.postHoc == nil ? "no" : "yes")
            ]
        }
        if let environment {
            properties += [
                ("old_release", environment.old.releaseVersion), ("new_release", environment.new.releaseVersion)
            ]
        }
        properties += inputs.map { ("sha256 of \($0.name)", $0.sha256) }
        let texts = properties.map {
            "      <property name=\"\(escapedMarkup($0.0))\" value=\"\(escapedMarkup($0.1))\"/>"
        }
        let outcome = element(
            className: "run", name: "outcome", result, type: judgement?.outcome.rawValue ?? "not_judged",
            message: summary)
        return Suite(name: "run", properties: ["    <properties>"] + texts + ["    </properties>"], cases: [outcome])
    }

    /// An advisory verdict that is no pass, and a waived failure, is skipped: it must not fail the pipeline, nor look
    /// passed.
    private func testCase(_ family: Family, _ line: VerdictLine) -> Case {
        let verdict = line.verdict
        let result: Case.Result =
            switch (verdict.finding, verdict.advisory || verdict.isWaived) {
            case (.pass, _): .passed
            case (_, true): .skipped
            case (.fail, false): .failure
            case (.undecided, false): .error
            }
        let kind = verdict.advisory ? "advisory_" : verdict.isWaived ? "waived_" : ""
        let type = kind + verdict.finding.rawValue
        return element(
            className: "\(family.rawValue).\(verdict.criterion)", name: line.subject ?? verdict.criterion, result,
            type: type,
            message: line.reason)
    }

    private func element(className: String, name: String, _ result: Case.Result, type: String, message: String) -> Case
    {
        let open = "    <testcase classname=\"\(escapedMarkup(className))\" name=\"\(escapedMarkup(name))\" time=\"0\""
        let reason = escapedMarkup(message)
        let inside: [String] =
            switch result {
            case .passed: ["      <system-out>\(reason)</system-out>"]
            case .failure: ["      <failure type=\"\(type)\" message=\"\(reason)\">\(reason)</failure>"]
            case .error: ["      <error type=\"\(type)\" message=\"\(reason)\">\(reason)</error>"]
            case .skipped: ["      <skipped message=\"\(type): \(reason)\"/>"]
            }
        return Case(result: result, text: [open + ">"] + inside + ["    </testcase>"])
    }
}
