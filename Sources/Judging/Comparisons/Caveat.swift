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
        /// Rounds of saturation were left out because the generator, and not the side, was at its limit.
        case generatorLimit = "generator_limit"
        /// Whether the sides were at their limits was not seen.
        case notSaturated = "not_saturated"
        /// The sides were at their best with different numbers of operations in flight.
        case unequalInFlight = "unequal_in_flight"
    }

    public let code: Code
    public let sentence: String

    public init(_ code: Code, _ sentence: String) {
        self.code = code
        self.sentence = sentence
    }
}
