// A small TLS server and certificates for tests of secured connections: a script of Python's, and the openssl command.

import Glibc
import Synchronization

private let script =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    + "/tls_server.py"

/// Starts a program with stdout into a pipe; the process and the pipe's end, or nil where it does not start.
func spawn(_ words: [String]) -> (process: pid_t, output: Int32)? {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    // The test runner's threads block signals, and whoever they start would too.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process = pid_t()
    guard posix_spawnp(&process, words[0], &actions, &attributes, &pointers, environ) == 0 else {
        close(ends[0])
        return nil
    }
    return (process, ends[0])
}

func end(_ process: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    return status
}

/// Certificates of one run of the tests: `ca`, `server`, `expired` … as the script names them.
public enum TestCertificates {
    /// Where they lie; nil where python3 or openssl is missing.
    public static let folder: String? = {
        var template = Array("/tmp/assay-certificates-\(String(repeating: "X", count: 6))".utf8CString)
        guard mkdtemp(&template) != nil else { return nil }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        made.withLock { $0 = folder }
        atexit { TestCertificates.made.withLock { if let folder = $0 { remove(folder) } } }
        guard let started = spawn(["python3", script, "certificates", folder]) else { return nil }
        close(started.output)
        return end(started.process) == 0 ? folder : nil
    }()

    private static let made = Mutex<String?>(nil)

    private static func remove(_ folder: String) {
        guard let started = spawn(["rm", "-rf", folder]) else { return }
        close(started.output)
        _ = end(started.process)
    }

    /// `TestCertificates["server.pem"]`
    public static subscript(name: String) -> String { "\(folder ?? "")/\(name)" }
}

/// The server, gone when nobody holds it.
public final class TLSTestServer: Sendable {
    private let process: pid_t
    private let output: Int32
    public let port: UInt16

    /// Words are those of the script: `--certificate expired`. nil where it does not start.
    public convenience init?(_ words: String...) { self.init(words) }

    public init?(_ words: [String]) {
        guard let folder = TestCertificates.folder else { return nil }
        guard let started = spawn(["python3", script, "serve", folder] + words) else { return nil }
        process = started.process
        output = started.output
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1 && byte != UInt8(ascii: "\n") { line.append(byte) }
        port = UInt16(String(decoding: line, as: UTF8.self)) ?? 0
        if port == 0 { return nil }
    }

    deinit {
        kill(process, SIGKILL)
        _ = end(process)
        close(output)
    }
}
