// Arrivals and operations: rates and shares as planned, and everything again from the seed and the index.

import Quantities
import TestSupport
import Testing
import Workloads

@Test func constantArrivalsDoNotDrift() {
    var schedule = ArrivalSchedule(.constant(.constant(Rate(perSecond: 3))), seed: 1)
    let starts = (0..<3_000_001).map { _ in schedule.next() }
    #expect(starts[0] == .zero)
    #expect(starts[1] == Nanoseconds(333_333_333))
    #expect(starts[2] == Nanoseconds(666_666_667))
    #expect(starts[3_000_000] == .seconds(1_000_000))
}

@Test func gapsOfPoissonArrivalsAreExponential() {
    var schedule = ArrivalSchedule(.poisson(.constant(Rate(perSecond: 1_000))), seed: 7)
    let count = 100_000
    var previous = Nanoseconds.zero
    var gaps: [Double] = []
    for _ in 0..<count {
        let start = schedule.next()
        gaps.append((start - previous).seconds)
        previous = start
    }
    #expect(gaps.allSatisfy { $0 >= 0 })
    #expect(close(previous.seconds, 100, relative: 0.015))
    // Of an exponential distribution, 1/e lie beyond the mean, and 1/e^2 beyond twice the mean.
    #expect(close(Double(gaps.count { $0 > 0.001 }) / Double(count), 0.36788, relative: 0.02))
    #expect(close(Double(gaps.count { $0 > 0.002 }) / Double(count), 0.13534, relative: 0.04))
}

@Test func arrivalsComeAgainFromTheirSeed() {
    func starts(_ seed: UInt64) -> [Nanoseconds] {
        var schedule = ArrivalSchedule(.poisson(.constant(Rate(perSecond: 10))), seed: seed)
        return (0..<50).map { _ in schedule.next() }
    }
    #expect(starts(1) == starts(1))
    #expect(starts(1) != starts(2))
}

@Test func operationsComeByTheirWeights() {
    let stream = OperationStream(weights: [55, 15, 10, 20], seed: 3)
    var counts = [0, 0, 0, 0]
    for index in 0..<100_000 { counts[stream.operation(at: index).operationIndex] += 1 }
    for (count, share) in zip(counts, [0.55, 0.15, 0.10, 0.20]) {
        #expect(close(Double(count) / 100_000, share, relative: 0.03))
    }
    #expect((0..<100).allSatisfy { OperationStream(weights: [0.5], seed: 3).operation(at: $0).operationIndex == 0 })
}

@Test func anyOperationCanBeMadeAgainAlone() throws {
    let operations = try Profile.read(try shipped("workloads/orders.yaml"), file: "orders.yaml").operations
    func values(_ stream: OperationStream, _ index: Int) -> [KeepingSink.Value] {
        var drawn = stream.drawn(at: index)
        var sink = KeepingSink()
        for bind in operations[drawn.operationIndex].binds { bind.generate(into: &sink, &drawn.drawing) }
        return sink.values
    }
    let weights = operations.map(\.weight)
    let (one, again) = (OperationStream(weights: weights, seed: 11), OperationStream(weights: weights, seed: 11))
    let inOrder = (0..<500).map { values(one, $0) }
    #expect(inOrder == (0..<500).reversed().map { values(again, $0) }.reversed())
    let other = OperationStream(weights: weights, seed: 12)
    #expect((0..<500).count { values(other, $0) == inOrder[$0] } < 5)
}
