// What was seen of an operation, in figures: for the console and as JSON.

import CQLProtocol
import Documents
import Histograms
import Quantities

/// An operation of a captured workload.
public struct OperationSummary: Sendable {
    public var name: String
    public var shape: Shape
    public var requests: Int
    /// Of all operations of the workload.
    public var share: Double
    /// From the packet that completes a request to the one that completes its answer.
    public var latencies: Histogram
    /// Of answers with rows.
    public var rows: Histogram
    public var failed: Int
    private var parts: [String: JSON]

    init(_ operation: WorkloadDraft.Operation, total: Int) {
        let observed = operation.observed
        name = observed.name
        shape = operation.shape
        requests = observed.requests
        share = Double(requests) / Double(max(1, total))
        latencies = observed.latencies
        rows = observed.rows.all
        failed = observed.errors.values.reduce(observed.unanswered, +)
        parts = [
            "cql": .array(operation.statements.map { .string($0.cql) }),
            "binds": .array(operation.statements.map { .array($0.binds.map(JSON.string)) }),
            "consistency": .string(observed.key.consistency.name),
            "prepared": .bool(observed.key.isPrepared),
            "further_pages": .integer(observed.furtherPages),
            "with_more_pages": .integer(observed.withMorePages),
            "answer_bytes": OperationSummary.quantiles(observed.answerBytes.all, scale: 1),
            "errors": .object(
                Dictionary(uniqueKeysWithValues: observed.errors.map { ($0.key.rawValue, JSON.integer($0.value)) })),
            "unanswered": .integer(observed.unanswered)
        ]
        if let size = observed.key.pageSize { parts["page_size"] = .integer(Int(size)) }
        if let batch = observed.key.batch { parts["batch"] = .string("\(batch)") }
    }

    private static func quantiles(_ histogram: Histogram, scale: Double) -> JSON {
        guard histogram.count > 0 else { return .null }
        let percents: [(String, Double)] = [
            ("p10", 10), ("p50", 50), ("p90", 90), ("p99", 99), ("p99_9", 99.9), ("max", 100)
        ]
        return .object(
            Dictionary(
                uniqueKeysWithValues: percents.map { name, percent in
                    let value = Double(histogram.value(atPercentile: percent)) * scale
                    return (name, value == value.rounded() ? .integer(Int(value)) : .number(value))
                }))
    }

    public var json: JSON {
        var all = parts
        all["name"] = .string(name)
        all["shape"] = .string(shape.rawValue)
        all["requests"] = .integer(requests)
        all["share"] = .number(share)
        all["latency_ms"] = OperationSummary.quantiles(latencies, scale: 1e-6)
        all["rows"] = OperationSummary.quantiles(rows, scale: 1)
        return .object(all)
    }
}

extension TrafficCapture {
    /// `capture.json`: the last workload's operations with their figures, what was left out, and what to know.
    public func document(source: String, version: String) -> JSON {
        var document: [String: JSON] = [
            "source": .string(source), "assay_version": .string(version),
            "packets": .integer(packets), "packet_bytes": .integer(bytes),
            "operations": .array(summary.map(\.json)),
            "left_out": .array(
                leftOut.map {
                    .object(["name": .string($0.name), "requests": .integer($0.requests), "reason": .string($0.reason)])
                }),
            "findings": .array(findings.map(JSON.string)),
            "arrivals_per_minute": .array(arrivalsPerMinute.map(JSON.integer))
        ]
        if let span {
            document["from"] = .string(span.from.iso8601)
            document["to"] = .string(span.to.iso8601)
        }
        return .object(document)
    }

    private var arrivalsPerMinute: [Int] { observer.arrivals.rates(step: 60).map { Int(($0 * 60).rounded()) } }
}
