// TLS against Python's server: what is agreed on, what is refused and in which words, sessions that are gone on with.

import Glibc
import Quantities
import Reactor
import TestSupport
import Testing

private let canServe = TestCertificates.folder != nil

/// A secured connection that waits, within 20 s.
private final class Client {
    let socket: Socket
    let tls: TLSSession
    let poller: Poller
    let deadline = Clock.now() + .seconds(20)

    init(_ context: TLSContext, to endpoint: Endpoint) throws {
        poller = try Poller()
        socket = try Socket.connecting(to: endpoint)
        tls = TLSSession(context, over: socket, to: endpoint)
        try poller.add(socket.descriptor, token: 1, read: false, write: true)
        try wait(write: true)
        while true {
            switch tls.handshake() {
            case .done: return
            case .waitsToRead: try wait()
            case .waitsToWrite: try wait(write: true)
            case .failed(let failure): throw failure
            }
        }
    }

    deinit {
        tls.close()
        socket.close()
    }

    func wait(write: Bool = false) throws {
        try poller.change(socket.descriptor, token: 1, read: true, write: write)
        var isReady = false
        while !isReady && Clock.now() < deadline { try poller.wait(.milliseconds(100)) { _ in isReady = true } }
        try #require(isReady, "nothing came")
    }

    /// Sends all of it, reading meanwhile, until as much has come back or the connection ends.
    func exchange(_ bytes: [UInt8], room: Int = 1 << 16, count: Int? = nil) throws -> (
        got: [UInt8], end: TransferResult
    ) {
        var (sent, got) = (0, [UInt8]())
        var buffer = [UInt8](repeating: 0, count: room)
        while got.count < count ?? bytes.count {
            var isStuck = true
            if sent < bytes.count {
                // From another place each time: a write that is tried again may have moved.
                let moved = Array(bytes[sent...])
                switch moved.withUnsafeBytes({ tls.send($0) }) {
                case .bytes(let count): (sent, isStuck) = (sent + count, false)
                case .wouldBlock: break
                case let end: return (got, end)
                }
            }
            switch buffer.withUnsafeMutableBytes({ tls.receive(into: $0) }) {
            case .bytes(let count):
                got += buffer[..<count]
                isStuck = false
                // Less than there was room for: then waiting must be right, though the end of a record was reached.
                if count < room && sent == bytes.count && got.count < bytes.count { try wait() }
            case .wouldBlock: break
            case let end: return (got, end)
            }
            if isStuck { try wait(write: sent < bytes.count) }
        }
        return (got, .wouldBlock)
    }
}

private func context(_ change: (inout TLSSettings) -> Void = { _ in }) throws -> TLSContext {
    var settings = TLSSettings(caFile: TestCertificates["ca.pem"])
    change(&settings)
    return try TLSContext(settings)
}

private func here(_ server: TLSTestServer, _ host: String = "127.0.0.1") -> Endpoint {
    Endpoint(host: host, port: server.port)
}

@Suite(.enabled(if: canServe, "python3 or openssl is not here"), .timeLimit(.minutes(2))) struct TLSTests {
    @Test(arguments: ["1.2", "1.3"]) func `Bytes cross, whatever their number`(version: String) throws {
        let server = try #require(TLSTestServer("--max", version))
        let client = try Client(try context(), to: here(server))
        let facts = client.tls.facts
        #expect(facts.version == "TLS \(version)" && facts.cipher.contains("AES") && !facts.isResumed)
        #expect(facts.checkedAgainst == TestCertificates["ca.pem"] && facts.subject == "CN=server")
        #expect(facts.expires?.iso8601 == "2099-01-01T00:00:00Z" && !facts.showedCertificate)
        var random = SeededRandom(seed: 1)
        for (count, room) in [(1, 1 << 16), (100, 7), (20_000, 100), (3_000_000, 1 << 16), (300_000, 5000)] {
            let bytes = (0..<count).map { _ in UInt8(random.below(256)) }
            #expect(try client.exchange(bytes, room: room).got == bytes, "\(count) bytes")
        }
    }

    @Test func `An end in good order and one without a goodbye are both the end, after what came before`() throws {
        let server = try #require(TLSTestServer())
        for word in ["close", "abort"] {
            let client = try Client(try context(), to: here(server, "localhost"))
            let bytes = [UInt8](repeating: 65, count: 50_000) + Array(word.utf8)
            let (got, end) = try client.exchange(bytes, count: .max)
            #expect(got.count >= word.utf8.count && end == .closed, "\(word)")
            #expect(client.tls.failure == nil)
        }
    }

    /// What the server is started with, what the client wants, and why it does not come about.
    struct Case: Sendable {
        var server: [String]
        var host = "127.0.0.1"
        var words: String
        var change: @Sendable (inout TLSSettings) -> Void = { _ in }
    }

    static let refusals = [
        Case(server: [], words: "not trusted: unable to get local issuer certificate (CN=server, issued by CN=ca;") {
            $0.caFile = TestCertificates["other-ca.pem"]
        },
        Case(server: ["ca"], words: "not trusted: self-signed certificate (CN=ca, issued by CN=ca; checked against the")
        {
            $0.caFile = nil
        },
        Case(
            server: ["elsewhere"],
            words: "another host: asked for 127.0.0.1, it is for DNS:db.internal, IP:10.0.0.1 (server_name"),
        Case(
            server: ["elsewhere"], host: "localhost",
            words: "another host: asked for localhost, it is for DNS:db.internal, IP:10.0.0.1 (server_name"),
        Case(server: [], words: "another host: asked for db.internal, it is for DNS:localhost, IP:127.0.0.1 (") {
            $0.serverName = "db.internal"
        },
        Case(server: ["expired"], words: "has a certificate that expired on 2021-02-03T04:05:06Z (CN=expired)"),
        Case(server: ["future"], words: "has a certificate that is not valid before 2088-01-01T00:00:00Z (CN=future)"),
        Case(server: ["server", "1.2"], words: "takes no version of TLS from TLS 1.3 on, the lowest that the pair") {
            $0.minimum = .atLeast13
        }
    ]

    @Test(arguments: refusals.indices) func `What stands against a server is said`(index: Int) throws {
        let refusal = Self.refusals[index]
        let server = try #require(
            TLSTestServer(
                "--certificate", refusal.server.first ?? "server", "--max", refusal.server.last == "1.2" ? "1.2" : "1.3"
            ))
        let context = try context(refusal.change)
        let failure = #expect(throws: TLSFailure.self) { _ = try Client(context, to: here(server, refusal.host)) }
        #expect(failure?.description.contains(refusal.words) == true, "\(failure?.description ?? "")")
        #expect(context.counts == (0, 0))
    }

    @Test(arguments: ["1.2", "1.3"]) func `A client certificate that is missing, refused, or taken`(version: String)
        throws
    {
        let server = try #require(TLSTestServer("--max", version, "--client-ca", "ca"))
        func attempt(_ change: (inout TLSSettings) -> Void) throws -> TLSFacts {
            let client = try Client(try context(change), to: here(server))
            // In TLS 1.3 the server's opinion comes after our handshake.
            let (got, end) = try client.exchange(Array("hello".utf8))
            if let failure = client.tls.failure { throw failure }
            #expect(got == Array("hello".utf8), "\(end)")
            return client.tls.facts
        }
        #expect(throws: TLSFailure.certificateWanted) { try attempt { _ in } }
        let refused = #expect(throws: TLSFailure.self) {
            try attempt {
                $0.certificateFile = TestCertificates["stranger.pem"]
                $0.keyFile = TestCertificates["stranger.key"]
            }
        }
        #expect(
            refused?.description.hasPrefix("refused the client certificate: ") == true, "\(String(describing: refused))"
        )
        #expect(try attempt { $0.certificateFile = TestCertificates["both.pem"] }.showedCertificate)
    }

    @Test func `Without verification anything is taken`() throws {
        let server = try #require(TLSTestServer("--certificate", "expired"))
        let client = try Client(try context { $0.verifies = false }, to: here(server, "localhost"))
        #expect(client.tls.facts.checkedAgainst == nil && client.tls.facts.subject == "CN=expired")
        #expect(try client.exchange([1, 2, 3]).got == [1, 2, 3])
    }

    @Test func `A server of something else`() throws {
        let listener = try Socket.listening(on: Endpoint(host: "127.0.0.1", port: 0))
        let endpoint = Endpoint(host: "127.0.0.1", port: listener.localPort)
        for (answer, failure) in [
            ("SSH-2.0-OpenSSH\r\n", TLSFailure.notTLS), ("HTTP/1.1 400 Bad Request\r\n", .notTLS),
            ("\u{84}\0\0\0", .notTLS), ("", .closedInHandshake)
        ] {
            let thread = WorkerThread(name: "not-tls") {
                var accepted: Socket?
                while accepted == nil {
                    accepted = try? listener.accept()
                    Clock.sleep(.milliseconds(1))
                }
                _ = Array((answer + answer + answer).utf8).withUnsafeBytes { accepted?.send($0) }
                var buffer = [UInt8](repeating: 0, count: 4096)
                let end = Clock.now() + .milliseconds(300)
                while Clock.now() < end {
                    _ = buffer.withUnsafeMutableBytes { accepted?.receive(into: $0) }
                    Clock.sleep(.milliseconds(1))
                }
                accepted?.close()
            }
            #expect(throws: failure, "\(answer)") { _ = try Client(try context(), to: endpoint) }
            thread.join()
        }
        listener.close()
    }

    @Test(arguments: ["1.2", "1.3"]) func `Sessions are gone on with, for the same host alone`(version: String) throws {
        let server = try #require(TLSTestServer("--max", version))
        let context = try context()
        for (host, resumed) in [("127.0.0.1", false), ("127.0.0.1", true), ("localhost", false), ("localhost", true)] {
            let client = try Client(context, to: here(server, host))
            // In TLS 1.3 the session comes with the first answer.
            #expect(try client.exchange([7]).got == [7])
            #expect(client.tls.facts.isResumed == resumed, "\(host)")
            #expect(client.tls.facts.subject == "CN=server")
        }
        #expect(context.counts == (4, 2))
    }

    @Test(
        arguments: [
            (["nothing.pem"], TLSFileError.Role.ca, "nothing.pem' cannot be read: no such file or directory"),
            ([""], .ca, "' cannot be read: is a directory"), (["ca.key"], .ca, "ca.key' holds no certificate"),
            (["ca.cnf"], .ca, "ca.cnf' holds no certificate"),
            (["ca.pem", "nothing.pem"], .certificate, "cannot be read"),
            (["ca.pem", "client.key"], .certificate, "client.key' holds no certificate"),
            (["ca.pem", "client.pem"], .certificate, "client.pem' holds no private key"),
            (["ca.pem", "client.pem", "nothing.key"], .key, "cannot be read"),
            (["ca.pem", "client.pem", "ca.cnf"], .key, "ca.cnf' holds no private key"),
            (["ca.pem", "client.pem", "stranger.key"], .key, "stranger.key' is not that of the certificate"),
            (["ca.pem", "client.pem", "locked.key"], .key, "locked.key' has a passphrase")
        ] as [([String], TLSFileError.Role, String)])
    func `Files that are no good are named`(files: [String], role: TLSFileError.Role, problem: String) throws {
        let paths = files.map { TestCertificates[$0] } + [nil, nil]
        let settings = TLSSettings(caFile: paths[0], certificateFile: paths[1], keyFile: paths[2])
        let error = #expect(throws: TLSFileError.self) { _ = try TLSContext(settings) }
        #expect(error?.role == role && error?.problem.contains(problem) == true, "\(String(describing: error))")
    }
}
