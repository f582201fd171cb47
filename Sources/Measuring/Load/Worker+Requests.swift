// Operations over HTTP: the same flights, slices, classes of outcome and time-outs as over CQL, carried by an engine for each side.

import CQLProtocol
import HTTPClient
import Quantities
import Reactor

extension Worker {
    /// Makes what speaks HTTP; connections are made with the first requests.
    func openEngines() throws(LoadFailure) {
        for side in Side.allCases where engines[side.index] == nil {
            guard let access = settings.http[side.index] else { continue }
            let engine: HTTPEngine
            do throws(HTTPUnavailable) {
                engine = try HTTPEngine(
                    access, operations: traffic.requests, tags: flights.capacity, watcher: world, owner: side.index)
            } catch {
                throw .noHTTP(error)
            }
            engine.compose = { [unowned self] tag, request in
                let flight = flights[tag]
                traffic.writeRequest(of: flight.item, seed: flight.seed, on: side, into: &request)
            }
            engine.onEnd = { [unowned self] in ended($0) }
            engines[side.index] = engine
        }
    }

    /// Sends an operation over HTTP, or lets it wait for a connection.
    func request(
        _ item: Int, seed: UInt64, intended: Instant, now: Instant, side: Side, slice: Int32, statement: Int
    ) {
        let flight = Flight(
            intended: intended.nanoseconds, sent: now.nanoseconds, slice: slice, statement: Int32(statement),
            link: -1 - Int32(side.index), item: item, seed: seed)
        guard let index = flights.insert(flight) else { return refuse(flight, .overflow) }
        let base = engines[side.index]!.begin(index, operation: statement)
        if slice >= 0 {
            let accumulator = slices[Int(slice)]!
            accumulator.outstanding += 1
            accumulator.coordinators[base] += 1
        }
    }

    /// An operation is over, as the engine sees it. Its service time counts from when it left the queue for a connection.
    private func ended(_ ending: HTTPEnding) {
        hasEnded = true
        let queue = ending.started.nanoseconds - flights[ending.tag].sent
        let slice = flights[ending.tag].slice
        let statement = Int(flights[ending.tag].statement)
        flights.with(ending.tag) {
            $0.sent = ending.started.nanoseconds
            $0.rows = ending.rows
            $0.bytes = ending.bytes
        }
        // Before the end, which may hand the slice on.
        if slice >= 0 { slices[Int(slice)]!.operations[statement].phases?.take(ending.phases, queue: queue) }
        if let outcome = ending.failure {
            fail(ending.tag, outcome)
        } else {
            complete(ending.tag, now: world.now(), isNotApplied: false)
        }
    }

    /// Nobody waits for it any more.
    func giveUp(_ index: Int32, _ flight: Flight) {
        engines[Int(-1 - flight.link)]!.giveUp(index)
        fail(index, .timeOut)
    }

    /// A socket of an engine has something for it.
    func ready(_ descriptor: Int32, of owner: Int, _ event: Readiness) {
        engines[owner]?.ready(descriptor, read: event.canRead, write: event.canWrite, failed: event.failed)
    }

    /// Does what the engines have due.
    func turnEngines() {
        let now = world.now()
        for engine in engines { engine?.turn(now) }
    }

    /// When to wake: at `deadline`, or when an engine is due; at once where something ended meanwhile.
    func dueOfEngines(_ deadline: Instant) -> Instant {
        var first = hasEnded ? Instant(nanoseconds: 0) : deadline
        hasEnded = false
        for engine in engines { if let due = engine?.due { first = min(first, due) } }
        return first
    }
}
