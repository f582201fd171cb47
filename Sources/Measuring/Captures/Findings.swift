// What a capture lacks, told in sentences with what to do about it. Nothing is guessed in the place of what is missing.

import Quantities

extension ConversationBook {
    /// The gravest first.
    func findings(_ observer: TrafficObserver, damage: String?, dropped: Int) -> [String] {
        ofStatements(observer) + ofConnections + ofPackets(damage, dropped) + ofMessages(observer.leftOut)
    }

    private func percent(_ part: Int, _ whole: Int) -> String {
        let share = 100 * Double(part) / Double(max(1, whole))
        return share > 0 && share < 1 ? "\(decimal(share, places: 2)) %" : "\(decimal(share, places: 0)) %"
    }

    private func ofStatements(_ observer: TrafficObserver) -> [String] {
        let executes = observer.operations.filter(\.key.isPrepared)
        let all = executes.reduce(0) { $0 + $1.requests }
        let unknown = executes.filter { operation in
            operation.key.statements.contains { observer.statements[$0].read == nil }
        }.reduce(0) { $0 + $1.requests }
        guard unknown > 0 else { return [] }
        return [
            "\(percent(unknown, all)) of EXECUTEs (\(grouped(unknown))) have no known statement: start the capture before the drivers connect, or give --from-cluster ADDRESS to look ids up."
        ]
    }

    private var ofConnections: [String] {
        let all = counts.connections.values.reduce(0, +)
        var lines: [String] = []
        if let secured = counts.connections[.tls], secured > 0 {
            lines.append(
                "\(grouped(secured)) of \(grouped(all)) connections are secured by TLS (\(grouped(counts.otherBytes[.tls] ?? 0)) bytes): nothing of them can be read. Capture where TLS has ended, or use the cluster's own query log."
            )
        }
        if let other = counts.connections[.other], other > 0 {
            lines.append("\(grouped(other)) connections are not CQL and were passed over.")
        }
        if counts.withoutBeginning > 0 {
            lines.append(
                "\(grouped(counts.withoutBeginning)) of \(grouped(counts.connections[.cql] ?? 0)) CQL connections began before the capture: their PREPAREs and their keyspace are not in it."
            )
        }
        let strange = counts.compressions.keys.filter { !["none", "lz4"].contains($0) }.sorted()
        if !strange.isEmpty {
            lines.append(
                "Connections compressed by \(strange.joined(separator: ", ")): their messages cannot be read, \(grouped(room.counts.undecompressible)) in all. LZ4 can."
            )
        } else if room.counts.undecompressible > 0 {
            lines.append("\(grouped(room.counts.undecompressible)) messages could not be decompressed.")
        }
        if packets.forgottenConnections > 0 {
            lines.append(
                "\(grouped(packets.forgottenConnections)) connections were given up: there were too many at a time.")
        }
        return lines
    }

    private func ofPackets(_ damage: String?, _ dropped: Int) -> [String] {
        var lines: [String] = []
        if let damage { lines.append("The file ends early: \(damage).") }
        if dropped > 0 { lines.append("\(grouped(dropped)) packets were dropped before they could be read.") }
        if streamCounts.gaps > 0 {
            lines.append(
                "\(grouped(streamCounts.gaps)) holes of \(grouped(streamCounts.gapBytes)) bytes in all: packets that the capture dropped. Give tcpdump a larger buffer (-B) and a filter."
            )
        }
        if packets.cutPackets > 0 {
            lines.append(
                "\(grouped(packets.cutPackets)) packets (\(percent(packets.cutPackets, packets.packets))) were cut by the snaplen, \(grouped(streamCounts.cutBytes)) bytes: values are missing. Capture whole packets (tcpdump -s 0)."
            )
        }
        if packets.fragments > 0 {
            lines.append("\(grouped(packets.fragments)) fragments of IP packets were passed over.")
        }
        if packets.malformed > 0 {
            lines.append("\(grouped(packets.malformed)) packets have headers that make no sense.")
        }
        if packets.clockJumps > 0 || counts.negativeLatencies > 0 {
            lines.append(
                "The clock went back \(grouped(packets.clockJumps)) times; \(grouped(counts.negativeLatencies)) answers are dated before their request and have no latency."
            )
        }
        return lines
    }

    private func ofMessages(_ leftOut: LeftOut) -> [String] {
        var lines: [String] = []
        if room.counts.lostPlaces > 0 || room.counts.skippedBytes > 0 {
            lines.append(
                "\(grouped(room.counts.lostPlaces)) times the place in a connection was lost; \(grouped(room.counts.skippedBytes)) bytes were passed over."
            )
        }
        let unreadable = counts.unreadableRequests + leftOut.unreadable
        if unreadable > 0 { lines.append("\(grouped(unreadable)) requests cannot be read and are not counted.") }
        if counts.unexpectedAnswers > 0 {
            lines.append("\(grouped(counts.unexpectedAnswers)) answers belong to no request that was seen.")
        }
        if leftOut.notData > 0 {
            lines.append("\(grouped(leftOut.notData)) batches in one text (BEGIN BATCH) are not described.")
        }
        if leftOut.tooMany > 0 {
            lines.append(
                "\(grouped(leftOut.tooMany)) operations are of more kinds than are kept (\(TrafficObserver.mostOperations))."
            )
        }
        return lines
    }
}
