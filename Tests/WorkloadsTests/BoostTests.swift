// Boost rounds in a plan: what a file may wish, which shares come of it, and that all else stays as it is.

import Documents
import Quantities
import Recordings
import Testing
import Workloads

private let text = """
    workload: 1
    name: boosted
    values: {a: {int: {uniform: {items: 10}}}}
    operations:
      often: {shape: point, weight: 90, cql: SELECT * FROM k.t WHERE a = ?, bind: [a]}
      rare: {shape: point, weight: 2, cql: SELECT * FROM k.t WHERE a = ?, bind: [a]}
      other: {shape: point, weight: 8, cql: SELECT * FROM k.t WHERE a = ?, bind: [a]}
    traffic: {arrivals: poisson, rate: 1000/s}
    """

/// The workload with `boost` of `rare` and `other` as told.
private func profile(_ rare: String? = nil, _ other: String? = nil) throws(InputError) -> Profile {
    var text = text
    for (weight, boost) in [("weight: 2", rare), ("weight: 8", other)] {
        if let boost { text = text.replacing(weight + ",", with: "\(weight), boost: \(boost),") }
    }
    return try Profile.read(text, file: "w.yaml")
}

private func members(_ rare: String? = nil, _ other: String? = nil, chosen: [String] = []) throws -> [Boost.Member] {
    try BoostMix.members(try profile(rare, other).operations, chosen: chosen)
}

@Test func aFileSaysWhetherAnOperationIsBoosted() throws {
    #expect(try profile().operations.map(\.boost) == [nil, nil, nil])
    #expect(try profile("true", "false").operations.map(\.boost) == [nil, .always, .never])
    #expect(try profile("20 %").operations[1].boost == .share(0.2))
}

@Test(arguments: [
    ("5", "w.yaml:6:42: '5' has no %, expected true, false, or a share of the traffic such as 20 %"),
    ("0 %", "boost is '0 %'"), ("100 %", "boost is '100 %'"),
    ("often", "'often' has no %, expected true, false,"), ("[1]", "")
])
func aBoostThatIsNoShareIsRefused(boost: String, message: String) {
    let error = #expect(throws: InputError.self) { try profile(boost) }
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
}

@Test func sharesAreTenTimesTheUsualAndHalfOfTheTrafficTogether() throws {
    #expect(try members().isEmpty)
    #expect(try members("true") == [Boost.Member("rare", share: 0.2, chosenBy: .workload)])
    #expect(try members("12 %") == [Boost.Member("rare", share: 0.12, chosenBy: .workload)])
    #expect(try members("true", "true").map(\.share) == [0.2, 0.25])
    #expect(
        try members("true", chosen: ["other"]) == [
            Boost.Member("rare", share: 0.2, chosenBy: .workload),
            Boost.Member("other", share: 0.25, chosenBy: .planner)
        ])
    #expect(try members("false", chosen: ["rare"]).isEmpty, "what the file forbids the planner cannot choose")
    #expect(try members("45 %", chosen: ["other"]).map(\.operation) == ["rare"], "no share is left that is more")
}

@Test(arguments: [
    ("2 %", nil, "'rare' is 2.0 % of the traffic, and would be 2.0 %"),
    ("50 %", "45 %", "95.0 % of the traffic"), ("45 %", "true", "'other' is 8.0 % of the traffic, and would be 5.0 %")
])
func sharesThatCannotBeAreRefused(rare: String, other: String?, message: String) {
    let error = #expect(throws: InputError.self) { try members(rare, other) }
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
}

private func plan(boost: Boost?) throws -> Plan {
    let pair = try PairFile.read(try shipped("pairs/local-cassandra.yaml"), file: "pair.yaml")
    return try Plan(profile(), pair, PlanSettings(duration: .seconds(110), seed: 7, looks: 6, boost: boost))
}

@Test func boostRoundsFollowAndChangeNothingBefore() throws {
    let usual = try plan(boost: nil)
    let boosted = try plan(boost: Boost(try members("true"), rounds: 6))
    #expect(boosted.rounds.prefix(usual.rounds.count) == usual.rounds[...])
    #expect(boosted.looks == usual.looks && boosted.measuredRounds == usual.measuredRounds)
    let extra = boosted.rounds.dropFirst(usual.rounds.count)
    #expect(extra.map(\.index) == Array(11..<17) && extra.allSatisfy { $0.purpose == .boost })
    #expect(extra.count { $0.first == .old } == 3)
    #expect(Set(boosted.rounds.map(\.seed)).count == 16, "no seed comes twice, but that of the control round")
    for round in usual.rounds {
        let (one, other) = (usual.operationStream(seed: round.seed), boosted.operationStream(seed: round.seed))
        for index in 0..<200 {
            #expect(one.operation(at: index).operationIndex == other.operation(at: index).operationIndex)
        }
    }
}

@Test func boostRoundsHaveTheMixOfTheBoost() throws {
    let plan = try plan(boost: Boost(try members("true"), rounds: 2))
    let stream = plan.operationStream(seed: plan.rounds.last!.seed)
    var counts = [0, 0, 0]
    for index in 0..<20_000 { counts[stream.operation(at: index).operationIndex] += 1 }
    // 20 % of the traffic, and the others share what is left as 90 to 8; four standard deviations.
    for (count, share) in zip(counts, [0.8 * 90 / 98, 0.2, 0.8 * 8 / 98]) {
        #expect(abs(Double(count) - 20_000 * share) < 4 * (20_000 * share * (1 - share)).squareRoot())
    }
    // The same rate: as many operations fall due.
    var (schedule, due) = (plan.arrivalSchedule(seed: plan.rounds.last!.seed), 0)
    while schedule.next() < .seconds(5) { due += 1 }
    #expect(abs(due - 5000) < 4 * 71)
}

@Test func thePlanTellsOfItsBoost() throws {
    #expect(!(try plan(boost: nil).json().text().contains("\"boost\"")))
    let text = try plan(boost: Boost(try members("true"), rounds: 2)).json().text()
    #expect(text.contains("\"chosen_by\": \"workload\"") && text.contains("\"share_percent\": 20"))
    #expect(text.contains("\"purpose\": \"boost\""))
}
