// The evidence of a verdict, step by step: what was counted, how it was merged, the estimate and its error.

import Comparisons
import Glibc
import Quantities
import Recordings
import Statistics
import Verdicts

extension Explanation {
    /// Of the look at which the verdict was taken, or of the end of the run; what others saw stands in the table of
    /// looks.
    func evidence(_ way: VerdictTrace) -> [String] {
        switch way.decisive?.evidence ?? .none {
        case .effect(let effect):
            let isRate = effect.measure.metric == .throughput
            var out = entry("evidence", "\(effect.measure.text) of \(effect.scope.text), new against old")
            out += rounds(way, isRate)
            let sides =
                isRate ? (effect.oldPerSecond, effect.newPerSecond) : (effect.oldMilliseconds, effect.newMilliseconds)
            out += figures([("old", sides.0), ("new", sides.1)], isRate ? "/s" : "ms")
            guard let estimate = effect.estimate else { return out + entry("no estimate", effect.unavailable ?? "") }
            out += entry(
                "theta", "ln(new / old) = \(sixDigits(estimate.log)), which is \(changeText(log: estimate.log))")
            return out + error(estimate, isRate) + test(estimate, way) { changeText(log: $0) }
        case .level(let level):
            let isRate = level.measure.metric == .throughput
            var out = entry("evidence", "\(level.measure.text) of \(level.scope.text), on the \(level.side) side alone")
            out += rounds(way, isRate)
            out += figures([("\(level.side)", isRate ? level.perSecond : level.milliseconds)], isRate ? "/s" : "ms")
            guard let estimate = level.estimate else { return out + seenAlone(level, way.held) }
            out += entry("theta", "ln(\(level.side) in \(isRate ? "1/s" : "ms")) = \(sixDigits(estimate.log))")
            return out + error(estimate, isRate)
                + test(estimate, way) { isRate ? sixDigits(exp($0)) + "/s" : sixDigits(exp($0)) + " ms" }
        case .errorRate(let rate): return rounds(way, false) + failures(rate, way)
        case .observations(let seen):
            return entry("evidence", "observations.json: \(seen.count) observations")
                + seen.flatMap { observation in
                    entry(
                        "",
                        "\(observation.subject): old \(observation.old), new \(observation.new)"
                            + (observation.expected ? ", expected by the pair file" : ""))
                }
        case .none: return entry("evidence", "none")
        }
    }

    private func rounds(_ way: VerdictTrace, _ isSaturation: Bool) -> [String] {
        let (run, validity) = (comparison.run, comparison.validity)
        if isSaturation {
            return entry(
                "rounds",
                "\(run.saturationRounds) of saturation that count, \(sixDigits(run.saturationMinutes)) minutes, guards"
                    + " included")
        }
        var out = entry(
            "rounds",
            "\(validity.rounds) measured in all, \(validity.voidRounds) void (the generator at fault on old in"
                + " \(validity.voidOld), on new in \(validity.voidNew)), \(run.countedRounds) counted in"
                + " \(sixDigits(run.minutes)) minutes, guards included")
        if let step = way.decisive, step.rounds < run.countedRounds {
            out += entry(
                "",
                "of these the \(step.rounds) that counted until look \(step.look ?? 0), after"
                    + " \(sixDigits(step.minutes)) minutes, at which the verdict was taken")
        }
        return out
    }

    private func figures(_ sides: [(String, Double?)], _ unit: String) -> [String] {
        entry(
            "pooled",
            sides.map { name, value in "\(name) \(value.map { sixDigits($0) + " " + unit } ?? "nothing")" }
                .joined(separator: ", ") + ": all counted rounds of a side merged")
    }

    /// A maximum: held against its limit as it was seen.
    private func seenAlone(_ level: Level, _ held: Held?) -> [String] {
        var out: [String] = []
        if case .atMost(let limit) = held {
            out += entry("limit", "\(sixDigits(exp(limit))) ms, held against the largest value that was seen")
        }
        if level.isAtTimeOut { out += entry("at time-out", "it lies at the time-out, so the truth is there or beyond") }
        return out + entry("no estimate", level.unavailable ?? "")
    }

    // MARK: The error of an estimate

    private func error(_ estimate: Estimate, _ isRate: Bool) -> [String] {
        guard let steps = estimate.derivation else { return [] }
        let count = estimate.units
        let (fewest, most) = (steps.roundsOfUnits.min() ?? 0, steps.roundsOfUnits.max() ?? 0)
        let perUnit = Double(estimate.exceedancesPerSide) / Double(max(1, count))
        let (error, values) = (steps.longRun, steps.pseudoValues)
        let deviation = error.independent * Double(count).squareRoot()
        let sizes = fewest == most ? (most == 1 ? "1 round" : "\(most) rounds") : "\(fewest) to \(most) rounds"
        var out = entry(
            "units",
            "K = \(count) units of \(sizes) in order of time: 10 s of measured time take \(steps.roundsForTime),"
                + " and enough evidence in each \(steps.roundsPerUnit)")
        out += entry(
            "",
            "\(grouped(estimate.exceedancesPerSide)) \(isRate ? "operations" : "values") that theta rests on, on the"
                + " side that has fewer, \(sixDigits(perUnit)) a unit")
        out += entry(
            "pseudo-values",
            "psi_r = K theta - (K - 1) theta without unit r: mean \(sixDigits(error.mean)), standard deviation"
                + " \(sixDigits(deviation)), \(extreme("lowest", values, <)), \(extreme("highest", values, >)),"
                + " correlation of neighbours \(sixDigits(neighbourCorrelation(values)))")
        out += entry(
            "cosines", error.coefficients.enumerated().map { "L_\($0 + 1) = \(sixDigits($1))" }.joined(separator: ", "))
        out += entry("seE", "\(sixDigits(error.cosine)) = sqrt(mean of L_j^2 / K)")
        out += entry(
            "seI",
            "\(sixDigits(error.independent)) = standard deviation / sqrt(K); variance inflation (seE / seI)^2 ="
                + " \(sixDigits(estimate.varianceInflation))")
        out += entry("run error", "\(sixDigits(estimate.runError)) = the larger of both")
        out += entry("floor", "\(sixDigits(estimate.floor)), \(words(steps.floor))")
        out += entry("se", "\(sixDigits(estimate.standardError)) = sqrt(run error^2 + floor^2)")
        let terms = "the number of cosines: 4 with up to 15 units, 6 with up to 23, 8 from 24 on"
        let cap = steps.mostTerms.map { ", and \($0) at most without a calibration" } ?? ""
        return out + entry("df", "\(estimate.degreesOfFreedom) = \(terms)\(cap)")
    }

    private func extreme(_ name: String, _ values: [Double], _ before: (Double, Double) -> Bool) -> String {
        guard let place = values.indices.min(by: { before(values[$0], values[$1]) }) else { return "" }
        return "\(name) \(sixDigits(values[place])) (unit \(place + 1))"
    }

    private func words(_ source: FloorSource) -> String {
        switch source {
        case .assumed: "assumed, since nobody measured it"
        case .measured(let deviation, let windows, let isProvisional):
            "from \(windows) windows of a side against itself, which showed \(sixDigits(deviation)) for a run"
                + " as long as this" + (isProvisional ? "; provisional, so not less than is assumed without one" : "")
        }
    }

    /// Both one-sided tests, and the interval that holds what neither of them rejects.
    private func test(
        _ estimate: Estimate, _ way: VerdictTrace, _ words: (Double) -> String
    ) -> [String] {
        let alpha = way.criterion.alpha
        let interval = estimate.interval(confidence: 1 - 2 * alpha)
        let reach = estimate.critical(confidence: 1 - 2 * alpha)
        var out = entry(
            "interval",
            "[\(sixDigits(interval.low)), \(sixDigits(interval.high))] = theta -+ t * se with"
                + " t = \(sixDigits(reach)), the \(percentage(1 - alpha)) quantile of t with df;"
                + " \(words(interval.low)) to \(words(interval.high)),"
                + " \(percentage(1 - 2 * alpha)) in all")
        switch way.held {
        case .atMost(let limit)?, .atLeast(let limit)?:
            let isUpper = if case .atMost? = way.held { true } else { false }
            let t = estimate.statistic(limit) * (isUpper ? 1 : -1)
            out += entry(
                "limit", "\(sixDigits(limit)) = ln of what is allowed at \(isUpper ? "most" : "least"), \(words(limit))"
            )
            out += entry(
                "t statistic",
                "\(sixDigits(t)) = \(isUpper ? "(limit - theta) / se" : "(theta - limit) / se"); p of a pass"
                    + " is its upper tail, p of a failure its lower")
            out += probabilities(way)
        case .share?, nil: break
        }
        return out
    }

    // MARK: Failures

    private func failures(_ rate: ErrorRate, _ way: VerdictTrace) -> [String] {
        let seen = rate.evidence
        let classes = rate.classes.sorted { $0.key < $1.key }.map { "\(grouped($0.value)) \($0.key)" }
        var out = entry("evidence", "\(rate.measure.text) of \(rate.scope.text), on the \(rate.side) side alone")
        out += entry(
            "counted",
            "E = \(seen.errors) of N = \(seen.operations), p = E / N = \(sixDigits(seen.rate))"
                + (classes.isEmpty ? "" : ": " + classes.joined(separator: ", ")))
        out += entry(
            "deff",
            "\(sixDigits(seen.designEffect)), the variance of errors a unit over that of a binomial (at least 1), from"
                + " \(seen.units) units of time, \(seen.unitsWithErrors) of them with errors"
                + (seen.isBurstAssumed
                    ? "; \(sixDigits(ErrorEvidence.assumedBurst)) is assumed with fewer than 5 of these" : ""))
        guard seen.operations > 0 else { return out }
        out += entry(
            "effective",
            "k = E / deff = \(sixDigits(seen.effectiveErrors)), n = N / deff = \(sixDigits(seen.effectiveOperations))")
        let bounds = seen.bounds(alpha: way.criterion.alpha)
        out += entry(
            "bounds",
            "[\(sixDigits(bounds.lower)), \(sixDigits(bounds.upper))]: Clopper and Pearson, alpha on each side; lower ="
                + " BetaInv(alpha; k, n - k + 1), upper = BetaInv(1 - alpha; k + 1, n - k)")
        guard case .share(let limit)? = way.held else { return out }
        out += entry("limit", "\(sixDigits(limit)) of operations at most")
        return out + probabilities(way)
    }

    /// As the judge had them.
    private func probabilities(_ way: VerdictTrace) -> [String] {
        guard let step = way.decisive else { return [] }
        func text(_ value: Double?) -> String { value.map(sixDigits) ?? nothing }
        return entry("p", "of a pass \(text(step.passProbability)), of a failure \(text(step.failProbability))")
    }
}
