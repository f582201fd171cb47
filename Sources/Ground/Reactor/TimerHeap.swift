// What is due when: a binary heap, ties in order of insertion.

import Quantities

/// Values with an instant each, handed out in order of time.
public struct TimerHeap<Value> {
    private var entries: [(due: Instant, order: UInt64, value: Value)] = []
    private var inserted: UInt64 = 0

    public init() {}

    public var isEmpty: Bool { entries.isEmpty }
    public var count: Int { entries.count }
    /// When the first value is due; nil where there is none.
    public var next: Instant? { entries.first?.due }

    public mutating func insert(_ value: Value, due: Instant) {
        entries.append((due, inserted, value))
        inserted += 1
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard precedes(child, parent) else { break }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    /// Removes the first value if it is due at `now`.
    public mutating func popDue(_ now: Instant) -> (due: Instant, value: Value)? {
        guard let first = entries.first, first.due <= now else { return nil }
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count && precedes(child, least) {
                least = child
            }
            if least == parent { break }
            entries.swapAt(parent, least)
            parent = least
        }
        return (first.due, first.value)
    }

    private func precedes(_ a: Int, _ b: Int) -> Bool {
        (entries[a].due, entries[a].order) < (entries[b].due, entries[b].order)
    }
}
