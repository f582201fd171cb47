// Many criteria are tested at once: what each probability is worth then.

/// Holm's adjusted values of `probabilities` (Holm, 1979), in the order given, each capped at 1.
///
/// For tests with levels of their own, hand in probability / level and compare the result with 1.
public func holmAdjusted(_ probabilities: [Double]) -> [Double] {
    let count = probabilities.count
    let order = probabilities.indices.sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
    var adjusted = [Double](repeating: 1, count: count)
    var largest = 0.0
    for (rank, index) in order.enumerated() {
        largest = max(largest, min(1, Double(count - rank) * probabilities[index]))
        adjusted[index] = largest
    }
    return adjusted
}
