// Whether both sides answered the same reads with the same number of rows: a side that answers less is not faster.

import Quantities

/// The rows of one operation on both sides, over rounds in which it never failed on either.
public struct RowComparison: Equatable, Sendable {
    public enum Finding: String, Sendable {
        case same
        case differ
        /// Too few rounds were fit for it, or old does not even agree with itself.
        case notCompared = "not_compared"
    }

    /// Old may differ from itself by so much, and new from old by as much; beyond it nothing can be compared.
    public static let mostSelfDifference = 0.01

    public let operation: String
    public let finding: Finding
    /// Rounds in which both sides completed the same operations, all of them.
    public let cleanRounds: Int
    /// All rounds that count.
    public let countedRounds: Int
    public let oldRows: Int
    public let newRows: Int
    /// The sum of the rounds' differences over old's rows.
    public let difference: Double
    /// What old differs from itself when round 0 is repeated at the end.
    public let selfDifference: Double

    /// The finding as a sentence with its numbers.
    public var sentence: String {
        switch finding {
        case .same:
            "both sides returned the same rows of \(operation): old \(grouped(oldRows)), new \(grouped(newRows)) in"
                + " \(cleanRounds) rounds"
        case .differ:
            "the sides returned different numbers of rows of \(operation): old \(grouped(oldRows)), new"
                + " \(grouped(newRows)), different by \(decimal(difference * 100, places: 3)) % over \(cleanRounds)"
                + " rounds, where old differs from itself by \(decimal(selfDifference * 100, places: 3)) %"
        case .notCompared where selfDifference > RowComparison.mostSelfDifference:
            "row counts of \(operation) could not be compared: old differs from itself by"
                + " \(decimal(selfDifference * 100, places: 3)) % when it is asked the same again, more than"
                + " \(decimal(RowComparison.mostSelfDifference * 100, places: 0)) %; read what nothing writes to"
        case .notCompared:
            "row counts of \(operation) could not be compared: both sides completed all of it in \(cleanRounds) of"
                + " \(countedRounds) rounds, and half of them are needed"
        }
    }
}
