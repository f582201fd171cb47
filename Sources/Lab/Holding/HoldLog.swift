// What a holding proxy did, second by second: the truth that a verdict is held against.

import Quantities

/// Sums over the answers that were let go within one second of wall time.
public struct HeldSecond: Equatable, Sendable {
    /// Seconds since 1970.
    public let unixSecond: Int
    public var answers = 0
    /// What the node took for them.
    public var node = Nanoseconds.zero
    /// For how long they were held on top, as it came to be.
    public var held = Nanoseconds.zero

    public init(unixSecond: Int) { self.unixSecond = unixSecond }

    /// A line of the log; `header` names its columns.
    public var text: String { "\(unixSecond),\(answers),\(node.count),\(held.count)\n" }
    public static let header = "unix_s,answers,node_ns,held_ns\n"
}

/// Seconds in which answers were held.
struct HoldLog {
    private var current: HeldSecond?
    private var over: [HeldSecond] = []

    mutating func add(node: Nanoseconds, held: Nanoseconds, at wall: WallTime) {
        let second = Int(wall.unixNanoseconds / 1_000_000_000)
        if let past = current, past.unixSecond != second {
            over.append(past)
            current = nil
        }
        var now = current ?? HeldSecond(unixSecond: second)
        now.answers += 1
        now.node += node
        now.held += held
        current = now
    }

    /// Seconds that are over, oldest first, or `all`; nil where there are none.
    mutating func take(all: Bool = false) -> [HeldSecond]? {
        if all, let last = current {
            over.append(last)
            current = nil
        }
        guard !over.isEmpty else { return nil }
        defer { over = [] }
        return over
    }
}
