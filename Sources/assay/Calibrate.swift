// `assay calibrate`: a side against itself, window after window: what two deployments differ by that ought to be the same.

import Comparisons
import Documents
import Quantities
import Reactor
import Recordings
import Workloads

enum Calibrate: Verb {
    static let name = "calibrate"
    static let summary = "a side against itself: the noise floor here, and how long a change takes to be seen"
    static let usage = "--pair FILE --workload FILE [--windows 8] [--window 10m] [--side old|new|both]"
    static let details = """
        Runs the workload with a side of the pair in both places, window after window, and keeps what it saw in the pair's floor history,
        NAME.floor.json beside NAME.yaml, from which every later run with this workload, mode and rate takes its noise floor. Four windows
        give a provisional floor, eight a calibrated one. Where the pair names a control, a second deployment of old, old is set against
        that; a deployment against itself does not show what deployments differ by, and its floor stays provisional. Exit code 3 where the
        set-up favours a side by itself: runs on it are void until that is mended.
        """
    static let flags =
        Inputs.pairFlags + Inputs.workloadFlags + [
            Flag("--windows", "N", "windows to be run now (default 8)", example: "--pair P --workload W --windows 4"),
            Flag(
                "--window", "TIME", "length of a window (default 10m); warm-up is on top",
                example: "--pair P --workload W --window 30m"),
            Flag(
                "--side", "SIDE", "old (default), new, or both in turn", example: "--pair P --workload W --side both"),
            Inputs.rateFlag,
            Inputs.seedFlag,
            Inputs.warmUpFlag,
            Flag(
                "--out", "DIR", "the windows' dossiers (default results/<utc>-calibrate-<pair>)",
                example: "--pair P --workload W --out results/floor"),
            Inputs.quietFlag
        ] + GeneratorSettings.flags

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let inputs = try Inputs(arguments, verb: name)
        guard let path = arguments.string("--pair") else {
            throw Failure(.usage, "assay calibrate: --pair FILE is missing: the floor is kept beside it")
        }
        let profile = try inputs.needProfile(name)
        let windows = try arguments.integer("--windows", in: 1...1000) ?? NoiseFloor.calibratedWindows
        let sides = try sides(arguments)
        let generator = try GeneratorSettings(arguments, verb: name)
        let folder =
            arguments.string("--out") ?? "results/\(Clock.wall().compact)-calibrate-\(inputs.pair.name)"
        let file = FloorFile(pair: path)
        var history = try file.read(pair: inputs.pair.name)
        var settings = PlanSettings(
            duration: try arguments.duration("--window") ?? .seconds(600), seed: try arguments.seed(),
            rate: try arguments.rate("--rate"), warmUp: try arguments.warmUp(), trace: inputs.trace)
        let same = sides.map { side in
            var same = inputs
            same.pair = inputs.pair.againstItself(side)
            return (side: side, inputs: same)
        }
        // All of them send the same kind of thing, at the same rate.
        let sent = try Run.plan(profile, same[0].inputs, settings, verb: name)
        try checkLength(sent)
        Interruption.watch()
        let began = Clock.wall()
        for number in 1...windows {
            let (side, window) = same[(number - 1) % same.count]
            let planned = try Run.plan(profile, window, settings, verb: name)
            // The next one draws its operations and the order of its sides anew.
            settings.seed += 1
            let dossier = try Run.freshDossier(at: "\(folder)/window-\(number)-\(side)", verb: name)
            let completed = try Run.measure(
                planned, window, dossier, generator, floor: nil, quiet: arguments.has("--quiet"))
            guard completed else {
                Console.note("interrupted: \(number - 1) windows were kept in \(file.path)")
                return .interrupted
            }
            let recording = try Recording.read(dossier)
            let comparison = compare(recording)
            let separate = side == .old && inputs.pair.control != nil
            guard
                let seen = FloorWindow(
                    recording, comparison, calibration: began, traffic: inputs.trafficDigest, side: side,
                    separateDeployment: separate)
            else {
                let why = comparison.validity.reasons.first ?? "nothing could be estimated; give it more time"
                Console.note("window \(number) of \(windows) is left out: \(why)")
                continue
            }
            history.windows.append(seen)
            try file.write(history)
            Console.note("window \(number) of \(windows), \(side) against itself: \(words(seen))")
        }
        return conclude(
            history.windows(traffic: inputs.trafficDigest, mode: sent.mode, ratePerSecond: sent.rate.perSecond), file)
    }

    /// A window that gives no estimate would be time for nothing.
    private static func checkLength(_ plan: Plan) throws(Failure) {
        let need = EvidenceNeed(
            Measure(.errorRate), operationsPerRound: 1,
            secondsPerRound: plan.slice.seconds * Double(plan.mode.slicesInRound))
        let needed = plan.roundLength * need.rounds
        guard plan.roundLength * plan.measuredRounds >= needed else {
            throw Failure(
                .usage,
                "assay calibrate: --window: \(plan.roundLength * plan.measuredRounds) is too short for an estimate:"
                    + " at least \(needed)")
        }
    }

    private static func sides(_ arguments: Arguments) throws(Failure) -> [Side] {
        switch arguments.string("--side") ?? "old" {
        case "old": return [.old]
        case "new": return [.new]
        case "both": return [.old, .new]
        case let word: throw Failure(.usage, "assay calibrate: --side: '\(word)' is not one of old, new, both")
        }
    }

    /// The figures of the whole workload.
    private static func words(_ window: FloorWindow) -> String {
        let whole = window.figures.filter { $0.part == Scope.workload.text }
        return whole.map { "\($0.measure.prefix { $0 != " " }) \(changeText(log: $0.log))" }.joined(separator: ", ")
    }

    /// Prints what the floor is now, and what a run can resolve.
    private static func conclude(_ windows: [FloorWindow], _ file: FloorFile) -> ExitCode {
        Console.out(FloorTable.text(windows))
        Console.out(CoverageTable.text(windows))
        guard let floor = NoiseFloor(windows) else {
            Console.note(
                "\(file.path): \(windows.count) windows of this workload; \(NoiseFloor.fewestWindows) give a floor")
            return .success
        }
        let kind = floor.isProvisional ? "a provisional floor" : "a calibrated floor"
        Console.note("\(file.path): \(windows.count) windows of this workload, \(kind)")
        let biases = floor.entries.compactMap(\.bias)
        for bias in biases { Console.note("the set-up favours a side: \(bias)") }
        return biases.isEmpty ? .success : .void
    }
}

/// The file of a pair's floor history.
struct FloorFile {
    let path: String

    /// `pairs/staging.floor.json` for `pairs/staging.yaml`.
    init(pair: String) {
        let stem = pair.hasSuffix(".yaml") ? pair.dropLast(5) : pair.hasSuffix(".yml") ? pair.dropLast(4) : pair[...]
        path = stem + ".floor.json"
    }

    /// An empty history where there is no file yet.
    func read(pair: String) throws -> FloorHistory {
        guard let text = try Dossier.readIfThere(path: path) else { return FloorHistory(pair: pair) }
        let history = try FloorHistory.read(text, file: path)
        guard history.pair == pair else {
            throw InputError(
                Position(file: path, line: 1, column: 1), "the floor history of the pair '\(history.pair)'",
                expected: "that of '\(pair)'")
        }
        return history
    }

    func write(_ history: FloorHistory) throws(FileError) {
        try Dossier.write(history.json().text(), path: path)
    }
}
