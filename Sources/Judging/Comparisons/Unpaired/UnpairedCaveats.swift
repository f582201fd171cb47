// What to know before relying on a comparison of two runs: what they do not share, and what a log does not tell.

import Glibc
import Histograms
import Quantities

/// What holds for every figure of the two runs.
func runCaveats(_ a: MeasuredRun, _ b: MeasuredRun) -> [Caveat] {
    var found = [
        Caveat(.unpaired, "the runs are not paired" + distance(a, b)),
        Caveat(
            .noFloor,
            "no noise floor stands behind the intervals: how much two runs of one system differ here was not measured")
    ]
    if a.isOwn != b.isOwn {
        found.append(
            Caveat(
                .otherTool,
                "\(a.isOwn ? "A" : "B") was measured by Assay and \(a.isOwn ? "B" : "A") by another program, which reads its"
                    + " clock at other places and may leave out what waited to be sent"))
    }
    found += circumstanceCaveats(a, b)
    let (longer, shorter) = (max(a.seconds, b.seconds), min(a.seconds, b.seconds))
    if longer > shorter * 1.1 {
        found.append(
            Caveat(.otherDuration, "A holds \(text(a.seconds)) of measured time and B \(text(b.seconds))"))
    }
    for caveat in a.caveats {
        found.append(Caveat(caveat.code, "\(b.caveats.contains(caveat) ? "A and B" : "A"): \(caveat.sentence)"))
    }
    for caveat in b.caveats where !a.caveats.contains(caveat) {
        found.append(Caveat(caveat.code, "B: \(caveat.sentence)"))
    }
    return found
}

private func text(_ seconds: Double) -> String { Nanoseconds.seconds(min(seconds, 9e9)).description }

private func distance(_ a: MeasuredRun, _ b: MeasuredRun) -> String {
    guard let beginA = a.begin, let endA = a.end, let beginB = b.begin, let endB = b.end else { return "" }
    if beginB >= endA { return "; B began \(text(beginB - endA)) after A had ended" }
    if beginA >= endB { return "; A began \(text(beginA - endB)) after B had ended" }
    return a.madeFrom.values.sorted() == b.madeFrom.values.sorted()
        ? ": A and B are the same measurement" : ", though they overlap in time"
}

/// What two recordings say of how they came about, where that differs.
private func circumstanceCaveats(_ a: MeasuredRun, _ b: MeasuredRun) -> [Caveat] {
    guard let one = a.circumstances, let other = b.circumstances else { return [] }
    var found: [Caveat] = []
    if one.recordingDigest == other.recordingDigest && one.side != other.side {
        found.append(
            Caveat(
                .sameRun,
                "A and B are the sides of one run, which measured them in turns: assay judge compares them in pairs, and more"
                    + " precisely than this"))
    }
    if one.side == .old && other.side == .old {
        found.append(
            Caveat(
                .oldAgainstOld,
                "both are old sides: where these are one deployment nothing has changed, and what is found here is what two"
                    + " runs differ by anyway"))
    }
    if one.workload != other.workload {
        found.append(Caveat(.otherWorkload, "A ran the workload \(one.workload) and B \(other.workload)"))
    } else if !one.isSameWorkload(as: other) {
        found.append(
            Caveat(
                .otherWorkload,
                "the workload \(one.workload) was not the same in A and B: its file, or a parameter, has changed"))
    }
    if one.timeOut != other.timeOut {
        found.append(
            Caveat(
                .otherWorkload,
                "failed operations count as \(one.timeOut) in A and as \(other.timeOut) in B: the time-outs differ"))
    }
    if one.mode != other.mode {
        found.append(Caveat(.otherMode, "A was measured in the mode \(one.mode) and B in \(other.mode)"))
    }
    return found
}

extension MeasuredRun.Circumstances {
    /// A file that is not there says nothing.
    fileprivate func isSameWorkload(as other: MeasuredRun.Circumstances) -> Bool {
        let hasChanged = workloadDigest != nil && other.workloadDigest != nil && workloadDigest != other.workloadDigest
        return !hasChanged && operations == other.operations
    }
}

/// What holds for one operation.
func operationCaveats(_ a: TagSeries, _ b: TagSeries, mixed: (a: Bool, b: Bool)) -> [Caveat] {
    var found: [Caveat] = []
    if let left = a.timing, let right = b.timing {
        if left != right {
            found.append(
                Caveat(.otherTiming, "\(tagText(a.tag)) is \(left.rawValue) and \(tagText(b.tag)) is \(right.rawValue)")
            )
        }
    } else {
        let unknown = Set([a, b].filter { $0.timing == nil }.map { tagText($0.tag) }).sorted().joined(separator: ", ")
        found.append(
            Caveat(
                .timingUnknown,
                "\(unknown): a log does not say whether its times count from the intended start or from the send"))
    }
    if let left = a.perSecond, let right = b.perSecond, max(left, right) > min(left, right) * 1.05 {
        found.append(
            Caveat(
                .otherRate,
                "\(tagText(a.tag)) came at \(Rate(perSecond: left)) in A and at \(Rate(perSecond: right)) in B: more load makes"
                    + " for longer times"))
    }
    for (name, series, isMixed) in [("A", a, mixed.a), ("B", b, mixed.b)] {
        if isMixed {
            found.append(
                Caveat(
                    .reBinned,
                    "\(name): the intervals of \(tagText(series.tag)) were counted in different bins, and are taken together in"
                        + " the widest of them"))
        }
        if series.failed > 0, let timeOut = series.timeOut {
            found.append(
                Caveat(
                    .failures,
                    "\(name): \(grouped(series.failed)) of \(grouped(series.intended)) operations of \(series.operation) failed"
                        + " and count as \(timeOut) each"))
        }
    }
    return found
}

/// Bins twice as wide as ours are told of.
private let coarse = 1.0 / 512

/// What holds for one figure of one run.
func figureCaveats(_ index: Int, _ side: TagFigures, _ name: String) -> [Caveat] {
    let (figure, series) = (side.figures[index], side.series)
    var found: [Caveat] = []
    if figure.binWidth > coarse {
        // One sentence for all figures of the tag.
        let widest = side.figures.map(\.binWidth).max()!
        found.append(
            Caveat(
                .coarseBins,
                "\(name): figures of \(tagText(series.tag)) are known to bins that are up to"
                    + " \(decimal(widest * 100, places: 1)) % wide; their intervals are wider for it"))
    }
    if let timeOut = series.timeOut, timeOut > .zero, let log = figure.log,
        log >= BinTable.logLow[BucketLayout.bin(of: timeOut.count)]
    {
        let metric = UnpairedComparison.metrics[index]
        found.append(
            Caveat(
                .atTimeOut,
                "\(name): \(metric.text) of \(series.operation) lies at the time-out of \(timeOut): the truth is there or"
                    + " beyond"))
    }
    return found
}
