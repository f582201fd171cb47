// HTTP/2, TLS and compression against a real server: Debian's nginx.

import Documents
import Quantities
import Reactor
import TestSupport
import Testing

@testable import HTTPClient

@Suite(.timeLimit(.minutes(2))) struct NginxTests {
    /// nil where it cannot be had here.
    private func nginx(_ certificate: String = "server", extra: String = "") -> Nginx? {
        if let server = Nginx(certificate: certificate, extra: extra) { return server }
        print("HTTPClientTests: nginx is not here, so what needs it is skipped")
        return nil
    }

    private func access(
        _ port: UInt16, secured: Bool, host: String = "127.0.0.1", _ change: (inout HTTPAccess) -> Void = { _ in }
    ) -> HTTPAccess {
        var access = HTTPAccess(.old, [HTTPBase(isSecured: secured, endpoint: Endpoint(host: host, port: port))])
        access.tls = secured ? TLSSettings(caFile: TestCertificates["ca.pem"]) : nil
        change(&access)
        return access
    }

    private func operation(protocol name: String, tls: String? = nil) -> HTTPOperation {
        var operation = HTTPOperation()
        operation.expected.values = [.init(path: JSONPath("$.protocol")!, text: name)]
        if let tls { operation.expected.values.append(.init(path: JSONPath("$.tls")!, text: tls)) }
        return operation
    }

    @Test func versionsAreSpokenAsAsked() throws {
        guard let server = nginx() else { return }
        var cases: [(UInt16, Bool, HTTPVersion, String)] = [
            (server.port, false, .automatic, "HTTP/1.1"), (server.port, false, .http11, "HTTP/1.1"),
            (server.securePort, true, .automatic, "HTTP/2.0"),
            (server.securePort, true, .http11, "HTTP/1.1"), (server.securePort, true, .http2, "HTTP/2.0")
        ]
        do throws(HTTPUnavailable) {
            try access(server.http2Port, secured: false) { $0.version = .http2 }.check()
            cases.append((server.http2Port, false, .http2, "HTTP/2.0"))
        } catch {
            #expect(error.description.contains("HTTP/2 without TLS needs 8.0"), "\(error)")
        }
        for (port, secured, version, spoken) in cases {
            let client = try Client(
                access(port, secured: secured) { $0.version = version }, operation(protocol: spoken))
            let ending = try client.ask("/row")
            #expect(ending.failure == nil, "\(version) \(spoken): \(ending)")
            #expect((ending.phases.tls > .zero) == secured)
            let busy = try client.ask("/busy")
            #expect(busy.failure == .status503, "\(version) \(spoken): \(busy)")
        }
    }

    @Test func streamsShareAConnection() throws {
        guard let server = nginx() else { return }
        let client = try Client(access(server.securePort, secured: true), operation(protocol: "HTTP/2.0"))
        for _ in 0..<2000 { client.begin("/row") }
        try client.run()
        #expect(client.endings.count == 2000 && client.endings.allSatisfy { $0.failure == nil })
        let connections = client.endings.reduce(0) { $0 + $1.phases.connections }
        #expect((1...HTTPAccess.usualConnections).contains(connections), "\(connections)")
        // What is given up ends its stream and not the connection.
        let given = (0..<50).map { _ in client.begin("/row") }
        for tag in given { client.engine.giveUp(tag) }
        #expect(try client.ask("/row").failure == nil && client.engine.count == 0)
    }

    @Test func certificatesAreCheckedAsForCQL() throws {
        guard let server = nginx() else { return }
        func outcome(_ tls: TLSSettings, host: String = "127.0.0.1") throws -> OutcomeClass? {
            let access = access(server.securePort, secured: true, host: host) { $0.tls = tls }
            return try Client(access, operation(protocol: "HTTP/2.0")).ask("/row").failure
        }
        let ca = TestCertificates["ca.pem"]
        #expect(try outcome(TLSSettings(caFile: ca)) == nil)
        #expect(try outcome(TLSSettings(caFile: ca), host: "localhost") == nil)
        #expect(try outcome(TLSSettings(caFile: ca, minimum: .atLeast13)) == nil)
        // A CA of its own takes the place of those that the system trusts.
        #expect(try outcome(TLSSettings(caFile: TestCertificates["other-ca.pem"])) == .tlsFailed)
        #expect(try outcome(TLSSettings()) == .tlsFailed)
        #expect(try outcome(TLSSettings(verifies: false)) == nil)
        #expect(try outcome(TLSSettings(caFile: ca, serverName: "db.internal")) == .tlsFailed)
        guard let elsewhere = nginx("elsewhere") else { return }
        let named = access(elsewhere.securePort, secured: true) {
            $0.tls = TLSSettings(caFile: ca, serverName: "db.internal")
        }
        #expect(try Client(named, operation(protocol: "HTTP/2.0", tls: "TLSv1.3")).ask("/row").failure == nil)
        let unnamed = access(elsewhere.securePort, secured: true)
        #expect(try Client(unnamed, operation(protocol: "HTTP/2.0")).ask("/row").failure == .tlsFailed)
        guard let expired = nginx("expired") else { return }
        let ending = try Client(access(expired.securePort, secured: true)).ask("/row")
        #expect(ending.failure == .tlsFailed && ending.words.contains("expired"), "\(ending)")
        // Neither end speaks what the other does.
        #expect(try Client(access(server.port, secured: true)).ask("/row").failure == .tlsFailed)
        #expect(try Client(access(server.securePort, secured: false)).ask("/row").failure == .status400)
    }

    @Test func clientsAreKnownByTheirCertificate() throws {
        let extra = "ssl_client_certificate \(TestCertificates["ca.pem"]); ssl_verify_client on;"
        guard let server = nginx(extra: extra) else { return }
        func outcome(_ certificate: String?) throws -> OutcomeClass? {
            let access = access(server.securePort, secured: true) {
                $0.tls?.certificateFile = certificate.map { TestCertificates["\($0).pem"] }
                $0.tls?.keyFile = certificate.map { TestCertificates["\($0).key"] }
            }
            return try Client(access, operation(protocol: "HTTP/2.0")).ask("/row").failure
        }
        #expect(try outcome("client") == nil)
        #expect(try outcome(nil) == .status400)
        #expect(try outcome("stranger") == .status400)
    }

    @Test func compressedAnswersAreCountedAsTheyTravel() throws {
        guard let server = nginx() else { return }
        var operation = HTTPOperation()
        operation.expected.values = [.init(path: JSONPath("$.note")!, text: nil)]
        let plain = try Client(access(server.port, secured: false), operation).ask("/long")
        let packed = try Client(access(server.port, secured: false) { $0.isCompressed = true }, operation).ask("/long")
        #expect(plain.failure == nil && plain.bytes > 3500, "\(plain)")
        #expect(packed.failure == nil && packed.bytes < 700, "\(packed)")
        // The bound holds for what it comes to, not for what travels.
        let bounded = access(server.port, secured: false) {
            $0.isCompressed = true
            $0.mostBytes = 1000
        }
        #expect(try Client(bounded, operation).ask("/long").failure == .answerTooLarge)
    }
}
