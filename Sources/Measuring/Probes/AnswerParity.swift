// Whether two sides over HTTP answer alike: a sample of each operation that reads, the same requests to both, status and body held
// against each other.

import Bytes
import Documents
import HTTPClient
import Quantities
import Reactor
import Recordings
import Workloads

public struct AnswerParity {
    private let operations: [PlannedOperation]
    private let pair: PairFile
    private let seed: UInt64

    /// Requests of each operation.
    public static let samples = 20

    /// Operations without a request are left out, and so are those that may change something.
    public init(_ operations: [PlannedOperation], pair: PairFile, seed: UInt64) {
        self.operations = operations.filter { operation in
            operation.request.map { AnswerParity.reads(operation, $0) } ?? false
        }
        self.pair = pair
        self.seed = SeededRandom.derive(seed, "answers")
    }

    /// Of a method that reads, or of a shape that does.
    private static func reads(_ operation: PlannedOperation, _ request: RequestTemplate) -> Bool {
        let methods = ["GET", "HEAD", "OPTIONS"]
        return methods.contains(request.method)
            || [.point, .range, .multiPartition, .scan, .aggregate].contains(operation.shape)
    }

    /// Asks both sides, each request within `limit`.
    public func run(old: HTTPAccess, new: HTTPAccess, within limit: Nanoseconds) throws(SystemError) -> Observations {
        var answers: [[[HTTPEnding]]] = []
        for access in [old, new] { answers.append(try ask(access, limit)) }
        var found: [Observation] = []
        func add(_ subject: String, _ old: String, _ new: String) {
            found.append(
                Observation(
                    kind: ParityProbe.kind, subject: subject, old: old, new: new, expected: pair.expects(subject)))
        }
        for (place, operation) in operations.enumerated() {
            let (old, new) = (answers[0][place], answers[1][place])
            add("answers.\(operation.name).status", AnswerParity.statuses(old), AnswerParity.statuses(new))
            let others = zip(old, new).count { $0.body != $1.body }
            let all = "\(old.count) bodies"
            add("answers.\(operation.name).body", all, others == 0 ? all : "\(others) of \(all) are others")
        }
        return Observations(probed: [ParityProbe.kind], observations: found)
    }

    /// `200, 404`
    private static func statuses(_ endings: [HTTPEnding]) -> String {
        Set(endings.map { $0.status == 0 ? $0.failure?.rawValue ?? "none" : String($0.status) }).sorted()
            .joined(separator: ", ")
    }

    private func ask(_ access: HTTPAccess, _ limit: Nanoseconds) throws(SystemError) -> [[HTTPEnding]] {
        let kept = operations.map { operation in
            var kept = HTTPOperation(operation.request!)
            kept.keepsBody = true
            return kept
        }
        let session = try SimpleHTTP(access, kept)
        var answers: [[HTTPEnding]] = []
        for (place, operation) in operations.enumerated() {
            let writer = RequestWriter(operation.request!)
            var random = SeededRandom(seed: SeededRandom.derive(seed, UInt64(place)))
            var endings: [HTTPEnding] = []
            for _ in 0..<AnswerParity.samples {
                let chance = SeededRandom(seed: random.next())
                endings.append(
                    try session.ask(place, within: limit) { request in writer.write(Drawing(chance), into: &request) })
            }
            answers.append(endings)
        }
        return answers
    }
}
