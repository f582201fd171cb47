// The measured part of a run: starts the worker, writes each round to the dossier as it becomes whole, and says how far it is.

import CQLClient
import Documents
import Histograms
import Load
import Quantities
import Reactor
import Recordings
import Verdicts
import Workloads

final class Measurement {
    private let plan: Plan
    private let targets: Targets
    private let dossier: Dossier
    private let madeFrom: [String: String]
    private let floor: NoiseFloor?
    private let sharedHost: Bool
    private let quiet: Bool
    private let news = ClusterNews()
    private let load: LoadRun
    private let generator: GeneratorSettings
    private var assembler: RoundAssembler
    private var writer: RecordingWriter?
    private var totalLength: Nanoseconds
    /// nil where the run is not judged while it lasts.
    private var looker: LookTaker?
    /// Rounds that the plan still has, those at the sides' limits apart, and how many of these were run.
    private var expectedRounds: Int
    private var limitRounds = 0
    private var saidFaults = 0
    private var saidShortfalls = [0, 0]
    /// What the progress line shows of each side: all response times so far, and the rate of the last slice.
    private var responses = [Histogram(), Histogram()]
    private var rates = [0.0, 0.0]

    init(
        _ plan: Plan, _ targets: Targets, _ dossier: Dossier, _ madeFrom: [String: String], sharedHost: Bool,
        floor: NoiseFloor?,
        generator: GeneratorSettings, criteria: Criteria?, quiet: Bool
    ) {
        self.generator = generator
        load = LoadRun(plan, workers: generator.workers)
        self.plan = plan
        self.targets = targets
        self.dossier = dossier
        self.madeFrom = madeFrom
        self.floor = floor
        self.sharedHost = sharedHost
        self.quiet = quiet
        totalLength = plan.totalLength
        expectedRounds = plan.rounds.count
        looker = criteria.flatMap { criteria in
            plan.looks.map { LookTaker(dossier, criteria, $0, takesLast: plan.boost != nil) }
        }
        // Nobody looks, so nobody can say that boost rounds are not needed.
        if looker == nil { _ = load.decideBoost(isWanted: true) }
        assembler = RoundAssembler(plan)
    }

    /// Returns whether the plan came to its end; false where it was interrupted. Whole rounds are on disk either way.
    func run() throws -> Bool {
        // A lab of this process's own has threads that do allocate.
        if targets.labSides.isEmpty { ProcessMemory.keepSmall() }
        var began = Clock.now()
        var settings = WorkerSettings(
            timeOut: plan.timeOut, sides: targets.sides, assayVersion: assayVersion, seed: plan.seed, news: news)
        settings.http = targets.http
        let threads = load.start(
            settings: settings, startedMicroseconds: Clock.wall().unixNanoseconds / 1000,
            placement: generator.placement(sharedHost: sharedHost))
        let watches = targets.sides.filter { !$0.contactPoints.isEmpty }.map { ClusterWatch($0, news: news) }
        let watching = watches.map { $0.start() }
        defer {
            for watch in watches { watch.stop() }
            load.stop()
            for thread in threads + watching { thread.join() }
            looker?.finish()
            Console.endProgress()
        }
        while true {
            Clock.sleep(.milliseconds(200))
            if Interruption.isAsked { load.stop() }
            // The state first: slices that were finished before the end are then sure to be taken.
            let state = load.state
            switch state {
            case .connecting:
                if plan.warmUp.given == nil && !quiet { Console.progress("warming up until the sides settle") }
                began = Clock.now()
                continue
            case .running, .ended: if let start = load.recordingStart { try open(start) }
            case .failed(let failure):
                if Interruption.isAsked { return false }
                throw failure
            }
            takeNews()
            for slice in load.take() { try take(slice) }
            if case .running = state, let result = looker?.take() { heed(result) }
            if case .ended(let completed) = state {
                if completed { try writer?.markCompleted() }
                return completed
            }
            showProgress(Clock.now() - began)
        }
    }

    /// Writes the recording's head once it is known when the first round starts.
    private func open(_ start: Instant) throws(FileError) {
        guard writer == nil else { return }
        if let result = load.warmUpResult { sayWarmUp(result) }
        let wall = Clock.wall() + (start - Clock.now())
        let recording = Recording(
            assayVersion: assayVersion, workload: plan.workload, pair: plan.pair.name, mode: plan.mode, seed: plan.seed,
            ratePerSecond: plan.rate.perSecond, timeOut: plan.timeOut,
            warmUp: load.warmUpResult?.length ?? plan.warmUp.given ?? .zero,
            warmUpSettled: load.warmUpResult?.isSettled, started: wall, ended: wall,
            sharedHost: sharedHost, scheduling: load.scheduling.rawValue, workers: generator.workers,
            spins: generator.placement(sharedHost: sharedHost).spin > .zero, madeFrom: madeFrom,
            operations: plan.operations.map(\.info), objective: plan.saturation?.objective?.description,
            looks: plan.looks, boost: plan.boost, floor: floor)
        writer = try RecordingWriter(recording, in: dossier)
    }

    private func sayWarmUp(_ result: WarmUpResult) {
        guard !quiet else { return }
        Console.endProgress()
        Console.note(
            result.isSettled
                ? "warm-up: the sides settled within \(result.length) a side"
                : "warm-up: the sides had not settled after \(result.length) a side, the most allowed")
    }

    /// What happened to the nodes goes into the recording, and is said while it happens.
    private func takeNews() {
        guard writer != nil, let start = load.recordingStart else { return }
        let events = news.take().map {
            NodeEvent(at: $0.at - start, side: $0.side, node: $0.node, kind: $0.kind, note: $0.note)
        }
        writer?.add(events)
        guard !quiet else { return }
        for event in events {
            Console.endProgress()
            Console.note(
                "\(event.side) side: \(event.node) \(event.kind.rawValue)"
                    + (event.note.isEmpty ? "" : ", \(event.note)"))
        }
    }

    private func take(_ slice: FinishedSlice) throws(FileError) {
        // What takes long at a side's limit, or under another mix, is no latency of the workload.
        if slice.planned == nil && plan.rounds[slice.round].purpose != .boost {
            for operation in slice.record.operations { responses[slice.side.index].add(operation.response) }
        }
        rates[slice.side.index] =
            Double(slice.record.operations.reduce(0) { $0 + $1.completed }) / slice.record.length.seconds
        for round in assembler.add(slice) {
            try writer!.add(round)
            ProcessMemory.giveBack()
            if round.purpose.saturates { limitRounds += 1 }
            if round.purpose == .measure { looker?.begin(afterRounds: round.index + 1) }
            if let reason = round.voidReason { sayFault(round, reason) } else { sayShortfalls(round) }
        }
    }

    /// Ends the measured rounds where nothing is left that more of them might decide.
    private func heed(_ found: Result<LookResult, any Error>) {
        let result: LookResult
        switch found {
        case .success(let seen): result = seen
        case .failure(let error):
            // Nobody knows whether boost rounds are needed, so they are run.
            if looker?.hasBegunLast ?? false { decideBoost(isWanted: true) }
            // The judging at the end goes through all looks anyway: nothing that was measured is lost for this.
            return Console.note("a look could not be taken, and the run goes on: \(error)")
        }
        let looks = plan.looks?.afterRounds.count ?? 0
        var words = "look \(result.look) of \(looks): \(result.decided) of \(result.verdicts) verdicts are taken"
        if result.isSettled, let rounds = load.leaveOutRest(now: Clock.now()) {
            assembler.leaveOut(from: rounds)
            writer?.markStopped(atLook: result.look)
            looker = nil
            let left = plan.measuredRounds - rounds
            expectedRounds -= left
            totalLength = totalLength - plan.roundLength * left
            words += ", and more rounds would bring no other: \(left) rounds are left out (--full runs them all)"
            decideBoost(isWanted: false)
        } else if result.isLast {
            decideBoost(isWanted: result.needsBoost)
            if plan.boost != nil {
                words += result.needsBoost ? "; boost rounds follow" : "; no boost rounds are needed"
            }
        }
        guard !quiet else { return }
        Console.endProgress()
        Console.note(words)
    }

    private func decideBoost(isWanted: Bool) {
        guard load.decideBoost(isWanted: isWanted), !isWanted, let boost = plan.boost else { return }
        assembler.leaveOutBoost()
        expectedRounds -= boost.rounds
        totalLength = totalLength - plan.boostLength
    }

    /// The generator's own faults are said while they happen; the first few of them.
    private func sayFault(_ round: RoundRecord, _ reason: String) {
        saidFaults += 1
        guard !quiet && saidFaults <= 3 else { return }
        Console.endProgress()
        Console.note(
            "round \(round.index) is void: \(reason)" + (saidFaults == 3 ? " (further ones are in recording.json)" : "")
        )
    }

    /// What a side did not take is said while it happens, the first few times: it counts against that side.
    private func sayShortfalls(_ round: RoundRecord) {
        guard round.purpose == .measure else { return }
        for side in Side.allCases {
            guard let shortfall = Shortfall(round[side]) else { continue }
            saidShortfalls[side.index] += 1
            guard !quiet && saidShortfalls[side.index] <= 3 else { continue }
            Console.endProgress()
            let more = saidShortfalls[side.index] == 3 ? " (further ones are in recording.json)" : ""
            Console.note("round \(round.index), \(side) side: \(shortfall)" + more)
        }
    }

    private func showProgress(_ elapsed: Nanoseconds) {
        guard !quiet && Console.isTerminal else { return }
        let left = max(.zero, totalLength - elapsed)
        guard responses.allSatisfy({ $0.count > 0 }) else {
            return Console.progress("warming up, \(left) left")
        }
        let done = writer?.roundCount ?? 0
        if done - limitRounds >= expectedRounds && plan.saturation != nil {
            let sides = Side.allCases.map { "\($0) \(grouped(Int(rates[$0.index])))/s" }
            return Console.progress(
                "at the limits, round \(limitRounds + 1)  \(sides.joined(separator: "  "))  \(left) left")
        }
        let sides = Side.allCases.map { side in
            let p99 = Nanoseconds(Int64(responses[side.index].quantile(0.99)))
            return "\(side) \(grouped(Int(rates[side.index])))/s p99 \(p99)"
        }
        Console.progress("round \(done)/\(expectedRounds)  \(sides.joined(separator: "  "))  \(left) left")
    }
}
