// How much a server can do: so many requests at a time, each for a fixed time. What comes on top waits in line.

import Quantities

/// A known limit, for whoever wants to see whether a load generator finds it: `perSecond` requests a second, sharply.
public struct Capacity: Hashable, Sendable {
    public var perSecond: Rate
    /// Requests that are worked on at one time.
    public var slots: Int

    public init(_ perSecond: Rate, slots: Int = 8) {
        precondition(perSecond.perSecond > 0 && slots > 0, "a capacity is above 0")
        self.perSecond = perSecond
        self.slots = slots
    }

    /// How long a request keeps its slot.
    var holding: Nanoseconds { Nanoseconds(seconds: Double(slots) / perSecond.perSecond) }
}

/// The slots of one server, and when each becomes free.
struct SlotQueue {
    private var freeAt: [Nanoseconds] = []
    private var next = 0

    /// When a request that arrives now leaves its slot, both counted from clock zero. Requests arrive in order of time, and all
    /// keep their slots for as long, so the slot that was taken longest ago is the first to be free.
    mutating func leave(arrival: Nanoseconds, _ capacity: Capacity, _ stalls: [Stall]) -> Nanoseconds {
        if freeAt.count != capacity.slots { freeAt = Array(repeating: .zero, count: capacity.slots) }
        next = (next + 1) % capacity.slots
        let end = stalls.answered(arrival: max(arrival, freeAt[next]), service: capacity.holding)
        freeAt[next] = end
        return end
    }
}
