// Two runs that did not see the same minutes, set against each other: effects and reservations, and never a verdict.

import Glibc
import Quantities

/// What B is against A, where nothing pairs them.
public struct UnpairedComparison: Sendable {
    public let a: MeasuredRun
    public let b: MeasuredRun
    /// Of the two-sided intervals, between 0 and 1.
    public let confidence: Double
    /// In the order of A's tags.
    public let operations: [UnpairedOperation]
    /// Tags without a partner.
    public let onlyInA: [String]
    public let onlyInB: [String]
    /// What holds for every effect.
    public let caveats: [Caveat]

    /// What is compared, besides the largest value.
    public static let metrics: [Metric] = [.quantile(0.5), .quantile(0.9), .quantile(0.99), .quantile(0.999), .mean]
}

/// What must be read beside the intervals: what two runs, one after the other, do to them. Decision 12 has the simulations.
public let unpairedReading =
    "This is no verdict. Two runs see different minutes, and these intervals know only how much each run varied within"
    + " itself: in simulations of a system that had not changed, plain 95 % intervals of two runs back to back missed the"
    + " truth in 43 to 52 % of cases, and intervals such as these, which allow for drift within a run, at 90 % in 18 to 33 %,"
    + " and in three of four where the machine's level moves over an hour. For a verdict, measure both sides in turns:"
    + " assay run."

/// Sets B against A. The same runs give the same comparison, always; with A and B exchanged every effect has the other sign.
public func compareUnpaired(
    _ a: MeasuredRun, _ b: MeasuredRun, renamings: [Renaming] = [], confidence: Double = 0.9
) throws(TagMismatch) -> UnpairedComparison {
    precondition(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1")
    let match = try TagMatch(a, b, renamings)
    let common = runCaveats(a, b)
    let operations = match.pairs.map { compare(a.series[$0.a], b.series[$0.b], a, b, common) }
    return UnpairedComparison(
        a: a, b: b, confidence: confidence, operations: operations, onlyInA: match.onlyA, onlyInB: match.onlyB,
        caveats: common)
}

private func compare(
    _ seriesA: TagSeries, _ seriesB: TagSeries, _ a: MeasuredRun, _ b: MeasuredRun, _ common: [Caveat]
) -> UnpairedOperation {
    var (evidenceA, evidenceB) = (TagEvidence(seriesA), TagEvidence(seriesB))
    let shared = common + operationCaveats(seriesA, seriesB, mixed: (evidenceA.isMixed, evidenceB.isMixed))
    let names = [seriesA, seriesB].map { tagText($0.operation) }
    let (left, right) = (TagFigures(seriesA, &evidenceA), TagFigures(seriesB, &evidenceB))
    let effects = UnpairedComparison.metrics.indices.map { UnpairedEffect($0, left, right, shared) }
    return UnpairedOperation(
        tagA: seriesA.tag, tagB: seriesB.tag, name: names[0] == names[1] ? names[0] : "\(names[0]) / \(names[1])",
        timing: seriesA.timing == seriesB.timing ? seriesA.timing : nil, countA: seriesA.count, countB: seriesB.count,
        perSecondA: seriesA.perSecond, perSecondB: seriesB.perSecond,
        maximumMillisecondsA: evidenceA.maximumMilliseconds, maximumMillisecondsB: evidenceB.maximumMilliseconds,
        effects: effects)
}

/// All figures of one tag of one run.
struct TagFigures {
    let series: TagSeries
    /// In the order of `UnpairedComparison.metrics`.
    let figures: [SideFigure]

    init(_ series: TagSeries, _ evidence: inout TagEvidence) {
        self.series = series
        figures = UnpairedComparison.metrics.map { evidence.figure($0) }
    }
}

extension UnpairedEffect {
    fileprivate init(_ index: Int, _ left: TagFigures, _ right: TagFigures, _ shared: [Caveat]) {
        metric = UnpairedComparison.metrics[index]
        (a, b) = (left.figures[index], right.figures[index])
        var ratio: Double?
        if let logA = a.log, let logB = b.log { ratio = logB - logA }
        logRatio = ratio
        if let ratio, let errorA = a.runError, let errorB = b.runError {
            estimate = UnpairedEstimate(log: ratio, a: a, b: b, errorA: errorA, errorB: errorB)
            unavailable = nil
        } else {
            estimate = nil
            let reasons = [("A", a.shortage), ("B", b.shortage)].compactMap { name, reason in
                reason.map { "\(name): \($0)" }
            }
            let isShared = a.shortage != nil && a.shortage == b.shortage
            unavailable = "no interval: " + (isShared ? "A and B: \(a.shortage!)" : reasons.joined(separator: "; "))
        }
        var own: [Caveat] = []
        if let unavailable {
            let isSingle = [left, right].contains { $0.series.isSingle }
            own.append(Caveat(isSingle ? .singleInterval : .tooFewUnits, unavailable))
        }
        for (name, side) in [("A", left), ("B", right)] { own += figureCaveats(index, side, name) }
        caveats = shared + own
    }
}
