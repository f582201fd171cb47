// Several workers send together what one would send alone.

import Histograms
import Quantities
import Recordings
import Testing
import Workloads

@testable import Load

private let segments = [
    Segment(sides: [.old], seed: 3, guardLength: .milliseconds(100), length: .seconds(1), round: 0),
    Segment(sides: [.new], seed: 3, guardLength: .milliseconds(100), length: .seconds(1), round: 0)
]

private func items(_ share: WorkerShare) -> [[Int: Instant]] {
    var cursor = Cursor(segments, start: Instant(nanoseconds: 0), share: share) { segment in
        ArrivalSchedule(.poisson(.constant(Rate(perSecond: 500))), seed: segment.seed)
    }
    var found: [[Int: Instant]] = []
    cursor.enterNext()
    while !cursor.isAtEnd {
        var mine: [Int: Instant] = [:]
        while cursor.next < cursor.end {
            mine[cursor.item] = cursor.next
            cursor.advance()
        }
        found.append(mine)
        cursor.enterNext()
    }
    return found
}

@Test(arguments: [2, 3, 7]) func sharesAddUpToTheWhole(count: Int) {
    let whole = items(.whole)
    var together: [[Int: Instant]] = [[:], [:]]
    for index in 0..<count {
        for (segment, mine) in items(WorkerShare(index: index, count: count)).enumerated() {
            together[segment].merge(mine) { _, _ in preconditionFailure("an item that two workers have") }
        }
    }
    #expect(together == whole)
    #expect(whole[0].count > 400)
}

@Test func partsOfASliceAddUp() {
    func part(_ due: Int, late: Int64) -> SliceSum {
        let slice = SliceAccumulator(operations: 1, nodes: 3)
        slice.due = due
        slice.dispatched = due
        slice.inFlightMax = 4
        slice.measuredFrom = Instant(nanoseconds: 5_000_000_000)
        slice.length = .seconds(5)
        slice.lateness.record(late)
        slice.nodeNames = ["a:1", "b:1"]
        slice.coordinators[1] = due
        slice.operations[0].intended = 2
        slice.complete(0, response: 1_000_000, service: 900_000, rows: 3, bytes: 70)
        slice.fail(0, 3, timeOut: .seconds(1))
        return SliceSum(slice)
    }
    var sum = part(10, late: 1_000)
    sum.add(part(12, late: 9_000_000))
    let record = sum.record(since: Instant(nanoseconds: 1_000_000_000), limits: SelfCheckLimits())
    #expect(sum.parts == 2)
    #expect(record.start == .seconds(4))
    #expect(record.selfCheck.due == 22)
    #expect(record.selfCheck.inFlightMax == 8)
    #expect(record.selfCheck.latenessMax >= .milliseconds(8.9))
    #expect(record.selfCheck.faults.count == 1)
    #expect(record.coordinators == ["b:1": 22])
    let operation = record.operations[0]
    #expect(operation.intended == 4 && operation.completed == 2 && operation.failed == 2)
    #expect(operation.response.count == 4 && operation.service.count == 2 && operation.rows == 6)
}

@Test func theGateOpensWhenAllAreThere() {
    let gate = StartGate(count: 3)
    var decided = 0
    gate.arrive(at: 0, now: Instant(nanoseconds: 5)) { decided += 1 }
    gate.arrive(at: 0, now: Instant(nanoseconds: 6)) { decided += 1 }
    #expect(gate.start(of: 0) == nil)
    gate.arrive(at: 0, now: Instant(nanoseconds: 7)) { decided += 1 }
    #expect(gate.start(of: 0) == Instant(nanoseconds: 7) + StartGate.lead)
    #expect(decided == 1)
    #expect(gate.start(of: 1) == nil)
}

@Test func workersSpinOnlyWhereProcessorsAreToSpareOrSomebodyAsks() {
    func spins(_ usable: Int, workers: Int = 1, asked: Bool = false, shared: Bool = false) -> Bool {
        WorkerPlacement.choose(
            workers: workers, processors: [], asked: asked, usable: Array(0..<usable), sharedHost: shared
        ).spin > .zero
    }
    #expect(!spins(2))
    #expect(spins(3))
    #expect(!spins(4, workers: 3))
    #expect(!spins(16, shared: true))
    #expect(spins(1, asked: true, shared: true))
    let bound = WorkerPlacement(processors: [4, 6])
    #expect([0, 1, 2].map(bound.processor) == [4, 6, 4])
    #expect(WorkerPlacement.anywhere.processor(of: 1) == nil)
}
