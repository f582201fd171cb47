// What the generator measured of itself, and what both sides were: the part of a report that says whether to believe the rest.

import Comparisons
import Quantities
import Recordings

/// A named row with one text a side.
struct SideRow: Equatable {
    var name: String
    var old: String
    var new: String
}

extension Report {
    /// The self-check over all measured rounds, void ones included.
    var selfCheckRows: [SideRow] {
        func row(_ name: String, _ text: (Side) -> String) -> SideRow {
            SideRow(name: name, old: text(.old), new: text(.new))
        }
        return [
            row("operations that fell due") { grouped(sum($0, \.due)) },
            row("sent while the slice lasted") { side in
                let (due, dispatched) = (sum(side, \.due), sum(side, \.dispatched))
                let part = due > 0 ? " (\(decimal(Double(dispatched) / Double(due) * 100, places: 2)) %)" : ""
                return grouped(dispatched) + part
            },
            row("lateness of sends, p50, median of slices") { middle($0, \.latenessP50) },
            row("lateness of sends, p99, worst slice") { worst($0, \.latenessP99) },
            row("lateness of sends, max") { worst($0, \.latenessMax) },
            row("worker CPU an operation") { side in
                let sent = sum(side, \.dispatched)
                let used = checks(side).reduce(Nanoseconds.zero) { $0 + $1.workerCPU }
                return sent > 0 ? "\(Nanoseconds(used.count / Int64(sent)))" : nothing
            },
            row("worker waiting for a CPU") { side in
                let delays = checks(side).compactMap(\.runQueueDelay)
                let length = measuredRounds.reduce(Nanoseconds.zero) { $0 + $1[side].length }
                if delays.isEmpty || length.count == 0 { return "unknown" }
                return "\(share(delays.reduce(Nanoseconds.zero, +).seconds / length.seconds)) of the time"
            },
            row("most operations in flight") { side in grouped(checks(side).map(\.inFlightMax).max() ?? 0) }
        ]
    }

    /// Both sides as they were found.
    var environmentRows: [SideRow] {
        guard let environment else { return [] }
        func row(_ name: String, _ text: (SideEnvironment) -> String) -> SideRow {
            SideRow(name: name, old: text(environment.old), new: text(environment.new))
        }
        func list(_ texts: [String]) -> String { texts.isEmpty ? nothing : texts.joined(separator: ", ") }
        var rows = [
            row("release") { $0.releaseVersion },
            row("endpoints") { list($0.endpoints) },
            row("cluster") { $0.clusterName },
            row("nodes") { "\($0.nodes)" },
            row("data centers") { list($0.dataCenters) },
            row("partitioner") { $0.partitioner },
            row("schema versions") { list($0.schemaVersions) },
            row(environment.old.http == nil && environment.new.http == nil ? "native protocol" : "protocol") {
                ($0.http ?? "v\($0.protocolVersion)") + ($0.compression == "none" ? "" : ", \($0.compression)")
            }
        ]
        // A side over HTTP has no cluster that would show.
        if environment.old.http != nil && environment.new.http != nil {
            rows.removeAll { ["cluster", "data centers", "partitioner", "schema versions"].contains($0.name) }
        }
        // Recordings of versions that did not look say nothing about it.
        if environment.old.security != nil || environment.new.security != nil {
            rows.append(
                row("TLS") { side in
                    guard let security = side.security else { return nothing }
                    guard let tls = security.tls else { return "none" }
                    return
                        "\(tls.version), \(tls.checkedAgainst == nil ? "certificate not checked" : "certificate checked")"
                })
            rows.append(row("login") { $0.security.map { $0.login?.user ?? "none asked for" } ?? nothing })
        }
        return rows + routeRows(environment)
    }

    /// Which nodes get which operation, where the run wrote that down.
    private func routeRows(_ environment: Environment) -> [SideRow] {
        recording.operations.compactMap { operation in
            guard let old = environment.old.routes[operation.name], let new = environment.new.routes[operation.name]
            else { return nil }
            return SideRow(name: "nodes for \(operation.name)", old: old, new: new)
        }
    }

    /// The generator's machine and how it ran: name and text.
    var generatorRows: [(name: String, text: String)] {
        var rows = (environment?.machine ?? [:]).sorted { $0.key < $1.key }.map { (name: $0.key, text: $0.value) }
        rows.append(("scheduling of the worker", recording.scheduling))
        rows.append(("shares a machine with a side", recording.sharedHost ? "yes" : "no"))
        rows.append(("assay", recording.assayVersion.isEmpty ? nothing : recording.assayVersion))
        return rows
    }

    /// `24 rounds measured, 1 void (old 1, new 0)`
    var roundsSentence: String {
        let validity = comparison.validity
        let void =
            validity.voidRounds == 0
            ? "none void" : "\(validity.voidRounds) void (old \(validity.voidOld), new \(validity.voidNew))"
        return "\(counted(validity.rounds, "round")) measured, \(void)"
    }

    /// Rounds with another mix, or that there were none of those that were planned; empty where none were.
    var boostSentences: [String] {
        guard let boost = recording.boost else { return [] }
        let members = boost.members.map { member in
            "\(member.operation) at \(sharePercent(member.share)) of the traffic instead of"
                + " \(sharePercent(recording.usualShare(of: member.operation) ?? 0))"
                + (member.chosenBy == .planner ? " (chosen by the planner)" : "")
        }
        let words = members.joined(separator: ", ")
        guard let found = comparison.boost else {
            let why = recording.interrupted ? "not reached" : "left out, since all was decided without them"
            return ["\(counted(boost.rounds, "boost round")) planned, with \(words): \(why)"]
        }
        let validity = found.validity
        return [
            "\(counted(validity.rounds, "boost round")), \(validity.voidRounds == 0 ? "none" : "\(validity.voidRounds)") void,"
                + " with \(words): evidence on these operations alone, where the looks left a verdict open"
        ]
    }

    /// Why rounds are void, each reason with its rounds.
    var voidRounds: [(reason: String, rounds: [Int])] {
        var found: [(reason: String, rounds: [Int])] = []
        for round in recording.rounds {
            guard let reason = round.voidReason else { continue }
            if let place = found.firstIndex(where: { $0.reason == reason }) {
                found[place].rounds.append(round.index)
            } else {
                found.append((reason, [round.index]))
            }
        }
        return found
    }

    var measuredRounds: [RoundRecord] { recording.rounds.filter { $0.purpose == .measure } }

    private func checks(_ side: Side) -> [SelfCheckRecord] { measuredRounds.map { $0[side].selfCheck } }

    private func sum(_ side: Side, _ figure: (SelfCheckRecord) -> Int) -> Int {
        checks(side).reduce(0) { $0 + figure($1) }
    }

    private func worst(_ side: Side, _ figure: (SelfCheckRecord) -> Nanoseconds) -> String {
        checks(side).map(figure).max().map { "\($0)" } ?? nothing
    }

    private func middle(_ side: Side, _ figure: (SelfCheckRecord) -> Nanoseconds) -> String {
        let sorted = checks(side).map(figure).sorted()
        return sorted.isEmpty ? nothing : "\(sorted[sorted.count / 2])"
    }
}
