// What a reader must know beside a number before relying on it.

/// A reservation about an effect, typed so that tools can act on it, with its sentence for people.
public struct Caveat: Hashable, Sendable {
    public enum Code: String, CaseIterable, Sendable {
        /// No noise floor was measured; one is assumed.
        case uncalibrated
        /// The noise floor rests on few windows, or on one deployment against itself.
        case provisionalFloor = "provisional_floor"
        /// Sides, or a side and the generator, run on one machine.
        case sharedHost = "shared_host"
        /// There is too little evidence for an estimate.
        case tooFewUnits = "too_few_units"
        /// The ratio moved in one direction during the run.
        case drifting
        /// The side that was measured second fared differently for it.
        case orderEffect = "order_effect"
        /// The ratio is another in the first half of slices than in the second.
        case carryOver = "carry_over"
        /// The generator came close to the limits beyond which a round is void.
        case generatorNearLimit = "generator_near_limit"
        /// One deployment of each side was measured, and nothing says how another would fare.
        case oneDeployment = "one_deployment"
        /// Rounds were left out on both sides because of the generator.
        case voidRounds = "void_rounds"
        /// Warm-up was shorter than compilers and caches need.
        case shortWarmUp = "short_warm_up"
        /// Somebody ended the run before its plan did.
        case interrupted
        /// The criteria are not those that the run was planned with.
        case otherCriteria = "other_criteria"
        /// The criteria were not fixed before the run, so nothing is qualified by them.
        case postHoc = "post_hoc"
        /// The sides returned different numbers of rows.
        case rowsDiffer = "rows_differ"
        /// In no round did both sides complete all operations, so fewer rows may mean no more than failures.
        case rowsNotCompared = "rows_not_compared"
        /// Operations failed and stand in the histogram at the time-out.
        case failures
        /// The figure itself lies at the time-out: the truth is there or beyond.
        case atTimeOut = "at_time_out"
        /// It was measured in boost rounds, under another mix than the workload's.
        case boosted
        /// Rounds of saturation were left out because the generator, and not the side, was at its limit.
        case generatorLimit = "generator_limit"
        /// Whether the sides were at their limits was not seen.
        case notSaturated = "not_saturated"
        /// The sides were at their best with different numbers of operations in flight.
        case unequalInFlight = "unequal_in_flight"

        // Two runs that are compared without pairs.

        /// The runs did not see the same minutes.
        case unpaired
        /// What two runs of an unchanged system differ by was not measured, and nothing is assumed for it.
        case noFloor = "no_floor"
        /// Both are sides of one run, which can be compared in pairs.
        case sameRun = "same_run"
        /// Both are old sides, which may be one deployment in two runs.
        case oldAgainstOld = "old_against_old"
        /// Assay measured one of them, and another program the other.
        case otherTool = "other_tool"
        case otherWorkload = "other_workload"
        case otherMode = "other_mode"
        case otherDuration = "other_duration"
        case otherRate = "other_rate"
        /// A response time stands against a service time.
        case otherTiming = "other_timing"
        /// What a time counts from is not known.
        case timingUnknown = "timing_unknown"
        /// What became of failed operations is not known.
        case failuresUnknown = "failures_unknown"
        /// A log of Assay's was read without its recording: void rounds are in it.
        case wholeLog = "whole_log"
        /// The end of a log was cut off.
        case truncatedLog = "truncated_log"
        /// All of a run is one interval, so nothing tells how much it varied.
        case singleInterval = "single_interval"
        /// Intervals with different bins are counted together in the widest of them.
        case reBinned = "re_binned"
        /// The bin that a figure lies in is wide enough to be seen in it.
        case coarseBins = "coarse_bins"
    }

    public let code: Code
    public let sentence: String

    public init(_ code: Code, _ sentence: String) {
        self.code = code
        self.sentence = sentence
    }
}
