// Operations that are many requests at once: each goes its own way, and the operation ends with the last of them.

import CQLProtocol
import Quantities

/// A request of an operation that is many: the operation's number with the request's above it, so that its values can be made again.
enum RequestNumber {
    private static let bits = 48

    static func of(_ item: Int, request: Int) -> Int { item | (request + 1) << bits }

    /// The operation, and which of its requests; nil where it is one alone.
    static func parts(_ number: Int) -> (item: Int, request: Int?) {
        let request = number >> bits
        return (number & (1 << bits - 1), request == 0 ? nil : request - 1)
    }
}

extension Worker {
    func fanOut(_ item: Int, _ statement: Int, _ start: Flight, _ side: Side) {
        let count = statements[statement].fanOut
        guard let gather = gathers.insert(of: count) else { return refuse(start, .overflow) }
        if start.slice >= 0 { slices[Int(start.slice)]!.outstanding += 1 }
        for request in 0..<count {
            var flight = start
            flight.item = RequestNumber.of(item, request: request)
            flight.gather = gather
            send(flight, side)
        }
    }

    /// One request of an operation has ended.
    func gathered(_ flight: Flight, _ outcome: OutcomeClass?, now: Instant) {
        guard let whole = gathers.end(flight, outcome?.index) else { return }
        let statement = Int(flight.statement)
        if flight.slice >= 0 {
            let accumulator = slices[Int(flight.slice)]!
            if whole.outcome >= 0 {
                accumulator.fail(statement, Int(whole.outcome), timeOut: settings.timeOut)
            } else {
                accumulator.complete(
                    statement, intended: Instant(nanoseconds: flight.intended),
                    response: now.nanoseconds - flight.intended, service: now.nanoseconds - flight.sent,
                    rows: whole.rows, bytes: whole.bytes)
            }
            accumulator.outstanding -= 1
            deliverIfDrained(flight.slice)
        }
        if isClosedLoop { ended += 1 }
    }
}
