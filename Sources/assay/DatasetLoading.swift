// Schema and dataset onto both sides: the work of `assay load`, and of runs on the lab, which starts empty.

import CQLClient
import CQLProtocol
import Documents
import Load
import Probes
import Quantities
import Reactor
import Recordings
import Workloads

enum DatasetLoading {
    /// Creates the schema on `sides` and, with `rowsToo`, writes the dataset.
    static func load(
        _ profile: Profile, _ targets: Targets, on sides: [Side] = Side.allCases, seed: UInt64, rowsToo: Bool,
        quiet: Bool
    ) throws {
        for side in sides { try createSchema(profile, targets, side) }
        guard rowsToo else { return }
        for dataset in profile.dataset {
            for side in sides { try write(dataset, targets, side, profile.traffic.timeOut, seed, quiet) }
        }
    }

    private static func createSchema(_ profile: Profile, _ targets: Targets, _ side: Side) throws {
        let session = try targets.session(side)
        for statement in profile.schema {
            do {
                try session.query(statement.cql)
            } catch {
                guard case .server(let answer) = error.reason else { throw Failure(.unreachable, error.description) }
                throw InputError(
                    statement.position, "the \(side) side refuses the statement: \(answer.message)",
                    expected: "CQL that it takes")
            }
        }
        // Who owns what depends on the keyspaces that were just made.
        try targets.explore(side, session)
        let agreed = try Preflight.asking { try session.awaitSchemaAgreement() }
        if !agreed {
            throw Failure(.unreachable, "\(side) side: its nodes do not agree on the schema after 30 s")
        }
    }

    private static func write(
        _ dataset: DatasetPlan, _ targets: Targets, _ side: Side, _ timeOut: Nanoseconds, _ seed: UInt64, _ quiet: Bool
    ) throws {
        let settings = WorkerSettings(
            timeOut: max(timeOut, .seconds(10)), sides: onlyOn(side, targets.sides), assayVersion: assayVersion,
            seed: seed)
        let table = "\(dataset.keyspace).\(dataset.table)"
        try Preflight.checkUnset(
            dataset.binds, at: dataset.position, "the dataset of \(table)", targets.sides[side.index])
        let load = DatasetLoad()
        let began = Clock.now()
        let thread = load.start(dataset, seed: seed, side: side, settings: settings)
        let total = quiet ? 0 : dataset.totalRows(seed: seed)
        while load.result == nil {
            Clock.sleep(.milliseconds(100))
            if Interruption.isAsked { load.stop() }
            if !quiet { Console.progress(progress(load.written, total, Clock.now() - began, "\(side): \(table)")) }
        }
        thread.join()
        Console.endProgress()
        if Interruption.isAsked {
            throw Failure(.interrupted, "interrupted: the dataset of \(table) is not whole on the \(side) side")
        }
        let result = try load.result!.get()
        guard result.failed.isEmpty else {
            let classes = result.failed.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(
                separator: ", ")
            throw Failure(.unreachable, "\(side) side: \(table): \(classes) of \(result.rows) writes failed five times")
        }
        guard !quiet else { return }
        let seconds = (Clock.now() - began).seconds
        let again = result.repeated.values.reduce(0, +)
        Console.note(
            "\(side): \(table): \(grouped(result.rows)) rows in \(significant(seconds)) s, \(grouped(Int(Double(result.rows) / seconds)))/s"
                + (again > 0 ? ", \(again) writes repeated" : ""))
    }

    /// Without connections to the other side.
    private static func onlyOn(_ side: Side, _ sides: [SideAccess]) -> [SideAccess] {
        var sides = sides
        sides[side.other.index].connections = 0
        return sides
    }

    private static func progress(_ done: Int, _ total: Int, _ elapsed: Nanoseconds, _ what: String) -> String {
        guard done > 0 else { return "\(what): connecting" }
        let rate = Double(done) / elapsed.seconds
        let left = Nanoseconds(seconds: Double(max(0, total - done)) / rate)
        return "\(what): \(grouped(done)) of \(grouped(total)) rows, \(grouped(Int(rate)))/s, \(left) left"
    }
}

enum LoadDataset: Verb {
    static let name = "load"
    static let summary = "creates the schema and writes the dataset to both sides"
    static let usage = "--pair FILE --workload FILE"
    static let details = """
        Runs the workload's schema statements on both sides, waits until their nodes agree, and writes the dataset as fast as each side
        takes it. The rows follow from the seed: both sides hold the same, and loading again changes nothing
        (but for lists that are not frozen, which would hold everything twice).
        """
    static let flags =
        Inputs.pairFlags + Inputs.workloadFlags + [
            Flag(
                "--seed", "N", "names the data (default 42); run with the same",
                example: "--pair P --workload W --seed 7")
        ]

    static func run(_ arguments: Arguments) throws -> ExitCode {
        Interruption.watch()
        let inputs = try Inputs(arguments, verb: name)
        let profile = try inputs.needProfile(name)
        guard inputs.pair.old.lab == nil && inputs.pair.new.lab == nil else {
            throw Failure(
                .usage,
                "assay load: a side of this pair is a lab node, which starts and loads with each run; there is nothing to load"
            )
        }
        for side in Side.allCases where inputs.pair[side].speaksHTTP {
            throw InputError(
                inputs.pair[side].position, "the \(side) side speaks HTTP, and rows are written over CQL",
                expected: "a pair with cql: in front of the same data")
        }
        let targets = try Targets(inputs.pair)
        let seed = try arguments.seed()
        for side in Side.allCases {
            let session = try targets.session(side)
            let found = try Preflight.asking { try session.topology() }
            try Preflight.checkDataCenter(found, against: inputs.pair[side], side)
            let tables = profile.tables.map(\.description).joined(separator: ", ")
            Console.note(
                "\(side): writing \(tables) to \(targets.sides[side.index].contactPoints.map(\.description).joined(separator: ", ")), "
                    + "cluster '\(found.clusterName)', \(found.releaseVersions.joined(separator: ", "))")
        }
        try DatasetLoading.load(profile, targets, seed: seed, rowsToo: true, quiet: false)
        return .success
    }
}
