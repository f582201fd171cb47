// How many rows a dataset has in each partition, and what each row is made from: plain numbers, so that the measured path may ask.

import Quantities

/// Partitions 0 ..< `partitions` with their rows. Any of them can be found again alone, from the seed and its place.
public struct DatasetRows: Sendable {
    /// Of the entry among those of the workload's dataset.
    let index: UInt64
    public let partitions: Int
    /// The item that the first partition's key stands for.
    let firstItem: UInt64
    public let sizes: Distribution
    /// How far sizes follow the order of the items, from 0 (not at all) to 1 (the first item has the largest partition). This is the
    /// correlation of the two normal scores (a Gaussian copula), so the distribution of the sizes stays as it is.
    let rankCorrelation: Double
    /// What `now` is to a row.
    let now: Int64

    /// Most rows that a partition may get: beyond this a table serves nobody.
    static let mostRows = 10_000_000

    /// How many rows a partition holds; at least 1.
    public func rows(in partition: Int, seed: UInt64) -> Int {
        var random = SeededRandom(seed: self.seed(of: partition, seed))
        guard rankCorrelation > 0 else { return max(sizes.count(&random, most: DatasetRows.mostRows), 1) }
        let rank = Distribution.upperScore((Double(partition) + 0.5) / Double(partitions))
        let rest = (1 - rankCorrelation * rankCorrelation).squareRoot()
        let size = sizes.value(at: rankCorrelation * rank + rest * random.normal())
        return Int(min(max(size.rounded(), 1), Double(DatasetRows.mostRows)))
    }

    /// What a row is made from. Each of its values is drawn from `shared` by its own name, so that it can be made alone.
    public func drawing(partition: Int, row: Int, seed: UInt64) -> Drawing {
        let row64 = UInt64(row)
        let common = SeededRandom.derive(self.seed(of: partition, seed), row64 + 1)
        return Drawing(SeededRandom(seed: common), common: common, ordinal: row64, now: now, datasetSeed: seed)
    }

    private func seed(of partition: Int, _ seed: UInt64) -> UInt64 {
        let entry = SeededRandom.derive(SeededRandom.derive(seed, "dataset"), index)
        return SeededRandom.derive(entry, UInt64(partition))
    }
}

/// A row of a dataset that exists, found from within an operation: the operation's key names the partition, and the row is drawn
/// once for all values that ask for one of the same key.
public struct ExistingRow: Sendable {
    let rows: DatasetRows
    /// Of the operation's key, and the number of its name.
    let items: Items
    let key: UInt64
    /// By which the value is drawn in its row.
    let column: UInt64

    /// From which the row's value is drawn.
    @usableFromInline func drawing(_ operation: Drawing) -> Drawing {
        var key = operation.shared(self.key)
        let partition = Int(items.sample(&key) - rows.firstItem)
        var row = operation.shared(self.key ^ 0x726F_7700)
        let count = rows.rows(in: partition, seed: operation.datasetSeed)
        let place = Int(row.random.below(UInt64(count)))
        return rows.drawing(partition: partition, row: place, seed: operation.datasetSeed).shared(column)
    }
}
