// A workload file, written: `workload.yaml` with comments that say what each line rests on.

import CQLProtocol
import Documents
import Histograms
import Quantities
import Workloads

extension WorkloadDraft {
    /// The file. `head` is put in front, a comment a line. `arrivals` is the name of a trace of starts, where there is one.
    func text(name: String, head: [String], arrivals: ArrivalCounts) -> String {
        var out = head.map { $0.isEmpty ? "#\n" : "# \($0)\n" }.joined()
        out += "workload: 1\nname: \(name)\n\n"
        if !schemaStatements.isEmpty {
            out += "schema:\n" + schemaStatements.map { "  - \(quoted($0))\n" }.joined() + "\n"
        }
        if !values.isEmpty { out += "values:\n" + values.map(line).joined() + "\n" }
        if !inserts.isEmpty { out += "dataset:\n" + inserts.map(lines).joined() + "\n" }
        out += "operations:\n" + operations.map(lines).joined() + "\n"
        return out + traffic(arrivals)
    }

    private func quoted(_ text: String) -> String {
        String(JSON.string(text).text().dropLast())
    }

    private func line(_ value: Value) -> String {
        let evidence = value.fit.evidence.isEmpty ? "" : "   # \(value.fit.evidence)"
        return "  \(value.name): \(value.fit.yaml)\(evidence)\n"
    }

    private func lines(_ insert: Insert) -> String {
        var text = "  - insert: \(quoted(insert.cql))\n    bind: [\(insert.binds.joined(separator: ", "))]\n"
        text += "    partition_key: \(insert.key)\n    partitions: \(insert.partitions)\n"
        if let known = partitions(of: insert.table) {
            text +=
                "    # system.size_estimates: \(grouped(known.count)) partitions of \(grouped(known.bytes)) bytes on average\n"
        } else {
            text +=
                "    # How large partitions are does not show on the wire: ask with --from-cluster, or say it here.\n"
        }
        return text + "    rows_per_partition: 1\n"
    }

    // MARK: Operations

    private var total: Int { operations.reduce(0) { $0 + $1.observed.requests } }

    private func lines(_ operation: Operation) -> String {
        let observed = operation.observed
        var text = "  \(observed.name):\n" + operation.evidence(of: total).map { "    # \($0)\n" }.joined()
        text += "    shape: \(operation.shape)\n"
        text += "    weight: \(decimal(100 * Double(observed.requests) / Double(max(total, 1)), places: 4))\n"
        if let batch = observed.key.batch {
            text += "    batch:\n      type: \(batch)\n"
            if !operation.once.isEmpty { text += "      once: [\(operation.once.joined(separator: ", "))]\n" }
            text += "      statements:\n"
            for statement in operation.statements {
                text += "        - cql: \(quoted(statement.cql))\n"
                text += "          bind: [\(statement.binds.joined(separator: ", "))]\n"
                if statement.count > 1 { text += "          repeat: \(statement.count)\n" }
            }
        } else if let statement = operation.statements.first {
            text += "    cql: \(quoted(statement.cql))\n    bind: [\(statement.binds.joined(separator: ", "))]\n"
        }
        return text + parameters(operation)
    }

    private func parameters(_ operation: Operation) -> String {
        let (observed, key) = (operation.observed, operation.observed.key)
        var text = "    consistency: \(key.consistency)\n"
        if operation.isConditional && key.batch == nil, let serial = key.serialConsistency {
            text += "    serial_consistency: \(serial)\n"
        }
        if let size = key.pageSize, operation.isRead {
            text += "    page_size: \(min(max(1, size), 1_000_000))\n"
            if let pages = observed.pagesRead { text += "    pages: \(pages)\n" }
        }
        if !key.isPrepared && key.batch == nil { text += "    prepared: false\n" }
        let takesTimestamps = operation.shape == .write || operation.shape == .batch && key.batch != .counter
        if takesTimestamps && observed.withTimestamp == 0 { text += "    timestamps: server\n" }
        return text
    }

    // MARK: Traffic

    /// Minutes below which the rate is not worth a curve.
    private static let fewestMinutes = 10

    private func traffic(_ arrivals: ArrivalCounts) -> String {
        let share = Double(total) / Double(max(1, arrivals.total))
        func rate(_ perSecond: Double) -> String {
            let value = min(max(perSecond * share, 0.001), 10_000_000)
            return "\(decimal(value, places: value >= 100 ? 1 : 3))/s"
        }
        let minutes = arrivals.rates(step: 60)
        guard minutes.count >= WorkloadDraft.fewestMinutes else {
            let mean = arrivals.meanRate?.perSecond ?? 1
            return "traffic: {arrivals: poisson, rate: \(rate(mean))}\n"
        }
        var text = "traffic:\n  arrivals: poisson\n  rate:\n    steps:\n"
        for minute in minutes { text += "      - {rate: \(rate(minute)), for: 1m}\n" }
        return text
    }
}

extension WorkloadDraft.Operation {
    /// What was seen of it, a line each.
    func evidence(of total: Int) -> [String] {
        let share = decimal(100 * Double(observed.requests) / Double(max(total, 1)), places: 2)
        func time(_ percent: Double) -> String {
            Nanoseconds(observed.latencies.value(atPercentile: percent)).description
        }
        var first = "\(grouped(observed.requests)) operations (\(share) %)"
        if observed.latencies.count > 0 {
            first += "; on the wire p50 \(time(50)), p99 \(time(99)), p99.9 \(time(99.9)), max \(time(100))"
        }
        var lines = [first]
        if observed.rows.count > 0 {
            var rows = "rows \(ValueFit.quantiles(observed.rows))"
            if observed.withMorePages > 0 {
                rows +=
                    "; \(grouped(observed.withMorePages)) had more pages, \(grouped(observed.furtherPages)) further pages were read"
            }
            lines.append(rows)
        }
        if observed.answerBytes.count > 0 {
            lines.append("bytes of an answer \(ValueFit.quantiles(observed.answerBytes))")
        }
        if observed.notApplied > 0 { lines.append("\(grouped(observed.notApplied)) conditions did not hold") }
        if !observed.errors.isEmpty || observed.unanswered > 0 {
            let errors = observed.errors.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                "\($0.key) \(grouped($0.value))"
            }
            let none = observed.unanswered > 0 ? ["without an answer \(grouped(observed.unanswered))"] : []
            lines.append("failed: " + (errors + none).joined(separator: ", "))
        }
        for (index, repeats) in observed.repeats.enumerated() where repeats.largest > 1 {
            lines.append("statement \(index + 1) of the batch comes \(ValueFit.quantiles(repeats)) times")
        }
        return lines + notes
    }
}
