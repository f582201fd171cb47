// Logins and TLS of real servers, where ASSAY_SERVERS names the folder that can start them.

import Foundation
import Testing

private let servers = ProcessInfo.processInfo.environment["ASSAY_SERVERS"]
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
            (name: "secured-3", version: "3.11", address: "127.0.0.61"),
            (name: "secured-4", version: "4.1", address: "127.0.0.62"),
            (name: "secured-5", version: "5.0", address: "127.0.0.63")
        ]

        /// Not ended with the test: it is what cleans up after it.
        private func cassandra(_ words: [String], _ environment: [String: String] = [:]) async throws -> Outcome {
            try await Task { try await Child("\(servers!)/cassandra", words, environment: environment).ended() }.value
        }

        private func withNodes(_ manner: Manner, _ body: () async throws -> Void) async throws {
            guard await Child.succeeds("java", "-version") else {
                print("end-to-end: java is not here, so the secured servers are skipped")
                return
            }
            var failure: (any Error)?
            do {
                let environment = manner.environment.merging(["HEAP": "384M"]) { $1 }
                for node in Self.nodes { _ = try await cassandra(["wipe", node.name]) }
                // One starts alone, for they share the certificates that the first one makes.
                let first = try await cassandra(["start", "secured-3", "3.11", "127.0.0.61"], environment)
                try #require(first.code == 0, "\(first)")
                async let second = cassandra(["start", "secured-4", "4.1", "127.0.0.62"], environment)
                async let third = cassandra(["start", "secured-5", "5.0", "127.0.0.63"], environment)
                for outcome in [try await second, try await third] { try #require(outcome.code == 0, "\(outcome)") }
                try await body()
            } catch {
                failure = error
            }
            for node in Self.nodes { _ = try await cassandra(["wipe", node.name]) }
            if let failure { throw failure }
        }

        @Test(arguments: manners) func `Three releases, each with its doors closed`(manner: Manner) async throws {
            try await withNodes(manner) {
                for new in Self.nodes.dropFirst() { try await wholeWay(manner, to: new) }
                try await shutOut(manner)
            }
        }

        private func inputs(_ side: String, new address: String) throws -> Inputs {
            let workload = try String(contentsOfFile: "\(Assay.package)/workloads/orders.yaml", encoding: .utf8)
            let more = side.isEmpty ? "" : ", \(side)"
            return Inputs(
                workload: workload,
                pair: Samples.pair(old: "cql: [127.0.0.61]\(more)", new: "cql: [\(address)]\(more)"))
        }

        private func wholeWay(_ manner: Manner, to new: (name: String, version: String, address: String)) async throws {
            let inputs = try inputs(manner.side, new: new.address)
            let environment = ["ASSAY_E2E": Self.secret, "HOME": inputs.folder.path]
            let both = ["--pair", "pair.yaml", "--workload", "workload.yaml", "--set", "customers=300"]
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
                    let inputs = try inputs("", new: node.address)
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
