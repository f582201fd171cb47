// `assay check`: everything that can be known before load is sent.

import Documents
import Quantities
import Recordings
import Workloads

enum Check: Verb {
    static let name = "check"
    static let summary = "pre-flight: files valid, both sides reachable, schema agreement, parity; no load"
    static let usage = "[--pair FILE] [--workload FILE] [--criteria FILE [--duration TIME]]"
    static let details = """
        Reads the files, connects to every contact point of both sides, compares versions, topology, replication, tables and their
        options, and counts the rows of a sample of partitions. Exit code 0 when nothing was found that stands in the way of a verdict
        (parity is probed with --workload only), 2 when the sides differ in something that the pair does not name under `expected`,
        65 for a file that is wrong, 69 for a side that is.

        With --criteria it also says what each verdict will need: how long a run at the workload's rate, or why none would do. Without
        a pair that is all it does, and nothing is connected to.
        """
    static let flags =
        Inputs.pairFlags + Inputs.workloadFlags + [
            Inputs.criteriaFlag,
            Flag(
                "--duration", "TIME", "of the run that is planned: says which verdicts it cannot give",
                example: "--workload W --criteria C --duration 30m"),
            Flag(
                "--rate", "RATE", "in place of the workload's own, for what the criteria need",
                example: "--workload W --criteria C --rate 5000/s"),
            Flag(
                "--full", nil, "as assay run has it: judged at the end alone, for what the criteria need",
                example: "--workload W --criteria C --full"),
            Flag(
                "--seed", "N", "the seed that the dataset was loaded with (default 42)",
                example: "--pair P --workload W --seed 7")
        ]

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let traffic = try TrafficInputs(arguments)
        if !traffic.problems.isEmpty {
            for problem in traffic.problems { Console.note(problem.description) }
            return .input
        }
        let needs = try CriteriaCheck(traffic, arguments)
        if let needs, !["--pair", "--old", "--new"].contains(where: arguments.has) {
            Console.out(needs.text)
            return .success
        }
        let inputs = try Inputs(pair: Inputs.pairFile(arguments, name), traffic)
        let seed = try arguments.seed()
        let targets = try Targets(inputs.pair)
        defer { targets.close() }
        if let profile = inputs.profile {
            try DatasetLoading.load(profile, targets, on: targets.emptySides, seed: seed, rowsToo: true, quiet: true)
        }
        let preflight = try Preflight(targets, inputs, seed: seed)
        Console.out(describe(preflight) + (needs?.text ?? ""))
        if let saturation = inputs.profile?.traffic.saturation,
            let hint = SaturationFlags.hint(
                nil, saturation, slice: saturation.slice ?? inputs.profile?.traffic.slice ?? .zero)
        {
            Console.note(hint)
        }
        return preflight.unexpected.isEmpty && schemaAgrees(preflight) ? .success : .undecided
    }

    private static func schemaAgrees(_ preflight: Preflight) -> Bool {
        Side.allCases.allSatisfy { preflight.environment[$0].schemaVersions.count <= 1 }
    }

    static func describe(_ preflight: Preflight) -> String {
        var lines: [String] = []
        for side in Side.allCases {
            let found = preflight.environment[side]
            let agreement =
                found.schemaVersions.count <= 1
                ? "schema agrees" : "schema versions differ: \(found.schemaVersions.joined(separator: ", "))"
            if let http = found.http {
                lines.append("\(side): \(found.endpoints.joined(separator: ", "))  \(http)")
                continue
            }
            lines.append(
                "\(side): \(found.endpoints.joined(separator: ", "))  \(found.releaseVersion), \(found.nodes) node\(found.nodes == 1 ? "" : "s") "
                    + "in \(found.dataCenters.joined(separator: ", ")), \(agreement)")
            if let security = found.security { lines.append("  \(security.words)") }
        }
        for side in Side.allCases {
            if let tls = preflight.environment[side].security?.tls, tls.checkedAgainst == nil {
                lines.append(
                    "caveat: the \(side) side's certificate is not checked (verify: false); anybody in between could be it"
                )
            }
        }
        if preflight.environment.sharedHost {
            lines.append(
                "caveat: the sides, or a side and the generator, share a machine; duet mode gives no verdict there")
        }
        if preflight.environment.old.endpoints == preflight.environment.new.endpoints {
            lines.append("caveat: both sides are the same endpoint; a run compares it with itself")
        }
        guard !preflight.observations.probed.isEmpty else {
            lines.append("parity: not probed (give --workload)")
            return lines.joined(separator: "\n") + "\n"
        }
        let differing = preflight.observations.observations.filter(\.differs)
        lines.append(
            "parity: \(preflight.unexpected.count) unexpected differences, \(differing.count - preflight.unexpected.count) expected"
        )
        for observation in differing.sorted(by: { !$0.expected && $1.expected }) {
            let mark = observation.expected ? "expected" : "UNEXPECTED"
            lines.append(
                "  \(mark)  \(observation.subject): old \(shown(observation.old)), new \(shown(observation.new))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func shown(_ value: String) -> String { value.isEmpty ? "(none)" : value }
}
