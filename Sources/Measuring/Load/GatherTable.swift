// Operations that are many requests at once, from the first to the last answer. Fixed capacity, as that of flights.

/// What has come of the requests of one operation so far.
struct Gather {
    var outstanding: Int32 = 0
    /// Of the first that failed; -1 while none has.
    var outcome: Int32 = -1
    var rows = 0
    var bytes = 0
}

struct GatherTable: ~Copyable {
    private let gathers: UnsafeMutablePointer<Gather>
    private let freed: UnsafeMutablePointer<Int32>
    private let capacity: Int
    private var freedCount = 0
    private var used = 0

    init(capacity: Int) {
        self.capacity = capacity
        gathers = .allocate(capacity: capacity)
        freed = .allocate(capacity: capacity)
    }

    deinit {
        gathers.deallocate()
        freed.deallocate()
    }

    /// nil where the table is full.
    mutating func insert(of requests: Int) -> Int32? {
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
        (gathers + Int(index)).initialize(to: Gather(outstanding: Int32(requests)))
        return index
    }

    /// Notes the end of a request; the whole where it was the last, which is then forgotten.
    mutating func end(_ flight: Flight, _ outcome: Int?) -> Gather? {
        let place = gathers + Int(flight.gather)
        if let outcome, place.pointee.outcome < 0 { place.pointee.outcome = Int32(outcome) }
        place.pointee.rows += flight.rows
        place.pointee.bytes += flight.bytes
        place.pointee.outstanding -= 1
        guard place.pointee.outstanding == 0 else { return nil }
        freed[freedCount] = flight.gather
        freedCount += 1
        return place.pointee
    }
}
