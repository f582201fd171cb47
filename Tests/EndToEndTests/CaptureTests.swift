// `assay capture` from a file of packets to a workload that `assay check` takes, with the schema asked from a node of the lab.

import CQLClient
import CQLProtocol
import CaptureSupport
import Foundation
import Histograms
import Lab
import Quantities
import Reactor
import Testing

extension EndToEnd {
    @Suite(.timeLimit(.minutes(1))) struct CaptureTests {
        /// An application with a read by key, and one whose PREPARE is not in the capture.
        private func packets() -> [UInt8] {
            let dialogue = Dialogue(version: .v5, compression: .lz4)
            dialogue.open()
            dialogue.prepare(
                "SELECT note FROM shop.orders WHERE customer = ? AND at = ?", id: [1], table: "shop.orders",
                binds: [("customer", .int), ("at", .int)])
            for index in 0..<300 {
                dialogue.execute([1], [int(index % 40), int(3)], stream: 1, pageSize: 100)
                dialogue.answer(rows: 1, stream: 1)
            }
            for _ in 0..<100 {
                dialogue.execute([2], [int(1)], stream: 1)
                dialogue.answerVoid(stream: 1)
            }
            return dialogue.bytes
        }

        @Test func `A capture becomes a workload, a table and a trace`() async throws {
            let folder = Scratch()
            try Data(packets()).write(to: URL(fileURLWithPath: folder.file("a.pcap")))
            let outcome = try await Assay.run("capture", "a.pcap", "--out", "made", "--trace", in: folder)
            #expect(outcome.code == 0, "\(outcome)")
            #expect(outcome.out.contains("select_orders  point"), "\(outcome)")
            #expect(outcome.err.contains("25 % of EXECUTEs (100) have no known statement: start the capture before"))
            let figures = try Document(path: folder.file("made/capture.json"))
            #expect(figures["operations"].list.count == 1 && figures["left_out"].list.count == 1)
            let trace = try #require(FileManager.default.contents(atPath: folder.file("made/trace.jsonl.gz")))
            let lines = String(decoding: try #require(gunzipped(Array(trace))), as: UTF8.self).split(separator: "\n")
            #expect(lines.count == 401)
            // The workload can be planned with, also by the trace's own arrivals.
            let written = try #require(folder.read("made/workload.yaml"))
            folder.write(
                written.replacing(
                    #/traffic: .*/#, with: "traffic: {arrivals: {trace: trace.jsonl.gz}, warm_up: 1 s}"),
                to: "made/replay.yaml")
            for name in ["workload", "replay"] {
                let planned = try await Assay.run(
                    "run", "--dry-run", "--workload", "made/\(name).yaml", "--old", "cql://127.0.0.1:1", "--new",
                    "cql://127.0.0.1:1", in: folder)
                #expect(planned.code == 0, "\(planned)")
            }
            let again = try await Assay.run("capture", "a.pcap", "--out", "made", in: folder)
            #expect(again.code == 64 && again.err.contains("made/workload.yaml is there already"), "\(again)")
        }

        @Test func `A cluster is asked for the schema`() async throws {
            let server = try LabServer(listening: Endpoint(host: "127.0.0.1", port: 0), node: LabNode(.old))
            server.start()
            defer { server.stop() }
            let session = try SimpleSession(SideAccess(.old, [server.endpoint]), server.endpoint)
            for cql in [
                "CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
                "CREATE TABLE shop.orders (customer int, at int, note text, PRIMARY KEY (customer, at)) WITH CLUSTERING ORDER BY (at DESC)"
            ] { try session.query(cql) }
            let folder = Scratch()
            try Data(packets()).write(to: URL(fileURLWithPath: folder.file("a.pcap")))
            let address = "127.0.0.1:\(server.endpoint.port)"
            let outcome = try await Assay.run("capture", "a.pcap", "--from-cluster", address, in: folder)
            #expect(outcome.code == 0, "\(outcome)")
            let text = try #require(folder.read("captured/workload.yaml"))
            #expect(
                text.contains(
                    "CREATE TABLE IF NOT EXISTS shop.orders (customer int, at int, note text, PRIMARY KEY (customer, at)) WITH CLUSTERING ORDER BY (at DESC)"
                ), "\(text)")
            #expect(outcome.err.contains("does not tell what was prepared"), "\(outcome)")
            let checked = try await Assay.run(
                "check", "--workload", "captured/workload.yaml", "--old", "cql://\(address)", "--new",
                "cql://\(address)",
                in: folder)
            #expect(checked.code == 0, "\(checked)")
        }

        @Test func `What is no capture of CQL says so`() async throws {
            let folder = Scratch()
            folder.write("no packets at all, but a text", to: "text")
            try Data(PcapFile().bytes).write(to: URL(fileURLWithPath: folder.file("empty.pcap")))
            for (words, code, says) in [
                (
                    ["text"], 65,
                    "text: unknown file format, expected a capture of tcpdump's or Wireshark's (pcap or pcapng)"
                ),
                (["none.pcap"], 65, "none.pcap: "), (["empty.pcap"], 65, "no operation in it"),
                ([], 64, "the capture is missing"),
                (["empty.pcap", "--port", "x"], 64, "'x' is no port"),
                (["empty.pcap", "--from-cluster", "127.0.0.1:1"], 69, "127.0.0.1:1")
            ] as [([String], Int32, String)] {
                let outcome = try await Assay.start(["capture"] + words, in: folder).ended()
                #expect(outcome.code == code && outcome.err.contains(says), "\(words): \(outcome)")
            }
        }
    }
}
