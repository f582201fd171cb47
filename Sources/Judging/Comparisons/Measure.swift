// What is compared: which figure, of which of the two times, of which part of the workload.

import Quantities

/// A figure of one side that can be set against the other's.
public enum Metric: Hashable, Sendable {
    /// The p quantile of a time, 0 < p < 1.
    case quantile(Double)
    case mean
    /// The largest value that was seen. Nothing is inferred from it: a longer run sees larger ones.
    case max
    /// Operations completed a second while saturated.
    case throughput
    /// Failed operations over intended ones.
    case errorRate
    /// Operations without an answer within the time-out over intended ones.
    case timeOuts

    /// `p99`, `p99.9`, `mean`, `max`, `throughput`, `error rate`, `time-outs`
    public var text: String {
        switch self {
        case .quantile(let p): "p" + percent(p)
        case .mean: "mean"
        case .max: "max"
        case .throughput: "throughput"
        case .errorRate: "error rate"
        case .timeOuts: "time-outs"
        }
    }

    private func percent(_ p: Double) -> String {
        var digits = decimal(p * 100, places: 6)
        while digits.last == "0" { digits.removeLast() }
        return digits.last == "." ? String(digits.dropLast()) : digits
    }
}

/// Which of the two times of an operation.
public enum Timing: String, CaseIterable, Hashable, Sendable {
    /// From the intended start.
    case response = "response time"
    /// From the actual send.
    case service = "service time"
}

/// A metric and the time that it is taken of; for throughput and shares of failures the time is of no meaning.
public struct Measure: Hashable, Sendable {
    public var metric: Metric
    public var timing: Timing

    public init(_ metric: Metric, of timing: Timing = .response) {
        self.metric = metric
        self.timing = timing
    }

    /// The quantile at `percent`, between 0 and 100.
    public static func p(_ percent: Double, of timing: Timing = .response) -> Measure {
        // 99.9 / 100 is not 0.999: rounded to where a percentage ends, the same quantile is the same number.
        Measure(.quantile((percent * 1e6).rounded() / 1e8), of: timing)
    }

    /// The measures that every comparison holds, whatever the criteria ask for.
    public static let standard: [Measure] = [.p(50), .p(99), .p(99.9), Measure(.mean)]

    /// Whether it is a length of time.
    public var isLatency: Bool {
        switch metric {
        case .quantile, .mean, .max: true
        case .throughput, .errorRate, .timeOuts: false
        }
    }

    /// As criteria name it: `p99 of response time`, `throughput`.
    public var text: String { isLatency ? "\(metric.text) of \(timing.rawValue)" : metric.text }

    /// As sentences name it: `p99` for response time, which goes without saying.
    public var short: String { timing == .response ? metric.text : text }
}

/// The part of the workload that a figure speaks of.
public enum Scope: Hashable, Sendable {
    case workload
    case keyspace(String)
    case shape(Shape)
    case operation(String)

    /// `the workload`, `keyspace shop`, `shape range`, `recent_orders`
    public var text: String {
        switch self {
        case .workload: "the workload"
        case .keyspace(let name): "keyspace \(name)"
        case .shape(let shape): "shape \(shape)"
        case .operation(let name): name
        }
    }
}
