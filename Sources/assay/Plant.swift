// `assay plant`: a proxy in front of a node that makes one statement slower by a known share, for trying whether a set-up finds it.

import CQLClient
import Lab
import Quantities
import Reactor
import Recordings
import Workloads

enum Plant: Verb {
    static let name = "plant"
    static let summary = "a proxy that slows one statement by a known share: is it found here?"
    static let usage = "--listen HOST:PORT --to HOST:PORT [--statement TEXT --hold 50%] [--log FILE]"
    static let details = """
        Passes CQL on to one node and holds back the answers to the statements that contain TEXT for a share of the time that the node
        took. Put one with --hold before the new side and one without before the old side, name both in a pair file (with `protocol: 4`),
        and run: an operation that is known to be slower has to fail, and no other. --log writes what was done, second by second
        (unix_s,answers,node_ns,held_ns). Listens on loopback addresses alone, and runs until it is interrupted.
        """
    static let flags = [
        Flag("--listen", "PLACE", "a loopback address", example: "--listen 127.0.0.1:19052"),
        Flag("--to", "PLACE", "the node", example: "--to 127.0.0.1:9042"),
        Flag("--statement", "TEXT", "a part of the statement that is held", example: "--statement 'AND at >= ?'"),
        Flag("--hold", "SHARE", "of the node's time, on top", example: "--hold '50 %'"),
        Flag("--log", "FILE", "what was held, as CSV", example: "--log held.csv")
    ]

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let listen = try place("--listen", arguments)
        guard listen.host == "::1" || listen.host.hasPrefix("127.") else {
            throw Failure(
                .usage, "assay plant: --listen: \(listen.host) is not a loopback address (127.0.0.0/8 or ::1)")
        }
        let upstream = try place("--to", arguments)
        let rule = try rule(arguments)
        Interruption.watch()
        let proxy: HoldingProxy
        do {
            proxy = try HoldingProxy(listening: listen, upstream: upstream, rule: rule)
            try proxy.start()
        } catch {
            throw Failure(.unreachable, "the proxy cannot start: \(error)")
        }
        let log = arguments.string("--log")
        if let log { try Dossier.write(HeldSecond.header, path: log) }
        Console.note("\(proxy.endpoint) -> \(upstream)\(rule.map { ", holding '\($0.statement)'" } ?? "")")
        while !Interruption.isAsked {
            Clock.sleep(.milliseconds(200))
            try write(proxy.takeSeconds(), log)
        }
        proxy.stop()
        try write(proxy.takeSeconds(), log)
        return .success
    }

    private static func write(_ seconds: [HeldSecond], _ log: String?) throws(FileError) {
        guard let log, !seconds.isEmpty else { return }
        try Dossier.append(seconds.map(\.text).joined(), path: log)
    }

    private static func place(_ flag: String, _ arguments: Arguments) throws(Failure) -> Endpoint {
        guard let text = arguments.string(flag) else { throw Failure(.usage, "assay plant: \(flag) is missing") }
        guard let point = ContactPoint(parsing: text) else {
            throw Failure(.usage, "assay plant: \(flag): '\(text)' is not host:port")
        }
        return Endpoint(point)
    }

    private static func rule(_ arguments: Arguments) throws(Failure) -> HoldRule? {
        guard let statement = arguments.string("--statement") else {
            guard !arguments.has("--hold") else {
                throw Failure(.usage, "assay plant: --hold says by how much; --statement what is held")
            }
            return nil
        }
        guard statement.contains(where: { !$0.isWhitespace }) else {
            throw Failure(.usage, "assay plant: --statement is empty, which would hold everything")
        }
        guard let share = try arguments.ratio("--hold"), share.value > 0, share.value <= largestHold else {
            throw Failure(.usage, "assay plant: --hold: a share above 0 is due with --statement, such as 50%")
        }
        return HoldRule(statement: statement, share: share.value)
    }

    /// Of a node's time: a hundred times as long.
    private static let largestHold = 100.0
}
