// Each shipped workload on real servers, one release at a time, where ASSAY_SERVERS names the folder that can start them.

import Documents
import Foundation
import Quantities
import Testing
import Workloads

extension EndToEnd {
    @Suite(
        .serialized, .enabled(if: servers != nil, "ASSAY_SERVERS is not set, so there are no real servers"),
        .timeLimit(.minutes(15))
    )
    struct ShapesTests {
        static let address = "127.0.0.42"
        static let name = "V-shapes"

        static let workloads = [
            ("orders", ["customers=300"]), ("timeseries", ["sensors=50", "readings=100"]),
            ("multi-partition", ["products=300"]), ("range-and-scan", ["documents=1000"]),
            ("wide-rows", ["owners=100"]), ("tombstones", ["queues=20", "done=200"]),
            ("lwt-counters-indexes", ["users=500"])
        ]

        @Test(arguments: ["3.11", "4.1"]) func `Each shipped workload runs without an error`(version: String)
            async throws
        {
            try await withNodes([RealNode(name: Self.name, version: version, address: Self.address)]) {
                for (workload, settings) in Self.workloads { try await run(workload, settings, version) }
            }
        }

        /// The node is both sides. Reads find rows, and the rows that are said to exist do.
        private func run(_ workload: String, _ settings: [String], _ version: String) async throws {
            let folder = Scratch()
            let side = "{cql: [\"\(Self.address):9042\"], connections: 2}"
            folder.write("pair: 1\nname: itself\nold: \(side)\nnew: \(side)\n", to: "p.yaml")
            let file = "\(Assay.package)/workloads/\(workload).yaml"
            let both = ["--pair", "p.yaml", "--workload", file] + settings.flatMap { ["--set", $0] }
            let loaded = try await Assay.start(["load"] + both, in: folder).ended()
            try #require(loaded.code == 0, "\(version) \(workload): \(loaded)")
            let words = ["run", "--quiet", "--out", "d", "--duration", "10s", "--slice", "1s", "--warm-up", "2s"]
            let run = try await Assay.start(words + ["--rate", "100/s"] + both, in: folder).ended()
            #expect(run.code == 0, "\(version) \(workload): \(run)")
            let profile = try Profile.read(
                try String(contentsOfFile: file, encoding: .utf8), file: file,
                settings: settings.map { $0.split(separator: "=") }.map {
                    Profile.Setting(name: String($0[0]), value: String($0[1]))
                })
            let recording = try Results("d", in: folder).recording
            for operation in profile.operations {
                let record = recording["whole"]["new"][operation.name]
                let completed = record["completed"].integer ?? 0
                #expect(completed > 0, "\(version) \(workload): \(operation.name) was never sent")
                #expect(record["errors"].entries.isEmpty, "\(version) \(workload): \(operation.name): \(record)")
                let rows = record["rows"].integer ?? 0
                #expect(rows > 0 || operation.shape.isWrite, "\(version) \(workload): \(operation.name) finds nothing")
                if operation.shape == .point { #expect(rows == completed, "\(workload): \(operation.name)") }
            }
        }
    }
}
