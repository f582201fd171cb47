// `assay lab`: the embedded pair in the foreground, for drivers and for trying things.

import Documents
import Lab
import Quantities
import Reactor
import Workloads

enum LabPair: Verb {
    static let name = "lab"
    static let summary = "runs the embedded pair (or one side) in the foreground"
    static let usage = "[--pair FILE] [--side old|new] [--port N] [--no-delay]"
    static let details = """
        Starts two small CQL servers, which any driver can connect to, on 127.0.0.1, and runs until it is interrupted. The dials come from
        the `lab:` sides of a pair file; without one, from pairs/lab.yaml as shipped. Both start empty: `assay load` fills them.
        """
    static let flags = [
        Flag("--pair", "FILE", "a pair whose sides are lab nodes", example: "--pair pairs/lab.yaml"),
        Flag("--side", "SIDE", "one side alone", example: "--side new"),
        Flag("--port", "N", "port of the old side; the new side has the next (default 19042)", example: "--port 9042"),
        Flag("--no-delay", nil, "answers at once, without service times", example: "--no-delay")
    ]

    static func run(_ arguments: Arguments) throws -> ExitCode {
        Interruption.watch()
        let file =
            try arguments.string("--pair").map { try InputFile(role: "pair", path: $0) }
            ?? InputFile(role: "pair", path: "pairs/lab.yaml", text: Templates.labPair)
        let pair = try PairFile.read(file.text, file: file.path)
        var sides = Side.allCases
        if let word = arguments.string("--side") {
            guard let side = Side(rawValue: word) else {
                throw Failure(.usage, "assay lab: --side: '\(word)' is not one of old, new")
            }
            sides = [side]
        }
        let port = try arguments.integer("--port", in: 1...65_534) ?? 19_042
        var servers: [LabServer] = []
        for side in sides {
            guard let node = pair[side].lab else {
                throw InputError(pair[side].position, "the \(side) side is a cluster", expected: "a side with lab:")
            }
            var dials = try LabDials.read(node, side: side)
            if arguments.has("--no-delay") {
                dials.base = dials.base.mapValues { _ in LabDials.ServiceTime(median: .zero, sigma: 0) }
            }
            let endpoint = Endpoint(host: "127.0.0.1", port: UInt16(port + side.index))
            servers.append(try Targets.serve(dials, side: side, at: endpoint))
            Console.out("\(side): \(endpoint) (\(dials.version))\n")
        }
        while !Interruption.isAsked { Clock.sleep(.milliseconds(100)) }
        for server in servers { server.stop() }
        return .success
    }
}
