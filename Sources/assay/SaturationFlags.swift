// What a run is asked to find out about the sides' limits, from its flags and its workload.

import Comparisons
import Documents
import Quantities
import Verdicts
import Workloads

enum SaturationFlags {
    static let flags = [
        Flag(
            "--saturation", "TIME",
            "rounds at both sides' limits, after the others: gives throughput (default none, 3m with the next two)",
            example: "--pair P --workload W --saturation 3m"),
        Flag(
            "--in-flight", "N", "operations in flight in those rounds (default auto: found by a curve)",
            example: "--pair P --workload W --saturation 3m --in-flight 64"),
        Flag(
            "--objective", "TEXT", "in place of a closed loop, the highest rate that keeps an objective is searched",
            example: "--pair P --workload W --saturation 3m --objective 'p99 <= 50 ms'")
    ]

    /// What the flags say over the workload's own; nil where they say nothing.
    static func read(_ arguments: Arguments, _ own: Saturation?, verb: String) throws(Failure) -> Saturation? {
        let length = try arguments.duration("--saturation")
        let drive = try drive(arguments, verb)
        guard length != nil || drive != nil else { return nil }
        return Saturation(
            drive ?? own?.drive ?? .closedLoop(inFlight: nil), length: length ?? own?.length ?? Saturation.usualLength,
            slice: own?.slice)
    }

    private static func drive(_ arguments: Arguments, _ verb: String) throws(Failure) -> Saturation.Drive? {
        guard let text = arguments.string("--objective") else {
            guard let word = arguments.string("--in-flight") else { return nil }
            if word == "auto" { return .closedLoop(inFlight: nil) }
            return .closedLoop(inFlight: try arguments.integer("--in-flight", in: 1...Saturation.mostInFlight))
        }
        guard !arguments.has("--in-flight") else {
            throw Failure(.usage, "assay \(verb): --in-flight or --objective, not both: a search decides on rates")
        }
        do {
            return .search(try Objective(parsing: text))
        } catch {
            throw Failure(.usage, "assay \(verb): --objective: \(error)")
        }
    }

    /// A line for those whose criteria ask for a throughput that the run will not measure, or whose search is too hasty to measure it
    /// well; nil where there is nothing to say.
    static func hint(_ criteria: Criteria?, _ saturation: Saturation?, slice: Nanoseconds) -> String? {
        if case .search(let objective)? = saturation?.drive { return blindness(objective, slice) }
        guard saturation == nil, let criteria else { return nil }
        let names = criteria.criteria.filter { $0.measure?.metric == .throughput }.map { "'\($0.id)'" }
        guard !names.isEmpty else { return nil }
        return
            "criteria: \(names.joined(separator: ", ")) will stay undecided, for without saturation rounds there is no"
            + " throughput; assay run --saturation 3m measures it"
    }

    /// At a rate that is too high by a share s the last answer of a probe comes s times the probe's length late, and no later.
    private static func blindness(_ objective: Objective, _ slice: Nanoseconds) -> String? {
        let share = objective.atMost.seconds / slice.seconds
        guard share > 0.02 else { return nil }
        return
            "search: in probes of \(slice) a rate that is \(decimal(share * 100, places: 1)) % too high may still keep \(objective);"
            + " --slice \(Int((objective.atMost.seconds * 100).rounded(.up)))s would show one of 1.0 %"
    }

    /// `; then 17 rounds of 5.00 s a side with 64 in flight`; empty without saturation.
    static func describe(_ plan: Plan) -> String {
        guard let saturation = plan.saturation else { return "" }
        let what =
            switch saturation.drive {
            case .closedLoop(let inFlight?): "with \(inFlight) in flight"
            case .closedLoop(nil): "with as many in flight as it takes, after a curve that finds out"
            case .search(let objective): "at the highest rate with \(objective), after a search for it"
            }
        return "; then \(plan.saturationRounds) rounds of \(plan.saturationSlice) a side \(what)"
    }
}
