// Plans: rounds in permuted blocks, lengths that come out, everything again from the seed, and what plan.json tells.

import Documents
import Quantities
import Recordings
import TestSupport
import Testing
import Workloads

private func plan(_ settings: PlanSettings, inputs: [PlanInput] = []) throws -> Plan {
    let profile = try Profile.read(try shipped("workloads/orders.yaml"), file: "orders.yaml")
    let pair = try PairFile.read(try shipped("pairs/local-cassandra.yaml"), file: "pair.yaml")
    return try Plan(profile, pair, settings, inputs: inputs)
}

@Test func eachSideIsFirstInOneRoundOfEveryBlock() throws {
    var order: Set<[Side]> = []
    for seed in 0..<20 as Range<UInt64> {
        let plan = try plan(PlanSettings(duration: .seconds(220), seed: seed))
        let measured = plan.rounds.filter { $0.purpose == .measure }
        #expect(measured.count == 20)
        #expect(measured.count { $0.first == .old } == 10)
        for block in 0..<10 { #expect(measured[2 * block].first != measured[2 * block + 1].first) }
        order.insert(measured.map(\.first))
    }
    #expect(order.count == 20)
}

@Test func anOddRoundAtTheEndIsFirstOnEitherSide() throws {
    var last: Set<Side> = []
    for seed in 0..<30 as Range<UInt64> {
        let plan = try plan(PlanSettings(duration: .seconds(33), seed: seed))
        #expect(plan.rounds.count == 4)
        last.insert(plan.rounds[2].first)
    }
    #expect(last == [.old, .new])
}

@Test(arguments: [
    (0.001, Mode.interleaved, 5.0, 1), (11, .interleaved, 5, 1), (11.001, .interleaved, 5, 2),
    (360, .interleaved, 5, 33),
    (360, .interleaved, 0.5, 180), (5.5, .duet, 5, 1), (5.6, .duet, 5, 2), (360, .duet, 5, 66)
])
func roundsFillTheDuration(seconds: Double, mode: Mode, slice: Double, expected: Int) throws {
    let plan = try plan(
        PlanSettings(duration: .seconds(seconds), seed: 1, mode: mode, slice: .seconds(slice)))
    #expect(plan.rounds.count { $0.purpose == .measure } == expected)
}

@Test func theLastRoundRepeatsTheFirstAsControl() throws {
    let plan = try plan(PlanSettings(duration: .seconds(60), seed: 9))
    let control = try #require(plan.rounds.last)
    #expect(control.purpose == .rowsControl)
    #expect(control.seed == plan.rounds[0].seed)
    #expect(plan.rounds.map(\.index) == Array(0..<plan.rounds.count))
    #expect(plan.rounds.dropLast().allSatisfy { $0.purpose == .measure })
    #expect(Set(plan.rounds.map(\.seed)).count == plan.rounds.count - 1)
    #expect(!plan.rounds.map(\.seed).contains(plan.warmUpSeed))
}

@Test func settingsOfTheRunHoldOverTheFiles() throws {
    let own = try plan(PlanSettings(duration: .seconds(60), seed: 1))
    #expect(own.rate == Rate(perSecond: 2000) && own.slice == .seconds(5) && own.warmUp == .given(.seconds(60)))
    var settings = PlanSettings(duration: .seconds(60), seed: 1)
    settings.rate = Rate(perSecond: 50)
    settings.slice = .seconds(1)
    settings.warmUp = .given(.seconds(2))
    let set = try plan(settings)
    #expect(set.rate == Rate(perSecond: 50) && set.slice == .seconds(1) && set.warmUp == .given(.seconds(2)))
}

@Test(arguments: [
    (PlanSettings(duration: .zero, seed: 1), "duration is 0 ns, expected more than 0 s, at most 7 d"),
    (
        PlanSettings(duration: .seconds(1), seed: 1, rate: Rate(perSecond: 0)),
        "rate is 0.00/s, expected 0.001/s to 10,000,000/s"
    ),
    (
        PlanSettings(duration: .seconds(1), seed: 1, slice: .milliseconds(99)),
        "slice is 99.0 ms, expected 100 ms to 1 h"
    ),
    (
        PlanSettings(duration: .seconds(1), seed: 1, warmUp: .given(Nanoseconds(-1))),
        "warm-up is -1 ns, expected 0 s to 7 d"
    )
])
func settingsOutOfRange(settings: PlanSettings, message: String) {
    let error = #expect(throws: InputError.self) { _ = try plan(settings) }
    #expect(error?.description == message)
}

@Test func theSameInputsGiveTheSameBytes() throws {
    let settings = PlanSettings(duration: .seconds(60), seed: 42)
    #expect(try plan(settings).json().text() == plan(settings).json().text())
    let other = PlanSettings(duration: .seconds(60), seed: 43)
    #expect(try plan(settings).json() != plan(other).json())
}

@Test func planFileTellsEverything() throws {
    let input = PlanInput(role: "workload", file: "orders.yaml", sha256: String(repeating: "0", count: 64))
    let plan = try plan(PlanSettings(duration: .seconds(22), seed: .max), inputs: [input])
    guard case .object(let members) = plan.json() else { return #expect(Bool(false), "plan.json is no object") }
    #expect(members["plan"] == .integer(1))
    #expect(members["seed"] == .string("18446744073709551615"))
    #expect(members["rate_per_s"] == .number(2000))
    #expect(members["time_out_ms"] == .number(10_000))
    #expect(members["guard_s"] == .number(0.5))
    #expect(members["parameters"] == .object(["customers": .string("100_000")]))
    #expect(
        members["inputs"]
            == .array([
                .object(["role": .string("workload"), "file": .string("orders.yaml"), "sha256": .string(input.sha256)])
            ]))
    guard case .array(let operations)? = members["operations"], case .array(let rounds)? = members["rounds"] else {
        return #expect(Bool(false), "operations and rounds are lists")
    }
    #expect(
        operations[2]
            == .object([
                "name": .string("orders_of_many"), "shape": .string("multi_partition"), "keyspace": .string("shop"),
                "table": .string("orders_by_customer"), "cql": .string(plan.operations[2].cql),
                "bind": .array([.object(["list": .string("customer"), "count": .integer(20)])]),
                "page_size_rows": .null,
                "consistency": .string("LOCAL_ONE"), "weight": .number(10), "share_percent": .number(10)
            ]))
    #expect(rounds.count == 3)
    #expect(
        rounds[2]
            == .object([
                "index": .integer(2), "purpose": .string("rows_control"),
                "first": .string(plan.rounds[0].first.rawValue),
                "seed": .string(String(plan.rounds[0].seed))
            ]))
    let customer = JSON.object([
        "uuid": .object(["zipf": .object(["items": .integer(100_000), "exponent": .number(0.99)])])
    ])
    guard case .object(let values)? = members["values"] else { return #expect(Bool(false), "values are an object") }
    #expect(values["customer"] == customer)
    // It is a document of ours: it reads back.
    #expect(throws: Never.self) { try YAML.read(plan.json().text(), file: "plan.json") }
}

@Test func credentialsAreNamedByTheirPlaceOnly() throws {
    let profile = try Profile.read(small, file: "w")
    let pair = try PairFile.read(
        "{pair: 1, name: p, old: {cql: [a], credentials: env:ASSAY_OLD}, new: {lab: {seed: 1}}}", file: "p")
    let plan = try Plan(profile, pair, PlanSettings(duration: .seconds(1), seed: 1))
    guard case .object(let members) = plan.json() else { return #expect(Bool(false), "plan.json is no object") }
    #expect(
        members["sides"]
            == .object([
                "old": .object([
                    "routing": .string("token_aware"), "cql": .array([.string("a:9042")]),
                    "credentials": .string("env:ASSAY_OLD")
                ]),
                "new": .object(["routing": .string("token_aware"), "lab": .object(["seed": .integer(1)])])
            ]))
}
