// The rounds that count, and how much time each of them is worth.

import Quantities
import Recordings
import Statistics

/// What all parts of the workload share: the rounds that count and the clock.
struct RunEvidence {
    /// A unit of evidence spans at least so much measured time.
    static let unitSeconds = 10.0

    let recording: Recording
    let rounds: [RoundRecord]
    /// Minutes of the run for each of its rounds, guards included.
    let minutesPerRound: Double
    /// Rounds to a unit of `unitSeconds`.
    let roundsPerUnit: Int
    /// What holds for every figure of this run.
    let caveats: [Caveat]
    /// Of each operation, the old side first.
    private let tallies: [[Tally]]
    /// Whether each of the rounds began with the new side.
    private let newFirst: [Bool]

    init(_ recording: Recording) {
        self.recording = recording
        rounds = recording.countedRounds
        let measured = rounds.reduce(0.0) { $0 + $1.measuredSeconds(recording.mode) }
        let perRound = rounds.isEmpty ? 0 : measured / Double(rounds.count)
        roundsPerUnit = RunEvidence.roundsPerUnit(seconds: perRound)
        // What came after the last look at latency is no time of these rounds.
        let open = recording.rounds.filter(\.purpose.isUsual)
        let end = open.count < recording.rounds.count ? open.map(\.end).max() : nil
        let wall = (end ?? (recording.ended - recording.started)).seconds
        let total = open.count
        let seconds = total > 0 && wall > 0 ? wall / Double(total) : perRound
        minutesPerRound = seconds / 60
        caveats = RunEvidence.caveats(recording, rounds)
        newFirst = rounds.map { $0.first == .new }
        let (counted, operations) = (rounds, recording.operations.indices)
        tallies = [
            operations.map { place in Tally(counted.lazy.map { $0.old.operations[place] }) },
            operations.map { place in Tally(counted.lazy.map { $0.new.operations[place] }) }
        ]
    }

    func tally(_ operation: Int, _ side: Side) -> Tally { tallies[side.index][operation] }

    /// In each unit, the share of rounds that began with the new side.
    func newFirst(in ranges: [Range<Int>]) -> [Double] {
        ranges.map { range in Double(range.count { newFirst[$0] }) / Double(range.count) }
    }

    var isComparable: Bool { !(recording.mode == .duet && recording.sharedHost) }

    var facts: RunFacts {
        let measured = recording.rounds.count { $0.purpose == .measure }
        let saturation = recording.saturationRounds
        let length = saturation.last.map { $0.end - saturation[0].start } ?? .zero
        return RunFacts(
            countedRounds: rounds.count, minutes: minutesPerRound * Double(measured), isComparable: isComparable,
            interrupted: recording.interrupted, saturationRounds: saturation.count { $0.voidReason == nil },
            saturationMinutes: length.seconds / 60)
    }

    /// Why no figure of these operations can be compared: one of them was asked of a side that the other was not asked
    /// (nearly) as often, and what either side is measured by is no longer the same. nil where all is well.
    func mismatch(_ members: [Int]) -> String? {
        for member in members {
            let asked = Side.allCases.map { side in rounds.reduce(0) { $0 + $1[side].operations[member].intended } }
            let apart = abs(asked[0] - asked[1])
            guard apart > 0, Double(apart) > RunEvidence.mostApart * Double(max(asked[0], asked[1])) else { continue }
            return "\(recording.operations[member].name) was asked \(grouped(asked[0])) times of the old side and"
                + " \(grouped(asked[1])) times of the new: sides that were not asked the same cannot be compared"
        }
        return nil
    }

    /// Both sides are sent the same operations; a slice that the clock cut short by a hair may lack one of them.
    private static let mostApart = 0.01

    /// Rounds to a unit where each measures for so many seconds; 0 where there are none.
    static func roundsPerUnit(seconds: Double) -> Int {
        // A hundredth of a unit is forgiven, so that a slice which the clock cut short by a hair needs no partner.
        seconds > 0 ? max(1, Int((unitSeconds / seconds - 0.01).rounded(.up))) : 1
    }

    /// Rounds of each unit: consecutive, at least `size` of them, sizes that differ by one at most.
    /// Fewer rounds than `size` make one unit.
    func units(of size: Int) -> [Range<Int>] { units(of: size, among: rounds.count) }

    /// The same for `total` rounds of another kind.
    func units(of size: Int, among total: Int) -> [Range<Int>] {
        if total == 0 { return [] }
        let count = max(1, total / size)
        return (0..<count).map { $0 * total / count..<($0 + 1) * total / count }
    }

    /// What a longer run does not make smaller, for one figure, and how slow a drift its error bar must be able to see.
    func noise(_ measure: Measure, _ scope: Scope) -> Noise {
        let length = Nanoseconds.seconds(60 * minutesPerRound * Double(rounds.count))
        guard let measured = recording.floor?.deviation(measure.text, of: scope.text, over: length) else {
            // What was measured of other figures tells nothing of this one.
            return Noise(floor: assumedFloor, mostTerms: uncalibratedTerms, source: .assumed)
        }
        // A few quiet windows, or those of one deployment, must not make passes easier than none at all.
        let isProvisional = recording.floor?.isProvisional(measure.text, of: scope.text) ?? true
        let windows = recording.floor.flatMap { floor in
            floor.entry(measure.text, of: scope.text).map { floor.windows(of: $0) }
        }
        let source = FloorSource.measured(
            deviation: measured, windows: windows ?? 0, isProvisional: isProvisional)
        if isProvisional {
            return Noise(floor: max(measured, assumedFloor), mostTerms: uncalibratedTerms, source: source)
        }
        return Noise(floor: max(measured, leastFloor), mostTerms: nil, source: source)
    }

    /// How good the floor of one figure is, where the run has one: each figure rests on the windows that showed it.
    func floorCaveat(_ measure: Measure, _ scope: Scope) -> Caveat? {
        guard let floor = recording.floor else { return nil }
        guard let entry = floor.entry(measure.text, of: scope.text) else { return uncalibrated }
        var why: [String] = []
        let windows = floor.windows(of: entry)
        if windows < NoiseFloor.calibratedWindows {
            why.append("\(windows) windows of the \(NoiseFloor.calibratedWindows) that are needed")
        }
        if !floor.isOfSeparateDeployments(entry) {
            why.append("a deployment against itself, which shows no difference between deployments")
        }
        if why.isEmpty { return nil }
        return Caveat(
            .provisionalFloor, "the noise floor is provisional: it rests on \(why.joined(separator: ", and on "))")
    }

    private static func caveats(_ recording: Recording, _ rounds: [RoundRecord]) -> [Caveat] {
        var found = recording.floor == nil ? [uncalibrated] : []
        if recording.sharedHost {
            found.append(
                Caveat(
                    .sharedHost,
                    "the sides, or a side and the generator, share a machine: each pays for the others' work"))
        }
        if recording.warmUpSettled == false {
            found.append(
                Caveat(.shortWarmUp, "the sides had not settled after \(recording.warmUp) of warm-up, the most allowed")
            )
        } else if recording.warmUp < leastWarmUp {
            let length = recording.warmUp > .zero ? "warm-up was \(recording.warmUp) a side" : "there was no warm-up"
            found.append(Caveat(.shortWarmUp, "\(length); JIT and caches may need a minute"))
        }
        if recording.interrupted {
            found.append(
                Caveat(.interrupted, "the run was ended before its plan was done: this is what was measured until then")
            )
        }
        let measured = recording.rounds.filter { $0.purpose == .measure }
        if rounds.count < measured.count {
            let void = measured.count - rounds.count
            found.append(
                Caveat(
                    .voidRounds,
                    "\(void) of \(measured.count) rounds are left out on both sides because the generator was at fault")
            )
        }
        if let near = generatorNearLimit(recording, rounds) { found.append(near) }
        found.append(oneDeployment)
        return found
    }
}

/// The counts of one operation on one side, round by round: asked for again and again, and dear to take out of whole rounds.
struct Tally {
    let intended: [Int]
    let failed: [Int]
    /// Without an answer within the time-out.
    let timedOut: [Int]
    /// Failed operations of all rounds by class.
    let classes: [String: Int]

    init(_ records: some Sequence<OperationRecord>) {
        var (intended, failed, timedOut): ([Int], [Int], [Int]) = ([], [], [])
        var classes: [String: Int] = [:]
        for record in records {
            intended.append(record.intended)
            failed.append(record.failed)
            timedOut.append(record.errors[timeOutClass] ?? 0)
            if !record.errors.isEmpty { classes.merge(record.errors, uniquingKeysWith: +) }
        }
        (self.intended, self.failed, self.timedOut, self.classes) = (intended, failed, timedOut, classes)
    }
}

/// The class of operations without an answer within the time-out, as recordings name it.
let timeOutClass = "time_out"

/// How sure one figure can be, whatever the run.
struct Noise {
    /// The standard deviation between identical deployments, on the log scale.
    let floor: Double
    /// The most cosine terms of the error bar; nil where their number is that of its units' alone.
    let mostTerms: Int?
    let source: FloorSource
    /// False where the floor is assumed.
    var isMeasured: Bool { source != .assumed }

    /// An estimate from what each unit of time adds to it, `values`, in order of time.
    ///
    /// - Parameters:
    ///   - log: the estimate of all units, a logarithm.
    ///   - exceedances: values that it rests on, on the side that has fewer.
    ///   - rounds: of each unit; `least` of them span the least time of a unit, `wanted` hold its least evidence, too.
    func estimate(
        _ log: Double, _ values: [Double], exceedances: Int, rounds: [Int], least: Int, wanted: Int
    ) -> Estimate {
        let terms = min(mostTerms ?? .max, LongRunError.terms(units: values.count))
        let error = LongRunError(values, terms: terms)
        return Estimate(
            log: log, runError: error.error, floor: floor, degreesOfFreedom: terms, units: values.count,
            exceedancesPerSide: exceedances, varianceInflation: error.varianceInflation,
            derivation: Derivation(
                roundsOfUnits: rounds, roundsForTime: least, roundsPerUnit: wanted, pseudoValues: values,
                longRun: error, mostTerms: mostTerms, floor: source))
    }
}

/// The standard deviation between identical deployments that is assumed where nobody measured it, on the log scale.
let assumedFloor = 0.005
/// Half a bin of the histograms: nothing is known more exactly.
private let leastFloor = 0.0005
/// What is said of a figure whose floor is assumed.
let uncalibrated = Caveat(
    .uncalibrated,
    "no noise floor was measured: \(decimal(assumedFloor * 100, places: 1)) % is assumed between identical deployments")
/// No run holds more than one deployment of a side, so this goes for all of them.
private let oneDeployment = Caveat(
    .oneDeployment,
    "one deployment of each side was measured: what is found holds for these two deployments, and others of the same versions"
        + " may differ")
/// Warm-up of a side, below which what is measured first may be the warming up.
private let leastWarmUp = Nanoseconds.seconds(60)
/// The most cosine terms where no floor was measured: fewer terms see slower drift.
let uncalibratedTerms = 4

/// Whether the run can be evidence: only what the generator did itself counts here, a rule blind to latency.
func validity(of recording: Recording) -> RunValidity {
    let rounds = recording.rounds.filter { $0.purpose == .measure }
    let void = rounds.filter { $0.voidReason != nil }
    let old = rounds.count { !$0.old.selfCheck.faults.isEmpty }
    let new = rounds.count { !$0.new.selfCheck.faults.isEmpty }
    var reasons: [String] = []
    if void.count * 10 > rounds.count, let example = void.first?.voidReason {
        reasons.append(
            "the generator was at fault in \(void.count) of \(rounds.count) rounds, more than 10 % (first: \(example));"
                + " lower the rate or give the generator a machine of its own")
    }
    // A side that takes the CPU of the generator could void its own bad rounds.
    let chance = fisherExact(old, rounds.count - old, new, rounds.count - new)
    let biases = recording.floor?.entries.compactMap(\.bias) ?? []
    if let first = biases.first {
        reasons.append(
            "the set-up favours a side by itself, as assay calibrate found: \(first)"
                + (biases.count > 1 ? " (and \(biases.count - 1) more)" : "")
                + "; find out why, mend it, and calibrate again")
    }
    if chance < 0.01 {
        reasons.append(
            "the generator was at fault in \(old) rounds while on the old side and in \(new) while on the new, of"
                + " \(rounds.count): too unequal for chance (p = \(decimal(chance, places: 4))), so what was left out"
                + " favours a side; give the generator a machine of its own")
    }
    return RunValidity(
        rounds: rounds.count, voidRounds: void.count, voidOld: old, voidNew: new, reasons: reasons)
}
