// Whether both sides answered the same reads with the same number of rows: a side that answers less is not faster.

import Quantities

/// The rows of one operation on both sides, over rounds in which it never failed on either.
public struct RowComparison: Equatable, Sendable {
    public enum Finding: String, Sendable {
        case same
        case differ
        /// No round was fit for it.
        case notCompared = "not_compared"
    }

    public let operation: String
    public let finding: Finding
    /// Rounds in which both sides completed the same operations, all of them.
    public let cleanRounds: Int
    public let oldRows: Int
    public let newRows: Int
    /// The sum of the rounds' differences over old's rows.
    public let difference: Double
    /// What a side differs from itself when round 0 is repeated at the end, the larger of the two.
    public let selfDifference: Double

    /// The finding as a sentence with its numbers.
    public var sentence: String {
        switch finding {
        case .same:
            "both sides returned the same rows of \(operation): \(grouped(oldRows)) in \(cleanRounds) rounds"
        case .differ:
            "the sides returned different numbers of rows of \(operation): old \(grouped(oldRows)), new"
                + " \(grouped(newRows)), different by \(decimal(difference * 100, places: 3)) % over \(cleanRounds)"
                + " rounds, where a side differs from itself by \(decimal(selfDifference * 100, places: 3)) %"
        case .notCompared:
            "row counts of \(operation) could not be compared: in no round did both sides complete all of it"
        }
    }
}
