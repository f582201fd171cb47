// A run in bad weather, and what must hold of its recording whatever the weather was.

import CQLClient
import CQLProtocol
import Histograms
import Lab
import Load
import Quantities
import Reactor
import Recordings
import Workloads

/// The same run as `SimulatedRun`, in a world with faults.
struct StormRun {
    let seed: UInt64
    let storm: Storm
    var defect: PlantedDefect?
    /// What is spoken with both sides.
    var version = ProtocolVersion.v4
    var compression = Compression.none

    /// Half a minute in which the weather is bad until the 14th second: what is broken then has the time to come back.
    private static let calmFrom = Instant(nanoseconds: 15_000_000_000)
    private static let timeOut = Nanoseconds.seconds(2)

    /// Runs, and says what does not hold. Empty: everything does.
    func violations() throws -> [String] {
        // Nodes of a release that speaks all versions.
        var dials = LabDials(.old)
        dials.version = LabDials(.new).version
        var run = try SimulatedRun(seed: seed, minutes: 0.4, rate: 200, old: dials)
        // Without guards everything that is sent is recorded, so that the world's ledger and the recording can be compared.
        run.plan.guardLength = .zero
        let plan = run.plan
        let world = StormyWorld(
            [1: run.nodes[0], 2: run.nodes[1]], storm: storm, seed: seed, calmFrom: StormRun.calmFrom, defect: defect)
        var settings = SimulatedRun.settings(plan, streams: 200, version, compression)
        settings.timeOut = StormRun.timeOut
        settings.connectTimeOut = .seconds(1)
        var assembler = RoundAssembler(plan)
        var rounds: [RoundRecord] = []
        var start = Instant(nanoseconds: 0)
        var turns = 0
        let worker = Worker(world: world, traffic: PlanTraffic(plan, startedMicroseconds: 0), settings: settings) {
            // A loop that never ends is a finding like any other.
            turns += 1
            return turns > 5_000_000
        } deliver: { slice in
            if slice.round == 1 && defect == .losesARound { return }
            let record = SliceSum(slice).record(since: start, limits: SelfCheckLimits())
            rounds += assembler.add(FinishedSlice(round: slice.round, side: slice.side, record: record))
        }
        worker.onStart = { start = $0 }
        guard try worker.run(.open(plan.segments, arrivals: plan.arrivals(of:))) else {
            return ["the worker's loop went round five million times and did not come to its end"]
        }
        var found: [String] = []
        if rounds.map(\.index) != plan.rounds.map(\.index) {
            found.append("rounds \(rounds.map(\.index)) are recorded, and \(plan.rounds.map(\.index)) were planned")
        }
        for round in rounds {
            for side in Side.allCases { found += violations(of: round, side, plan) }
        }
        found += violations(of: rounds, world.ledger)
        return found
    }

    /// What must hold of each slice by itself.
    private func violations(of round: RoundRecord, _ side: Side, _ plan: Plan) -> [String] {
        let slice = round[side]
        var found: [String] = []
        func demand(_ holds: Bool, _ what: String) {
            if !holds { found.append("round \(round.index), \(side): \(what)") }
        }
        var schedule = plan.arrivalSchedule(seed: plan.rounds[round.index].seed)
        var due = 0
        while schedule.next() < plan.slice { due += 1 }
        let intended = slice.operations.reduce(0) { $0 + $1.intended }
        demand(intended == due, "\(intended) operations are recorded, and \(due) were intended")
        demand(slice.selfCheck.due == due, "\(slice.selfCheck.due) were counted as due, and \(due) were")
        for operation in slice.operations {
            let (ended, failed) = (operation.completed + operation.failed, operation.failed)
            demand(ended == operation.intended, "of \(operation.intended) intended, \(ended) ended")
            demand(operation.response.count == operation.intended, "response times of \(operation.response.count)")
            demand(operation.service.count == operation.completed, "service times of \(operation.service.count)")
            // Where nobody forges answers, nothing comes back before it can have been there.
            let least = Int64(Double(2 * StormyWorld.travel.count) * (1 - 1.0 / 512))
            let fastest = operation.service.quantile(0)
            demand(
                storm.forges || operation.service.count == 0 || Int64(fastest) >= least,
                "an answer after \(fastest) ns, and the way there and back takes \(least)")
            demand(
                failed == 0 || operation.response.max >= StormRun.timeOut.count * 99 / 100, "a failure that was fast")
        }
        return found
    }

    /// What must hold of all of them together.
    private func violations(of rounds: [RoundRecord], _ ledger: StormyWorld.Ledger) -> [String] {
        var found: [String] = []
        var errors: [String: Int] = [:]
        var last = Nanoseconds(-1)
        for round in rounds {
            for side in Side.allCases {
                for operation in round[side].operations { errors.merge(operation.errors, uniquingKeysWith: +) }
            }
            let first = min(round.old.start, round.new.start)
            if first <= last { found.append("round \(round.index) begins at \(first), the one before at \(last)") }
            last = first
        }
        if storm.isGentle && errors != (ledger.dropped == 0 ? [:] : ["time_out": ledger.dropped]) {
            found.append("the world lost \(ledger.dropped) answers, and the recording says \(errors)")
        }
        if !storm.isGentle && ledger.broken + ledger.garbled == 0 && storm.refusals == 0 && storm.repeats == 0 {
            let others = errors.filter { $0.key != "time_out" }
            if !others.isEmpty { found.append("no connection broke, and the recording says \(others)") }
        }
        if let calm = rounds.last {
            for side in Side.allCases {
                let failed = calm[side].operations.reduce(0) { $0 + $1.failed }
                if failed > 0 { found.append("ten seconds after the storm \(failed) operations fail on \(side)") }
            }
        }
        return found
    }
}
