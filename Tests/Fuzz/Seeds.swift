// Where the fuzzer begins: a few inputs of each target, made by the project's own encoders. `fuzz.sh` writes them before it begins.

import Bytes
import CQLProtocol
import Glibc
import Histograms
import Lab
import Quantities

enum FuzzSeeds {
    static let simpleTypes: [CQLType] = [
        .ascii, .bigint, .blob, .boolean, .counter, .decimal, .double, .float, .int, .timestamp, .uuid, .text, .varint,
        .timeuuid, .inet, .date, .time, .smallint, .tinyint, .duration, .vector(.float, dimensions: 3)
    ]

    private static let requests: [Request] = [
        .options, .startup(driverVersion: "fuzz"),
        .query(
            "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
            QueryParameters()),
        .query(
            "CREATE TABLE k.t (a int, b timestamp, c text, d decimal, e uuid, PRIMARY KEY (a, b)) WITH CLUSTERING ORDER BY (b DESC)",
            QueryParameters()),
        .query(
            "INSERT INTO k.t (a, b, c, d, e) VALUES (1, 2, 'three', 4.5, 00000000-0000-0000-0000-000000000006) USING TIMESTAMP 7",
            QueryParameters()),
        .query("SELECT * FROM k.t WHERE a IN (1, 2) AND b >= 0 ORDER BY b ASC LIMIT 10", QueryParameters()),
        .query("SELECT release_version, tokens FROM system.local", QueryParameters()),
        .query("SELECT nothing FROM nowhere", QueryParameters()),
        .query("SELEKT", QueryParameters()),
        .prepare("SELECT c, d FROM k.t WHERE a = ? AND b > ?")
    ]

    /// The requests in one go, and what the lab answers to each.
    private static func answers() -> (requests: [UInt8], answers: [[UInt8]]) {
        let session = LabSession(node: LabNode(.new))
        var sent: [UInt8] = []
        var answers: [[UInt8]] = []
        for request in requests {
            let bytes = request.bytes(stream: 1)
            sent += bytes
            answers += session.receive(bytes, now: Instant(nanoseconds: 0)).map(\.bytes)
        }
        return (sent, answers)
    }

    /// What a server with a password says until the connection is ready.
    private static func authentication() -> [UInt8] {
        var dials = LabDials(.new)
        dials.credentials = LabDials.Credentials(user: "u", password: "p")
        let session = LabSession(node: LabNode(side: .new, dials: dials))
        return [Request.options, .startup(driverVersion: "fuzz"), .authResponse([0, 0x75, 0, 0x70])].flatMap {
            session.receive($0.bytes(stream: 0), now: Instant(nanoseconds: 0)).flatMap(\.bytes)
        }
    }

    private static let values: [(CQLType, CQLValue)] = [
        (.int, .integer(-7)), (.text, .text("word")), (.boolean, .boolean(true)), (.double, .double(1.5))
    ]

    /// Of a pcap file: nanoseconds, raw IPv4.
    static let pcapHead: [UInt8] =
        [0x4D, 0x3C, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 228, 0, 0, 0]

    /// A packet of such a file, from the client (0) or the server (1); `cut` bytes at its end were not captured.
    static func packet(
        _ side: Int, sequence: UInt32, acknowledgement: UInt32, flags: UInt8, _ payload: [UInt8], cut: Int = 0
    ) -> [UInt8] {
        func big(_ value: UInt32, _ bytes: Int) -> [UInt8] {
            (0..<bytes).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * (bytes - 1 - $0))) }
        }
        let ports: [UInt32] = side == 0 ? [40_000, 9042] : [9042, 40_000]
        let packet =
            [0x45, 0] + big(UInt32(40 + payload.count), 2) + [0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, UInt8(side), 10, 0, 0]
            + [UInt8(1 - side)] + big(ports[0], 2) + big(ports[1], 2) + big(sequence, 4) + big(acknowledgement, 4)
            + [0x50, flags, 1, 0, 0, 0, 0, 0] + payload
        let kept = packet.dropLast(min(cut, payload.count))
        let lengths = Array(big(UInt32(kept.count), 4).reversed()) + big(UInt32(packet.count), 4).reversed()
        return [1, 0, 0, 0, 0, 0, 0, 0] + lengths + kept
    }

    /// The requests and what the lab answers, on one connection.
    private static func putCaptures(_ requests: [[UInt8]], _ answers: [[UInt8]], _ folder: String) {
        var file = pcapHead
        var streams: [UInt8] = []
        var next: [UInt32] = [1, 1]
        for side in 0...1 { file += packet(side, sequence: 0, acknowledgement: 0, flags: side == 0 ? 0x02 : 0x12, []) }
        for (request, answer) in zip(requests, answers) {
            for (side, bytes) in [request, answer].enumerated() {
                file += packet(side, sequence: next[side], acknowledgement: next[1 - side], flags: 0x10, bytes)
                next[side] += UInt32(bytes.count)
                if bytes.count < 256 { streams += [UInt8(side) | 4, UInt8(bytes.count)] + bytes }
            }
        }
        put(file, folder, "captures", "lab")
        put(streams, folder, "streams", "lab")
    }

    static func write(to folder: String) {
        let (requests, answers) = answers()
        let execute = Request.execute(id: [1, 2], QueryParameters(values: [[0, 0, 0, 1], nil], pageSize: 10))
        let each = FuzzSeeds.requests.map { $0.bytes(stream: 1) } + [execute.bytes(stream: 1)]
        putCaptures(each, answers + [answers[answers.count - 1]], folder)
        for (index, answer) in answers.enumerated() {
            put([0] + answer, folder, "frames", "answer-\(index)")
            put([2, 0, 0, 0] + answer, folder, "payloads", "answer-\(index)")
            for framing in [Framing.compressedBodies, .frames, .compressedFrames] {
                var outbox = Outbox()
                outbox.change(to: framing)
                outbox.messages.put(bytes: answer)
                outbox.seal()
                let kind: UInt8 = framing == .compressedBodies ? 1 : framing == .frames ? 2 : 3
                put([kind] + Array(outbox.bytes), folder, "frames", "answer-\(index)-\(kind)")
            }
            put([answer[4], answer[1]] + answer[9...], folder, "bodies", "body-\(index)")
        }
        put([0] + answers.flatMap { $0 }, folder, "frames", "all")
        put([0] + answers[0] + answers[1], folder, "handshake", "plain")
        put([1] + authentication(), folder, "handshake", "password")
        put(requests, folder, "lab", "requests")
        for (index, type) in simpleTypes.enumerated() {
            put([UInt8(index)] + Array(repeating: 0, count: 16), folder, "values", "zeros-\(type)")
        }
        for (type, value) in values {
            let index = simpleTypes.firstIndex(of: type)!
            put([UInt8(index)] + ((try? value.encoded(as: type)) ?? [])!, folder, "values", "\(type)")
        }
        for (name, values) in [("none", []), ("one", [3_000]), ("some", [1, 2, 2, 4_000_000, 90_000_000])] {
            var histogram = Histogram()
            for value in values { histogram.record(Int64(value)) }
            put(histogram.encoded(), folder, "histograms", "\(name)-plain")
            put(histogram.compressed(), folder, "histograms", "\(name)-compressed")
            let line = IntervalLog.line(IntervalLogEntry(tag: "a-rt", start: 0, length: 1, histogram: histogram))
            let head = IntervalLog.header(comment: "Assay, a seed", base: WallTime(unixNanoseconds: 0))
            put(Array((head + line).utf8), folder, "logs", name)
            // Behind the 40 bytes of a histogram's head are its counts: lines of a second with one of them each.
            let counts = Array(histogram.encoded().dropFirst(40))
            let pieces = (0..<20).map { [UInt8(counts.count), 3, UInt8(4 * $0), 80] + counts }
            put(Array(pieces.joined()), folder, "logs", "\(name)-pieces")
        }
        // list<int> with one member, map<int, text> with one entry.
        put([200, 8, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 9], folder, "values", "list")
        put([202, 8, 11, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 9, 0, 0, 0, 1, 0x78], folder, "values", "map")
    }

    private static func put(_ bytes: [UInt8], _ folder: String, _ target: String, _ name: String) {
        mkdir(folder, 0o755)
        mkdir("\(folder)/\(target)", 0o755)
        let plain = String(name.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "-" })
        let descriptor = open("\(folder)/\(target)/\(plain)", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        precondition(descriptor >= 0, "cannot write seeds into \(folder)")
        precondition(bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } == bytes.count)
        close(descriptor)
    }
}
