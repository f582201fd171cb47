// `assay run`: the paired run, from files to a dossier, and with criteria to a verdict.

import CQLClient
import Comparisons
import Documents
import Load
import Quantities
import Reactor
import Recordings
import Workloads

enum Run: Verb {
    static let name = "run"
    static let summary = "the paired run; with criteria it also judges and reports"
    static let usage = "--pair FILE --workload FILE [--criteria FILE] [--duration 10m] [--out DIR]"
    static let details = """
        Sends the workload to both sides in short slices, in an order that is random in each round, with the same operations and values on
        both sides of a round. Response times count from the intended start. With criteria the run is judged at six looks, and ends with
        the first at which every verdict is taken. Everything goes into a dossier, which `assay judge` and `assay report` read again at
        any time. Exit codes: 0 qualified, 1 not qualified, 2 undecided, 3 void, 130 interrupted (what was
        measured is kept).
        """
    static let flags =
        Inputs.pairFlags + Inputs.workloadFlags + [
            Inputs.criteriaFlag,
            Flag(
                "--duration", "TIME", "length of the measured rounds (default 10m); warm-up is on top",
                example: "--pair P --workload W --duration 30m"),
            Inputs.rateFlag,
            Inputs.seedFlag,
            Flag(
                "--mode", "MODE", "interleaved (default), duet (both sides at once) or blocks (slices of a minute)",
                example: "--pair P --workload W --mode duet"),
            Flag(
                "--slice", "TIME", "measured part of a slice (default: the workload's)",
                example: "--pair P --workload W --slice 10s"
            ),
            Inputs.warmUpFlag,
            Flag(
                "--out", "DIR", "the dossier (default results/<utc>-<workload>-<pair>)",
                example: "--pair P --workload W --out results/rehearsal"),
            Flag(
                "--full", nil, "to the planned end, and judged there alone, however early all is decided",
                example: "--pair P --workload W --criteria C --full"),
            Inputs.quietFlag,
            Flag(
                "--dry-run", nil, "says what would be sent, and sends nothing",
                example: "--pair P --workload W --dry-run")
        ] + SaturationFlags.flags + [BoostPlanning.flag] + GeneratorSettings.flags

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let inputs = try Inputs(arguments, verb: name)
        let profile = try inputs.needProfile(name)
        let plan = try plan(profile, inputs, arguments)
        let generator = try GeneratorSettings(arguments, verb: name)
        if let hint = SaturationFlags.hint(inputs.criteria, plan.saturation, slice: plan.saturationSlice) {
            Console.note(hint)
        }
        if inputs.criteria != nil && !arguments.has("--full") && !plan.hasSteadyRate {
            Console.note("the offered rate changes, so the run is judged at its end alone and does not end early")
        }
        if arguments.has("--dry-run") {
            Console.out(plan.json().text())
            Console.note(describe(plan))
            return .success
        }
        Interruption.watch()
        let dossier = try freshDossier(plan, arguments, verb: name)
        return try perform(plan, inputs, dossier, generator, quiet: arguments.has("--quiet"))
    }

    /// How often a run with criteria is judged, its end included.
    static let usualLooks = 6

    private static func plan(_ profile: Profile, _ inputs: Inputs, _ arguments: Arguments) throws -> Plan {
        var mode = Mode.interleaved
        if let word = arguments.string("--mode") {
            guard let known = Mode(rawValue: word) else {
                throw Failure(.usage, "assay run: --mode: '\(word)' is not one of interleaved, duet, blocks")
            }
            mode = known
        }
        var settings = PlanSettings(
            duration: try arguments.duration("--duration") ?? .seconds(600),
            seed: try arguments.seed(), mode: mode,
            rate: try arguments.rate("--rate"), slice: try arguments.duration("--slice"),
            warmUp: try arguments.warmUp(), trace: inputs.trace,
            saturation: try SaturationFlags.read(arguments, profile.traffic.saturation, verb: name),
            looks: inputs.criteria != nil && !arguments.has("--full") ? usualLooks : nil)
        let usual = try Run.plan(profile, inputs, settings, verb: name)
        settings.boost = try BoostPlanning.boost(usual, inputs.criteria, arguments, verb: name)
        return settings.boost == nil ? usual : try Run.plan(profile, inputs, settings, verb: name)
    }

    /// The dossier that `--out` names, or one of the run's own.
    static func freshDossier(_ plan: Plan, _ arguments: Arguments, verb: String) throws -> Dossier {
        try freshDossier(
            at: arguments.string("--out") ?? "results/\(Clock.wall().compact)-\(plan.workload)-\(plan.pair.name)",
            verb: verb)
    }

    /// A dossier is written once. The folder of inputs is made first and by one run only, so that no two write to the same dossier.
    static func freshDossier(at folder: String, verb: String) throws -> Dossier {
        guard !folder.isEmpty else { throw Failure(.usage, "assay \(verb): --out is empty") }
        let dossier = try Dossier.creating(folder)
        guard try dossier.makeFolder("inputs") else {
            throw Failure(.usage, "assay \(verb): \(folder) holds a run already; dossiers are never written over")
        }
        return dossier
    }

    /// A plan whose settings come from flags: what is wrong with them is a usage error.
    static func plan(
        _ profile: Profile, _ inputs: Inputs, _ settings: PlanSettings, verb: String
    ) throws(Failure) -> Plan {
        do {
            return try Plan(profile, inputs.pair, settings, inputs: inputs.files.map(\.planInput))
        } catch {
            throw Failure(.usage, "assay \(verb): \(error)")
        }
    }

    static func describe(_ plan: Plan) -> String {
        "\(plan.measuredRounds) rounds of \(plan.slice) a side at \(plan.rate), \(plan.mode.rawValue), seed \(plan.seed), "
            + "\(plan.operations.count) operations\(BoostPlanning.describe(plan))\(SaturationFlags.describe(plan)); \(plan.totalLength) in all"
    }

    /// Everything after the files were read: pre-flight, load, and the verdict where there are criteria.
    static func perform(
        _ plan: Plan, _ inputs: Inputs, _ dossier: Dossier, _ generator: GeneratorSettings, quiet: Bool
    ) throws -> ExitCode {
        let completed = try measure(
            plan, inputs, dossier, generator, floor: try floor(inputs, plan, quiet: quiet), quiet: quiet)
        let code = try Judging.judge(dossier, criteria: nil, quiet: false) ?? .success
        if !completed {
            Console.note("interrupted: what was measured is kept in \(dossier.path); assay judge reads it")
            return .interrupted
        }
        return code
    }

    /// What the pair's floor history says of runs like this one; nil where it has no such windows, or too few.
    private static func floor(_ inputs: Inputs, _ plan: Plan, quiet: Bool) throws -> NoiseFloor? {
        let file = FloorFile(pair: inputs.pairFile.path)
        let windows = try file.read(pair: inputs.pair.name).windows(
            traffic: inputs.trafficDigest, mode: plan.mode, ratePerSecond: plan.rate.perSecond)
        guard let floor = NoiseFloor(windows) else { return nil }
        if !quiet { Console.note("noise floor: \(floor.windows) windows of \(file.path)") }
        return floor
    }

    /// Pre-flight and load. Returns whether the plan came to its end.
    static func measure(
        _ plan: Plan, _ inputs: Inputs, _ dossier: Dossier, _ generator: GeneratorSettings, floor: NoiseFloor?,
        quiet: Bool
    ) throws -> Bool {
        // Nothing is left behind by a run that ended before it wrote anything.
        defer { dossier.discardIfEmpty() }
        let targets = try Targets(inputs.pair)
        defer { targets.close() }
        try DatasetLoading.load(
            inputs.needProfile(name), targets, on: targets.emptySides, seed: plan.seed, rowsToo: true, quiet: quiet)
        let preflight = try Preflight(targets, inputs, seed: plan.seed)
        for observation in preflight.unexpected {
            Console.note("parity: \(observation.subject) differs: old \(observation.old), new \(observation.new)")
        }
        for file in inputs.files { try dossier.write(file.text, to: file.storedName) }
        let planText = plan.json().text()
        let environmentText = preflight.environment.json().text()
        try dossier.write(planText, to: "plan.json")
        try dossier.write(environmentText, to: "environment.json")
        let observationsText = preflight.observations.json().text()
        try dossier.write(observationsText, to: "observations.json")
        var madeFrom = [
            "plan.json": Dossier.digest(planText), "environment.json": Dossier.digest(environmentText),
            "observations.json": Dossier.digest(observationsText)
        ]
        if let seal = inputs.traffic.sealFile { madeFrom[seal.storedName] = Dossier.digest(seal.text) }
        if !quiet { Console.note("\(describe(plan)); dossier \(dossier.path)") }

        let measurement = Measurement(
            plan, targets, dossier, madeFrom, sharedHost: preflight.environment.sharedHost, floor: floor,
            generator: generator, criteria: inputs.criteria, quiet: quiet)
        return try measurement.run()
    }
}
