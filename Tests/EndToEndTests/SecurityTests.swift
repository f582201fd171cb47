// Secured sides from outside: lab nodes behind a TLS server of Python's, and every way in which such a side cannot be used.

import Foundation
import Lab
import Quantities
import Reactor
import TestSupport
import Testing

/// A lab node that asks for a login, on a port of its own.
private func makeNode(_ side: Side = .old) throws -> LabServer {
    var dials = LabDials(side)
    dials.credentials = LabDials.Credentials(user: "assay", password: "s3cret-w0rd")
    let server = try LabServer(listening: Endpoint(host: "127.0.0.1", port: 0), node: LabNode(side: side, dials: dials))
    server.start()
    return server
}

private let password = "s3cret-w0rd"

extension EndToEnd {
    @Suite(.enabled(if: TestCertificates.folder != nil, "python3 or openssl is not here"), .timeLimit(.minutes(5)))
    struct SecurityTests {
        let home = Scratch()

        /// A pair file in a folder of its own beside the certificates, and what `assay` makes of it.
        private func assay(
            _ verb: String, _ inputs: Inputs, _ more: [String] = [], environment: [String: String] = [:]
        ) async throws -> Outcome {
            try await Assay.start(
                [verb, "--pair", "pair.yaml"] + more, in: inputs.folder,
                environment: environment.merging(["HOME": home.path]) { $1 }
            ).ended()
        }

        private func place(_ port: UInt16, _ host: String = "127.0.0.1") -> String { "cql: [\"\(host):\(port)\"]" }

        @Test func `A run over TLS with logins leaves no password behind`() async throws {
            let nodes = [try makeNode(.old), try makeNode(.new)]
            defer { for node in nodes { node.stop() } }
            let old = try #require(TLSTestServer("--forward", "\(nodes[0].port)", "--client-ca", "ca"))
            let new = try #require(TLSTestServer("--forward", "\(nodes[1].port)", "--max", "1.2"))
            let inputs = Inputs(
                pair: Samples.pair(
                    old: place(old.port) + ", tls: {ca: pem/ca.pem, certificate: pem/both.pem}",
                    new: place(new.port, "localhost") + ", tls: {ca: pem/ca.pem}"))
            try FileManager.default.createSymbolicLink(
                atPath: inputs.folder.file("pem"), withDestinationPath: TestCertificates.folder!)
            home.write("[plain_text_auth]\nusername = assay\npassword = \(password)\n", to: "credentials")
            home.write("[authentication]\nusername = assay\ncredentials = ~/credentials\n", to: ".cqlshrc")
            try FileManager.default.createDirectory(atPath: home.file(".cassandra"), withIntermediateDirectories: true)
            try FileManager.default.moveItem(atPath: home.file(".cqlshrc"), toPath: home.file(".cassandra/cqlshrc"))
            chmod(home.file("credentials"), 0o600)
            let environment = ["ASSAY_NEW": "assay:\(password)"]
            let workload = ["--workload", "workload.yaml"]

            let load = try await assay("load", inputs, workload, environment: environment)
            #expect(load.code == 0, "\(load)")
            let check = try await assay("check", inputs, workload, environment: environment)
            #expect(check.code == 0 && !check.err.contains("others"), "\(check)")
            for words in [
                "TLS 1.3 (TLS_AES_256_GCM_SHA384), certificate of CN=server until 2099-01-01T00:00:00Z, checked against pem/ca.pem; "
                    + "known by a client certificate; login as assay from cassandra:~/credentials (PasswordAuthenticator)",
                "TLS 1.2 (", "login as assay from env:ASSAY_NEW"
            ] { #expect(check.out.contains(words), "\(check)") }
            let run = try await assay(
                "run", inputs, workload + ["--quiet", "--out", "out", "--duration", "2s"], environment: environment)
            #expect(run.code == 0, "\(run)")
            let environmentFile = try #require(inputs.folder.read("out/environment.json"))
            #expect(environmentFile.contains("TLS 1.2") && environmentFile.contains("\"user\": \"assay\""))
            #expect(try #require(inputs.folder.read("out/report.html")).contains("certificate checked"))

            for text in [load, check, run].flatMap({ [$0.out, $0.err] }) { #expect(!text.contains(password)) }
            for (name, data) in snapshot(inputs.folder.file("out")) {
                #expect(data.range(of: Data(password.utf8)) == nil, "\(name)")
            }
        }

        /// What the server is started with, the side's `tls`, the failure's words.
        static let failures: [(server: [String], side: String, words: String)] = [
            ([], "", "wants TLS"), ([], ", tls: true", "is not trusted: "),
            ([], ", tls: {ca: pem/other-ca.pem}", "is not trusted: unable to get local issuer certificate"),
            ([], ", tls: {ca: pem/ca.pem, server_name: db.internal}", "asked for db.internal, it is for DNS:localhost"),
            (["--certificate", "elsewhere"], ", tls: {ca: pem/ca.pem}", "it is for DNS:db.internal, IP:10.0.0.1"),
            (["--certificate", "expired"], ", tls: {ca: pem/ca.pem}", "expired on 2021-02-03T04:05:06Z"),
            (["--certificate", "future"], ", tls: {ca: pem/ca.pem}", "is not valid before 2088-01-01T00:00:00Z"),
            (["--client-ca", "ca"], ", tls: {ca: pem/ca.pem}", "wants a client certificate and the pair names none"),
            (
                ["--client-ca", "other-ca"], ", tls: {ca: pem/ca.pem, certificate: pem/both.pem}",
                "refused the client certificate: "
            ),
            (["--max", "1.2"], ", tls: {ca: pem/ca.pem, minimum: 1.3}", "takes no version of TLS from TLS 1.3 on")
        ]

        @Test(arguments: failures.indices) func `One line for each way that fails`(index: Int) async throws {
            let sample = Self.failures[index]
            let node = try makeNode()
            defer { node.stop() }
            let words = ["--forward", "\(node.port)"] + sample.server
            let server = try #require(TLSTestServer(words))
            let inputs = Inputs(
                pair: Samples.pair(old: place(server.port) + sample.side, new: place(server.port) + sample.side))
            try FileManager.default.createSymbolicLink(
                atPath: inputs.folder.file("pem"), withDestinationPath: TestCertificates.folder!)
            let outcome = try await assay("check", inputs)
            expectOneLine(outcome, code: 69)
            #expect(outcome.err.hasPrefix("old side 127.0.0.1:\(server.port) "), "\(outcome)")
            #expect(outcome.err.contains(sample.words), "\(outcome)")
        }

        @Test func `A side without TLS, and one that does not check`() async throws {
            let node = try makeNode()
            defer { node.stop() }
            let tls = ", tls: {verify: false}, credentials: env:ASSAY_E2E"
            let plain = Inputs(pair: Samples.pair(old: place(node.port) + tls, new: place(node.port) + tls))
            let environment = ["ASSAY_E2E": "assay:\(password)"]
            let refused = try await assay("check", plain, environment: environment)
            expectOneLine(refused, code: 69)
            #expect(refused.err.contains("does not speak TLS on this port"), "\(refused)")
            let server = try #require(TLSTestServer("--forward", "\(node.port)", "--certificate", "expired"))
            let inputs = Inputs(pair: Samples.pair(old: place(server.port) + tls, new: place(server.port) + tls))
            let taken = try await assay("check", inputs, environment: environment)
            #expect(
                taken.code == 0 && taken.out.contains("caveat: the old side's certificate is not checked"), "\(taken)")
        }

        static let files: [(tls: String, words: String)] = [
            ("{ca: pem/nothing.pem}", "pair.yaml:3:37: 'pem/nothing.pem' cannot be read: no such file or directory"),
            ("{ca: pem/ca.key}", "pair.yaml:3:37: 'pem/ca.key' holds no certificate"),
            (
                "{certificate: pem/client.pem, key: pem/locked.key}",
                "pair.yaml:3:67: the private key in 'pem/locked.key' has"
            )
        ]

        @Test(arguments: files.indices) func `Files that are no good`(index: Int) async throws {
            let side = "cql: [\"127.0.0.1\"], tls: \(Self.files[index].tls)"
            let inputs = Inputs(pair: Samples.pair(old: side, new: side))
            try FileManager.default.createSymbolicLink(
                atPath: inputs.folder.file("pem"), withDestinationPath: TestCertificates.folder!)
            let outcome = try await assay("check", inputs)
            expectOneLine(outcome, code: 65)
            #expect(outcome.err.hasPrefix(Self.files[index].words), "\(outcome)")
        }

        @Test func `Logins come from where the pair says, and open files are noted`() async throws {
            let node = try makeNode()
            defer { node.stop() }
            func check(_ credentials: String, environment: [String: String] = [:]) async throws -> Outcome {
                let side = place(node.port) + (credentials.isEmpty ? "" : ", credentials: \(credentials)")
                let inputs = Inputs(pair: Samples.pair(old: side, new: side))
                inputs.folder.write("[plain_text_auth]\nusername = assay\npassword = \(password)\n", to: "login.ini")
                inputs.folder.write("[authentication]\nusername = assay\npassword = \(password)\n", to: "rc")
                inputs.folder.write("assay:\(password)\n", to: "plain")
                let outcome = try await assay("check", inputs, environment: environment)
                #expect(!(outcome.out + outcome.err).contains(password))
                return outcome
            }
            for credentials in ["cassandra:login.ini", "cqlshrc:rc", "file:plain"] {
                let outcome = try await check(credentials)
                #expect(outcome.code == 0 && outcome.out.contains("login as assay from \(credentials)"), "\(outcome)")
                #expect(outcome.err.contains("holds a password and others than its owner can read it"), "\(outcome)")
            }
            let none = try await check("")
            expectOneLine(none, code: 69)
            #expect(
                none.err.contains("asks for credentials and the pair names none; ASSAY_OLD, ~/.cassandra"), "\(none)")
            let wrong = try await check("", environment: ["ASSAY_OLD": "assay:\(password)x", "ASSAY_NEW": "a:b"])
            expectOneLine(wrong, code: 69)
            #expect(wrong.err.contains("refused the credentials of user assay (from env:ASSAY_OLD)"), "\(wrong)")
            let missing = try await check("cassandra")
            expectOneLine(missing, code: 65)
            #expect(missing.err.hasPrefix("pair.yaml:3:"), "\(missing)")
        }
    }
}
