// The curve of a side on its way to its limit: throughput, or p99, against what is in flight or against the rate that is tried.

import Glibc
import Histograms
import Quantities
import Recordings

/// One figure of both sides over the steps of the curve and the rounds at the limit.
struct CurveDrawing {
    enum Figure {
        case throughput
        case p99
    }

    struct Point: Equatable {
        var x: Double
        var y: Double
    }

    let figure: Figure
    let isSearch: Bool
    /// Old and new, in rising order of what drives them; void rounds are left out.
    let points: [[Point]]

    init(_ recording: Recording, _ figure: Figure) {
        self.figure = figure
        isSearch = recording.objective != nil
        let rounds = recording.rounds.filter { $0.purpose.saturates && $0.voidReason == nil }
        points = Side.allCases.map { side in
            rounds.compactMap { CurveDrawing.point($0[side], figure) }.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
        }
    }

    private static func point(_ slice: SliceRecord, _ figure: Figure) -> Point? {
        let x: Double
        switch slice.pressure {
        case .inFlight(let count): x = Double(count)
        case .rate(let rate, _): x = rate.perSecond
        case nil: return nil
        }
        let y: Double
        switch figure {
        case .throughput: y = slice.completedPerSecond
        case .p99:
            let histogram = slice.responses()
            y = histogram.count > 0 ? histogram.quantile(0.99) / 1e6 : 0
        }
        return y > 0 ? Point(x: x, y: y) : nil
    }

    private var name: String {
        let what = figure == .throughput ? "completed a second" : "p99 of response time"
        return "\(what), by \(isSearch ? "the rate that was tried" : "operations in flight")"
    }

    /// A drawing with its caption, or nothing where there is nothing to draw. Lines stretch with the page, words do not.
    func drawing() -> HTML {
        let all = points.joined()
        guard let left = all.map(\.x).min(), let right = all.map(\.x).max(), let low = all.map(\.y).min(),
            let high = all.map(\.y).max()
        else { return "" }
        // Throughput from 0, for its height is what counts; times on a log scale, for they run over decades.
        let bottom = figure == .throughput ? 0 : log(low) - 0.2
        let top = figure == .throughput ? high * 1.1 : log(high) + 0.2
        let width = max(log(right) - log(left), 0.1)
        func across(_ x: Double) -> Double { 8 + (log(x) - log(left)) / width * 88 }
        func height(_ y: Double) -> Double {
            100 - ((figure == .throughput ? y : log(y)) - bottom) / (top - bottom) * 100
        }
        let levels = figure == .throughput ? Scale.rounds(0, top) : Scale.decades(exp(bottom), exp(top))
        let ticks = levels.map { (at: decimal(4 + height($0) * 0.8, places: 2), value: $0) }
        let grid = ticks.map {
            "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"\($0.at)%\" y2=\"\($0.at)%\"/>\n" as HTML
        }
        let words = ticks.map { tick -> HTML in
            let text = figure == .throughput ? rate(tick.value) : roundTime(milliseconds: tick.value)
            return "<text x=\"2\" y=\"\(tick.at)%\" dy=\"-3\">\(text)</text>\n"
        }
        let feet = steps(left, right).map { x -> HTML in
            let text = isSearch ? rate(x) : grouped(Int(x))
            return "<text x=\"\(decimal(across(x), places: 2))%\" y=\"97%\" text-anchor=\"middle\">\(text)</text>\n"
        }
        let lines = Side.allCases.map { side -> HTML in
            let places = points[side.index].map {
                (x: decimal(across($0.x), places: 2), y: decimal(height($0.y), places: 2))
            }
            let dots = places.map { "M\($0.x),\($0.y)h0" }.joined()
            let line = places.enumerated().map { "\($0.offset == 0 ? "M" : "L")\($0.element.x),\($0.element.y)" }
                .joined()
            return
                "<path class=\"\(side.rawValue)\" d=\"\(line)\"/><path class=\"dot \(side.rawValue)\" d=\"\(dots)\"/>\n"
        }
        return """
            <p class="soft"><span class="key" style="--key: var(--old)">old</span><span class="key" style="--key: var(--new)">new</span>\
            \(name)</p>
            <svg class="strip" width="100%" height="170" role="img" aria-label="\(name), old and new">
            \(grid)<svg x="0" y="4%" width="100%" height="80%" viewBox="0 0 100 100" preserveAspectRatio="none">
            \(lines)</svg>
            \(words)\(feet)</svg>

            """
    }

    /// Where the axis below is marked: the numbers in flight, or some round rates.
    private func steps(_ left: Double, _ right: Double) -> [Double] {
        if isSearch { return Scale.decades(left, right).filter { $0 >= left && $0 <= right } }
        return Set(points.joined().map(\.x)).sorted()
    }
}
