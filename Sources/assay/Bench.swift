// `assay bench`: one worker against one endpoint, for `make bench`, which sets it beside a minimal client in C.

import Bytes
import CQLClient
import CQLProtocol
import Documents
import Glibc
import HTTPClient
import Histograms
import Load
import Quantities
import Reactor
import Recordings
import Workloads

enum Bench: Verb {
    static let name = "bench"
    static let summary = "measures the worker itself; see make bench"
    static let usage =
        "--endpoint HOST:PORT|URL (--rate R | --in-flight N) [--seconds S] [--connections C] [--workload FILE] | --rates"
    static let details =
        "Prints one line of JSON: operations, CPU per operation, memory, latency. Recording is on, as in a run."
    static let flags = [
        Flag(
            "--endpoint", "HOST:PORT", "what is asked; a URL for HTTP", example: "--endpoint 127.0.0.1:19042"),
        Flag("--rate", "RATE", "open loop", example: "--endpoint 127.0.0.1:19042 --rate 2000/s"),
        Flag("--in-flight", "N", "closed loop", example: "--endpoint 127.0.0.1:19042 --in-flight 128"),
        Flag(
            "--seconds", "S", "how long (default 5)", example: "--endpoint 127.0.0.1:19042 --rate 2000/s --seconds 10"),
        Flag(
            "--connections", "C", "connections (default 4)",
            example: "--endpoint 127.0.0.1:19042 --rate 2000/s --connections 1"),
        Flag(
            "--workload", "FILE", "its first operation alone is sent",
            example: "--endpoint 127.0.0.1:19042 --workload workloads/orders.yaml"),
        Flag(
            "--arrivals", "KIND", "constant (default) or poisson",
            example: "--endpoint 127.0.0.1:19042 --rate 2000/s --arrivals poisson"),
        Flag(
            "--protocol", "N", "version of the CQL protocol, 3 to 5 (default 4)",
            example: "--endpoint 127.0.0.1:19042 --rate 2000/s --protocol 5"),
        Flag("--lz4", nil, "compresses", example: "--endpoint 127.0.0.1:19042 --rate 2000/s --lz4"),
        Flag(
            "--tls", nil, "over TLS, with whatever certificate there is",
            example: "--endpoint 127.0.0.1:9042 --in-flight 128 --tls"),
        Flag("--rates", nil, "what parts of an operation cost, without a server", example: "--rates"),
        Flag("--mix", nil, "all operations of the workload", example: "--endpoint 127.0.0.1:19042 --rate 2000/s --mix"),
        Flag(
            "--write-keys", "FILE", "writes the first operation's keys, 16 bytes each, and does nothing else",
            example: "--write-keys .build/keys")
    ]

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let file =
            try arguments.string("--workload").map { try InputFile(role: "workload", path: $0) }
            ?? InputFile(role: "workload", path: "workloads/orders.yaml", text: Templates.workload)
        let mix = arguments.has("--mix")
        let arrivals = arguments.string("--arrivals") ?? "constant"
        let profile = try Profile.read(benched(file.text, arrivals), file: file.path)
        let endpoint = arguments.string("--endpoint") ?? "127.0.0.1:19042"
        let side = endpoint.hasPrefix("http") ? "{http: \"\(endpoint)\"}" : "{cql: [\"\(endpoint)\"]}"
        let pairText = "pair: 1\nname: bench\nold: \(side)\nnew: \(side)\n"
        let pair = try PairFile.read(pairText, file: "--endpoint")
        let seconds = Double(try arguments.integer("--seconds", in: 1...3600) ?? 5)
        let rate = try arguments.rate("--rate")
        var plan = try Plan(profile, pair, PlanSettings(duration: .seconds(1), seed: 42, rate: rate))
        if arguments.has("--rates") {
            Console.out(line(try BenchRates.measure(plan)))
            return .success
        }
        if !mix { plan.operations = [plan.operations[0]] }
        if let path = arguments.string("--write-keys") { return try writeKeys(plan, path) }

        var access = SideAccess(
            .old, pair.old.cql.map(Endpoint.init),
            connections: try arguments.integer("--connections", in: 1...1000) ?? 4)
        access.protocolVersion = ProtocolVersion(
            rawValue: UInt8(try arguments.integer("--protocol", in: 3...5) ?? 4))!
        if arguments.has("--lz4") { access.compression = .lz4 }
        if arguments.has("--tls") { access.tls = try TLSContext(TLSSettings(verifies: false)) }
        if pair.old.speaksHTTP { access.connections = 0 }
        var settings = WorkerSettings(
            timeOut: plan.timeOut, sides: [access, SideAccess(.new, [], connections: 0)])
        if pair.old.speaksHTTP {
            var http = try HTTPAccess(.old, pair.old)
            http.connections = try arguments.integer("--connections", in: 1...1000) ?? HTTPAccess.usualConnections
            settings.http = [http, nil]
        }
        if let inFlight = try arguments.integer("--in-flight", in: 1...100_000) {
            let loop = ClosedLoop(side: .old, inFlight: inFlight, seed: 42, length: .seconds(seconds), recorded: true)
            try measure(.closed(loop), plan, settings)
        } else {
            let segment = Segment(sides: [.old], seed: 42, guardLength: .zero, length: .seconds(seconds), round: 0)
            try measure(.open([segment], arrivals: plan.arrivals(of:)), plan, settings)
        }
        return .success
    }

    /// The workload with the arrivals that were asked for.
    private static func benched(_ text: String, _ arrivals: String) -> String {
        text.replacing("arrivals: poisson", with: "arrivals: \(arrivals)")
    }

    private static func measure(_ drive: Drive, _ plan: Plan, _ settings: WorkerSettings) throws {
        let record = try WorkerBench.run(drive, plan, settings)
        var response = Histogram()
        for operation in record.operations { response.add(operation.response) }
        let operations = record.operations.reduce(0) { $0 + $1.completed }
        Console.out(
            line([
                "operations": .integer(operations),
                "failed": .integer(record.operations.reduce(0) { $0 + $1.failed }),
                "achieved_per_s": .number(Double(operations) / record.length.seconds),
                "cpu_us_per_operation": .number(record.selfCheck.workerCPU.seconds * 1e6 / Double(max(1, operations))),
                "resident_mib": .number(peakMemory),
                "p50_ms": .number(response.quantile(0.5) / 1e6),
                "p99_ms": .number(response.quantile(0.99) / 1e6),
                "lateness_p50_ms": .number(record.selfCheck.latenessP50.milliseconds),
                "lateness_p99_ms": .number(record.selfCheck.latenessP99.milliseconds),
                "lateness_max_ms": .number(record.selfCheck.latenessMax.milliseconds)
            ]))
    }

    /// Largest resident memory so far, MiB (`VmHWM`; getrusage would hand on the peak of whoever started us).
    private static var peakMemory: Double {
        Double(Machine.field("VmHWM", in: "/proc/self/status")?.split(separator: " ").first ?? "").map { $0 / 1024 }
            ?? .nan
    }

    private static func line(_ fields: [String: JSON]) -> String {
        let text = JSON.object(fields).text()
        return text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ") + "\n"
    }

    /// The keys that the first operation would bind, for the C client to send the same.
    private static func writeKeys(_ plan: Plan, _ path: String) throws -> ExitCode {
        var writer = ByteWriter()
        let stream = plan.operationStream(seed: 42)
        for item in 0..<100_000 {
            var drawing = stream.drawn(at: item).drawing
            let items = plan.operations[0].binds[0].items!
            let key = Items.uuid(of: items.sample(&drawing))
            writer.put(key.high)
            writer.put(key.low)
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw FileError(path: path, attempt: "write", code: errno) }
        defer { close(descriptor) }
        var done = 0
        while done < writer.count {
            let n = write(descriptor, writer.bytes.baseAddress! + done, writer.count - done)
            if n <= 0 { throw FileError(path: path, attempt: "write", code: errno) }
            done += n
        }
        return .success
    }
}
