// A paired run in virtual time, from a workload to a recording.

import CQLClient
import CQLProtocol
import Comparisons
import Documents
import Lab
import Load
import Quantities
import Reactor
import Recordings
import Testing
import Workloads

struct SimulatedRun {
    static let workload = """
        workload: 1
        name: simulated
        schema:
          - "CREATE KEYSPACE IF NOT EXISTS shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"
          - >-
            CREATE TABLE IF NOT EXISTS shop.orders (customer uuid, at timestamp, total decimal, note text,
            PRIMARY KEY (customer, at)) WITH CLUSTERING ORDER BY (at DESC)
        values:
          customer: {uuid: {zipf: {items: 200, exponent: 0.99}}}
          shopper: {uuid: {uniform: {items: 200, from: 200}}}
          at: {timestamp: {uniform: [2026-01-01, 2026-06-30]}}
          total: {decimal: {lognormal: {median: 40, sigma: 1}, scale: 2}}
          note: {text: {length: {lognormal: {median: 20, sigma: 0.6}}}}
        dataset:
          - insert: INSERT INTO shop.orders (customer, at, total, note) VALUES (?, ?, ?, ?)
            bind: [customer, at, total, note]
            partitions: 200
            rows_per_partition: {lognormal: {median: 6, sigma: 0.8, max: 60}}
        operations:
          latest: {shape: point, weight: 50, cql: "SELECT * FROM shop.orders WHERE customer = ? LIMIT 1", bind: [customer]}
          recent:
            {shape: range, weight: 20, cql: "SELECT * FROM shop.orders WHERE customer = ? AND at >= ? LIMIT 50", bind: [customer, at], page_size: 5}
          many:
            {shape: multi_partition, weight: 15, cql: "SELECT customer, at FROM shop.orders WHERE customer IN ? PER PARTITION LIMIT 2", bind: [{list: customer, count: 5}]}
          place:
            {shape: write, weight: 15, cql: "INSERT INTO shop.orders (customer, at, total, note) VALUES (?, ?, ?, ?)", bind: [shopper, at, total, note]}
        traffic: {arrivals: poisson, rate: 400/s, time_out: 2 s, warm_up: 0 s}
        """
    static let pair = """
        pair: 1
        name: simulated
        old: {cql: ["127.0.0.1:1"], connections: 2}
        new: {cql: ["127.0.0.1:2"], connections: 2}
        """

    var plan: Plan
    let nodes: [LabNode]
    let world: SimulatedWorld
    var limits = SelfCheckLimits()
    /// What is spoken with both sides.
    var version = ProtocolVersion.v4
    var compression = Compression.none
    var settings: WorkerSettings

    init(
        seed: UInt64, minutes: Double, mode: Mode = .interleaved, rate: Double? = nil, old: LabDials? = nil,
        new: LabDials? = nil, saturation: Saturation? = nil, boost: Boost? = nil, only names: [String]? = nil,
        workload: String = SimulatedRun.workload, set parameters: [Profile.Setting] = []
    ) throws {
        let profile = try Profile.read(workload, file: "simulated.yaml", settings: parameters)
        let pair = try PairFile.read(SimulatedRun.pair, file: "pair.yaml")
        let settings = PlanSettings(
            duration: .seconds(minutes * 60), seed: seed, mode: mode, rate: rate.map { Rate(perSecond: $0) },
            saturation: saturation, boost: boost)
        var plan = try Plan(profile, pair, settings)
        if let names { plan.operations.removeAll { !names.contains($0.name) } }
        self.plan = plan
        var oldDials = old ?? LabDials(.old)
        var newDials = new ?? LabDials(.new)
        oldDials.seed = SeededRandom.derive(seed, 1)
        newDials.seed = SeededRandom.derive(seed, 2)
        let zero = Instant(nanoseconds: 0)
        nodes = [
            LabNode(side: .old, dials: oldDials, clockZero: zero), LabNode(side: .new, dials: newDials, clockZero: zero)
        ]
        world = SimulatedWorld([1: nodes[0], 2: nodes[1]])
        self.settings = SimulatedRun.settings(plan, streams: 1000)
        for node in nodes { try SimulatedRun.load(profile, plan, node) }
    }

    /// Schema and rows, straight into a node.
    private static func load(_ profile: Profile, _ plan: Plan, _ node: LabNode) throws {
        let world = SimulatedWorld([1: node, 2: node])
        for statement in profile.schema { try send(statement.cql, to: node) }
        for dataset in plan.dataset { try load(dataset, plan, world) }
    }

    private static func load(_ dataset: DatasetPlan, _ plan: Plan, _ world: SimulatedWorld) throws {
        let traffic = DatasetTraffic(dataset, seed: plan.seed)
        let worker = Worker(world: world, traffic: traffic, settings: settings(plan, streams: 1000)) {
            false
        } deliver: { _ in
        }
        let loop = ClosedLoop(
            side: .old, inFlight: 64, seed: 0, items: traffic.rows, length: .seconds(1000), recorded: false)
        var failures = 0
        worker.onFailure = { _, _ in failures += 1 }
        #expect(try worker.run(.closed(loop)))
        #expect(failures == 0)
    }

    static func send(_ cql: String, to node: LabNode) throws {
        let session = LabSession(node: node)
        let now = Instant(nanoseconds: 0)
        _ = session.receive(Request.startup(driverVersion: "1").bytes(stream: 0), now: now)
        _ = session.receive(Request.query(cql, QueryParameters()).bytes(stream: 0), now: now)
    }

    static func settings(
        _ plan: Plan, streams: Int, _ version: ProtocolVersion = .v4, _ compression: Compression = .none
    ) -> WorkerSettings {
        let sides = Side.allCases.map { side in
            var access = SideAccess(
                side, [Endpoint(host: "127.0.0.1", port: UInt16(1 + side.index))], connections: 2)
            access.protocolVersion = version
            access.compression = compression
            return access
        }
        return WorkerSettings(timeOut: plan.timeOut, sides: sides, streams: streams)
    }

    /// Runs the plan. `during` is called each time the worker looks whether to stop; true stops it.
    func record(during: @escaping (Worker<SimulatedWorld, PlanTraffic>) -> Bool = { _ in false }) throws -> Recording {
        let traffic = PlanTraffic(plan, startedMicroseconds: 1_790_000_000_000_000)
        var assembler = RoundAssembler(plan)
        let conductor = plan.saturation.map { _ in SaturationConductor(plan) }
        var recording = Recording(
            workload: plan.workload, pair: plan.pair.name, mode: plan.mode, seed: plan.seed,
            ratePerSecond: plan.rate.perSecond, timeOut: plan.timeOut, started: WallTime(unixNanoseconds: 0),
            ended: WallTime(unixNanoseconds: 0),
            operations: plan.operations.map {
                OperationInfo(name: $0.name, shape: $0.shape, keyspace: $0.keyspace, weight: $0.weight)
            }, objective: plan.saturation?.objective?.description, boost: plan.boost)
        var start = Instant(nanoseconds: 0)
        var watched: Worker<SimulatedWorld, PlanTraffic>?
        var settings = settings
        for index in settings.sides.indices {
            settings.sides[index].protocolVersion = version
            settings.sides[index].compression = compression
        }
        let worker = Worker(world: world, traffic: traffic, settings: settings) {
            watched.map(during) ?? false
        } deliver: { [limits, plan] slice in
            let sum = SliceSum(slice)
            let record = sum.record(since: start, limits: limits)
            let finished =
                slice.round < plan.rounds.count
                ? FinishedSlice(round: slice.round, side: slice.side, record: record) : conductor!.finish(sum, record)
            recording.rounds += assembler.add(finished)
        }
        worker.onStart = { start = $0 }
        watched = worker
        var isWhole = try worker.run(.open(plan.segments, arrivals: plan.arrivals(of:)))
        worker.onStart = nil
        if isWhole, plan.boost != nil {
            isWhole = try worker.run(.open(plan.boostSegments, arrivals: plan.arrivals(of:)))
        }
        if isWhole, let conductor { isWhole = worker.saturate(conductor) }
        recording.interrupted = !isWhole
        watched = nil
        return recording
    }
}
