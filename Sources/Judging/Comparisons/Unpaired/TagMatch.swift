// Which tag of one run is set against which of the other: by name, unless told otherwise. What has no partner is listed.

/// A tag of A under which it has another name in B.
public struct Renaming: Equatable, Sendable {
    public var a: String
    public var b: String

    public init(a: String, b: String) {
        self.a = a
        self.b = b
    }
}

/// Why tags cannot be set against each other, in one line.
public struct TagMismatch: Error, Equatable, Sendable, CustomStringConvertible {
    /// Whether a renaming is at fault, and not the runs.
    public var isRenaming: Bool
    public var description: String
}

/// Pairs of indices into the series of A and of B, in the order of A, and the tags without a partner.
struct TagMatch {
    private(set) var pairs: [(a: Int, b: Int)] = []
    private(set) var onlyA: [String] = []
    private(set) var onlyB: [String] = []

    init(_ a: MeasuredRun, _ b: MeasuredRun, _ renamings: [Renaming]) throws(TagMismatch) {
        var (takenA, takenB) = (Set<Int>(), Set<Int>())
        for renaming in renamings {
            for pair in try TagMatch.pairs(a, b, renaming) {
                guard takenA.insert(pair.a).inserted, takenB.insert(pair.b).inserted else {
                    throw TagMismatch(
                        isRenaming: true,
                        description: "\(renaming.a)=\(renaming.b): one of the two has a partner already")
                }
                pairs.append(pair)
            }
        }
        for index in a.series.indices where !takenA.contains(index) {
            let other = b.series.indices.first { !takenB.contains($0) && b.series[$0].tag == a.series[index].tag }
            guard let other else { continue }
            takenA.insert(index)
            takenB.insert(other)
            pairs.append((index, other))
        }
        pairs.sort { $0.a < $1.a }
        onlyA = a.series.indices.filter { !takenA.contains($0) }.map { a.series[$0].tag }
        onlyB = b.series.indices.filter { !takenB.contains($0) }.map { b.series[$0].tag }
        guard pairs.isEmpty else { return }
        throw TagMismatch(
            isRenaming: false,
            description: "no tag in common: \(a.name) has \(tagList(onlyA)), \(b.name) has \(tagList(onlyB))")
    }

    /// A name is that of a tag, or of an operation with both of its times.
    private static func pairs(
        _ a: MeasuredRun, _ b: MeasuredRun, _ renaming: Renaming
    ) throws(TagMismatch) -> [(a: Int, b: Int)] {
        func meant(_ name: String, _ run: MeasuredRun) throws(TagMismatch) -> [Int] {
            if let exact = run.series.firstIndex(where: { $0.tag == name }) { return [exact] }
            let named = run.series.indices.filter { run.series[$0].operation == name }
            if !named.isEmpty { return named }
            throw TagMismatch(
                isRenaming: true,
                description: "\(run.name) has no tag \(tagText(name)); it has \(tagList(run.series.map(\.tag)))")
        }
        let (left, right) = (try meant(renaming.a, a), try meant(renaming.b, b))
        if left.count == 1 && right.count == 1 { return [(left[0], right[0])] }
        let pairs = left.flatMap { one in
            right.filter { b.series[$0].timing == a.series[one].timing }.map { (a: one, b: $0) }
        }
        if !pairs.isEmpty { return pairs }
        let tags = left.map { a.series[$0].tag } + right.map { b.series[$0].tag }
        throw TagMismatch(
            isRenaming: true,
            description: "\(renaming.a)=\(renaming.b) may mean several: name one tag of each, among \(tagList(tags))")
    }
}

/// `latest_order-rt`, or `(no tag)`
public func tagText(_ tag: String) -> String { tag.isEmpty ? "(no tag)" : tag }

/// The first ten of them; the number of the others.
public func tagList(_ tags: [String]) -> String {
    if tags.isEmpty { return "none" }
    let shown = tags.prefix(10).map(tagText).joined(separator: ", ")
    return tags.count > 10 ? "\(shown) and \(tags.count - 10) more" : shown
}
