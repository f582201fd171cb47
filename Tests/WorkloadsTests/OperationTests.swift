// Operations of every shape: what a file says of them, and what holds where it says nothing.

import Documents
import Quantities
import Testing
import Workloads

private let text = """
    workload: 1
    name: shapes
    values:
      k: {uuid: {uniform: {items: 100}}}
      c: {int: {uniform: {items: 100}}}
      n: {counter: {uniform: [1, 5]}}
      token: {bigint: {uniform: [-9223372036854775808, 9223372036854775807]}}
    operations:
      scan: {shape: scan, weight: 1, cql: "SELECT * FROM a.t WHERE token(k) >= ?", bind: [token], page_size: 100, pages: 3}
      sum: {shape: aggregate, weight: 1, cql: "SELECT sum(c) FROM a.t WHERE k = ?", bind: [k], tracing: 1 %}
      claim: {shape: lwt, weight: 1, cql: "INSERT INTO a.t (k, c) VALUES (?, ?) IF NOT EXISTS", bind: [k, c]}
      settle: {shape: lwt, weight: 1, cql: "SELECT * FROM a.t WHERE k = ?", bind: [k]}
      count: {shape: counter, weight: 1, cql: "UPDATE a.c SET n = n + ? WHERE k = ?", bind: [n, k]}
      plain: {shape: write, weight: 1, cql: "INSERT INTO a.t (k, c) VALUES (?, ?)", bind: [k, c], prepared: false, timestamps: server}
      many:
        shape: batch
        weight: 1
        batch:
          type: logged
          once: [k]
          statements:
            - {cql: "INSERT INTO a.t (k, c) VALUES (?, ?)", bind: [k, c], repeat: 3}
            - {cql: "DELETE FROM a.u WHERE k = ?", bind: [k]}
      counts: {shape: batch, weight: 1, batch: {type: counter, statements: [{cql: "UPDATE a.c SET n = n + ? WHERE k = ?", bind: [n, k]}]}}
    traffic: {arrivals: constant, rate: 1/s}
    """

@Test func operationsOfEveryShapeAreRead() throws {
    let profile = try Profile.read(text, file: "w.yaml")
    let byName = Dictionary(uniqueKeysWithValues: profile.operations.map { ($0.name, $0) })
    let scan = try #require(byName["scan"])
    #expect(scan.pageSize == 100 && scan.pages == 3 && !scan.hasClientTimestamps && scan.serialConsistency == nil)
    #expect(byName["sum"]?.tracedShare == 0.01)
    let claim = try #require(byName["claim"])
    #expect(claim.isConditional && claim.serialConsistency == .serial && claim.consistency == .localOne)
    #expect(!claim.hasClientTimestamps)
    #expect(byName["settle"]?.consistency == .serial && byName["settle"]?.isConditional == false)
    #expect(byName["count"]?.hasClientTimestamps == false)
    #expect(byName["plain"]?.isPrepared == false && byName["plain"]?.hasClientTimestamps == false)
    let many = try #require(byName["many"])
    #expect(many.batch == .logged && many.statements.count == 4 && many.hasClientTimestamps)
    #expect(many.statements.map(\.table) == ["t", "t", "t", "u"])
    #expect(many.binds.map(\.name) == ["k", "c", "k", "c", "k", "c", "k"])
    #expect(many.binds.map(\.isShared) == [true, false, true, false, true, false, true])
    #expect(
        many.cql
            == "BEGIN BATCH INSERT INTO a.t (k, c) VALUES (?, ?) /* 3 times */; DELETE FROM a.u WHERE k = ?; APPLY BATCH"
    )
    #expect(byName["counts"]?.cql == "BEGIN COUNTER BATCH UPDATE a.c SET n = n + ? WHERE k = ?; APPLY BATCH")
    #expect(byName["counts"]?.hasClientTimestamps == false)
    // What is drawn once for a batch is drawn every time elsewhere.
    #expect(profile.values.allSatisfy { !$0.isShared } && byName["plain"]?.binds.allSatisfy { !$0.isShared } == true)
}

@Test func thePlanTellsHowAnOperationIsSent() throws {
    let pair = try PairFile.read("{pair: 1, name: p, old: {cql: [a]}, new: {cql: [b]}}", file: "p")
    let plan = try Plan(try Profile.read(text, file: "w.yaml"), pair, PlanSettings(duration: .seconds(20), seed: 1))
    guard case .object(let members) = plan.json(), case .array(let operations)? = members["operations"] else {
        Issue.record("no operations in the plan")
        return
    }
    func operation(_ index: Int) -> [String: JSON] {
        if case .object(let members) = operations[index] { members } else { [:] }
    }
    #expect(operation(0)["pages"] == .integer(3))
    #expect(operation(1)["tracing_percent"] == .number(1))
    #expect(operation(2)["serial_consistency"] == .string("SERIAL"))
    #expect(operation(5)["prepared"] == .bool(false) && operation(5)["timestamps"] == .string("server"))
    #expect(operation(6)["batch"] == .string("logged") && operation(6)["statements"] == .integer(4))
}
