// Real Cassandra nodes, where ASSAY_SERVERS names the folder whose script starts, stops and pauses them.

import Foundation
import Testing

let servers = ProcessInfo.processInfo.environment["ASSAY_SERVERS"]

/// Runs the script. Not ended with the test: it is what cleans up after it.
@discardableResult
func cassandra(_ words: String..., environment: [String: String] = [:]) async throws -> Outcome {
    try await Task { try await Child("\(servers!)/cassandra", words, environment: environment).ended() }.value
}

struct RealNode: Sendable {
    var name: String
    var version: String
    var address: String
    var environment: [String: String] = [:]

    func start() async throws {
        let started = try await cassandra("start", name, version, address, environment: environment)
        try #require(started.code == 0, "\(started)")
    }
}

/// Fresh nodes, started one after the other and gone afterwards whatever happens; without Java nothing is done, which is said.
func withNodes(_ nodes: [RealNode], _ body: () async throws -> Void) async throws {
    guard await Child.succeeds("java", "-version") else {
        print("end-to-end: java is not here, so the real servers are skipped")
        return
    }
    var failure: (any Error)?
    do {
        for node in nodes {
            try await cassandra("wipe", node.name)
            try await node.start()
        }
        try await body()
    } catch {
        failure = error
    }
    for node in nodes {
        // A node that is still paused would take no notice.
        try await cassandra("resume", node.name)
        try await cassandra("wipe", node.name)
    }
    if let failure { throw failure }
}
