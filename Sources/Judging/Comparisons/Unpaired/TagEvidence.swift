// What one tag of one run says by itself: its figures, and the error that the run's own variation gives them.

import Glibc
import Histograms
import Statistics

/// One figure of one run.
public struct SideFigure: Equatable, Sendable {
    /// nil where there are no values.
    public let milliseconds: Double?
    /// The same as a logarithm, of nanoseconds.
    let log: Double?
    /// The larger of the cosine and the independent standard error, on the log scale; nil where `shortage` says why.
    public let runError: Double?
    /// What the width of the bins hides, as a standard error: a value is taken to lie anywhere in its bin.
    public let binError: Double
    /// Width of the bin that the figure lies in, over its value; for a mean that of all values together.
    public let binWidth: Double
    public let degreesOfFreedom: Int
    public let units: Int
    /// Values beyond the quantile; for a mean, all values.
    public let exceedances: Int
    public let varianceInflation: Double
    /// Why there is no error, without the run's name; nil where there is one.
    public let shortage: String?
}

/// The bins of one tag, each only once and only where there is something, and the units of time that its figures need.
struct TagEvidence {
    private let series: TagSeries
    /// Edges on the log scale, in nanoseconds.
    private let logLow: [Double]
    private let logWidth: [Double]
    private let middle: [Double]
    /// All values' bins' widths over all values.
    private let meanWidth: Double
    private let highest: Double
    /// For each layout, the place of each of its bins among those of the tag.
    private let places: [HistogramLayout: [Int32]]
    private var pooled: [[Range<Int>]: BinnedSeries] = [:]

    /// Whether intervals of several layouts are counted together, in the coarsest of their bins.
    var isMixed: Bool { places.count > 1 }
    let count: Int
    /// Largest value in milliseconds, to its bin; nil where there is none.
    var maximumMilliseconds: Double? { count > 0 ? highest / 1e6 : nil }

    init(_ series: TagSeries) {
        self.series = series
        let filled = TagEvidence.filledBins(series)
        // Bins of different layouts that overlap hold each other: each value goes to the widest that any of the layouts has for it.
        func widened(_ bin: Int, _ layout: HistogramLayout) -> Edges {
            let (low, next) = layout.edges(of: bin)
            guard filled.count > 1 else { return Edges(low: low, next: next) }
            let width = filled.keys.map { $0.width(at: low) }.max()!
            let start = low & ~(width - 1)
            let end = start.addingReportingOverflow(width)
            return Edges(low: start, next: end.overflow ? .max : end.partialValue)
        }
        let edges = Set(filled.flatMap { layout, bins in bins.map { widened($0, layout) } }).sorted { $0.low < $1.low }
        let place = Dictionary(uniqueKeysWithValues: edges.enumerated().map { ($1.low, Int32($0)) })
        places = filled.reduce(into: [:]) { found, entry in
            var map = [Int32](repeating: 0, count: (entry.value.last ?? -1) + 1)
            for bin in entry.value { map[bin] = place[widened(bin, entry.key).low]! }
            found[entry.key] = map
        }
        let factor = series.nanoseconds
        // A bin that begins at 0 has no logarithm there: it is taken to begin at half of its end.
        logLow = edges.map { log(max(Double($0.low), Double($0.next) / 2)) + log(factor) }
        logWidth = edges.map { log(Double($0.next)) - log(max(Double($0.low), Double($0.next) / 2)) }
        middle = edges.map { (Double($0.low) + Double($0.next - 1)) / 2 * factor }
        highest = (edges.last.map { Double($0.next - 1) } ?? 0) * factor
        count = series.count
        let whole = TagEvidence.counts(of: series.stretches[...], places, edges.count)
        var (width, sum) = (0.0, 0.0)
        for (index, edge) in edges.enumerated() {
            width += Double(whole[index]) * Double(edge.next - edge.low) * factor
            sum += Double(whole[index]) * middle[index]
        }
        meanWidth = sum > 0 ? width / sum : 0
    }

    private struct Edges: Hashable {
        var low: Int64
        var next: Int64
    }

    private static func filledBins(_ series: TagSeries) -> [HistogramLayout: [Int]] {
        var flags: [HistogramLayout: [Bool]] = [:]
        for stretch in series.stretches {
            guard let last = stretch.histogram.bins.last else { continue }
            var seen = flags.removeValue(forKey: stretch.histogram.layout) ?? []
            if seen.count <= Int(last) { seen += repeatElement(false, count: Int(last) + 1 - seen.count) }
            for bin in stretch.histogram.bins { seen[Int(bin)] = true }
            flags[stretch.histogram.layout] = seen
        }
        return flags.mapValues { seen in seen.indices.filter { seen[$0] } }
    }

    private static func counts(
        of stretches: ArraySlice<TagSeries.Stretch>, _ places: [HistogramLayout: [Int32]], _ bins: Int
    ) -> [Int] {
        var sums = [Int](repeating: 0, count: bins)
        for stretch in stretches {
            guard let map = places[stretch.histogram.layout] else { continue }
            let (bins, counts) = (stretch.histogram.bins, stretch.histogram.counts)
            for place in bins.indices { sums[Int(map[Int(bins[place])])] += counts[place] }
        }
        return sums
    }

    // MARK: Figures

    /// The value and its error; jackknifed over units of time as a limit on one side is in a paired run.
    mutating func figure(_ metric: Metric) -> SideFigure {
        let beyond = UnitPlan.share(metric) * Double(count)
        let ranges = units(beyond: beyond)
        let pool = pooled[ranges] ?? series(in: ranges)
        pooled[ranges] = pool
        func value(_ without: Int?) -> Double? {
            if case .quantile(let p) = metric { return pool.logQuantile(p, without: without) }
            return pool.logMean(without: without)
        }
        let whole = value(nil)
        var shortage = missing(metric, beyond: beyond, units: ranges.count)
        if whole == nil && count > 0 { shortage = "all of its values are 0, which have no ratio" }
        var values: [Double] = []
        if shortage == nil {
            if let found = pool.pseudoValues(of: value) {
                values = found.values
            } else {
                shortage = "all of its values fall into one unit of time: nothing to tell noise by"
            }
        }
        let terms = min(uncalibratedTerms, LongRunError.terms(units: ranges.count))
        let error = shortage == nil ? LongRunError(values, terms: terms) : nil
        let width = whole.map { binWidth(metric, at: $0) } ?? 0
        return SideFigure(
            milliseconds: whole.map(milliseconds(ofLogNanoseconds:)), log: whole, runError: error?.error,
            binError: width / 12.0.squareRoot(), binWidth: width, degreesOfFreedom: terms, units: ranges.count,
            exceedances: Int(beyond), varianceInflation: error?.varianceInflation ?? 1, shortage: shortage)
    }

    private func binWidth(_ metric: Metric, at log: Double) -> Double {
        guard case .quantile = metric else { return meanWidth }
        let place = logLow.lastIndex { $0 <= log } ?? 0
        return logWidth[place]
    }

    private func series(in ranges: [Range<Int>]) -> BinnedSeries {
        let units = ranges.map { range in
            let sums = TagEvidence.counts(of: series.stretches[range], places, logLow.count)
            let filled = sums.indices.filter { sums[$0] > 0 }
            return BinnedSeries.Unit(bins: filled.map { Int32($0) }, counts: filled.map { sums[$0] }, middle: middle)
        }
        return BinnedSeries(logLow: logLow, logWidth: logWidth, units: units)
    }

    // MARK: Units

    /// Consecutive stretches of at least ten seconds, and long enough for five values beyond the quantile on average.
    private func units(beyond: Double) -> [Range<Int>] {
        let stretches = series.stretches
        let spans = stretches.reduce(0) { $0 + $1.span }
        // A hundredth is forgiven, as with rounds: clocks cut intervals short by a hair.
        let least = max(
            MeasuredRun.joinedSeconds, beyond > 0 ? spans * UnitPlan.fewestInUnit / beyond : spans)
        var ranges: [Range<Int>] = []
        var (start, span) = (0, 0.0)
        for index in stretches.indices {
            span += stretches[index].span
            if span >= least {
                ranges.append(start..<index + 1)
                (start, span) = (index + 1, 0)
            }
        }
        // What is left over is no unit of its own.
        if start < stretches.count {
            ranges.append((ranges.popLast()?.lowerBound ?? 0)..<stretches.count)
        }
        return ranges
    }

    private func missing(_ metric: Metric, beyond: Double, units: Int) -> String? {
        if count == 0 { return "no values" }
        if series.isSingle { return "one interval, and nothing in it to tell noise by" }
        var short: [String] = []
        if units < UnitPlan.fewestUnits {
            short.append("\(units) of the \(UnitPlan.fewestUnits) units of time")
        }
        if beyond < UnitPlan.fewestInAll {
            var what = "values"
            if case .quantile = metric { what += " beyond \(metric.text)" }
            short.append("\(Int(beyond)) of the \(Int(UnitPlan.fewestInAll)) \(what)")
        }
        return short.isEmpty ? nil : "\(short.joined(separator: " and ")) that an error needs"
    }
}
