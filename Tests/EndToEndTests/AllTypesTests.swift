// All types and all kinds of statements on real servers, one release at a time: what Assay writes another driver reads, and the other
// way round, where ASSAY_SERVERS names the folder that can start them.

import Bytes
import CQLClient
import CQLProtocol
import Documents
import Foundation
import Quantities
import Reactor
import Testing
import Workloads

extension EndToEnd {
    @Suite(
        .serialized, .enabled(if: servers != nil, "ASSAY_SERVERS is not set, so there are no real servers"),
        .timeLimit(.minutes(10))
    )
    struct AllTypesTests {
        static let address = "127.0.0.41"
        static let name = "V-types"

        @Test(arguments: ["3.11", "4.1", "5.0"])
        func `Every type and every statement goes there and back`(version: String) async throws {
            let node = RealNode(name: Self.name, version: version, address: Self.address)
            try await withNodes([node]) {
                try await run("everything", "people=100", version)
                for speech in version == "3.11" ? ["3", "4"] : ["4", "5"] {
                    for compression in ["none", "lz4"] { try await speak(speech, compression) }
                }
                if version == "5.0" {
                    try await run("vectors", "products=100", version)
                } else {
                    try await refuse("vectors")
                }
            }
        }

        /// One node is both sides here, so each row is inserted twice with one timestamp, and Cassandra keeps both copies of a list that is
        /// not frozen.
        private static func text(_ workload: String) throws -> String {
            try String(contentsOfFile: "\(Assay.package)/workloads/\(workload).yaml", encoding: .utf8)
                .replacing("a_list list<text>", with: "a_list frozen<list<text>>")
                .replacing("a_udts list<frozen<address>>", with: "a_udts frozen<list<frozen<address>>>")
        }

        private static func inputs(_ workload: String, _ more: String = "connections: 2") throws -> Scratch {
            let scratch = Scratch()
            scratch.write(try text(workload), to: "w.yaml")
            let side = "{cql: [\"\(address):9042\"], \(more)}"
            scratch.write("pair: 1\nname: itself\nold: \(side)\nnew: \(side)\n", to: "p.yaml")
            return scratch
        }

        /// Loads, runs for some seconds without a single error, and holds the rows against another driver.
        private func run(_ workload: String, _ setting: String, _ version: String) async throws {
            let folder = try Self.inputs(workload)
            let both = ["--pair", "p.yaml", "--workload", "w.yaml", "--set", setting]
            let loaded = try await Assay.start(["load"] + both, in: folder).ended()
            try #require(loaded.code == 0, "\(loaded)")
            let words = ["run", "--quiet", "--out", "d", "--duration", "6s", "--slice", "1s", "--warm-up", "2s"]
            let run = try await Assay.start(words + ["--rate", "250/s"] + both, in: folder).ended()
            #expect(run.code == 0, "\(run)")
            let recording = try Results("d", in: folder).recording
            var completed: [String: Int] = [:]
            for round in recording["rounds"].list {
                for side in ["old", "new"] {
                    for (name, record) in round[side]["operations"].entries {
                        #expect(record["errors"].entries.isEmpty, "\(version) \(side) \(name): \(record)")
                        completed[name, default: 0] += record["completed"].integer ?? 0
                    }
                }
            }
            let profile = try Self.profile(workload, setting)
            for operation in profile.operations {
                #expect(completed[operation.name] ?? 0 > 0, "\(operation.name) was never sent")
                if operation.shape == .lwt {
                    let record = recording["whole"]["new"][operation.name]
                    #expect(record["not_applied"].integer != nil, "\(operation.name)")
                }
            }
            try await compareRows(profile, folder, version)
        }

        /// Every statement in a version of the protocol, with compression and without, on the rows that are there.
        private func speak(_ speech: String, _ compression: String) async throws {
            let folder = try Self.inputs("everything", "protocol: \(speech), compression: \(compression)")
            let both = ["--pair", "p.yaml", "--workload", "w.yaml", "--set", "people=100"]
            if speech == "3" {
                let refused = try await Assay.start(["load"] + both, in: folder).ended()
                #expect(
                    refused.code == 65
                        && refused.err.contains("'a_int' unset, which v3 of the protocol writes as null"), "\(refused)")
            }
            let words = ["run", "--quiet", "--out", "d", "--duration", "3s", "--slice", "1s", "--warm-up", "1s"]
            let outcome = try await Assay.start(words + ["--rate", "250/s"] + both, in: folder).ended()
            #expect(outcome.code == 0, "v\(speech) \(compression): \(outcome)")
            let results = Results("d", in: folder)
            let spoken = try results.document("environment.json")["old"]
            #expect(spoken["protocol_version"].integer == Int(speech) && spoken["compression"].string == compression)
            for (name, record) in try results.recording["whole"]["new"].entries {
                #expect(record["errors"].entries.isEmpty, "v\(speech) \(compression) \(name): \(record)")
            }
        }

        private static func profile(_ workload: String, _ setting: String) throws -> Profile {
            let parts = setting.split(separator: "=").map(String.init)
            return try Profile.read(
                text(workload), file: workload, settings: [Profile.Setting(name: parts[0], value: parts[1])])
        }

        /// What a release does not have is one line, with its place.
        private func refuse(_ workload: String) async throws {
            let folder = try Self.inputs(workload)
            let loaded = try await Assay.start(["load", "--pair", "p.yaml", "--workload", "w.yaml"], in: folder).ended()
            #expect(loaded.code == 65, "\(loaded)")
            #expect(
                loaded.lines.last?.hasPrefix("w.yaml:12:5: the old side refuses the statement: ") == true, "\(loaded)")
        }

        private func compareRows(_ profile: Profile, _ folder: Scratch, _ version: String) async throws {
            let dataset = profile.dataset[0]
            let session = try SimpleSession(
                SideAccess(.old, [Endpoint(host: Self.address, port: 9042)]), Endpoint(host: Self.address, port: 9042))
            let copy = "\(dataset.table)_by_driver"
            let table = try #require(profile.schema.first { $0.cql.contains("\(dataset.table) (") })
            try session.query(table.cql.replacing("\(dataset.table) (", with: "\(copy) ("))
            let prepared = try session.prepare(dataset.insert)
            let key = table.cql.contains("PRIMARY KEY (person, version)") ? 2 : 1
            let plan = try BindPlan(dataset.binds, prepared, of: "the dataset", at: nil)
            var (rows, expected): ([JSON], [String: [CQLValue]]) = ([], [:])
            for partition in 0..<30 {
                for row in 0..<dataset.rows(in: partition, seed: 42) {
                    var sink = EvidenceSink()
                    dataset.generate(partition: partition, row: row, seed: 42, into: &sink)
                    rows.append(.array(sink.row))
                    var writer = ByteWriter()
                    plan.withSink(into: &writer) {
                        dataset.generate(partition: partition, row: row, seed: 42, into: &$0)
                    }
                    let values = try Self.cells(writer.array, prepared.binds.map(\.type)).map(\.stored)
                    expected[values[..<key].map(\.description).joined(separator: " ")] = values
                }
            }
            let columns = prepared.binds.map(\.name)
            if await Python.has("cassandra.cluster") {
                let evidence = JSON.object([
                    "keyspace": .string(dataset.keyspace), "table": .string(dataset.table), "copy": .string(copy),
                    "columns": .array(columns.map(JSON.string)), "key": .integer(key), "rows": .array(rows)
                ])
                let path = folder.write(evidence.text(), to: "evidence.json")
                let outcome = try await Python.run("all_types.py", Self.address, path)
                try #require(outcome.code == 0, "\(outcome)")
                print("end-to-end: \(version), \(profile.name): \(outcome.out)", terminator: "")
                let read = try session.query(
                    "SELECT \(columns.joined(separator: ", ")) FROM \(dataset.keyspace).\(copy)")
                #expect(read.count == expected.count)
                for row in read.values {
                    let values = row.map(\.stored)
                    let wanted = expected[values[..<key].map(\.description).joined(separator: " ")]
                    #expect(values == wanted, "\(version): \(values)")
                }
            }
        }

        /// The values that were written, read back; a value that was left unset is null in a new row.
        private static func cells(_ bytes: [UInt8], _ types: [CQLType]) throws -> [CQLValue] {
            var bytes = bytes[...]
            return try types.map { type in
                let length = Int(bytes.prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) })
                bytes = bytes.dropFirst(4)
                guard length <= 0x7FFF_FFFF else { return .null }
                defer { bytes = bytes.dropFirst(length) }
                return try CQLValue(Array(bytes.prefix(length)), as: type)
            }
        }
    }
}
