// The word that was probably meant, for errors about unknown keys and names.

/// The candidate that `word` is most likely a slip for, or nil where none is near.
///
/// Near is at most two insertions, deletions, substitutions or swaps of neighbours (optimal string alignment distance), and
/// never as much as half of the longer word. The first of equally near candidates wins.
public func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(word.utf8)
    var best: (distance: Int, candidate: String)?
    for candidate in candidates {
        let other = Array(candidate.utf8)
        guard abs(other.count - letters.count) <= 2 else { continue }
        let distance = editDistance(letters, other)
        guard distance <= 2, distance * 2 < max(letters.count, other.count) else { continue }
        if distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.candidate
}

private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var twoBack = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    for i in a.indices {
        var current = [i + 1]
        for j in b.indices {
            var cost = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, twoBack[j - 1] + 1) }
            current.append(cost)
        }
        (twoBack, previous) = (previous, current)
    }
    return previous[b.count]
}

/// `what` with the slip's likely correction: `unknown key 'weigth', did you mean 'weight'?`.
public func suggesting(_ what: String, _ word: String, among candidates: some Sequence<String>) -> String {
    guard let near = nearest(to: word, among: candidates) else { return what }
    return "\(what), did you mean '\(near)'?"
}
