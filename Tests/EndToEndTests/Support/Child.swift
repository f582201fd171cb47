// A program that a test has started: what it said, how it ended, and signals to it.
//
// By posix_spawn, because Foundation's Process takes a program for running as long as something that it started lives on, which a
// server is meant to, and lets it inherit the signals that threads of the test runner block.

import Foundation
import Glibc
import Synchronization

/// How a program ended.
struct Outcome: Sendable, CustomStringConvertible {
    /// The exit code; minus the signal's number where a signal ended it.
    var code: Int32
    var out: String
    var err: String

    /// Lines on stderr.
    var lines: [String] { err.split(separator: "\n").map(String.init) }
    /// What a failed expectation shows.
    var description: String { "exit code \(code)\nstdout: \(out.suffix(2000))\nstderr: \(err.suffix(2000))" }
}

/// A running program. Its output goes to files, so that no pipe can fill up.
final class Child: Sendable {
    struct CannotStart: Error {
        var program: String
        var reason: String
    }

    private let process: pid_t
    private let folder = Scratch()
    /// Where it works; kept until it has ended.
    private let place: Scratch?
    /// The status of `waitpid`, once it has ended.
    private let status = Mutex<Int32?>(nil)
    private let hasEnded: AsyncStream<Never>

    /// Starts `program`, by path or by name on the PATH. `environment` comes on top of the tests' own.
    init(_ program: String, _ words: [String], in place: Scratch? = nil, environment: [String: String] = [:]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (descriptor, name) in [(Int32(1), "out"), (2, "err")] {
            posix_spawn_file_actions_addopen(
                &actions, descriptor, folder.file(name), O_WRONLY | O_CREAT | O_APPEND, 0o644)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        // `env` becomes the program in its own process, in another folder.
        let command = (place.map { ["env", "-C", $0.path] } ?? []) + [program] + words
        var arguments = command.map { strdup($0) } + [nil]
        var pairs = variables.map { strdup($0) } + [nil]
        defer { for pointer in arguments + pairs { free(pointer) } }
        var started = pid_t()
        let code = posix_spawnp(&started, command[0], &actions, &attributes, &arguments, &pairs)
        guard code == 0 else { throw CannotStart(program: program, reason: String(cString: strerror(code))) }
        process = started
        self.place = place
        let (stream, continuation) = AsyncStream<Never>.makeStream()
        hasEnded = stream
        Thread.detachNewThread { [self] in
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0 && errno == EINTR {}
            self.status.withLock { $0 = status }
            continuation.finish()
        }
    }

    /// Whether a program is there and ends with 0.
    static func succeeds(_ program: String, _ words: String...) async -> Bool {
        guard let child = try? Child(program, words) else { return false }
        return await child.ended().code == 0
    }

    /// What it has said on stdout so far.
    var output: String { folder.read("out") ?? "" }
    var isRunning: Bool { status.withLock { $0 == nil } }

    func signal(_ number: Int32) {
        // Under the lock: the number of a process that was waited for may be another's.
        status.withLock { if $0 == nil { kill(process, number) } }
    }

    /// Waits for its end. A test that runs out of time takes the program with it.
    func ended() async -> Outcome {
        for await _ in hasEnded {}
        while isRunning {
            signal(SIGKILL)
            usleep(10_000)
        }
        let status = status.withLock { $0! }
        return Outcome(
            code: status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F), out: output,
            err: folder.read("err") ?? "")
    }

    /// Lets it end by `number`, and waits.
    func end(by number: Int32) async -> Outcome {
        signal(number)
        return await ended()
    }
}
