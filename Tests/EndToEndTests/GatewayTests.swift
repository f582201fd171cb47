// A run over HTTP, from files to a verdict: gateways of the lab, nginx, and what is said where a side does not fit.

import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite(.timeLimit(.minutes(2))) struct GatewayTests {
        private static let workload = """
            workload: 1
            name: items
            values:
              key: {int: {uniform: [0, 99999]}}
            operations:
              item: {shape: point, weight: 2, http: "GET /items/{key}", check: {json: {$.key: any}}}
              items: {shape: range, weight: 1, http: "GET /items?from={key}&count=5", rows: $.rows}
              put: {shape: write, weight: 1, check: {status: 201}, http: {request: POST /items, body: {key: "{key}"}}}
            traffic: {arrivals: constant, rate: 400/s, time_out: 2 s, warm_up: 0 s, slice: 200 ms, guard: 100 ms}

            """

        private static func pair(new: String = "{}", old: String = "lab: {speaks: http}") -> String {
            let dials = new.replacing("{", with: "{speaks: http, ", maxReplacements: 1).replacing(", }", with: "}")
            return Samples.pair(old: old, new: "lab: \(dials)")
        }

        @Test func `Both sides get the same requests, and a slower range is found by name`() async throws {
            let inputs = Inputs(workload: Self.workload, pair: Self.pair(new: "{factor: {range: 3}}"))
            let outcome = try await inputs.run("--duration", "12s", "--full")
            // Not qualified, unless the machine is too busy for a verdict.
            #expect([1, 2, 3].contains(outcome.code), "\(outcome)")
            let results = inputs.results
            try results.expectNothingMissing(duePerSlice: Samples.operationsPerSlice)
            try results.expectSameOperations()
            for round in try results.rounds {
                for (name, old) in round["old"]["operations"].entries {
                    #expect(old["rows"].integer == round["new"]["operations"][name]["rows"].integer, "\(name)")
                    #expect(old["phases"]["first_byte"]["count"].integer == old["intended"].integer, "\(name)")
                }
            }
            let environment = try results.document("environment.json")
            #expect(environment["old"]["http"].string == "HTTP/1.1")
            for verdict in try results.verdicts("mean") where verdict.finding == "fail" {
                #expect(verdict.id == "mean/items", "\(verdict)")
            }
            if outcome.code == 1 {
                #expect(try results.verdicts("mean").contains { $0.id == "mean/items" && $0.finding == "fail" })
            }
            // The report can be written from the dossier alone.
            #expect(try await Assay.run("report", "out", in: inputs.folder).code == 0)
        }

        @Test func `Faults of one side count against it by class`() async throws {
            let pair = Self.pair(new: "{errors: {point: {share: 50 %, class: unavailable}}}")
            let inputs = Inputs(workload: Self.workload, pair: pair)
            _ = try await inputs.run("--duration", "3s")
            let results = inputs.results
            try results.expectNothingMissing(duePerSlice: Samples.operationsPerSlice)
            var failed = 0
            for round in try results.rounds {
                #expect(round["old"]["operations"]["item"]["errors"].entries.isEmpty)
                let errors = round["new"]["operations"]["item"]["errors"]
                #expect(errors.entries.allSatisfy { $0.name == "status_503" })
                failed += errors["status_503"].integer ?? 0
            }
            #expect(failed > 50)
        }

        @Test func `nginx behind TLS is spoken to in HTTP 2, and answers that differ are said`() async throws {
            let row = "location /items { default_type application/json; return 200 '{\"key\": 1}'; }"
            let other = "location /items { default_type application/json; return 200 '{\"key\": 2}'; }"
            guard let old = Nginx(extra: row), let new = Nginx(extra: other) else {
                return print("end-to-end: nginx is not here, so what needs it is skipped")
            }
            let workload = Self.workload.replacing(", rows: $.rows", with: "").replacing(
                "{status: 201}", with: "{status: 200}")
            let tls = "tls: {ca: \(TestCertificates["ca.pem"])}"
            func side(_ server: Nginx) -> String { "http: \"https://127.0.0.1:\(server.securePort)\", \(tls)" }
            let inputs = Inputs(workload: workload, pair: Samples.pair(old: side(old), new: side(new)))
            let check = try await Assay.run(
                "check", "--pair", "pair.yaml", "--workload", "workload.yaml", in: inputs.folder)
            #expect(check.code == 2 && check.out.contains("HTTP/2"), "\(check)")
            #expect(check.out.contains("UNEXPECTED  answers.item.body"), "\(check)")
            let same = Inputs(workload: workload, pair: Samples.pair(old: side(old), new: side(old)))
            let outcome = try await same.run("--duration", "3s")
            #expect([2, 3].contains(outcome.code), "\(outcome)")
            try same.results.expectNothingMissing(duePerSlice: Samples.operationsPerSlice)
            for round in try same.results.rounds {
                for (name, operation) in round["new"]["operations"].entries {
                    #expect(operation["errors"].entries.isEmpty, "\(name)")
                }
            }
        }

        @Test func `What does not fit is said before anything is sent`() async throws {
            func run(_ pair: String, _ workload: String = Self.workload) async throws -> Outcome {
                try await Inputs(workload: workload, pair: pair).run("--duration", "1s")
            }
            let mixed = try await run(Samples.pair(old: "lab: {}", new: "lab: {speaks: http}"))
            #expect(
                mixed.code == 65 && mixed.err.contains("has http and the old side of the pair speaks cql"), "\(mixed)")
            let cql = try await run(Self.pair(), Samples.workload)
            #expect(cql.code == 65 && cql.err.contains("has cql and the old side of the pair speaks http"), "\(cql)")
            let gone = try await run(Samples.pair(old: "http: \"http://127.0.0.1:1\"", new: "lab: {speaks: http}"))
            #expect(gone.code == 69 && gone.err.contains("old side: http://127.0.0.1:1 cannot be used"), "\(gone)")
            let inputs = Inputs(
                workload: Self.workload, pair: Samples.pair(old: "http: \"http://a\"", new: "http: \"http://b\""))
            let load = try await Assay.run(
                "load", "--pair", "pair.yaml", "--workload", "workload.yaml", in: inputs.folder)
            #expect(load.code == 65 && load.err.contains("rows are written over CQL"), "\(load)")
        }
    }
}
