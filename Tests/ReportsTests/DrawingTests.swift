// Axes, strips and numbers: what is drawn is where it belongs.

import Comparisons
import Glibc
import Histograms
import Quantities
import Recordings
import Testing

@testable import Reports

@Suite struct DrawingTests {
    private func gauge(
        _ low: Double, _ point: Double, _ high: Double, limit: Double = log(1.05), _ axis: Gauge.Axis = .change
    ) -> Gauge {
        Gauge(low: low, point: point, high: high, limit: limit, badIsHigh: true, axis: axis)
    }

    @Test func `An axis holds its intervals, its limit and no change`() {
        let scale = Scale([gauge(0.2, 0.3, 0.4), gauge(0.1, 0.2, 0.6)])
        for value in [0, log(1.05), 0.1, 0.6] { #expect(scale.holds(value)) }
        #expect(scale.percent(scale.from) == 0)
        #expect(scale.percent(scale.to) == 100)
        #expect(scale.percent(-9) == 0)
        #expect(scale.percent(0.1) < scale.percent(0.2))
    }

    @Test func `A boundless interval is cut off and drawn with an arrow`() {
        let wide = gauge(-30, 0, 30)
        let scale = Scale([wide])
        #expect(!scale.holds(30) && !scale.holds(-30))
        #expect(wide.drawing(scale, label: "").text.components("<polygon") == 2)
        let narrow = gauge(-0.1, 0, 0.1)
        #expect(narrow.drawing(Scale([narrow]), label: "").text.components("<polygon") == 0)
    }

    @Test(arguments: [(-0.02, 0.06), (-0.1, 0.9), (-0.5, 3.0), (0.0, 0.0002), (-0.9, 18)])
    func `Ticks are round, few, and on the axis`(low: Double, high: Double) {
        let scale = Scale([gauge(log1p(low), 0, log1p(high))])
        let ticks = scale.ticks
        #expect((2...9).contains(ticks.count))
        #expect(ticks.allSatisfy { scale.holds($0.at) })
        #expect(Set(ticks.map(\.text)).count == ticks.count)
    }

    @Test func `Ticks of times and shares`() {
        #expect(
            Scale([gauge(log(0.9), log(2), log(9), limit: log(50), .milliseconds)]).ticks.map(\.text) == [
                "1 ms", "2 ms", "5 ms", "10 ms", "20 ms", "50 ms"
            ])
        let shares = Scale([gauge(0, 0.001, 0.004, limit: 0.001, .share)])
        #expect(shares.from == 0)
        #expect(shares.ticks.first?.text == "0 %")
    }

    @Test func `A strip breaks at void rounds and where nothing was sent`() throws {
        func slice(_ milliseconds: Double?, fault: Bool = false) -> SliceRecord {
            var record = OperationRecord()
            if let milliseconds { record.response.record(Int64(milliseconds * 1e6)) }
            return SliceRecord(
                start: .zero, length: .seconds(5), selfCheck: SelfCheckRecord(faults: fault ? ["late"] : []),
                operations: [record])
        }
        func recording(_ rounds: [RoundRecord]) -> Recording {
            let now = WallTime(unixNanoseconds: 0)
            return Recording(
                workload: "w", pair: "p", ratePerSecond: 1, timeOut: .seconds(1), started: now, ended: now,
                operations: [OperationInfo(name: "a", shape: .point, keyspace: "k", weight: 1)], rounds: rounds)
        }
        let rounds = [
            RoundRecord(index: 0, first: .old, old: slice(1), new: slice(2)),
            RoundRecord(index: 1, first: .old, old: slice(1), new: slice(2)),
            RoundRecord(index: 2, first: .old, old: slice(1, fault: true), new: slice(2)),
            RoundRecord(index: 3, first: .old, old: slice(1), new: slice(nil)),
            RoundRecord(index: 4, purpose: .rowsControl, first: .old, old: slice(900), new: slice(900))
        ]
        let strip = TimeStrip(recording(rounds), operation: 0)
        #expect(strip.points.count == 4)
        #expect(strip.points.map(\.isVoid) == [false, false, true, false])
        let drawing = strip.drawing(label: "l")?.text ?? ""
        let shapes = drawing.split(separator: "<").filter { $0.hasPrefix("path") || $0.hasPrefix("rect") }
        try #require(shapes.count == 3)
        #expect(shapes[0].contains("class=\"void\" x=\"2.0\""))
        func strokes(_ shape: Substring) -> String {
            String(shape.firstMatch(of: #/ d="([^"]*)"/#)?.1.filter { "ML".contains($0) } ?? "")
        }
        #expect(shapes[1].contains("class=\"old\"") && strokes(shapes[1]) == "MLM")
        #expect(shapes[2].contains("class=\"new\"") && strokes(shapes[2]) == "ML")
        #expect(TimeStrip(recording([]), operation: 0).drawing(label: "l") == nil)
    }

    @Test func `Numbers as people read them`() {
        #expect(time(milliseconds: 0.2791) == "0.279 ms")
        #expect(time(milliseconds: 2_050) == "2.05 s")
        #expect(time(milliseconds: nil) == "-")
        #expect(time(milliseconds: .nan) == "-")
        #expect(time(milliseconds: exp(700)) == "over 1 h")
        #expect(changes((low: -0.0001, high: 3.6)) == "[+0.0 %, ×37]")
        #expect(share(0) == "0 %")
        #expect(share(0.000_013) == "0.0013 %")
        #expect(share(1e-9) == "under 0.0001 %")
        #expect(share(0.25) == "25.0 %")
        #expect(roundPercent(0.05) == "5 %")
        #expect(roundPercent(0.0001) == "0.01 %")
        #expect(roundTime(milliseconds: 0.5) == "0.5 ms")
        #expect(roundTime(milliseconds: 100) == "100 ms")
        #expect(roundTime(milliseconds: 2_000) == "2 s")
    }

    @Test func `Columns and lines`() {
        #expect(
            aligned([["a", "b"], ["long", "1"], ["", "22"]], toTheLeft: [0]) == ["a      b", "long   1", "      22"])
        let words = wrapped(String(repeating: "word ", count: 40), indentation: "  ")
        #expect(words.count == 2)
        #expect(words.allSatisfy { $0.count <= 110 })
        #expect(words[1].hasPrefix("  word"))
    }
}

extension String {
    /// How often `part` occurs.
    fileprivate func components(_ part: String) -> Int { ranges(of: part).count }
}
