// Which operation comes when, with which values: a pure function of the round's seed and the operation's index in it.

import Quantities

/// How often operations come: in all rounds alike, but for boost rounds.
public struct OperationMix: Sendable {
    let usual: [Double]
    let boosted: [Double]
    /// Of boost rounds.
    let boostSeeds: Set<UInt64>

    /// The operations within a round or the warm-up with this seed.
    public func stream(seed: UInt64) -> OperationStream {
        OperationStream(weights: boostSeeds.contains(seed) ? boosted : usual, seed: seed)
    }
}

/// The operations of one round, the same on both sides. Any of them can be made again alone.
public struct OperationStream: Sendable {
    private let seed: UInt64
    /// Upper bound of each operation's part of the sum of weights.
    private let bounds: [Double]

    /// `weights` are those of the operations, all above 0.
    public init(weights: [Double], seed: UInt64) {
        precondition(!weights.isEmpty && weights.allSatisfy { $0 > 0 }, "operations need weights above 0")
        self.seed = SeededRandom.derive(seed, "operations")
        var sum = 0.0
        bounds = weights.map { weight in
            sum += weight
            return sum
        }
    }

    /// The operation at `index` and the chance from which its values are drawn, bind by bind.
    public func operation(at index: Int) -> (operationIndex: Int, random: SeededRandom) {
        var random = SeededRandom(seed: SeededRandom.derive(seed, UInt64(index)))
        let last = bounds.count - 1
        let drawn = random.unit() * bounds[last]
        var operation = 0
        while operation < last && drawn >= bounds[operation] { operation += 1 }
        return (operation, random)
    }
}
