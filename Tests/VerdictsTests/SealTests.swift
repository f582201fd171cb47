// Seals: read back equal, and what criteria that were not fixed before the run may still decide.

import Comparisons
import Documents
import Quantities
import Recordings
import RunSupport
import Testing
import Verdicts

private let began = WallTime(year: 2026, month: 3, day: 1)
private let text =
    "criteria: 1\nname: x\nperformance: [{id: p99, measure: p99 of response time, of: read, allow: +5 %}]\n"

private func seal(_ sealed: WallTime, by: String? = "Jane Doe", earlier: [Seal.Earlier] = []) -> Seal {
    Seal(
        file: "x.yaml", sha256: Dossier.digest(text), sealed: sealed, by: by, assayVersion: "0.1.0", earlier: earlier)
}

private func judgement(_ factor: Double, _ standing: Standing) throws -> Judgement {
    let recording = RunSketch().recording { operation in
        let scale = operation.side == .new ? factor : 1
        for step in 0..<50 { operation.take(scale * (3 + Double(step) / 50), count: 20) }
    }
    return judged(recording, try Criteria.read(text, file: "x.yaml")).by(standing)
}

@Test func aSealIsReadBackEqual() throws {
    let earlier = [
        Seal.Earlier(sha256: String(repeating: "0f", count: 32), sealed: WallTime(year: 2026, month: 1, day: 2))
    ]
    for one in [
        seal(began + Nanoseconds(123_456_789)), seal(began, by: nil), seal(began, by: "null"),
        seal(began, earlier: earlier)
    ] {
        let written = one.json().text()
        #expect(try Seal.read(written, file: "x.yaml.seal") == one)
        #expect(one.fits(text) && !one.fits(text + " "))
    }
    let keys = seal(began).json().text().split(separator: "\n").compactMap { $0.firstMatch(of: #/^  "(\w+)"/#)?.1 }
    #expect(keys == ["assay_version", "by", "criteria", "seal", "sealed", "sealed_unix_ns", "sha256"])
    #expect(
        seal(began).words == "2026-03-01T00:00:00Z by Jane Doe" && seal(began, by: nil).words == "2026-03-01T00:00:00Z")
}

@Test(arguments: [
    ("\"seal\": 1", "\"seal\": 2", "unknown version"), ("\"sha256\": \"", "\"sha256\": \"x", "64 hexadecimal digits"),
    ("2026-03-01T", "2025-03-01T", "which is not the time in sealed_unix_ns"),
    ("\"by\"", "\"bye\"", "did you mean 'by'?"),
    ("\"sealed_unix_ns\": \"", "\"sealed_unix_ns\": \"a", "nanoseconds since 1970")
])
func aSealThatWasWrittenIntoIsNamed(text: String, other: String, problem: String) {
    let written = seal(began).json().text()
    #expect(written.contains(text))
    do throws(InputError) {
        _ = try Seal.read(written.replacing(text, with: other), file: "x.yaml.seal")
        Issue.record("it was read")
    } catch {
        #expect(error.description.hasPrefix("x.yaml.seal:") && error.description.contains(problem), "\(error)")
    }
}

@Test func criteriaThatWereFixedBeforeTheRunQualify() throws {
    for standing in [
        Standing.own(nil, began: began), .own(seal(began), began: began),
        .own(seal(WallTime(year: 2026, month: 2, day: 1)), began: began)
    ] {
        let found = try judgement(1, standing)
        #expect(found.outcome == .qualified && found.standing.postHoc == nil)
        #expect(!found.caveats.contains { $0.code == .postHoc })
        #expect(found.json().text().contains("\"post_hoc\": false"))
    }
    #expect(try judgement(1, .own(nil, began: began)).json().text().contains("\"sealed\": null"))
    #expect(
        try judgement(1, .own(seal(began), began: began)).json().text().contains("\"sealed\": \"2026-03-01T00:00:00Z\"")
    )
}

@Test func criteriaPostHocNeverQualify() throws {
    for standing in [Standing.others, .own(seal(began + Nanoseconds(1)), began: began)] {
        let passed = try judgement(1, standing)
        #expect(passed.verdicts.map(\.finding) == [.pass] && passed.score == 100)
        #expect(passed.outcome == .undecided)
        #expect(passed.summary.hasPrefix("undecided: all 1 gating verdicts passed, but the "), "\(passed.summary)")
        #expect(passed.caveats.first?.code == .postHoc)
        #expect(passed.json().text().contains("\"post_hoc\": true"))
        // A failure is one by any criteria.
        #expect(try judgement(2, standing).outcome == .notQualified)
    }
    let late = try judgement(1, .own(seal(began + .seconds(60)), began: began))
    #expect(late.summary.contains("sealed at 2026-03-01T00:01:00Z, after the run began at 2026-03-01T00:00:00Z"))
    // What stands before the standing stays.
    let caveat = Caveat(.otherCriteria, "others")
    #expect(late.with(caveat).standing == late.standing && late.with(caveat).outcome == .undecided)
}
