// How often values come, without keeping the values: exact counts of a random part of the distinct ones, in bounded memory.
//
// A value counts if its hash begins with `level` zero bits. When the table is full the level rises and those that no longer fit leave it,
// so that what stays was counted from the beginning (Gibbons, "Distinct Sampling for Highly-Accurate Answers to Distinct Values Queries",
// 2001). Each distinct value is in the sample with probability 2^-level, however popular it is.

/// A table of hashes and their counts.
struct DistinctSample {
    /// Every value that was counted, in the sample or not.
    private(set) var total = 0
    private(set) var level = 0
    /// Distinct values in the sample.
    private(set) var distinct = 0
    /// Slots: a hash and how often it came; 0 is an empty slot's count.
    private var hashes: [UInt64] = []
    private var counts: [UInt32] = []
    private let most: Int

    /// At most `most` distinct values are kept.
    init(most: Int = 16_384) { self.most = most }

    /// The share of the distinct values that is in the sample.
    var share: Double { 1 / Double(1 << level) }
    /// How many distinct values came, as far as the sample tells.
    var estimatedDistinct: Double { Double(distinct) / share }
    /// How often each value of the sample came.
    var occurrences: [Int] { counts.filter { $0 > 0 }.map { Int($0) } }

    /// `hash` is that of a value: alike for alike values, and as good as random.
    mutating func count(_ hash: UInt64) {
        total += 1
        guard level == 0 || hash >> (64 - UInt64(level)) == 0 else { return }
        if hashes.isEmpty { resize(to: 64) }
        var place = Int(truncatingIfNeeded: hash) & (hashes.count - 1)
        while counts[place] != 0 {
            if hashes[place] == hash {
                counts[place] = counts[place] == .max ? .max : counts[place] + 1
                return
            }
            place = (place + 1) & (hashes.count - 1)
        }
        (hashes[place], counts[place]) = (hash, 1)
        distinct += 1
        if distinct > most { rise() } else if 2 * distinct > hashes.count { resize(to: 2 * hashes.count) }
    }

    private mutating func rise() {
        level += 1
        resize(to: hashes.count)
        // Hashes that are not as good as random could all stay.
        if distinct > most && level < 60 { rise() }
    }

    /// Puts what belongs to the sample into `size` slots, a power of two.
    private mutating func resize(to size: Int) {
        let (oldHashes, oldCounts) = (hashes, counts)
        hashes = [UInt64](repeating: 0, count: size)
        counts = [UInt32](repeating: 0, count: size)
        distinct = 0
        for (hash, count) in zip(oldHashes, oldCounts) where count > 0 {
            guard level == 0 || hash >> (64 - UInt64(level)) == 0 else { continue }
            var place = Int(truncatingIfNeeded: hash) & (size - 1)
            while counts[place] != 0 { place = (place + 1) & (size - 1) }
            (hashes[place], counts[place]) = (hash, count)
            distinct += 1
        }
    }
}
