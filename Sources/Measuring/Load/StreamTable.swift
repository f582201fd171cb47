// Which operation waits for which stream id of a connection.

import Glibc

/// Stream ids 1 ... capacity of one connection; 0 is kept for what the connection itself asks. Ids that came free last are
/// used first, so that a connection with few requests in flight touches little memory.
struct StreamTable: ~Copyable {
    /// Marks an id whose operation was given up: it stays taken until its answer comes, for the server may still send one.
    private static let abandoned: Int32 = -2
    private static let free: Int32 = -1

    private let flights: UnsafeMutablePointer<Int32>
    private let freed: UnsafeMutablePointer<Int16>
    private let capacity: Int
    private var freedCount = 0
    /// Ids above this were never used.
    private var used = 0

    init(capacity: Int) {
        precondition(capacity > 0 && capacity <= 32_767, "a connection has 1 to 32,767 streams for requests")
        self.capacity = capacity
        flights = .allocate(capacity: capacity + 1)
        freed = .allocate(capacity: capacity)
    }

    deinit {
        flights.deallocate()
        freed.deallocate()
    }

    /// Whether no answer is to come.
    var isEmpty: Bool { freedCount == used }
    var isFull: Bool { freedCount == 0 && used == capacity }

    /// An id for `flight`; nil where all are taken.
    mutating func take(_ flight: Int32) -> Int16? {
        let id: Int16
        if freedCount > 0 {
            freedCount -= 1
            id = freed[freedCount]
        } else if used < capacity {
            used += 1
            id = Int16(used)
        } else {
            return nil
        }
        flights[Int(id)] = flight
        return id
    }

    enum Holder: Equatable {
        case flight(Int32)
        case abandoned
        case nobody
    }

    func holder(_ id: Int16) -> Holder {
        guard id > 0 && Int(id) <= used else { return .nobody }
        let flight = flights[Int(id)]
        return flight >= 0 ? .flight(flight) : flight == StreamTable.abandoned ? .abandoned : .nobody
    }

    /// The answer is complete: the id may be used again.
    mutating func release(_ id: Int16) {
        flights[Int(id)] = StreamTable.free
        freed[freedCount] = id
        freedCount += 1
    }

    /// Nobody waits for the answer any more, but it may come.
    mutating func abandon(_ id: Int16) {
        flights[Int(id)] = StreamTable.abandoned
    }

    /// As for a new connection. Calls `body` with each operation that was waiting.
    mutating func clear(_ body: (Int32) -> Void) {
        for id in 0..<used where flights[id + 1] >= 0 { body(flights[id + 1]) }
        freedCount = 0
        used = 0
    }
}
