// What one operation or row is made from: its chance, and where it stands in the run.

import Quantities

/// The same drawing gives the same values, on any machine and in any order. It is plain numbers: nothing is allocated for it.
public struct Drawing: Sendable {
    /// What values are drawn from, one after the other.
    public var random: SeededRandom
    /// Names the operation or row: what its values have in common is drawn from it, whenever it is asked for.
    public let common: UInt64
    /// The operation's number in the run, or the row's in its partition: where sequences stand.
    public let ordinal: UInt64
    /// What `now` is, in milliseconds since 1970.
    public let now: Int64
    /// Of the dataset whose rows are found again.
    public let datasetSeed: UInt64

    public init(
        _ random: SeededRandom, common: UInt64? = nil, ordinal: UInt64 = 0, now: Int64 = 0, datasetSeed: UInt64 = 0
    ) {
        self.random = random
        var next = random
        self.common = common ?? next.next()
        self.ordinal = ordinal
        self.now = now
        self.datasetSeed = datasetSeed
    }

    /// From which every value of that name in this operation or row is drawn.
    public func shared(_ name: UInt64) -> Drawing {
        Drawing(
            SeededRandom(seed: SeededRandom.derive(common, name)), common: common, ordinal: ordinal, now: now,
            datasetSeed: datasetSeed)
    }

    /// From which one of many requests of an operation is made, as if it were an operation of its own.
    public func request(_ number: UInt64) -> Drawing {
        let seed = SeededRandom.derive(common ^ 0x7265_7175_6573_7400, number)
        return Drawing(SeededRandom(seed: seed), ordinal: ordinal, now: now, datasetSeed: datasetSeed)
    }

    /// The number of a name, for `shared`. Never 0.
    public static func number(of name: String) -> UInt64 { SeededRandom.derive(1, name) | 1 }
}
