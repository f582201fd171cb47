// What `assay check --criteria` says: for each verdict how long a run must be, and which of them the planned one cannot
// give.

import Documents
import Quantities
import Recordings
import Verdicts
import Workloads

/// The needs of criteria, as text.
struct CriteriaCheck {
    /// Ends with a line end.
    let text: String

    /// nil where no criteria were given.
    init?(_ inputs: TrafficInputs, _ arguments: Arguments) throws {
        guard let criteria = inputs.criteria else { return nil }
        let duration = try arguments.duration("--duration")
        let traffic = try inputs.profile.map {
            try CriteriaCheck.traffic(
                $0, inputs.trace, rate: arguments.rate("--rate"), over: duration, isFull: arguments.has("--full"))
        }
        let found = forecast(criteria, for: traffic)
        let looks = traffic?.looks.count ?? 1
        var lines = ["criteria \(criteria.name)\(traffic.map(CriteriaCheck.circumstances) ?? "")"]
        lines.append(
            inputs.sealFile == nil
                ? "not sealed: assay seal shows that they are older than the numbers" : "sealed, and not changed since")
        let width = found.map(\.id.count).max() ?? 0
        for each in found {
            let space = String(repeating: " ", count: width - each.id.count)
            lines.append("  \(each.id)\(space)  \(each.sentence)")
        }
        for each in found {
            for assumption in each.assumptions where !lines.contains("note: \(assumption)") {
                lines.append("note: \(assumption)")
            }
        }
        if looks > 1, let traffic {
            lines.append(
                "note: a run with criteria is judged at \(looks) looks and may end early; for that a pass at its end takes"
                    + " p < \(decimal(traffic.levelAtEnd(alpha: 0.05), places: 4)) where one look takes 0.05 (--full)")
        }
        text = (lines + CriteriaCheck.warnings(found, traffic, duration)).joined(separator: "\n") + "\n"
    }

    /// As the run would have it with the same flags: interleaved slices of the workload's length.
    private static func traffic(
        _ profile: Profile, _ trace: ArrivalTrace?, rate: Rate?, over duration: Nanoseconds?,
        isFull: Bool
    ) throws -> PlannedTraffic {
        let traffic = profile.traffic
        if trace != nil, rate != nil { throw Failure(.usage, "assay check: --rate beside a trace of arrivals") }
        // A side is active for half of the run.
        let active = Nanoseconds(max(1, (duration ?? .seconds(600)).count / 2))
        let mean = rate ?? trace?.meanRate ?? traffic.rate?.mean(over: active) ?? Rate(perSecond: 0)
        let round = (traffic.slice + traffic.guardLength) * Mode.interleaved.slicesInRound
        let rounds = duration.map { Int(($0.count - 1) / round.count + 1) }
        let isSteady = trace == nil && (rate != nil || traffic.rate?.constant != nil)
        return PlannedTraffic(
            operations: profile.operations.map(\.info),
            ratePerSecond: mean.perSecond, mode: .interleaved, slice: traffic.slice, guardLength: traffic.guardLength,
            saturation: traffic.saturation.map { ($0.slice ?? traffic.slice, $0.guardLength(traffic.guardLength)) },
            looks: isSteady && !isFull ? looks(rounds) : [1])
    }

    /// The looks of such a run, as shares of its rounds: evenly spread, and fewer where its rounds are few.
    private static func looks(_ rounds: Int?) -> [Double] {
        guard let rounds else { return (1...Run.usualLooks).map { Double($0) / Double(Run.usualLooks) } }
        let places = Looks(Run.usualLooks, over: rounds).afterRounds
        return places.map { Double($0) / Double(rounds) }
    }

    /// `: what each verdict needs at 2000/s a side, in interleaved slices of 5.00 s`
    private static func circumstances(_ traffic: PlannedTraffic) -> String {
        ": what each verdict needs at \(Rate(perSecond: traffic.ratePerSecond)) a side, in interleaved slices of \(traffic.slice)"
    }

    private static func warnings(
        _ found: [Forecast], _ traffic: PlannedTraffic?, _ duration: Nanoseconds?
    ) -> [String] {
        func names(_ forecasts: [Forecast]) -> String { forecasts.map(\.id).joined(separator: ", ") }
        var lines: [String] = []
        for advisory in [false, true] {
            let never = found.filter { $0.neverPasses && $0.advisory == advisory }
            if never.isEmpty { continue }
            let result = advisory ? "advisory, so it holds nothing up" : "no run as planned can be qualified"
            lines.append("warning: \(names(never)): cannot pass, as the lines above say; \(result)")
        }
        let hidden = found.filter { $0.obstacle != nil && !$0.neverPasses }
        if !hidden.isEmpty {
            lines.append("warning: \(names(hidden)): stays undecided at any length where both sides are alike")
        }
        if let traffic, let duration {
            let rounds = (duration.count - 1) / traffic.round.count + 1
            // Whole rounds on both sides of the comparison, but for the last digit.
            let planned = Double(rounds) * traffic.round.seconds + 1e-6
            let late = found.filter { each in each.length.map { $0.seconds > planned } ?? false }
            if !late.isEmpty {
                lines.append("warning: \(names(late)): no traffic at this rate decides within \(duration)")
            }
        }
        return lines
    }
}
