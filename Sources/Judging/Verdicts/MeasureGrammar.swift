// The words in which criteria name what they measure: one small grammar, with the nearest word in its errors.
//
//     measure:  (p50 | p99 | p99.9 | … | mean) of (response time | service time)  |  throughput  |  error rate
//     of:       each operation  |  the workload  |  shape NAME  |  the name of an operation

import Comparisons
import Documents
import Quantities

extension Measure {
    /// The measure that `node` names.
    init(reading node: Node) throws(InputError) {
        let expected =
            "'p99 of response time' (or any p50 … p99.99, mean, service time), 'throughput' or 'error rate'"
        let text = try node.string(expected: expected)
        let words = text.split(separator: " ").map(String.init)
        func wrong() -> InputError {
            let known =
                ["throughput", "error rate"]
                + ["p50", "p90", "p99", "p99.9", "mean"].flatMap { metric in
                    Timing.allCases.map { "\(metric) of \($0.rawValue)" }
                }
            let problem = suggesting(
                "unknown measure '\(text)'", words.joined(separator: " "), among: known)
            return InputError(node.position, problem, expected: expected)
        }
        switch words {
        case ["throughput"]: self.init(.throughput)
        case ["error", "rate"]: self.init(.errorRate)
        default:
            guard words.count == 4, words[1] == "of", let timing = Timing(rawValue: "\(words[2]) \(words[3])") else {
                throw wrong()
            }
            if words[0] == "mean" {
                self.init(.mean, of: timing)
            } else if words[0].first == "p", let percent = parseNumber(words[0].dropFirst()), percent >= 1,
                percent <= 99.999
            {
                self = .p(percent, of: timing)
            } else {
                throw wrong()
            }
        }
    }
}

extension Target {
    /// The part of the workload that `node` names. Whether an operation exists is asked later, of the workload.
    init(reading node: Node) throws(InputError) {
        let text = try node.string(expected: "'each operation', 'the workload', 'shape NAME' or an operation's name")
        let words = text.split(separator: " ").map(String.init)
        switch words {
        case ["each", "operation"]: self = .eachOperation
        case ["the", "workload"], ["workload"]: self = .one(.workload)
        case _ where words.first == "shape" && words.count == 2:
            guard let shape = Shape(rawValue: words[1]) else {
                let names = Shape.allCases.map(\.rawValue)
                throw InputError(
                    node.position, suggesting("unknown shape '\(words[1])'", words[1], among: names),
                    expected: "one of " + names.joined(separator: ", "))
            }
            self = .one(.shape(shape))
        default: self = .one(.operation(text))
        }
    }
}
