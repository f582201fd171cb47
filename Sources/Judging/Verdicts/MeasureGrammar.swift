// The words in which criteria name what they measure: one small grammar, with the nearest word in its errors.
//
//     measure:  (p1 … p99.999 | mean | max) of (response time | service time)  |  throughput  |  error rate  |
// time-outs
//               |  cpu  |  memory  |  disk  |  garbage collection
//     of:       each operation  |  each shape  |  each keyspace  |  the workload
//               |  shape NAME  |  keyspace NAME  |  the name of an operation

import Comparisons
import Documents
import Quantities

/// A figure of the sides' machines. It may be required; this version does not collect it, and such a criterion stays
/// undecided.
enum Resource: String, CaseIterable {
    case cpu
    case memory
    case disk
    case garbageCollection = "garbage collection"

    /// What would have to be collected for a verdict.
    var evidence: String {
        switch self {
        case .cpu: "the CPU time of every node of both sides, slice by slice"
        case .memory: "the memory that every node of both sides holds, slice by slice"
        case .disk: "the bytes that every node of both sides reads and writes, slice by slice"
        case .garbageCollection: "the time that every node of both sides spends in collections, slice by slice"
        }
    }

    /// nil where `node` names none.
    init?(reading node: Node) {
        guard case .scalar(let text, _) = node.content else { return nil }
        self.init(rawValue: text.split(separator: " ").joined(separator: " "))
    }
}

extension Measure {
    /// The measure that `node` names.
    init(reading node: Node) throws(InputError) {
        let expected =
            "'p99 of response time' (or any p1 … p99.999, mean, max, service time), 'throughput', 'error rate', 'time-outs', "
            + Resource.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let text = try node.string(expected: expected)
        let words = text.split(separator: " ").map(String.init)
        func wrong() -> InputError {
            let known =
                ["throughput", "error rate", "time-outs"] + Resource.allCases.map(\.rawValue)
                + ["p50", "p90", "p99", "p99.9", "mean", "max"].flatMap { metric in
                    Timing.allCases.map { "\(metric) of \($0.rawValue)" }
                }
            let problem = suggesting(
                "unknown measure '\(text)'", words.joined(separator: " "), among: known)
            return InputError(node.position, problem, expected: expected)
        }
        switch words {
        case ["throughput"]: self.init(.throughput)
        case ["error", "rate"]: self.init(.errorRate)
        case ["time-outs"]: self.init(.timeOuts)
        default:
            guard words.count == 4, words[1] == "of", let timing = Timing(rawValue: "\(words[2]) \(words[3])") else {
                throw wrong()
            }
            if words[0] == "mean" {
                self.init(.mean, of: timing)
            } else if words[0] == "max" {
                self.init(.max, of: timing)
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
    /// The part of the workload that `node` names. Whether it has such an operation, shape or keyspace is asked later,
    /// of the workload.
    init(reading node: Node) throws(InputError) {
        let text = try node.string(
            expected:
                "'each operation', 'each shape', 'each keyspace', 'the workload', 'shape NAME', 'keyspace NAME' or"
                + " an operation's name")
        let words = text.split(separator: " ").map(String.init)
        switch words {
        case ["each", "operation"]: self = .eachOperation
        case ["each", "shape"]: self = .eachShape
        case ["each", "keyspace"]: self = .eachKeyspace
        case ["the", "workload"], ["workload"]: self = .one(.workload)
        case _ where words.first == "each" && words.count == 2:
            let known = ["operation", "shape", "keyspace"]
            throw InputError(
                node.position, suggesting("'each \(words[1])'", words[1], among: known),
                expected: "each operation, each shape or each keyspace")
        case _ where words.first == "shape" && words.count == 2:
            guard let shape = Shape(rawValue: words[1]) else {
                let names = Shape.allCases.map(\.rawValue)
                throw InputError(
                    node.position, suggesting("unknown shape '\(words[1])'", words[1], among: names),
                    expected: "one of " + names.joined(separator: ", "))
            }
            self = .one(.shape(shape))
        case _ where words.first == "keyspace" && words.count == 2: self = .one(.keyspace(words[1]))
        default: self = .one(.operation(text))
        }
    }
}
