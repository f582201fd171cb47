// Criteria on the share of operations that failed.

import Comparisons
import Quantities
import Statistics

extension Trial {
    /// Units of time that a pass needs: fewer cannot show how errors cluster.
    private static let fewestUnits = 12

    static func errorLimit(
        _ criterion: Criterion, part: String?, _ rate: ErrorRate, atMost: Ratio, _ run: RunFacts
    ) -> Trial {
        var trial = Trial(criterion, part: part, .errorRate(rate))
        let evidence = rate.evidence
        guard evidence.operations > 0 else {
            trial.blocked = "\(rate.title): no operation was measured"
            return trial
        }
        if let unavailable = rate.unavailable {
            trial.blocked = "\(rate.title): \(unavailable)"
            return trial
        }
        guard run.isComparable else {
            trial.blocked = "\(rate.title): \(duetOnOneMachine)"
            return trial
        }
        let bounds = evidence.bounds(alpha: criterion.alpha)
        let classes = rate.classes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\(grouped($0.value)) \($0.key)" }.joined(separator: ", ")
        trial.held = .share(atMost.value)
        trial.passProbability = evidence.probabilityBelow(atMost.value)
        trial.failProbability = evidence.probabilityAbove(atMost.value)
        let burst = ", for errors that come up to \(Int(ErrorEvidence.assumedBurst)) at a time"
        trial.statement =
            "\(rate.title) \(share(evidence.rate)) (\(grouped(evidence.errors)) of \(grouped(evidence.operations))"
            + " operations\(classes.isEmpty ? "" : ": " + classes)), between \(share(bounds.lower)) and"
            + " \(share(bounds.upper)) (one-sided \(percent(criterion.confidence)) bounds\(evidence.isBurstAssumed ? burst : "")),"
            + " limit \(share(atMost.value))"
        trial.passWords = "below it"
        trial.failWords = "above it"
        if evidence.units < fewestUnits {
            trial.neverPass.append(
                "only \(evidence.units) units of time of the \(fewestUnits) that are needed to see how errors cluster;"
                    + " run for longer")
        }
        // Answers that fell short without an error would be errors in truth.
        trial.neverPass += rate.caveats.filter { $0.code == .rowsDiffer }.map(\.sentence)
        trial.advice = { [trial] tested in
            if atMost.value == 0 { return "no sample can show a rate of exactly 0; set a limit above it" }
            let level = trial.level(isBeyond: evidence.rate > atMost.value, tested: tested)
            guard let times = evidence.neededTimes(for: atMost.value, alpha: level) else {
                return "the rate is too near the limit for any run to decide"
            }
            let operations = Int((Double(evidence.operations) * times).rounded(.up))
            return
                "it would take about \(grouped(operations)) operations: \(Lengthened.whole(run).length(run.minutes * times))"
                + " would decide if the truth is as estimated"
        }
        return trial
    }
}

/// A share as a percentage, with enough digits for small ones: `1.23 %`, `0.0042 %`, `0 %`.
func share(_ value: Double) -> String {
    let percent = value * 100
    if percent == 0 { return "0 %" }
    if percent >= 0.1 { return significant(percent) + " %" }
    var digits = decimal(percent, places: 5)
    while digits.last == "0" { digits.removeLast() }
    return (digits.last == "." ? "below 0.00001" : digits) + " %"
}
