// Requests by node and what happened to nodes: there when a side has several, or something happened, and absent otherwise.

import Quantities
import Recordings
import Testing

@testable import Reports

@Test func nodesAreShownWhereThereAreSeveral() throws {
    let plain = try Sample.report(rounds: 12)
    #expect(!plain.html().contains("id=\"nodes\"") && !plain.markdown().contains("Requests by node"))
    let report = try Sample.report(rounds: 12) { recording in
        for index in recording.rounds.indices {
            recording.rounds[index].old.coordinators = ["10.0.0.1:9042": 300, "10.0.0.2:9042": 100]
            recording.rounds[index].new.coordinators = ["10.0.1.1:9042": 400]
        }
    }
    let rounds = report.recording.countedRounds.count
    #expect(report.coordinatorRows.map { $0[1] } == ["10.0.0.1:9042", "10.0.0.2:9042", "10.0.1.1:9042"])
    #expect(report.coordinatorRows[1][2] == grouped(100 * rounds) && report.coordinatorRows[1][3].hasPrefix("25"))
    #expect(report.html().contains("<section id=\"nodes\"") && report.eventLines.isEmpty)
}

@Test func whatHappenedToNodesIsALineEach() throws {
    let report = try Sample.report(rounds: 12) { recording in
        recording.events = NodeEvent.Kind.allCases.enumerated().map { index, kind in
            NodeEvent(
                at: .seconds(Double(index) - 1.5), side: .new, node: "<b>", kind: kind, note: index == 0 ? "why" : "")
        }
    }
    #expect(report.eventLines.first == "at -1.5 s: new side, <b> was lost (why)")
    #expect(Set(report.eventLines).count == NodeEvent.Kind.allCases.count)
    #expect(report.html().contains("&lt;b&gt; was lost") && report.markdown().contains("Requests by node"))
    let many = try Sample.report(rounds: 12) {
        $0.events = Array(repeating: NodeEvent(at: .zero, side: .old, node: "a", kind: .up), count: 50)
    }
    #expect(many.eventLines.count == 41 && many.eventLines.last == "10 more in recording.json")
}
