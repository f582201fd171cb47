// Logins and TLS of real servers, where ASSAY_SERVERS names the folder that can start them.

import Foundation
import Testing

/// Where the servers' script keeps its nodes and the certificates that it makes.
private let serversHome =
    ProcessInfo.processInfo.environment["SERVERS_HOME"]
    ?? "\(ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp")/assay-servers"

extension EndToEnd {
    @Suite(
        .enabled(if: servers != nil, "ASSAY_SERVERS is not set, so there are no real servers"), .timeLimit(.minutes(10))
    )
    struct SecuredServersTests {
        /// How nodes are started, and what a side must say to be let in.
        struct Manner: Sendable, CustomTestStringConvertible {
            var environment: [String: String]
            var side: String
            /// What `assay check` says of a side.
            var words: [String]
            var testDescription: String { environment.keys.sorted().joined(separator: ", ") }
        }

        static let secret = "cassandra:cassandra"
        static let authority = "tls: {ca: \(serversHome)/tls/ca.pem, server_name: localhost"
        static let client = "certificate: \(serversHome)/tls/client.pem, key: \(serversHome)/tls/client.key"
        static let manners = [
            Manner(
                environment: ["AUTH": "1"], side: "credentials: env:ASSAY_E2E",
                words: ["no TLS", "login as cassandra from env:ASSAY_E2E (PasswordAuthenticator)"]),
            Manner(
                environment: ["TLS": "1"], side: "\(authority)}",
                words: ["TLS 1.", "certificate of CN=assay test server", "no login asked for"]),
            Manner(
                environment: ["AUTH": "1", "TLS": "1", "TLS_CLIENT_AUTH": "true"],
                side: "\(authority), \(client)}, credentials: env:ASSAY_E2E",
                words: ["TLS 1.", "known by a client certificate", "login as cassandra from env:ASSAY_E2E"])
        ]
        static let nodes = [
            RealNode(name: "secured-3", version: "3.11", address: "127.0.0.61"),
            RealNode(name: "secured-4", version: "4.1", address: "127.0.0.62"),
            RealNode(name: "secured-5", version: "5.0", address: "127.0.0.63")
        ]

        @Test(arguments: manners) func `Three releases, each with its doors closed`(manner: Manner) async throws {
            let nodes = Self.nodes.map {
                var node = $0
                node.environment = manner.environment.merging(["HEAP": "384M"]) { $1 }
                return node
            }
            try await withNodes(nodes) {
                // 3.11 and 4.1 meet in v4, the later two in v5.
                for (old, new, compression) in [(0, 1, "none"), (1, 2, "lz4")] {
                    try await wholeWay(manner, from: Self.nodes[old].address, to: Self.nodes[new].address, compression)
                }
                try await shutOut(manner)
            }
        }

        private func inputs(_ side: String, old: String, new: String) throws -> Inputs {
            let workload = try String(contentsOfFile: "\(Assay.package)/workloads/everything.yaml", encoding: .utf8)
            let more = side.isEmpty ? "" : ", \(side)"
            return Inputs(
                workload: workload, pair: Samples.pair(old: "cql: [\(old)]\(more)", new: "cql: [\(new)]\(more)"))
        }

        private func wholeWay(_ manner: Manner, from old: String, to new: String, _ compression: String) async throws {
            let inputs = try inputs("\(manner.side), compression: \(compression)", old: old, new: new)
            let environment = ["ASSAY_E2E": Self.secret, "HOME": inputs.folder.path]
            let both = ["--pair", "pair.yaml", "--workload", "workload.yaml", "--set", "people=60"]
            // The first login comes to be some seconds after the start.
            var reached = Outcome(code: 69, out: "", err: "")
            for _ in 0..<60 where reached.code == 69 {
                reached = try await Assay.start(
                    ["check", "--pair", "pair.yaml"], in: inputs.folder, environment: environment
                ).ended()
                if reached.code == 69 { try await Task.sleep(for: .milliseconds(500)) }
            }
            #expect(reached.code == 0, "\(reached)")
            for words in manner.words {
                #expect(reached.out.split(separator: words, omittingEmptySubsequences: false).count == 3, "\(reached)")
            }
            let load = try await Assay.start(["load"] + both, in: inputs.folder, environment: environment).ended()
            #expect(load.code == 0, "\(load)")
            let pace = ["--rate", "200/s", "--duration", "2s", "--slice", "1s", "--warm-up", "1s"]
            let run = try await Assay.start(
                ["run", "--quiet", "--out", "out"] + both + pace, in: inputs.folder, environment: environment
            ).ended()
            #expect(run.code == 0, "\(run)")
            #expect(inputs.results.has("report.html"))
            let spoken = try inputs.results.document("environment.json")["new"]
            #expect(spoken["protocol_version"].integer == (old == Self.nodes[0].address ? 4 : 5))
            #expect(spoken["compression"].string == compression)
            for side in ["old", "new"] {
                for (name, record) in try inputs.results.recording["whole"][side].entries {
                    #expect(record["errors"].entries.isEmpty, "\(side) \(name): \(record)")
                    #expect(record["completed"].integer ?? 0 > 0, "\(side) \(name)")
                }
            }
            try inputs.results.expectSameOperations()
            for text in [reached, load, run].flatMap({ [$0.out, $0.err] }) { #expect(!text.contains(Self.secret)) }
            for (name, data) in snapshot(inputs.folder.file("out")) {
                #expect(data.range(of: Data(Self.secret.utf8)) == nil, "\(name)")
            }
        }

        /// Without what the servers want there is one line that says so.
        private func shutOut(_ manner: Manner) async throws {
            let isSecured = manner.environment["TLS"] != nil
            let isMutual = manner.environment["TLS_CLIENT_AUTH"] != nil
            for node in Self.nodes {
                func refusal(_ side: String) async throws -> Outcome {
                    let inputs = try inputs("", old: node.address, new: node.address)
                    let place = "cql: [\(node.address)]" + (side.isEmpty ? "" : ", \(side)")
                    inputs.folder.write(Samples.pair(old: place, new: place), to: "pair.yaml")
                    let outcome = try await Assay.start(
                        ["check", "--pair", "pair.yaml"], in: inputs.folder,
                        environment: ["ASSAY_E2E": "cassandra:wrong", "HOME": inputs.folder.path]
                    ).ended()
                    expectOneLine(outcome, code: 69)
                    #expect(outcome.err.hasPrefix("old side \(node.address):9042 "), "\(outcome)")
                    return outcome
                }
                let bare = try await refusal("")
                #expect(bare.err.contains(isSecured ? "TLS" : "asks for credentials"), "\(bare)")
                if isSecured {
                    let untrusted = try await refusal("tls: true")
                    #expect(untrusted.err.contains("is not trusted"), "\(untrusted)")
                    let foreign = try await refusal("tls: {ca: \(serversHome)/tls/ca.pem}")
                    #expect(foreign.err.contains("asked for \(node.address), it is for DNS:localhost"), "\(foreign)")
                } else {
                    let unsecured = try await refusal("tls: true")
                    #expect(unsecured.err.contains("TLS on this port"), "\(unsecured)")
                }
                if isMutual {
                    let nameless = try await refusal("\(Self.authority)}")
                    #expect(nameless.err.contains("wants a client certificate"), "\(nameless)")
                }
                if manner.environment["AUTH"] != nil {
                    let wrong = try await refusal(manner.side)
                    #expect(wrong.err.contains("refused the credentials of user cassandra (from env:"), "\(wrong)")
                }
            }
        }
    }
}
