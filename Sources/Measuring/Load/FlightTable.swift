// Every operation between its intended start and its end. Fixed capacity; full is an outcome, never a surprise.

import Quantities

/// One operation that was sent and has not ended.
struct Flight {
    var intended: Int64 = 0
    var sent: Int64 = 0
    /// Which slice it belongs to; -1 where it is not recorded (guard, warm-up).
    var slice: Int32 = -1
    var statement: Int32 = 0
    /// Negative for a request over HTTP, which has none.
    var link: Int32 = 0
    /// Names the operation's values, together with `seed`: they can be made again for a next page.
    var item: Int = 0
    var seed: UInt64 = 0
    var rows: Int = 0
    var bytes: Int = 0
    /// Pages that have come.
    var pages: Int32 = 0
    var stream: Int16 = 0
    /// The operation that it is one of many requests of; -1 where it is the operation itself.
    var gather: Int32 = -1
    /// Neighbours in order of intended start, -1 at the ends.
    var previous: Int32 = -1
    var next: Int32 = -1
}

/// Flights in a table, linked in order of their intended starts: since all have the same time-out, the first is the first to expire.
struct FlightTable: ~Copyable {
    private let flights: UnsafeMutablePointer<Flight>
    private let freed: UnsafeMutablePointer<Int32>
    let capacity: Int
    private var freedCount = 0
    private var used = 0
    private var last: Int32 = -1
    /// The flight with the earliest intended start; -1 where there is none.
    private(set) var first: Int32 = -1

    init(capacity: Int) {
        self.capacity = capacity
        flights = .allocate(capacity: capacity)
        freed = .allocate(capacity: capacity)
    }

    deinit {
        flights.deallocate()
        freed.deallocate()
    }

    var count: Int { used - freedCount }
    var hasRoom: Bool { count < capacity }

    subscript(index: Int32) -> Flight {
        get { flights[Int(index)] }
        set { flights[Int(index)] = newValue }
    }

    /// Changes a flight in place.
    func with(_ index: Int32, _ body: (inout Flight) -> Void) { body(&flights[Int(index)]) }

    /// Intended starts must not go back. nil where the table is full.
    mutating func insert(_ flight: Flight) -> Int32? {
        let index: Int32
        if freedCount > 0 {
            freedCount -= 1
            index = freed[freedCount]
        } else if used < capacity {
            index = Int32(used)
            used += 1
        } else {
            return nil
        }
        let place = flights + Int(index)
        place.initialize(to: flight)
        place.pointee.previous = last
        place.pointee.next = -1
        if last >= 0 { flights[Int(last)].next = index } else { first = index }
        last = index
        return index
    }

    mutating func remove(_ index: Int32) {
        let (previous, next) = (flights[Int(index)].previous, flights[Int(index)].next)
        if previous >= 0 { flights[Int(previous)].next = next } else { first = next }
        if next >= 0 { flights[Int(next)].previous = previous } else { last = previous }
        freed[freedCount] = index
        freedCount += 1
    }
}
