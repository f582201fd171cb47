// When a run was to be judged before its end: planned, so that what stopping early costs can be paid.

import Documents
import Quantities

/// The looks that were planned, and whether the run was ended with one of them.
public struct Looks: Equatable, Sendable {
    /// Measured rounds, void ones included, after which the evidence is judged: ascending, and the last is the end of the plan.
    public var afterRounds: [Int]
    /// The look, from 1, at which all was decided; the rest of the plan's measured rounds was left out for it.
    public var stoppedAt: Int?

    public init(afterRounds: [Int], stoppedAt: Int? = nil) {
        precondition(!afterRounds.isEmpty, "a run is judged at its end at least")
        self.afterRounds = afterRounds
        self.stoppedAt = stoppedAt
    }

    /// `count` looks, evenly over `rounds`. Each is after an even number of rounds, since the order of sides is random within blocks of
    /// two; where rounds are few, so are the looks.
    public init(_ count: Int, over rounds: Int) {
        var places: [Int] = []
        for look in 1..<max(1, count) {
            let even = Int((Double(look * rounds) / Double(count) / 2).rounded()) * 2
            if even > places.last ?? 0 && even < rounds { places.append(even) }
        }
        self.init(afterRounds: places + [rounds])
    }

    var json: JSON {
        .object([
            "after_rounds": .array(afterRounds.map { .integer($0) }),
            "stopped_at": stoppedAt.map(JSON.integer) ?? .null
        ])
    }

    init(_ node: Node) throws(InputError) {
        var fields = try Fields(node, what: "looks")
        let list = try fields.required("after_rounds")
        var places: [Int] = []
        for item in try list.list() {
            let place = try item.recordedCount()
            guard place > places.last ?? 0, place <= 1 << 40 else {
                throw InputError(item.position, "a look after \(place) rounds", expected: "more rounds at each look")
            }
            places.append(place)
        }
        guard !places.isEmpty else { throw InputError(list.position, "no look", expected: "one at the end at least") }
        let number = try fields.optional("stopped_at")?.integer(in: 1...places.count, "the look that ended the run")
        self.init(afterRounds: places, stoppedAt: number)
    }
}

extension Recording {
    /// What had been seen after so many measured rounds of the plan.
    public func upTo(measuredRounds count: Int) -> Recording {
        var early = self
        let measured = rounds.filter { $0.purpose == .measure && $0.index < count }
        early.rounds = measured
        if let end = measured.last?.end { early.ended = started + end }
        return early
    }
}
