// Parts of the workload beyond operations and shapes, and figures that are counted or seen rather than inferred.

import Comparisons
import Documents
import Quantities
import Recordings
import RunSupport
import Testing

/// Three operations in two keyspaces; new takes twice as long in the second one.
private func twoKeyspaces() -> Recording {
    var sketch = RunSketch([("a", .point), ("b", .range), ("c", .range)])
    sketch.operations[2].keyspace = "other"
    return sketch.recording { operation in
        let slow = operation.side == .new && operation.operation == 2
        for step in 0..<50 { operation.take((slow ? 6 : 3) + Double(step) / 50, count: 20) }
    }
}

@Test func keyspacesAreParts() throws {
    let comparison = compare(twoKeyspaces())
    let other = try #require(comparison.effect(.p(99), of: .keyspace("other")))
    #expect(other.keyspace == "other" && other.shape == nil && other.title == "p99 of keyspace other")
    #expect(other.estimate == comparison.effect(.p(99), of: .operation("c"))?.estimate)
    let shop = try #require(comparison.effect(Measure(.mean), of: .keyspace("shop")))
    #expect(shop.newMilliseconds == shop.oldMilliseconds)
    #expect(comparison.effect(.p(99), of: .shape(.range))?.keyspace == nil)
    #expect(comparison.level(.p(50), of: .keyspace("shop"), on: .new) != nil)
    #expect(comparison.errorRate(of: .keyspace("shop"), on: .old)?.operations == 48_000)
    #expect(
        comparison.scopes == [
            .operation("a"), .operation("b"), .operation("c"), .shape(.point), .shape(.range), .keyspace("shop"),
            .keyspace("other"), .workload
        ])
}

@Test func aKeyspaceOfAllIsTheWhole() throws {
    var sketch = RunSketch([("a", .point), ("b", .range)])
    sketch.seed = 3
    let comparison = compare(sketch.recording { $0.take(3 + $0.random.unit(), count: 500) })
    for measure in Measure.standard {
        let whole = try #require(comparison.effect(measure, of: .workload))
        let keyspace = try #require(comparison.effect(measure, of: .keyspace("shop")))
        #expect(keyspace.estimate == whole.estimate && keyspace.caveats == whole.caveats)
    }
}

@Test func timeOutsAreCountedApartFromOtherFailures() throws {
    let recording = RunSketch().recording { operation in
        operation.take(1, count: 990)
        for index in 0..<10 where operation.side == .new { operation.fail(index < 4 ? "time_out" : "overloaded") }
    }
    let comparison = compare(recording)
    let all = try #require(comparison.errorRate(of: .operation("read"), on: .new))
    let late = try #require(comparison.share(Measure(.timeOuts), of: .operation("read"), on: .new))
    #expect(all.errors == 240 && late.errors == 96 && late.operations == all.operations)
    #expect(late.classes == ["time_out": 96] && late.title == "time-outs of read on the new side")
    #expect(comparison.share(Measure(.errorRate), of: .operation("read"), on: .new) == all)
    #expect(comparison.share(Measure(.timeOuts), of: .workload, on: .old)?.errors == 0)
    let text = comparison.json().text()
    #expect(text.contains("\"time_outs\": [") && text.contains("\"metric\": \"time-outs\""))
}

@Test func aMaximumIsSeenAndNotInferred() throws {
    let recording = RunSketch().recording { operation in
        operation.take(1, count: 1000)
        if operation.round == 7, operation.side == .new { operation.take(80) }
    }
    let comparison = compare(recording, measures: [Measure(.max), Measure(.max, of: .service)])
    for measure in [Measure(.max), Measure(.max, of: .service)] {
        let effect = try #require(comparison.effect(measure, of: .workload))
        #expect(effect.estimate == nil && effect.unavailable == maximumIsSeenAlone)
        let (old, new) = (try #require(effect.oldMilliseconds), try #require(effect.newMilliseconds))
        #expect(abs(new - 80) < 0.1 && abs(old - 1) < 0.01)
        let level = try #require(comparison.level(measure, of: .workload, on: .new))
        #expect(level.milliseconds == effect.newMilliseconds && !level.isAtTimeOut)
    }
    let failing = compare(
        RunSketch().recording { operation in
            operation.take(1, count: 1000)
            operation.fail()
        }, measures: [Measure(.max, of: .service)])
    #expect(failing.level(Measure(.max, of: .service), of: .workload, on: .old)?.isAtTimeOut == true)
    let empty = compare(RunSketch().recording { if $0.side == .old { $0.take(1) } }, measures: [Measure(.max)])
    #expect(empty.level(Measure(.max), of: .workload, on: .old)?.milliseconds == nil)
}

@Test func whatIsAskedForIsTheSameAsWhenAllIs() throws {
    let recording = twoKeyspaces()
    let whole = compare(recording)
    let asked: [(Scope, Measure)] = [(.operation("b"), .p(99)), (.shape(.point), Measure(.mean)), (.workload, .p(99))]
    let part = compare(recording) { scope, measure in asked.contains { $0 == scope && $1 == measure } }
    #expect(part.effects.filter { $0.measure.isLatency }.count == asked.count)
    for (scope, measure) in asked {
        #expect(
            part.effect(measure, of: scope) != nil
                && part.effect(measure, of: scope) == whole.effect(measure, of: scope))
        for side in Side.allCases {
            #expect(part.level(measure, of: scope, on: side) == whole.level(measure, of: scope, on: side))
        }
    }
    #expect(part.scopes == whole.scopes && part.errorRates == whole.errorRates && part.run == whole.run)
}
