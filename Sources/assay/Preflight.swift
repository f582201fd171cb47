// Before any load: both sides are what the pair says, they hold the workload's tables, and they agree with each other.

import CQLClient
import CQLProtocol
import Documents
import HTTPClient
import Probes
import Quantities
import Reactor
import Recordings
import Workloads

/// What was found before the run.
struct Preflight {
    var environment: Environment
    var observations: Observations

    /// Partitions whose rows are counted on both sides, per table of the dataset.
    static let sampledPartitions = 50

    /// Connects to every contact point and looks. With a workload its statements are prepared too, and parity is probed.
    init(_ targets: Targets, _ inputs: Inputs, seed: UInt64) throws {
        for side in Side.allCases {
            let access = targets.sides[side.index]
            for endpoint in access.contactPoints { _ = try SimpleSession(access, endpoint) }
        }
        guard !Side.allCases.contains(where: { inputs.pair[$0].speaksHTTP }) else {
            environment = try Preflight.overHTTP(targets, inputs.pair)
            observations = try Preflight.answers(targets, inputs, seed) ?? Observations()
            return
        }
        let sessions = try Side.allCases.map { try targets.session($0) }
        var topologies: [Topology] = []
        for side in Side.allCases {
            let topology = try targets.explore(side, sessions[side.index])
            try Preflight.check(topology, against: inputs.pair[side], side)
            topologies.append(topology)
        }
        environment = Environment(
            assayVersion: assayVersion,
            old: topologies[0].environment(targets.sides[0]),
            new: topologies[1].environment(targets.sides[1]),
            machine: Machine.facts,
            sharedHost: sharesHost(topologies[0], topologies[1]) || Preflight.isLocal(targets))
        environment.old.security = SecurityFacts(sessions[0], targets.sides[0])
        environment.new.security = SecurityFacts(sessions[1], targets.sides[1])
        observations = Observations()
        guard let profile = inputs.profile else { return }
        let routes = try Side.allCases.map { side in
            try Preflight.checkStatements(profile, sessions[side.index], targets.sides[side.index])
        }
        (environment.old.routes, environment.new.routes) = (routes[0], routes[1])
        let samples = try Preflight.samples(profile, sessions[0], seed)
        for side in Side.allCases { try Preflight.checkDataset(samples, sessions[side.index], side) }
        let probe = ParityProbe(tables: profile.tables, samples: samples.map(\.sample), pair: inputs.pair)
        observations = try Preflight.asking {
            try probe.run(old: sessions[0], new: sessions[1], topologies: topologies)
        }
    }

    /// Sides of which at least one speaks HTTP: that they are there, and what is known of them.
    private static func overHTTP(_ targets: Targets, _ pair: PairFile) throws -> Environment {
        let sides = try Side.allCases.map { side in
            if let access = targets.http[side.index] { return try access.environment(pair[side]) }
            let topology = try targets.explore(side, targets.session(side))
            try check(topology, against: pair[side], side)
            return topology.environment(targets.sides[side.index])
        }
        let isLocal = targets.http.contains { $0?.isLocal == true }
        let hosts = targets.http.map { Set($0?.bases.map(\.endpoint.host) ?? []) }
        return Environment(
            assayVersion: assayVersion, old: sides[0], new: sides[1], machine: Machine.facts,
            sharedHost: isLocal || !hosts[0].isDisjoint(with: hosts[1]))
    }

    /// What both sides answer to a sample of the workload; nil where there is none, or where a side speaks CQL.
    private static func answers(_ targets: Targets, _ inputs: Inputs, _ seed: UInt64) throws -> Observations? {
        guard let profile = inputs.profile, let old = targets.http[0], let new = targets.http[1] else { return nil }
        do throws(SystemError) {
            return try AnswerParity(profile.operations, pair: inputs.pair, seed: seed)
                .run(old: old, new: new, within: profile.traffic.timeOut)
        } catch {
            throw Failure(.unreachable, error.description)
        }
    }

    /// Whether a side is reached on this machine's own loopback: it shares the machine with the generator.
    private static func isLocal(_ targets: Targets) -> Bool {
        targets.sides.contains { access in
            access.contactPoints.allSatisfy { $0.host.hasPrefix("127.") || $0.host == "::1" || $0.host == "localhost" }
        }
    }

    /// A request that a healthy side answers; where it does not, the side is what is wrong.
    static func asking<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let failure as RequestFailure {
            throw Failure(.unreachable, failure.description)
        }
    }

    private static func check(_ topology: Topology, against side: PairSide, _ name: Side) throws {
        let releases = topology.releaseVersions.joined(separator: ", ")
        if let version = side.version, !topology.releaseVersions.allSatisfy({ $0.hasPrefix(version) }) {
            throw InputError(
                side.position, "the \(name) side runs \(releases)",
                expected: "\(version), which the pair names as its version")
        }
        try checkDataCenter(topology, against: side, name)
    }

    /// The datacenter that the pair names must be there: requests go to no other.
    static func checkDataCenter(_ topology: Topology, against side: PairSide, _ name: Side) throws(InputError) {
        if let datacenter = side.datacenter, !topology.dataCenters.contains(datacenter) {
            throw InputError(
                side.position, "the \(name) side has no datacenter '\(datacenter)'",
                expected: "one of \(topology.dataCenters.joined(separator: ", "))")
        }
    }

    /// Every statement must be taken by the side, and the workload's values must fit its columns. Returns for each operation which
    /// nodes get it.
    private static func checkStatements(
        _ profile: Profile, _ session: SimpleSession, _ access: SideAccess
    ) throws -> [String: String] {
        var routes: [String: String] = [:]
        for operation in profile.operations {
            let what = "operation '\(operation.name)'"
            try checkUnset(operation.binds, at: operation.cqlPosition, what, access)
            var known: Set<BoundStatement.Identity> = []
            for (index, statement) in operation.statements.enumerated() where known.insert(statement.identity).inserted
            {
                let answer = try prepare(statement.cql, at: statement.position, what, session, access.side)
                _ = try BindPlan(operation, index, answer)
                if index == 0 {
                    let rule = access.rule(for: answer)
                    routes[operation.name] = operation.batch == nil ? rule : "as its first statement: \(rule)"
                }
            }
        }
        return routes
    }

    /// Before v4 there is no such thing as a value that is left unset.
    static func checkUnset(
        _ binds: [ValueGenerator], at position: Position, _ what: String, _ access: SideAccess
    ) throws(InputError) {
        guard access.protocolVersion < .v4, let bind = binds.first(where: \.hasUnset) else { return }
        throw InputError(
            position, "\(what) leaves '\(bind.name)' unset, which v3 of the protocol writes as null",
            expected: "values without 'unset', or protocol 4 or above on the \(access.side) side")
    }

    /// Prepares a statement; what the server says against it is an error of the workload at `position`.
    static func prepare(
        _ cql: String, at position: Position, _ what: String, _ session: SimpleSession, _ side: Side
    ) throws -> PreparedStatement {
        do {
            return try session.prepare(cql)
        } catch {
            guard case .server(let answer) = error.reason else { throw Failure(.unreachable, error.description) }
            throw InputError(
                position, "the \(side) side refuses the statement of \(what): \(answer.message)",
                expected: "a statement that it takes (tables are created by assay load)")
        }
    }

    /// Sides that are empty alike look alike: a dataset that is not there, or one of other parameters, is said before the run.
    private static func checkDataset(
        _ samples: [(sample: PartitionSample, dataset: DatasetPlan)], _ session: SimpleSession, _ side: Side
    ) throws {
        for (sample, dataset) in samples {
            let empty = try asking { try sample.emptyPartitions(session) }
            guard 2 * empty <= sample.keys.count else {
                throw InputError(
                    dataset.position,
                    "the \(side) side holds rows in \(sample.keys.count - empty) of \(sample.keys.count) sampled partitions of \(sample.table)",
                    expected: "the dataset, as assay load writes it with the same --set and --seed")
            }
        }
    }

    /// Each with the dataset that it was drawn from; tables whose key is not bound as a whole have none.
    private static func samples(
        _ profile: Profile, _ session: SimpleSession, _ seed: UInt64
    ) throws -> [(sample: PartitionSample, dataset: DatasetPlan)] {
        try profile.dataset.compactMap { dataset in
            let what = "the dataset of \(dataset.keyspace).\(dataset.table)"
            let statement = try prepare(dataset.insert, at: dataset.position, what, session, .old)
            return try PartitionSample(dataset, seed: seed, count: sampledPartitions, prepared: statement)
                .map { (sample: $0, dataset: dataset) }
        }
    }

    /// Differences that the pair does not name as known.
    var unexpected: [Observation] { observations.observations.filter { $0.differs && !$0.expected } }
}
