// How the first half of a slice went against the second: what a side still feels of the slice before, or of its pause.

import Documents
import Quantities

/// Response times of one operation in one slice, by the half of the measured part in which it fell due. Completed operations only.
public struct SliceHalves: Equatable, Sendable {
    public struct Half: Equatable, Sendable {
        public var count: Int
        /// Mean of the natural logarithms of milliseconds; 0 where there is none.
        public var meanLog: Double

        public init(count: Int = 0, meanLog: Double = 0) {
            self.count = count
            self.meanLog = meanLog
        }

        mutating func add(_ other: Half) {
            let sum = count + other.count
            if sum > 0 { meanLog = (meanLog * Double(count) + other.meanLog * Double(other.count)) / Double(sum) }
            count = sum
        }
    }

    public var first: Half
    public var second: Half

    public init(first: Half, second: Half) {
        self.first = first
        self.second = second
    }

    /// Of two slices together.
    public func adding(_ other: SliceHalves) -> SliceHalves {
        var sum = self
        sum.add(other)
        return sum
    }

    mutating func add(_ other: SliceHalves) {
        first.add(other.first)
        second.add(other.second)
    }

    var json: JSON {
        .array([first, second].map { .object(["count": .integer($0.count), "mean_log_ms": .number($0.meanLog)]) })
    }

    init(_ node: Node) throws(InputError) {
        var halves: [Half] = []
        for item in try node.list(expected: "two halves") {
            var fields = try Fields(item, what: "half of a slice")
            halves.append(
                Half(
                    count: try fields.required("count").recordedCount(),
                    meanLog: try fields.required("mean_log_ms").number()))
        }
        guard halves.count == 2 else {
            throw InputError(node.position, "\(halves.count) halves of a slice", expected: "two")
        }
        self.init(first: halves[0], second: halves[1])
    }
}
