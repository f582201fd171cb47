// Driving the sides to their limits, over the same connections and after the last look at latency: closed loop, or probes at a rate.
//
// A slice begins with nothing under way and ends when all that it sent has ended, so that no side is measured while another still works
// off what it was given before.

import Quantities
import Recordings
import Workloads

extension Worker {
    /// Slices as `conductor` gives them, until there are no more. Returns whether it came to its end (false: it was stopped).
    public func saturate(_ conductor: SaturationConductor) -> Bool {
        isSaturating = true
        // Time that is spent waiting must not look like work: how busy the worker is decides whether the side was the limit.
        world.stopSpinning()
        var number = 0
        while true {
            conductor.arrive(at: number, now: world.now())
            guard let start = wait(for: { conductor.start(of: number) }) else { return false }
            guard let order = conductor.order else { return true }
            let isWhole =
                switch order.pressure {
                case .inFlight(let count): hold(settings.share.part(of: count), order, from: start)
                case .rate(let rate, _): probe(rate, order, conductor.plan, from: start)
                }
            guard isWhole else { return false }
            number += 1
        }
    }

    /// An open loop of one slice.
    private func probe(_ rate: Rate, _ order: SaturationOrder, _ plan: Plan, from start: Instant) -> Bool {
        let segment = Segment(
            sides: [order.side], seed: order.round.planned.seed, guardLength: order.round.guardLength,
            length: order.round.length, round: order.index)
        return runOpen(
            Cursor([segment], start: start, share: settings.share) { plan.probeSchedule(rate: rate, seed: $0.seed) })
    }

    /// Keeps `count` operations under way until the slice ends; what begins while it is measured belongs to it.
    private func hold(_ count: Int, _ order: SaturationOrder, from start: Instant) -> Bool {
        let measuredFrom = start + order.round.guardLength
        let end = measuredFrom + order.round.length
        let place = openSlice(order.side, round: order.index, from: measuredFrom, length: order.round.length)
        let (side, seed) = (order.side, order.round.planned.seed)
        var (item, isOpen) = (settings.share.index, true)
        while true {
            let now = world.now()
            if now >= end && isOpen {
                closeSlice(place)
                isOpen = false
            }
            // Without a connection operations would fail at once, as fast as they can be made: wait for one.
            if now >= start && now < end && isConnected(side) {
                // Counted beforehand: one that is refused is none in flight, and must not be made up for in the same breath.
                let due = max(0, count - flights.count)
                for _ in 0..<due where hasRoom(side) {
                    let time = world.now()
                    dispatch(
                        item, seed: seed, intended: time, now: time, side: side,
                        slice: time >= measuredFrom ? place : -1)
                    item += settings.share.count
                }
                if due > 0 { note(due, in: place) }
            }
            expire(now)
            flush()
            if !isOpen && flights.count == 0 { return true }
            if shouldStop() { return false }
            let next = now < start ? start : isOpen ? end : .distantFuture
            nap(until: min(next, now + Self.longestNap))
        }
    }

    private func note(_ sent: Int, in place: Int32) {
        guard let accumulator = slices[Int(place)] else { return }
        accumulator.due += sent
        accumulator.dispatched += sent
        accumulator.inFlightMax = max(accumulator.inFlightMax, flights.count)
    }
}

extension WorkerShare {
    /// This worker's part of a number of operations in flight.
    func part(of total: Int) -> Int { total / count + (index < total % count ? 1 : 0) }
}

extension Plan {
    /// The intended starts of a probe: as regular as the workload's own, or independent of each other as many users make them.
    func probeSchedule(rate: Rate, seed: UInt64) -> ArrivalSchedule {
        let profile = RateProfile.constant(rate)
        return ArrivalSchedule(arrivals == .constant ? .constant(profile) : .poisson(profile), seed: seed)
    }
}
