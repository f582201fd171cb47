// Whether a side took what it was offered, in words for whoever watches.

import Quantities

/// A slice in which a side completed noticeably less than it was offered.
public struct Shortfall: Equatable, Sendable, CustomStringConvertible {
    public var offeredPerSecond: Double
    public var achievedPerSecond: Double
    /// Failed operations by class, most frequent first.
    public var errors: [(name: String, count: Int)]

    /// Least share of the offered operations that is completed where all is well.
    public static let leastShare = 0.999

    /// nil where the side kept up.
    public init?(_ slice: SliceRecord) {
        let intended = slice.operations.reduce(0) { $0 + $1.intended }
        let completed = slice.operations.reduce(0) { $0 + $1.completed }
        guard Double(completed) < Shortfall.leastShare * Double(intended) else { return nil }
        offeredPerSecond = Double(intended) / slice.length.seconds
        achievedPerSecond = Double(completed) / slice.length.seconds
        var sums: [String: Int] = [:]
        for operation in slice.operations { sums.merge(operation.errors, uniquingKeysWith: +) }
        errors = sums.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { (name: $0.key, count: $0.value) }
    }

    public static func == (a: Shortfall, b: Shortfall) -> Bool { a.description == b.description }

    public var description: String {
        let classes = errors.prefix(3).map { "\(grouped($0.count)) \($0.name)" }.joined(separator: ", ")
        return
            "completed \(significant(achievedPerSecond))/s of \(significant(offeredPerSecond))/s offered (\(classes)); "
            + "what a side does not take counts against it"
    }
}
