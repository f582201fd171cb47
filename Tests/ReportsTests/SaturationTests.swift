// The sides at their limits, on the page and in the texts.

import Comparisons
import Quantities
import Recordings
import RunSupport
import Testing
import Verdicts

@testable import Reports

@Suite struct SaturationTests {
    private func report(_ drive: (Int, Side) -> SaturationSketch) throws -> Report {
        try Sample.report(rounds: 14) { recording in
            for step in 0..<5 {
                recording.addRounds(1, .curve, slice: .seconds(1)) { _, side in
                    SaturationSketch(
                        .inFlight(1 << step), completed: min(side == .old ? 5000 : 4500, 600 << step),
                        faults: step == 4 && side == .new ? ["busy for 97 %"] : [])
                }
            }
            recording.addRounds(17) { drive($0, $1) }
        }
    }

    private func closed() throws -> Report {
        try report { number, side in
            SaturationSketch(.inFlight(16), completed: (side == .old ? 25_000 : 22_500) + number)
        }
    }

    @Test func `Figures, curve and circumstances are shown`() throws {
        let report = try closed()
        for text in [report.markdown(), report.html(), report.console()] {
            #expect(text.contains("old 5,002/s, new 4,502/s, -10.0 % "), "\(text.prefix(3000))")
            #expect(text.contains("17 rounds of 5.00 s a side, 16 in flight"))
        }
        let page = report.html()
        #expect(unbalanced(page) == nil)
        #expect(page.contains("id=\"throughput\"") && page.contains("href=\"#throughput\""))
        #expect(page.contains("completed a second, by operations in flight"))
        #expect(!page.contains("nan") && !page.contains("inf%"))
        let rows = report.markdown().split(separator: "\n").filter {
            $0.hasPrefix("| 2 |") || $0.hasPrefix("| 16 (void) |")
        }
        #expect(rows.count == 2 && rows[0].contains("1,200/s"))
        #expect(report.junit().contains("classname=\"performance.throughput\""))
        let line = try #require(report.lines.first { $0.verdict.criterion == "throughput" })
        #expect(line.old == "5,002/s" && line.new == "4,502/s" && line.found == "-10.0 %" && line.gauge != nil)
    }

    @Test func `A search shows the rates that were tried`() throws {
        var recording = Sample.recording(rounds: 14)
        recording.objective = "p99 of the workload <= 50.0 ms"
        recording.addRounds(3, .curve) { number, _ in
            SaturationSketch(
                .rate(Rate(perSecond: Double(1000 << number)), missed: number == 2 ? "p99 61.0 ms" : nil),
                completed: 900)
        }
        recording.addRounds(12) { number, _ in
            SaturationSketch(.rate(Rate(perSecond: 3000 + Double(number % 2)), missed: nil), completed: 15_000)
        }
        let report = Report(
            recording: recording, comparison: compare(recording), judgement: nil, environment: nil)
        let text = report.markdown()
        #expect(text.contains("the highest rate with p99 of the workload <= 50.0 ms") || text.contains("&lt;= 50.0 ms"))
        #expect(text.contains("4,000/s, missed: p99 61.0 ms"))
        #expect(unbalanced(report.html()) == nil && report.html().contains("by the rate that was tried"))
        #expect(report.console().contains("throughput of the workload"))
    }

    @Test func `A run without it has no section`() throws {
        let report = try Sample.report(rounds: 14)
        #expect(!report.html().contains("id=\"throughput\"") && !report.markdown().contains("## Throughput"))
        #expect(!report.console().contains("\nThroughput:"))
    }

    @Test func `A limit in operations a second has an axis of its own`() {
        let gauge = Gauge(low: 8, point: 8.2, high: 8.4, limit: 8.3, badIsHigh: false, axis: .perSecond)
        let ticks = Scale([gauge]).ticks
        #expect(!ticks.isEmpty && ticks.allSatisfy { $0.text.hasSuffix("/s") })
    }
}
