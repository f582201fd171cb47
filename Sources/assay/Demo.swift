// `assay demo`: the whole way on the embedded lab, with the regression that nearly got through.

import Quantities
import Recordings
import Workloads

enum Demo: Verb {
    static let name = "demo"
    static let summary = "starts the lab, runs the whole way on it, prints where the report is"
    static let usage = "[--duration TIME] [--out DIR]"
    static let details = """
        Starts an embedded pair in which the new side is a little better on point reads and writes and much slower on range and
        multi-partition reads, loads a dataset, runs the orders workload for four minutes, and judges it. The verdict is
        not_qualified, so the exit code is 1.
        """
    static let flags = [
        Flag("--duration", "TIME", "length of the measured rounds (default 4m10s)", example: "--duration 10m"),
        Flag("--seed", "N", "names arrivals, operations and values (default 42)", example: "--seed 7"),
        Flag("--out", "DIR", "the dossier (default results/<utc>-orders-lab)", example: "--out results/demo"),
        Flag("--quiet", nil, "no progress", example: "--quiet")
    ]

    /// Customers of the demo's dataset: some 80,000 rows a side, loaded in a second or two.
    static let parameters = [(name: "customers", value: "5000")]

    static func run(_ arguments: Arguments) throws -> ExitCode {
        Interruption.watch()
        var traffic = TrafficInputs()
        try traffic.setWorkload(
            InputFile(role: "workload", path: "workloads/orders.yaml", text: Templates.workload), parameters)
        try traffic.setCriteria(
            InputFile(role: "criteria", path: "criteria/major-upgrade.yaml", text: Templates.criteria))
        let inputs = try Inputs(
            pair: InputFile(role: "pair", path: "pairs/lab.yaml", text: Templates.labPair), traffic)
        // The lab has neither a JIT nor caches to warm: a few seconds settle the connections.
        let settings = PlanSettings(
            duration: try arguments.duration("--duration") ?? .seconds(250),
            seed: try arguments.seed(), warmUp: .given(.seconds(5)), looks: Run.usualLooks)
        let plan = try Run.plan(inputs.needProfile(name), inputs, settings, verb: name)
        return try Run.perform(
            plan, inputs, Run.freshDossier(plan, arguments, verb: name), GeneratorSettings(),
            quiet: arguments.has("--quiet"))
    }
}
