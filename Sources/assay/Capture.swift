// `assay capture SOURCE`: production's own traffic as a workload.

import Captures
import Documents
import Histograms
import Quantities
import Reactor
import Recordings
import Workloads

enum Capture: Verb {
    static let name = "capture"
    static let summary = "a workload from production's own traffic: a packet capture of tcpdump's"
    static let usage = "SOURCE [--out DIR] [--name NAME] [--port N] [--from-cluster ADDRESS]"
    static let details = """
        Reads SOURCE, a capture of tcpdump's or Wireshark's (pcap or pcapng; - for standard input), and writes what was asked in it as a
        workload: workload.yaml in DIR, with statements, shapes, weights, rates, consistency, page sizes, and values as many, as skewed and as
        long as those that were seen; and all figures as capture.json. Values themselves are not kept. What cannot be read is counted and
        said: TLS, lost packets, statements that were prepared before the capture.

            tcpdump -i any -s 0 -B 65536 -w orders.pcap 'tcp port 9042'
            assay capture orders.pcap --out orders
            assay check --workload orders/workload.yaml --pair pair.yaml
        """
    static let flags = [
        Flag("--out", "DIR", "where to write (default: captured)", example: "orders.pcap --out orders"),
        Flag("--name", "NAME", "of the workload (default: captured)", example: "orders.pcap --name orders"),
        Flag(
            "--port", "N", "a port that servers listen on; may be given several times (default: any that speaks CQL)",
            example: "orders.pcap --port 9042"),
        Flag(
            "--from-cluster", "ADDRESS",
            "asks a node for the schema, for sizes of partitions, and for statements that were prepared before the capture",
            example: "orders.pcap --from-cluster 10.0.0.1:9042"),
        Flag(
            "--trace", nil, "also writes every operation with its moment and its values, hashed, as trace.jsonl.gz",
            example: "orders.pcap --trace"),
        Flag(
            "--keep-values", nil, "with --trace: values as they are, not hashed",
            example: "orders.pcap --trace --keep-values"),
        Flag(
            "--hash-key", "WORD",
            "with --trace: hashes of one key can be compared between captures (default: a new one each time)",
            example: "orders.pcap --trace --hash-key env-of-the-team"),
        Flag("--quiet", nil, "no progress", example: "orders.pcap --quiet")
    ]
    static let positionalLimit = 1

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let path = try arguments.argument(0, "the capture")
        let name = arguments.string("--name") ?? "captured"
        let folder = try Dossier.creating(arguments.string("--out") ?? "captured")
        guard try folder.readIfThere(workloadFile) == nil else {
            throw Failure(
                .usage, "assay capture: \(folder.file(workloadFile)) is there already: say another folder with --out")
        }
        let trace = arguments.has("--trace") ? try TraceFile(folder.file(traceFile), traceValues(arguments)) : nil
        let capture = try read(path, ports(arguments), trace?.writer, isQuiet: arguments.has("--quiet"))
        if let trace {
            try trace.close()
            Console.note("wrote \(trace.path): \(grouped(trace.writer.operations)) operations")
        }
        let schema = try arguments.string("--from-cluster").map { try ask($0, capture) } ?? KnownSchema()
        try write(capture, schema, name: name, source: path, to: folder)
        return .success
    }

    /// The old side's login, as elsewhere: ASSAY_OLD, or cqlsh's own files.
    private static func ask(_ address: String, _ capture: TrafficCapture) throws -> KnownSchema {
        guard !address.contains(where: { "\"\\\n".contains($0) }) else {
            throw Failure(.usage, "assay capture: --from-cluster: '\(address)' is no address, such as 10.0.0.1:9042")
        }
        let text = "pair: 1\nname: command-line\nold: {cql: [\"\(address)\"]}\nnew: {cql: [\"\(address)\"]}\n"
        let targets = try Targets(try PairFile.read(text, file: "--from-cluster"))
        defer { targets.close() }
        let answers = capture.ask(try targets.session(.old))
        for note in answers.notes { Console.note(note) }
        if answers.found > 0 {
            Console.note("\(address) knew \(grouped(answers.found)) statements that were prepared before the capture")
        }
        return answers.schema
    }

    private static let workloadFile = "workload.yaml"
    private static let traceFile = "trace.jsonl.gz"

    private static func traceValues(_ arguments: Arguments) -> TraceValues {
        if arguments.has("--keep-values") { return .kept }
        if let word = arguments.string("--hash-key") { return .hashed(key: Array(word.utf8)) }
        var random = SystemRandomNumberGenerator()
        return .hashed(key: (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) })
    }

    private static func ports(_ arguments: Arguments) throws(Failure) -> Set<UInt16> {
        var ports: Set<UInt16> = []
        for word in arguments.all("--port") {
            guard let port = UInt16(word), port > 0 else {
                throw Failure(.usage, "assay capture: --port: '\(word)' is no port, such as 9042")
            }
            ports.insert(port)
        }
        return ports
    }

    private static func read(
        _ path: String, _ ports: Set<UInt16>, _ trace: TraceWriter?, isQuiet: Bool
    ) throws -> TrafficCapture {
        let capture: TrafficCapture
        do throws(CaptureError) {
            capture = TrafficCapture(try PacketSource(path: path), ports: ports, trace: trace)
        } catch {
            throw InputError(nil, "\(error.source): \(error.problem)", expected: error.expected)
        }
        let began = Clock.now()
        while capture.read(packets: 100_000) {
            if !isQuiet {
                Console.progress("\(grouped(capture.packets)) packets, \(grouped(capture.operations)) operations")
            }
        }
        capture.finish()
        if !isQuiet { Console.endProgress() }
        let seconds = (Clock.now() - began).seconds
        let rate = Double(capture.bytes) / max(seconds, 1e-9) / 1e6
        Console.note(
            "read \(grouped(capture.packets)) packets, \(grouped(capture.bytes)) bytes, in \(significant(seconds)) s (\(significant(rate)) MB/s)"
        )
        return capture
    }

    private static func write(
        _ capture: TrafficCapture, _ schema: KnownSchema, name: String, source: String, to folder: Dossier
    ) throws {
        let text = capture.workload(name: name, source: source, version: assayVersion, schema)
        guard !capture.summary.isEmpty else {
            for finding in capture.findings { Console.note(finding) }
            for left in capture.leftOut {
                Console.note("left out: \(left.name), \(grouped(left.requests)) operations: \(left.reason)")
            }
            throw InputError(
                nil, "\(source): no operation in it that a workload could be made of",
                expected: "requests of CQL (versions 3 to 5) that are not encrypted")
        }
        // What is written must be what `assay run` reads: a slip here is ours.
        do {
            _ = try Profile.read(text, file: folder.file(workloadFile))
        } catch {
            try folder.write(text, to: workloadFile)
            throw Failure(.defect, "a defect of Assay: the workload that was written cannot be read: \(error)")
        }
        try folder.write(text, to: workloadFile)
        try folder.write(capture.document(source: source, version: assayVersion).text(), to: "capture.json")
        Console.out(table(capture))
        for finding in capture.findings { Console.note(finding) }
        Console.note("wrote \(folder.file(workloadFile)) and \(folder.file("capture.json"))")
    }

    private static func table(_ capture: TrafficCapture) -> String {
        var rows = [["operation", "shape", "operations", "share", "p50", "p99", "rows p50", "rows p99", "failed"]]
        for operation in capture.summary {
            func time(_ percent: Double) -> String {
                operation.latencies.count > 0
                    ? Nanoseconds(operation.latencies.value(atPercentile: percent)).description : "-"
            }
            func count(_ percent: Double) -> String {
                operation.rows.count > 0 ? grouped(Int(operation.rows.value(atPercentile: percent))) : "-"
            }
            rows.append([
                operation.name, "\(operation.shape)", grouped(operation.requests),
                "\(decimal(100 * operation.share, places: 2)) %", time(50), time(99), count(50), count(99),
                grouped(operation.failed)
            ])
        }
        for left in capture.leftOut {
            rows.append([left.name, "left out", grouped(left.requests), left.reason])
        }
        let widths = (0..<9).map { column in
            rows.map { $0.count > column && $0.count == 9 ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
                return column < 2 ? cell + padding : column == 3 && row.count == 4 ? cell : padding + cell
            }.joined(separator: "  ") + "\n"
        }.joined()
    }
}
