// Before any load: both sides are what the pair says, they hold the workload's tables, and they agree with each other.

import CQLClient
import CQLProtocol
import Documents
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
        let sessions = try Side.allCases.map { try targets.session($0) }
        var descriptions: [SideDescription] = []
        for side in Side.allCases {
            let description = try Preflight.asking { try SideDescription.read(sessions[side.index]) }
            try Preflight.check(description, against: inputs.pair[side], side)
            descriptions.append(description)
        }
        environment = Environment(
            assayVersion: assayVersion,
            old: descriptions[0].environment(targets.sides[0]),
            new: descriptions[1].environment(targets.sides[1]),
            machine: Machine.facts,
            sharedHost: sharesHost(descriptions[0], descriptions[1]) || Preflight.isLocal(targets))
        environment.old.security = SecurityFacts(sessions[0], targets.sides[0])
        environment.new.security = SecurityFacts(sessions[1], targets.sides[1])
        observations = Observations()
        guard let profile = inputs.profile else { return }
        for side in Side.allCases { try Preflight.checkStatements(profile, sessions[side.index], side) }
        let samples = try Preflight.samples(profile, sessions[0], seed)
        for side in Side.allCases { try Preflight.checkDataset(samples, sessions[side.index], side) }
        let probe = ParityProbe(tables: profile.tables, samples: samples.map(\.sample), pair: inputs.pair)
        observations = try Preflight.asking { try probe.run(old: sessions[0], new: sessions[1]) }
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

    private static func check(_ description: SideDescription, against side: PairSide, _ name: Side) throws {
        let releases = description.releaseVersions.joined(separator: ", ")
        if let version = side.version, !description.releaseVersions.allSatisfy({ $0.hasPrefix(version) }) {
            throw InputError(
                side.position, "the \(name) side runs \(releases)",
                expected: "\(version), which the pair names as its version")
        }
        if let datacenter = side.datacenter, !description.dataCenters.contains(datacenter) {
            throw InputError(
                side.position, "the \(name) side has no datacenter '\(datacenter)'",
                expected: "one of \(description.dataCenters.joined(separator: ", "))")
        }
    }

    /// Every statement must be taken by the side, and the workload's values must fit its columns.
    private static func checkStatements(_ profile: Profile, _ session: SimpleSession, _ side: Side) throws {
        for operation in profile.operations {
            let what = "operation '\(operation.name)'"
            var known: Set<BoundStatement.Identity> = []
            for (index, statement) in operation.statements.enumerated() where known.insert(statement.identity).inserted
            {
                let answer = try prepare(statement.cql, at: statement.position, what, session, side)
                _ = try BindPlan(operation, index, answer)
            }
        }
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
