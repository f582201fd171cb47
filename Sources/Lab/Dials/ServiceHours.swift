// When a lab's server answers: after the time that a request takes, when a slot is free, and never within a stall.

import Quantities

struct ServiceHours {
    /// What stalls count from; nil: the first instant that is asked about.
    var zero: Instant?
    private var slots = SlotQueue()

    init(zero: Instant?) { self.zero = zero }

    /// When a request that arrives now and takes `service` is answered. What takes time takes a slot first, where these are limited.
    mutating func due(_ now: Instant, _ service: Nanoseconds, _ dials: LabDials) -> Instant {
        let zero = zero ?? now
        self.zero = zero
        var begin = now - zero
        if service > .zero, let capacity = dials.capacity {
            begin = slots.leave(arrival: begin, capacity, dials.stalls)
        }
        return zero + dials.stalls.answered(arrival: begin, service: service)
    }
}
