// What a workload says about its sides' limits, and what is wrong with that.

import Documents
import Quantities
import TestSupport
import Testing
import Workloads

private func traffic(_ more: String) -> String { varied("rate: 100/s", "rate: 100/s, " + more) }

private func saturation(_ more: String) throws -> Saturation? {
    try Profile.read(traffic(more), file: "w.yaml").traffic.saturation
}

@Test func saturationIsReadAsItIsWritten() throws {
    #expect(try Profile.read(small, file: "w.yaml").traffic.saturation == nil)
    #expect(
        try saturation("saturation: {length: 3m, in_flight: auto, slice: 5 s}")
            == Saturation(.closedLoop(inFlight: nil), length: .seconds(180), slice: .seconds(5)))
    #expect(
        try saturation("saturation: {in_flight: 64}")
            == Saturation(.closedLoop(inFlight: 64), length: Saturation.usualLength))
    let search = try saturation("search: {length: 10m, objective: \"p99.9 <= 50 ms\", of: get}")
    #expect(search?.length == .seconds(600))
    #expect(search?.objective?.description == "p99.9 of get <= 50.0 ms")
    #expect(try saturation("search: {objective: p95 of the workload <= 2 s}")?.objective?.operation == nil)
    #expect(try saturation("search: {objective: p99 of put <= 2 s}")?.objective?.operation == "put")
}

@Test(arguments: [
    ("saturation: {length: 3}", "'3' has no unit"), ("saturation: {length: 0 s}", "100 ms to 7 d"),
    ("saturation: {slice: 1 ms}", "100 ms to 1 h"), ("saturation: {in_flight: 0}", "1 to 4096"),
    ("saturation: {in_flight: 5000}", "1 to 4096"), ("saturation: {inflight: 5}", "did you mean 'in_flight'?"),
    ("saturation: {objective: p99 <= 5 ms}", "unknown key 'objective'"), ("search: {length: 3m}", "has no 'objective'"),
    ("search: {objective: p99 < 5 ms}", "such as p99 <= 50 ms"), ("search: {objective: p99 <= 5}", "'5' has no unit"),
    ("search: {objective: p100 <= 5 ms}", "is not an objective"), ("search: {objective: mean <= 5 ms}", "such as p99"),
    ("search: {objective: p99 of get and put <= 5 ms}", "does not say of what"),
    ("search: {objective: p99 <= 5 ms, of: gat}", "did you mean 'get'?"),
    ("search: {objective: p99 <= 10 s}", "less than the time-out of 10.0 s"),
    ("saturation: {length: 3m}, search: {objective: p99 <= 5 ms}", "saturation and search in one run")
])
func wrongSaturationIsNamedWhereItStands(more: String, message: String) {
    let found = failure(traffic(more))
    #expect(found.hasPrefix("w.yaml:25:") && found.contains(message), "\(found)")
}

@Test func aPlanHoldsWhatFollowsItsRounds() throws {
    let pair = try PairFile.read(
        "pair: 1\nname: p\nold: {cql: [\"127.0.0.1:1\"]}\nnew: {cql: [\"127.0.0.1:2\"]}\n", file: "p.yaml")
    let profile = try Profile.read(traffic("saturation: {length: 3m}"), file: "w.yaml")
    let own = try Plan(profile, pair, PlanSettings(duration: .seconds(60), seed: 1))
    #expect(own.saturationRounds == 17 && own.saturationSlice == .seconds(5))
    #expect(own.json().text().contains("\"in_flight\": \"auto\""))
    let other = Saturation(.closedLoop(inFlight: 9), length: .seconds(6), slice: .seconds(1))
    let given = try Plan(profile, pair, PlanSettings(duration: .seconds(60), seed: 1, saturation: other))
    #expect(given.saturation == other && given.saturationRounds == 2)
    #expect(given.rounds == own.rounds, "it changes nothing before it")
    let none = try Plan(
        Profile.read(small, file: "w.yaml"), pair, PlanSettings(duration: .seconds(60), seed: 1))
    #expect(none.saturation == nil && none.saturationRounds == 0 && !none.json().text().contains("saturation"))
    #expect(throws: InputError.self) {
        try Plan(
            profile, pair,
            PlanSettings(
                duration: .seconds(60), seed: 1,
                saturation: Saturation(.search(try Objective(parsing: "p99 of nobody <= 1 ms")), length: .seconds(60))))
    }
}
