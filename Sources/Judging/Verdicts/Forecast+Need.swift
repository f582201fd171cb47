// What one limit needs: the counts without which nothing is said, and what the size of the change asks for on top.

import Comparisons
import Glibc
import Quantities
import Statistics

/// The need of one requirement on one part of the workload.
struct Need {
    /// `at +5 %`, `on the new side at most 50 ms`
    let limit: String
    /// The least length of the measured rounds; nil where it takes none, none is enough, or the traffic is not known.
    var length: Nanoseconds?
    /// Why no length is enough, and whether that is so whatever the sides do.
    var obstacle: String?
    var neverPasses = false
    /// Where the length comes from, in a few words.
    var reason: String?
    /// What it takes for granted.
    var assumption: String?

    /// The standard deviation of the logarithm of times that is taken for granted before anything was measured.
    static let assumedSpread = 0.5

    init(
        _ requirement: Requirement, _ scope: Scope, alpha: Double, _ traffic: PlannedTraffic?, _ noise: NoiseKnown
    ) {
        // What is looked at before the end has less left there. Throughput is seen once.
        let level = traffic?.levelAtEnd(alpha: alpha) ?? alpha
        switch requirement {
        case .change(let measure, _, let allow) where measure.isLatency:
            limit = "at \(signedShare(allow.value))"
            tell(allow.value, measure, scope, alpha: level, traffic, noise)
        case .timeLimit(let measure, _, let side, let atMost):
            limit = "on the \(side) side at most \(atMost)"
            guard measure.metric != .max else {
                never(
                    "it can fail, but never pass: a maximum is seen and not inferred; make it advisory, or ask for p99.99"
                )
                return
            }
            let first = Need.first(measure, scope, traffic)
            length = first.length
            reason = "\(Need.count(first.operations)) operations a side"
            assumption = "a limit takes longer the nearer the truth is to it"
        case .errorLimit(_, _, let side, let atMost):
            limit = "on the \(side) side at most \(share(atMost.value))"
            showRare(atMost.value, scope, alpha: level, traffic)
        case .change(_, _, let allow):
            limit = "at \(signedShare(allow.value))"
            saturate(traffic)
        case .throughputLimit(_, let side, let atLeast):
            limit = "on the \(side) side at least \(atLeast)"
            saturate(traffic)
        case .both, .parity, .notCollected: preconditionFailure("limits on a part of the workload stand one by one")
        }
    }

    private mutating func never(_ why: String) {
        obstacle = why
        neverPasses = true
    }

    /// Operations a side, and time, without which there is no estimate.
    private static func first(
        _ measure: Measure, _ scope: Scope, _ traffic: PlannedTraffic?
    ) -> (operations: Double, length: Nanoseconds?) {
        let operations = EvidenceNeed.operations(measure)
        guard let traffic else { return (operations, nil) }
        let each = max(traffic.operationsPerRound(scope), 1e-9)
        let need = EvidenceNeed(measure, operationsPerRound: each, secondsPerRound: traffic.measuredSeconds)
        return (operations, length(rounds: Double(need.rounds), traffic))
    }

    private static func length(rounds: Double, _ traffic: PlannedTraffic) -> Nanoseconds {
        // A year says as much as a longer time, and fits.
        .seconds(min(rounds.rounded(.up) * traffic.round.seconds, 365 * 86_400))
    }

    /// A change of a latency, to be told from none.
    private mutating func tell(
        _ tolerance: Double, _ measure: Measure, _ scope: Scope, alpha: Double, _ traffic: PlannedTraffic?,
        _ noise: NoiseKnown
    ) {
        let first = Need.first(measure, scope, traffic)
        guard
            let least = leastOperations(
                toTell: tolerance, by: measure, spread: Need.assumedSpread, alpha: alpha, noise)
        else {
            obstacle =
                "no length of run tells it from no change: between identical deployments lie \(share(noise.floor)) by"
                + " themselves (standard deviation), which hide \(signedShare(tolerance)); allow more, or calibrate"
            return
        }
        reason = "\(Need.count(max(least, first.operations))) operations a side"
        assumption =
            "a tolerance is told from no change four times in five by so many operations if the logarithm of times spreads"
            + " by \(decimal(Need.assumedSpread, places: 1)) and nothing drifts, at a noise floor of \(share(noise.floor));"
            + " a real run takes longer"
        guard let traffic, let soonest = first.length else { return }
        length = max(soonest, Need.length(rounds: least / max(traffic.operationsPerRound(scope), 1e-9), traffic))
    }

    /// A share of failures, to be shown by none at all (Clopper-Pearson on operations over the burst that is assumed).
    private mutating func showRare(_ limit: Double, _ scope: Scope, alpha: Double, _ traffic: PlannedTraffic?) {
        guard limit > 0 else {
            never("no sample can show a rate of exactly 0; set a limit above it")
            return
        }
        let operations = ErrorEvidence.assumedBurst * log(alpha) / log1p(-limit)
        reason = "\(Need.count(operations)) operations on a side"
        assumption =
            "a share of failures is shown by so many operations without one, for errors that may come"
            + " \(Int(ErrorEvidence.assumedBurst)) at a time; with failures it takes more"
        guard let traffic else { return }
        let each = max(traffic.operationsPerRound(scope), 1e-9)
        let need = EvidenceNeed(
            Measure(.errorRate), operationsPerRound: each, secondsPerRound: traffic.measuredSeconds)
        length = Need.length(rounds: max(Double(need.rounds), operations / each), traffic)
    }

    /// A throughput: rounds of their own.
    private mutating func saturate(_ traffic: PlannedTraffic?) {
        let slice = traffic?.saturation?.slice ?? traffic?.slice ?? .seconds(5)
        let each = (slice + (traffic?.saturation?.guardLength ?? traffic?.guardLength ?? .seconds(0.5))) * 2
        let need = EvidenceNeed(Measure(.throughput), operationsPerRound: 1, secondsPerRound: 2 * slice.seconds)
        // Some of its time goes to rounds in which the generator is at its own limit.
        let least = (Double(need.rounds) * each.seconds * 1.1 / 60).rounded(.up)
        let words = "--saturation \(Int(min(least, 1e9)))m at least"
        guard let traffic, traffic.saturation == nil else {
            reason = "rounds of saturation, \(words)"
            return
        }
        never("without rounds of saturation there is no throughput, and none are planned: \(words)")
    }

    private static func count(_ operations: Double) -> String { grouped(Int(min(operations.rounded(.up), 1e15))) }
}

/// A tolerance as it was written: `+5 %`, `-0.5 %`.
private func signedShare(_ value: Double) -> String { (value < 0 ? "" : "+") + percent(value) }
