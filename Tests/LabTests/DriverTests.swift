// A real driver against the server: PyPI's cassandra-driver, where python3 has it.

import Glibc
import Lab
import Quantities
import Reactor
import Testing

/// Runs a program and gives its exit status; -1 where it could not be started.
private func run(_ arguments: [String], quiet: Bool = false) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if quiet {
        for descriptor in 1...2 {
            posix_spawn_file_actions_addopen(&actions, Int32(descriptor), "/dev/null", O_WRONLY, 0)
        }
    }
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process = pid_t()
    guard posix_spawnp(&process, arguments[0], &actions, nil, &pointers, environ) == 0 else { return -1 }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
}

private let driverIsThere = run(["python3", "-c", "import cassandra.cluster"], quiet: true) == 0
private let script =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    + "/driver_check.py"

@Test(.enabled(if: driverIsThere, "python3 with cassandra-driver is not here"), arguments: Side.allCases)
func aRealDriverFindsWhatItWrote(side: Side) throws {
    let server = try LabServer(listening: Endpoint(host: "127.0.0.1", port: 0), node: LabNode(side))
    server.start()
    defer { server.stop() }
    #expect(run(["python3", script, "\(server.port)", side == .old ? "3.11.19" : "4.1.9"]) == 0)
}

@Test(.enabled(if: driverIsThere, "python3 with cassandra-driver is not here"))
func aRealDriverLogsInAndIsRefusedWithAWrongPassword() throws {
    var dials = LabDials(.new)
    dials.credentials = LabDials.Credentials(user: "assay", password: "secret")
    let server = try LabServer(listening: Endpoint(host: "127.0.0.1", port: 0), node: LabNode(side: .new, dials: dials))
    server.start()
    defer { server.stop() }
    #expect(run(["python3", script, "\(server.port)", "4.1.9", "assay", "secret"]) == 0)
    #expect(run(["python3", script, "\(server.port)", "4.1.9", "assay", "wrong"], quiet: true) != 0)
    #expect(run(["python3", script, "\(server.port)", "4.1.9"], quiet: true) != 0)
}
