// The worker's tables: streams of a connection, flights in order of their intended starts, the cursor through a plan.

import Quantities
import Recordings
import TestSupport
import Testing
import Workloads

@testable import Load

/// `#expect` cannot look into a table that is not copyable: it gets the value that was asked for.
private func check<T: Equatable>(_ found: T, _ expected: T, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(found == expected, sourceLocation: sourceLocation)
}

@Test func streamsAreUniqueReusedLastFirstAndRunOut() {
    var table = StreamTable(capacity: 3)
    check(table.take(10), 1)
    check(table.take(11), 2)
    check(table.take(12), 3)
    check(table.isFull, true)
    check(table.take(13), nil)
    check(table.holder(2), .flight(11))
    table.release(2)
    check(table.holder(2), .nobody)
    check(table.take(14), 2)
    check(table.holder(0), .nobody)
    check(table.holder(-1), .nobody)
    check(table.holder(4), .nobody)
}

@Test func anAbandonedStreamStaysTakenUntilItsAnswerComes() {
    var table = StreamTable(capacity: 2)
    _ = table.take(5)
    _ = table.take(6)
    table.abandon(1)
    check(table.isFull, true)
    check(table.holder(1), .abandoned)
    table.release(1)
    check(table.take(7), 1)
    var waiting: [Int32] = []
    table.clear { waiting.append($0) }
    #expect(waiting == [7, 6])
    check(table.holder(1), .nobody)
}

@Test func flightsStayInOrderOfIntendedStartWhateverIsRemoved() {
    for case (let seed, var random) in seededCases(20) {
        var table = FlightTable(capacity: 50)
        var expected: [(index: Int32, intended: Int64)] = []
        for step in 0..<500 {
            if random.below(3) > 0, let index = table.insert(Flight(intended: Int64(step))) {
                expected.append((index, Int64(step)))
            } else if !expected.isEmpty {
                table.remove(expected.remove(at: Int(random.below(UInt64(expected.count)))).index)
            }
            let (count, first) = (table.count, table.first)
            #expect(count == expected.count, "seed \(seed)")
            #expect(first == expected.first?.index ?? -1, "seed \(seed)")
        }
        var walk: [Int64] = []
        var index = table.first
        while index >= 0 {
            walk.append(table[index].intended)
            index = table[index].next
        }
        #expect(walk == expected.map(\.intended), "seed \(seed)")
        while table.count < 50 { _ = table.insert(Flight()) }
        let refused = table.insert(Flight())
        #expect(refused == nil, "a full table takes no more")
    }
}

@Test func theCursorGivesEachSegmentItsOwnArrivalsAndNoGaps() {
    func segment(_ seed: UInt64, _ side: Side) -> Segment {
        Segment(sides: [side], seed: seed, guardLength: .milliseconds(500), length: .seconds(1), round: 0)
    }
    let segments = [segment(7, .old), segment(7, .new), segment(8, .old)]
    var cursor = Cursor(segments, start: Instant(nanoseconds: 1_000), share: .whole) { segment in
        ArrivalSchedule(.poisson(.constant(Rate(perSecond: 300))), seed: segment.seed)
    }
    var offsets: [[Int64]] = []
    cursor.enterNext()
    while !cursor.isAtEnd {
        var mine: [Int64] = []
        while cursor.next < cursor.end {
            #expect(cursor.next >= cursor.start)
            #expect(cursor.item == mine.count)
            mine.append((cursor.next - cursor.start).count)
            cursor.advance()
        }
        offsets.append(mine)
        cursor.enterNext()
    }
    #expect(cursor.start == Instant(nanoseconds: 1_000) + .seconds(4.5))
    #expect(offsets.count == 3)
    #expect(offsets[0] == offsets[1])
    #expect(offsets[0] != offsets[2])
    #expect(abs(offsets[0].count - 450) < 90)
}

@Test func limitsFaultTheGeneratorAndNothingElse() {
    let limits = SelfCheckLimits()
    var check = SelfCheckSample.good
    #expect(limits.faults(of: check).isEmpty)
    check.dispatched = 989
    #expect(limits.faults(of: check) == ["the generator dispatched 98.9 % of the 1000 operations that were due"])
    check.dispatched = 990
    check.latenessP99 = .milliseconds(1.1)
    #expect(limits.faults(of: check) == ["sends were 1.10 ms late at p99, limit 1.00 ms"])
}
