// Targets that cannot be used: nobody there, somebody else there, and credentials that are missing or wrong.

import Foundation
import Lab
import Quantities
import Reactor
import Testing

/// A pair of which both sides are this port of the loopback; `more` goes into the braces of each side.
private func pair(port: UInt16, _ more: String = "") -> String {
    let side = "cql: [\"127.0.0.1:\(port)\"]\(more)"
    return Samples.pair(old: side, new: side)
}

extension EndToEnd {
    @Suite(.timeLimit(.minutes(2))) struct TargetTests {
        /// A port that nobody listens on.
        private func closedPort() throws -> UInt16 {
            let socket = try Socket.listening(on: Endpoint(host: "127.0.0.1", port: 0))
            defer { socket.close() }
            return socket.localPort
        }

        @Test(arguments: ["run", "check", "load"])
        func `A port that is closed`(verb: String) async throws {
            let port = try closedPort()
            let inputs = Inputs(pair: pair(port: port))
            let words = [verb, "--pair", "pair.yaml", "--workload", "workload.yaml"]
            let outcome = try await Assay.start(words + (verb == "run" ? ["--quiet"] : []), in: inputs.folder).ended()
            expectOneLine(outcome, code: 69)
            #expect(outcome.err.contains("old side 127.0.0.1:\(port)") && outcome.err.contains("refused"), "\(outcome)")
        }

        @Test func `A host that has no address`() async throws {
            let side = "cql: [\"no-such-host.invalid:9042\"]"
            let outcome = try await Inputs(pair: Samples.pair(old: side, new: side)).run()
            expectOneLine(outcome, code: 69)
            #expect(outcome.err.contains("no-such-host.invalid"), "\(outcome)")
        }

        /// Python's server waits for the end of a line that never comes; others answer at once.
        @Test(arguments: ["wait", "answer", "close"])
        func `A port that speaks something else`(manner: String) async throws {
            let server = try Child("python3", ["\(Assay.package)/Tests/EndToEndTests/not_cql.py", manner])
            defer { server.signal(SIGKILL) }
            var port: UInt16?
            let isUp = await eventually(within: 20) {
                port = server.output.hasSuffix("\n") ? UInt16(server.output.dropLast()) : nil
                return port != nil
            }
            try #require(isUp, "python3 did not start")
            let outcome = try await Inputs(pair: pair(port: port!)).run()
            expectOneLine(outcome, code: 69)
            #expect(outcome.err.contains("old side 127.0.0.1:\(port!)") && outcome.err.contains("CQL"), "\(outcome)")
        }

        @Test func `A side without the dataset is told before anything is measured`() async throws {
            let server = try LabServer(
                listening: Endpoint(host: "127.0.0.1", port: 0), node: LabNode(side: .old, dials: LabDials(.old)))
            server.start()
            defer { server.stop() }
            let inputs = Inputs(pair: pair(port: server.port))
            let few = Samples.workload.replacing("partitions: 100", with: "partitions: 10")
            inputs.folder.write(few, to: "few.yaml")
            let load = try await Assay.run("load", "--pair", "pair.yaml", "--workload", "few.yaml", in: inputs.folder)
            #expect(load.code == 0, "\(load)")
            let outcome = try await inputs.run("--duration", "1s")
            expectOneLine(outcome, code: 65)
            #expect(outcome.err.hasPrefix("workload.yaml:") && outcome.err.contains("assay load"), "\(outcome)")
            #expect(!inputs.results.has("recording.json"))
        }

        static let credentials: [(pair: String, environment: [String: String], code: Int32, words: String)] = [
            ("", [:], 69, "credentials"),
            (", credentials: env:ASSAY_E2E", ["ASSAY_E2E": "assay:wrong"], 69, "refused the credentials of user assay"),
            (
                ", credentials: env:ASSAY_E2E", ["ASSAY_E2E": "nobody:secret"], 69,
                "refused the credentials of user nobody"
            ),
            (", credentials: env:ASSAY_E2E_UNSET", [:], 65, "ASSAY_E2E_UNSET"),
            (", credentials: env:ASSAY_E2E", ["ASSAY_E2E": "no colon here"], 65, "env:ASSAY_E2E"),
            (", credentials: file:missing", [:], 65, "missing")
        ]

        @Test(arguments: credentials.indices)
        func `Credentials that do not open the door`(index: Int) async throws {
            let sample = Self.credentials[index]
            var dials = LabDials(.old)
            dials.credentials = LabDials.Credentials(user: "assay", password: "secret")
            let server = try LabServer(
                listening: Endpoint(host: "127.0.0.1", port: 0), node: LabNode(side: .old, dials: dials))
            server.start()
            defer { server.stop() }
            let home = Scratch()
            let outcome = try await Inputs(pair: pair(port: server.port, sample.pair)).run(
                environment: sample.environment.merging(["HOME": home.path]) { $1 })
            expectOneLine(outcome, code: sample.code)
            #expect(outcome.err.contains(sample.words), "\(outcome)")
            for secret in ["wrong", "secret", "no colon here"] { #expect(!outcome.err.contains(secret), "\(outcome)") }
        }
    }
}
