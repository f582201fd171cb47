// What makes a worker send: segments of a plan (open loop), or a number of operations kept in flight (closed loop).

import Quantities
import Workloads

/// A stretch of time with one sequence of operations, sent to one side, or to both at once.
public struct Segment: Sendable {
    /// One side; in duet mode both.
    public var sides: [Side]
    /// Names arrivals, operations and values.
    public var seed: UInt64
    /// A side's active time before the segment: where a changing rate stands when it begins.
    public var origin: Nanoseconds
    /// Run but not recorded, at the start.
    public var guardLength: Nanoseconds
    /// Recorded.
    public var length: Nanoseconds
    /// Index of the round that it belongs to; nil for warm-up, which is not recorded at all.
    public var round: Int?

    public init(
        sides: [Side], seed: UInt64, origin: Nanoseconds = .zero, guardLength: Nanoseconds, length: Nanoseconds,
        round: Int?
    ) {
        self.sides = sides
        self.seed = seed
        self.origin = origin
        self.guardLength = guardLength
        self.length = length
        self.round = round
    }

    public var total: Nanoseconds { guardLength + length }
}

/// A fixed number of operations in flight on one side: the next is sent when one ends.
public struct ClosedLoop: Sendable {
    public var side: Side
    public var inFlight: Int
    public var seed: UInt64
    /// Items 0 ..< `items` are sent, once each.
    public var items: Int
    /// No more are sent after this long.
    public var length: Nanoseconds
    /// Whether what is seen is recorded, as round 0.
    public var recorded: Bool

    public init(side: Side, inFlight: Int, seed: UInt64, items: Int = .max, length: Nanoseconds, recorded: Bool) {
        self.side = side
        self.inFlight = inFlight
        self.seed = seed
        self.items = items
        self.length = length
        self.recorded = recorded
    }
}

public enum Drive {
    /// One segment after the other; `arrivals` gives the intended starts of a segment. Those that `isLeftOut` is true for when their
    /// turn comes are skipped, and the next follow in their place.
    case open([Segment], arrivals: (Segment) -> ArrivalSchedule, isLeftOut: (Segment) -> Bool = { _ in false })
    case closed(ClosedLoop)
}

/// Which operations of every segment are a worker's own: one of `count`, counted from `index`. The rest is other workers'.
public struct WorkerShare: Sendable {
    public var index: Int
    public var count: Int

    /// Everything, for a worker that is alone.
    public static let whole = WorkerShare(index: 0, count: 1)

    public init(index: Int, count: Int) {
        precondition(count > 0 && (0..<count).contains(index), "worker \(index) of \(count)")
        self.index = index
        self.count = count
    }
}

/// Where the open loop stands: a pure function of the plan and of how much was taken from it.
struct Cursor {
    private let segments: [Segment]
    private let arrivals: (Segment) -> ArrivalSchedule
    private let isLeftOut: (Segment) -> Bool
    private let share: WorkerShare
    private var schedule: ArrivalSchedule?
    private(set) var position = -1
    /// Start of the segment, guard included.
    private(set) var start: Instant
    /// Intended start of the next operation; beyond `end` where the segment has no more.
    private(set) var next: Instant
    /// Number of the next operation within its segment.
    private(set) var item = 0

    /// Before the first segment, which begins at `start`.
    init(
        _ segments: [Segment], start: Instant, share: WorkerShare,
        isLeftOut: @escaping (Segment) -> Bool = { _ in false }, arrivals: @escaping (Segment) -> ArrivalSchedule
    ) {
        self.segments = segments
        self.arrivals = arrivals
        self.isLeftOut = isLeftOut
        self.share = share
        self.start = start
        next = start
    }

    var segment: Segment? { segments.indices.contains(position) ? segments[position] : nil }
    var isAtEnd: Bool { position >= segments.count }
    /// End of the segment, and start of the next.
    var end: Instant { segment.map { start + $0.total } ?? start }

    /// Goes on to the next segment.
    mutating func enterNext() {
        start = end
        position += 1
        while let segment, isLeftOut(segment) { position += 1 }
        guard let segment else { return }
        schedule = arrivals(segment)
        item = -1
        take(share.index + 1)
    }

    /// Takes the next operation.
    mutating func advance() { take(share.count) }

    /// Goes on by `count` operations, of which the last is this worker's next.
    private mutating func take(_ count: Int) {
        item += count
        for _ in 1..<count { _ = schedule!.next() }
        next = start + schedule!.next()
    }
}
