// One figure of both sides round by round: shows pauses, drift and warm-up that a pooled figure cannot show.

import Glibc
import Histograms
import Quantities
import Recordings

/// The p99 of response time of one operation in each measured round.
struct TimeStrip: Equatable {
    struct Point: Equatable {
        /// Milliseconds; nil where the operation did not occur.
        var old: Double?
        var new: Double?
        var isVoid: Bool
    }

    let points: [Point]
    /// From the start of the first round to the end of the last.
    let length: Nanoseconds

    init(_ recording: Recording, operation index: Int) {
        let rounds = recording.rounds.filter { $0.purpose == .measure }
        points = rounds.map { round in
            func p99(_ side: Side) -> Double? {
                let histogram = round[side].operations[index].response
                return histogram.count > 0 ? histogram.quantile(0.99) / 1e6 : nil
            }
            return Point(old: p99(.old), new: p99(.new), isVoid: round.voidReason != nil)
        }
        let ends = rounds.flatMap { round in Side.allCases.map { round[$0].start + round[$0].length } }
        length = ends.max() ?? .zero
    }

    /// The drawing, or nothing where no round was measured. Lines stretch with the page, words do not.
    func drawing(label: String) -> HTML? {
        let values = points.flatMap { [$0.old, $0.new] }.compactMap { $0 }.filter { $0 > 0 }
        guard let low = values.min(), let high = values.max() else { return nil }
        // At least half as much again from bottom to top, so that noise of a percent does not look like mountains.
        let middle = (log(low) + log(high)) / 2
        let half = max((log(high) - log(low)) / 2 * 1.1, log(1.5) / 2)
        let (bottom, top) = (middle - half, middle + half)
        func height(_ milliseconds: Double) -> Double { 100 - (log(milliseconds) - bottom) / (top - bottom) * 100 }
        let ticks = Scale.decades(exp(bottom), exp(top)).map {
            (at: decimal(8 + height($0) * 0.84, places: 2), value: $0)
        }
        let grid = ticks.map {
            "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"\($0.at)%\" y2=\"\($0.at)%\"/>\n" as HTML
        }
        let words = ticks.map {
            "<text x=\"2\" y=\"\($0.at)%\" dy=\"-3\">\(roundTime(milliseconds: $0.value))</text>\n" as HTML
        }
        let voids = points.indices.filter { points[$0].isVoid }.map {
            "<rect class=\"void\" x=\"\(decimal(Double($0), places: 1))\" y=\"0\" width=\"1\" height=\"100\"/>" as HTML
        }
        return """
            <svg class="strip" width="100%" height="150" role="img" aria-label="\(label)">
            \(grid)<svg x="0" y="8%" width="100%" height="84%" viewBox="0 0 \(points.count) 100" preserveAspectRatio="none">
            \(voids)<path class="old" d="\(path(\.old, height))"/>
            <path class="new" d="\(path(\.new, height))"/>
            </svg>
            \(words)</svg>
            <div class="axis"><span>start</span><span>\(length.description)</span></div>

            """
    }

    /// Broken where there is no value or the round is void; a value by itself is a dot.
    private func path(_ value: (Point) -> Double?, _ height: (Double) -> Double) -> String {
        var out = ""
        var isDrawing = false
        for (index, point) in points.enumerated() {
            guard !point.isVoid, let milliseconds = value(point), milliseconds > 0 else {
                isDrawing = false
                continue
            }
            let (x, y) = (decimal(Double(index) + 0.5, places: 1), decimal(height(milliseconds), places: 2))
            out += isDrawing ? "L\(x),\(y)" : "M\(x),\(y)h0"
            isDrawing = true
        }
        return out
    }
}
