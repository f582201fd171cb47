// Handshakes as transcripts: what comes in, what goes out.

import Bytes
import CQLProtocol
import Testing

private func machine(_ credentials: Credentials? = nil) -> ConnectionMachine {
    ConnectionMachine(credentials: credentials, driverVersion: "0.1")
}

extension ConnectionMachine {
    /// Hands over the one frame in `bytes`.
    fileprivate mutating func received(_ bytes: [UInt8]) -> Action? {
        bytes.withUnsafeBytes { all in
            let body = UnsafeRawBufferPointer(rebasing: all[9...])
            return received(Frame(header: try! FrameHeader.read(all, .response)!, body: body))
        }
    }
}

private let supported = answer(.supported) { $0.put(stringMultimap: ["CQL_VERSION": ["3.4.4"]]) }
private let authenticate = answer(.authenticate) { $0.put(string: "org.apache.cassandra.auth.PasswordAuthenticator") }
private let startup = ConnectionMachine.Action.send(Request.startup(driverVersion: "0.1").bytes(stream: 0))
private let pair = Credentials(user: "assay", password: "s3cret")

private func failed(_ code: Int32, _ message: String, version: UInt8 = 4) -> [UInt8] {
    answer(.error, version: version) {
        $0.put(code)
        $0.put(string: message)
    }
}

@Test func anOpenServer() {
    var machine = machine()
    #expect(machine.connected() == .send(Request.options.bytes(stream: 0)))
    #expect(machine.received(supported) == startup)
    #expect(machine.supported == ["CQL_VERSION": ["3.4.4"]])
    #expect(machine.received(answer(.event, stream: -1) { $0.put(string: "STATUS_CHANGE") }) == nil)
    #expect(machine.received(answer(.ready) { _ in }) == .ready)
    #expect(machine.state == .ready)
}

@Test func aServerThatAsksForCredentials() {
    var machine = machine(pair)
    _ = machine.connected()
    _ = machine.received(supported)
    let token = [0] + Array("assay".utf8) + [0] + Array("s3cret".utf8)
    #expect(machine.received(authenticate) == .send(Request.authResponse(token).bytes(stream: 0)))
    #expect(machine.state == .authenticating)
    #expect(machine.received(answer(.authSuccess) { $0.put(cell: nil) }) == .ready)
}

@Test func credentialsThatAreMissing() {
    var machine = machine()
    _ = machine.connected()
    _ = machine.received(supported)
    #expect(machine.received(authenticate) == .fail(.needsCredentials))
    #expect(machine.state == .failed(.needsCredentials))
}

@Test func credentialsThatAreRefused() {
    var machine = machine(pair)
    _ = machine.connected()
    _ = machine.received(supported)
    _ = machine.received(authenticate)
    #expect(
        machine.received(failed(0x100, "Provided username assay and/or password are incorrect"))
            == .fail(
                .refusedCredentials(user: "assay", message: "Provided username assay and/or password are incorrect")))
}

@Test func aServerThatWantsMoreThanAPassword() {
    let kerberos = "com.example.auth.KerberosAuthenticator"
    var early = machine(pair)
    _ = early.connected()
    _ = early.received(supported)
    #expect(
        early.received(answer(.authenticate) { $0.put(string: kerberos) }) == .fail(.otherAuthenticator(kerberos)))
    #expect(early.authenticator == kerberos)
    var late = machine(pair)
    _ = late.connected()
    _ = late.received(supported)
    _ = late.received(answer(.authenticate) { $0.put(string: "com.example.DseAuthenticator") })
    #expect(
        late.received(answer(.authChallenge) { $0.put(cell: [1]) })
            == .fail(.otherAuthenticator("com.example.DseAuthenticator")))
}

@Test func credentialsAreNamedWithTheirPlace() {
    var machine = machine(Credentials(user: "assay", password: "s3cret", source: "env:ASSAY_OLD"))
    _ = machine.connected()
    _ = machine.received(supported)
    _ = machine.received(authenticate)
    #expect(
        machine.received(failed(0x100, "no"))
            == .fail(.refusedCredentials(user: "assay (from env:ASSAY_OLD)", message: "no")))
}

@Test func aServerThatWantsTLS() {
    var machine = machine()
    _ = machine.connected()
    let action = [UInt8(0x15), 0x03, 0x03, 0, 2, 2, 80].withUnsafeBytes { machine.receivedGarbage($0) }
    #expect(action == .fail(.wantsTLS))
}

@Test func aServerOfAnotherVersion() {
    let message = "Invalid or unsupported protocol version (4); the lowest supported version is 5 and the greatest is 5"
    var machine = machine()
    _ = machine.connected()
    #expect(machine.received(failed(0x0A, message, version: 5)) == .fail(.protocolRefused(.v4, message: message)))
    var silent = ConnectionMachine(credentials: nil, driverVersion: "0.1")
    _ = silent.connected()
    let other = answer(.supported, version: 5) { $0.put(stringMultimap: [:]) }
    #expect(silent.received(other) == .fail(.protocolRefused(.v4, message: "it answered in v5")))
}

@Test func aServerThatIsNotReadyYet() {
    var machine = machine()
    _ = machine.connected()
    _ = machine.received(supported)
    #expect(
        machine.received(failed(0x1001, "busy")) == .fail(.refused(ErrorAnswer(code: 0x1001, message: "busy"))))
}

@Test func aServerThatSpeaksHTTP() {
    var machine = machine()
    _ = machine.connected()
    let action = Array("HTTP/1.1 400 Bad Request\r\nServer: x\u{7}\r\n".utf8).withUnsafeBytes {
        machine.receivedGarbage($0)
    }
    #expect(action == .fail(.notCQL(answer: "HTTP/1.1 400 Bad Request")))
}

@Test func answersOutOfOrderAndCorruptOnes() {
    var early = machine()
    _ = early.connected()
    #expect(
        early.received(answer(.ready) { _ in })
            == .fail(.unexpected("an answer that does not belong into the handshake")))
    var corrupt = machine()
    _ = corrupt.connected()
    let action = corrupt.received(answer(.supported) { $0.put(UInt16(3)) })
    #expect(action == .fail(.unexpected("the handshake broke off: a message ended early: it needs 2 bytes, has 0")))
}

@Test func passwordsAreNeverPrinted() {
    #expect(!"\(pair) \(String(reflecting: pair)) \(String(reflecting: machine(pair)))".contains("s3cret"))
    var text = ""
    dump(pair, to: &text)
    #expect(!text.contains("s3cret"))
}
