// What criteria on a figure with a limit have in common, whatever the figure is: the two tests, the numbers, and what would decide.

import Comparisons
import Glibc
import Quantities

/// On which side of its limit a figure is to stay.
enum Bound {
    case atMost, atLeast
}

/// What would have to be longer for a decision.
enum Lengthened {
    case whole(RunFacts)
    case saturation(RunFacts)
    case boost(RunFacts)

    static func latency(_ run: RunFacts) -> Lengthened { run.isBoost ? .boost(run) : .whole(run) }

    private var minutes: Double {
        switch self {
        case .whole(let run), .boost(let run): run.minutes
        case .saturation(let run): run.saturationMinutes
        }
    }

    /// `a run of about 14 minutes`
    func length(_ minutes: Double) -> String {
        // One run was not enough: less than another half of it would be no advice.
        let enough = max(1, max(minutes, self.minutes * 1.5).rounded(.up))
        return switch self {
        case .whole: enough > 1440 ? "more than a day" : "a run of about \(grouped(Int(enough))) minutes"
        case .saturation: enough > 1440 ? "more than a day of them" : "--saturation \(Int(enough))m"
        case .boost: enough > 1440 ? "more than a day of them" : "--boost \(Int(enough))m"
        }
    }

    /// What would decide on what was seen.
    fileprivate func time(to limit: Double, _ estimate: Estimate, alpha: Double) -> String {
        guard let needed = estimate.needed(for: limit, alpha: alpha, duration: minutes) else {
            return
                "no length of run would decide, since the noise floor of \(decimal(estimate.floor * 100, places: 1)) %"
                + " alone hides the distance to the limit"
        }
        return length(needed) + " would decide four times in five if the truth is as estimated"
    }
}

extension Trial {
    /// Tests `estimate` against `limit`, both logarithms, and puts the numbers into words. Returns the interval of both one-sided tests.
    @discardableResult
    mutating func hold(
        _ estimate: Estimate, _ bound: Bound, _ limit: Double, _ title: String, _ text: (Double) -> String,
        _ against: String
    ) -> (low: Double, high: Double) {
        let (below, above) = (estimate.probabilityBelow(limit), estimate.probabilityAbove(limit))
        (passProbability, failProbability) = bound == .atMost ? (below, above) : (above, below)
        held = bound == .atMost ? .atMost(log: limit) : .atLeast(log: limit)
        let share = 1 - 2 * criterion.alpha
        let interval = estimate.interval(confidence: share)
        statement =
            "\(title) \(text(estimate.log)) [\(text(interval.low)), \(text(interval.high))]"
            + " (\(percent(share)) interval), \(against)"
        return interval
    }

    /// What would decide, should it stay undecided. `finds` opens the sentence on what the evidence can resolve, where there is to be one.
    mutating func advise(
        _ estimate: Estimate, _ bound: Bound, _ limit: Double, _ lengthened: Lengthened, finds: String? = nil
    ) {
        let isBeyond = bound == .atMost ? estimate.log > limit : estimate.log < limit
        advice = { [self] tested in
            let alpha = level(isBeyond: isBeyond, tested: tested)
            let resolved = finds.map {
                "\($0) a change of \(changeText(log: log1p(estimate.detectable(alpha: alpha)))) four times in five; "
            }
            return (resolved ?? "") + lengthened.time(to: limit, estimate, alpha: alpha)
        }
    }
}
