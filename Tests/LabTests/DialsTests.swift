// Service times, stalls, errors and missing rows, in virtual time; and the dials as a pair file writes them.

import CQLProtocol
import Documents
import Lab
import Quantities
import TestSupport
import Testing

private func milliseconds(_ value: Double) -> Nanoseconds { .milliseconds(value) }

@Test func aStallHoldsBackWhatItMeets() {
    let stalls: [Stall] = [.once(at: milliseconds(100), length: milliseconds(50))]
    func answered(_ arrival: Double, _ service: Double) -> Double {
        stalls.answered(arrival: milliseconds(arrival), service: milliseconds(service)).milliseconds
    }
    #expect(answered(0, 10) == 10)
    #expect(answered(90, 10) == 100)
    #expect(answered(90, 11) == 151)
    #expect(answered(100, 3) == 153)
    #expect(answered(149, 3) == 153)
    #expect(answered(150, 3) == 153)
    #expect(answered(0, 500) == 550)
    #expect(answered(120, 0) == 150)
}

@Test func repeatedAndOverlappingStallsAddUp() {
    let repeated: [Stall] = [.repeated(every: milliseconds(100), length: milliseconds(20), first: milliseconds(10))]
    // Unfrozen: [0,10) [30,110) [130,210) …
    #expect(repeated.answered(arrival: .zero, service: milliseconds(100)).milliseconds == 140)
    #expect(repeated.answered(arrival: milliseconds(1_015), service: milliseconds(1)).milliseconds == 1_031)
    let overlapping: [Stall] = [
        .once(at: milliseconds(10), length: milliseconds(10)), .once(at: milliseconds(15), length: milliseconds(10)),
        .once(at: milliseconds(25), length: milliseconds(5))
    ]
    #expect(overlapping.answered(arrival: milliseconds(9), service: milliseconds(2)).milliseconds == 31)
    #expect(
        !([
            .repeated(every: milliseconds(10), length: milliseconds(5), first: .zero),
            .repeated(every: milliseconds(10), length: milliseconds(5), first: milliseconds(5))
        ] as [Stall]).leaveTime)
}

@Test func stallsAgreeWithTimeCountedStepByStep() {
    for (seed, random) in seededCases(200) {
        var random = random
        var stalls: [Stall] = []
        for _ in 0..<random.below(4) {
            stalls.append(.once(at: Nanoseconds(Int64(random.below(60))), length: Nanoseconds(Int64(random.below(15)))))
        }
        if random.below(2) == 0 {
            stalls.append(
                .repeated(
                    every: Nanoseconds(10 + Int64(random.below(20))), length: Nanoseconds(Int64(random.below(9))),
                    first: Nanoseconds(Int64(random.below(30)))))
        }
        func isFrozen(_ time: Int64) -> Bool {
            stalls.contains { stall in
                switch stall {
                case .once(let at, let length): return time >= at.count && time < at.count + length.count
                case .repeated(let every, let length, let first):
                    return time >= first.count && (time - first.count) % every.count < length.count
                }
            }
        }
        let (arrival, service) = (Int64(random.below(80)), Int64(1 + random.below(40)))
        var (time, left) = (arrival, service)
        while left > 0 {
            if !isFrozen(time) { left -= 1 }
            time += 1
        }
        #expect(
            stalls.answered(arrival: Nanoseconds(arrival), service: Nanoseconds(service)).count == time,
            "seed \(seed): \(stalls)")
    }
}

private let table = "CREATE TABLE t (a int, b int, c int, PRIMARY KEY (a, b))"

/// Service times of a query in milliseconds.
private func times(_ client: TestClient, _ text: String, _ count: Int) -> [Double] {
    (0..<count).map { _ in (client.query(text).due - client.now).milliseconds }.sorted()
}

@Test func everyShapeHasItsOwnServiceTime() throws {
    var dials = LabDials(.new)
    let medians: [Shape: Double] = [.point: 1, .write: 2, .range: 4, .multiPartition: 8]
    for (shape, median) in medians { dials.base[shape] = LabDials.ServiceTime(median: milliseconds(median), sigma: 0) }
    dials.factor = [.range: 1.5]
    let client = TestClient(schema: table, node: LabNode(side: .new, dials: dials))
    let statements: [(String, Double)] = [
        ("INSERT INTO t (a, b, c) VALUES (1, 1, 1)", 2), ("UPDATE t SET c = 1 WHERE a = 1 AND b = 1", 2),
        ("DELETE FROM t WHERE a = 9", 2),
        ("SELECT * FROM t WHERE a = 1 AND b = 1", 1), ("SELECT * FROM t WHERE a = 1 LIMIT 1", 1),
        ("SELECT * FROM t WHERE a = 1", 6), ("SELECT * FROM t WHERE a = 1 AND b > 0", 6), ("SELECT * FROM t", 6),
        ("SELECT * FROM t WHERE a = 1 AND b IN (1, 2)", 6), ("SELECT * FROM t WHERE a IN (1, 2)", 8),
        ("SELECT * FROM system.local", 0), ("CREATE TABLE IF NOT EXISTS t (a int PRIMARY KEY)", 0), ("USE k", 0)
    ]
    for (statement, expected) in statements {
        #expect(
            close((client.query(statement).due - client.now).milliseconds, expected, relative: 1e-6), "\(statement)")
    }
    #expect(
        close(
            (client.run("SELECT * FROM t WHERE a = 1 LIMIT ?", .integer(1)).due - client.now).milliseconds, 1,
            relative: 1e-6))
}

@Test func serviceTimesAreLognormalAndTheSeedsOwn() {
    var dials = LabDials(.old)
    dials.seed = 11
    func sample(_ dials: LabDials) -> [Double] {
        times(
            TestClient(schema: table, node: LabNode(side: .old, dials: dials)), "SELECT * FROM t WHERE a = 1 LIMIT 1",
            4000)
    }
    let first = sample(dials)
    #expect(first == sample(dials))
    // Median 1 ms; e^(0.3 * 1.2816) at the 90th percentile.
    #expect(close(first[2000], 1, relative: 0.03) && close(first[3600], 1.469, relative: 0.04))
    dials.seed = 12
    #expect(first != sample(dials))
}

@Test func stallsAreCountedFromClockZeroAndCanBeChanged() {
    let node = LabNode(side: .new, dials: LabDials(.new), clockZero: Instant(nanoseconds: 0))
    let client = TestClient(schema: table, node: node)
    client.now = Instant(nanoseconds: 10_200_000_000)
    node.setStalls([.once(at: .seconds(10), length: .seconds(1))])
    // Even what takes no time waits for the end of the stall.
    #expect(client.query("SELECT * FROM system.local").due == Instant(nanoseconds: 11_000_000_000))
    let due = client.query("SELECT * FROM t WHERE a = 1 LIMIT 1").due
    #expect(due > Instant(nanoseconds: 11_000_000_000) && due < Instant(nanoseconds: 11_010_000_000))
    node.setStalls([])
    #expect(client.query("SELECT * FROM system.local").due == client.now)
    node.setStalls([.once(at: .zero, length: .seconds(1))])
    node.setClockZero(client.now, wall: WallTime(unixNanoseconds: 0))
    #expect(client.query("SELECT * FROM system.local").due == Instant(nanoseconds: 11_200_000_000))
}

@Test func errorsComeInTheirShareAndClassAndTouchNoOtherShape() {
    let classes: [(LabDials.ErrorClass, OutcomeClass)] = [
        (.overloaded, .overloaded), (.unavailable, .unavailable), (.readTimeout, .readTimeout),
        (.writeTimeout, .writeTimeout),
        (.serverError, .serverError)
    ]
    for (injected, outcome) in classes {
        var dials = LabDials(.new)
        dials.errors = [.range: LabDials.InjectedError(share: Ratio(0.1), errorClass: injected)]
        let client = TestClient(schema: table, node: LabNode(side: .new, dials: dials))
        var failed = 0
        for _ in 0..<3000 {
            let reply = client.query("SELECT * FROM t WHERE a = 1")
            if let error = reply.error {
                failed += 1
                #expect(error.outcome == outcome && reply.due > client.now)
            }
        }
        // 300 expected, standard deviation 16.4.
        #expect((230...370).contains(failed), "\(injected): \(failed)")
        #expect((0..<300).allSatisfy { _ in client.query("SELECT * FROM t WHERE a = 1 LIMIT 1").error == nil })
    }
}

@Test func onlyATimedOutWriteMayHaveHappened() {
    for errorClass in [LabDials.ErrorClass.overloaded, .writeTimeout] {
        var dials = LabDials(.new)
        dials.errors = [.write: LabDials.InjectedError(share: Ratio(1), errorClass: errorClass)]
        let client = TestClient(schema: table, node: LabNode(side: .new, dials: dials))
        #expect(client.query("INSERT INTO t (a, b) VALUES (1, 1)").error != nil)
        #expect(client.query("SELECT b FROM t").integers == (errorClass == .writeTimeout ? [1] : []))
    }
}

@Test func fewerRowsLeavesOutTheSameShareEachTime() throws {
    var dials = LabDials(.new)
    dials.fewerRows = [.range: Ratio(0.1)]
    let client = TestClient(schema: table, node: LabNode(side: .new, dials: dials))
    for b in 0..<2000 { _ = client.query("INSERT INTO t (a, b, c) VALUES (1, \(b), 0)") }
    let rows = try #require(client.query("SELECT b FROM t WHERE a = 1").integers)
    // 200 expected to be missing, standard deviation 13.4.
    #expect((1740...1860).contains(rows.count))
    #expect(client.query("SELECT b FROM t WHERE a = 1").integers == rows)
    // A row that is left out still fills its place in LIMIT and in a page.
    let cut = try #require(client.query("SELECT b FROM t WHERE a = 1 LIMIT 100").integers)
    #expect(cut == rows.filter { $0 < 100 } && cut.count < 100)
    let paged = client.query("SELECT b FROM t WHERE a = 1", .init(pageSize: 100))
    #expect(paged.integers == cut && paged.metadata?.pagingState != nil)
    let missing = try #require((0..<100).first { !cut.contains($0) })
    #expect(client.query("SELECT b FROM t WHERE a = 1 AND b = \(missing)").integers == [missing])
}

@Test func theDialsAreReadAsThePairFileWritesThem() throws {
    let text = """
        version: "4.1.9"
        seed: 7
        credentials: "user:pass:word"
        base: {point: {median: 0.5 ms}, range: {median: 4 ms, sigma: 0.1}}
        factor: {point: 0.95, multi_partition: 1.7}
        errors: {range: {share: 0.1 %, class: read_timeout}}
        fewer_rows: {range: 1 %}
        stalls: [{at: 10 s, length: 1 s}, {every: 30 s, length: 200 ms, first: 5 s}, {every: 1m, length: 1 s}]
        capacity: 5_000/s
        slots: 4
        """
    let dials = try LabDials.read(try YAML.read(text, file: "lab.yaml"), side: .new)
    #expect(dials.version == "4.1.9" && dials.seed == 7)
    #expect(dials.capacity == Capacity(Rate(perSecond: 5000), slots: 4))
    #expect(dials.credentials == LabDials.Credentials(user: "user", password: "pass:word"))
    #expect(dials.base[.point] == LabDials.ServiceTime(median: .milliseconds(0.5), sigma: 0.3))
    #expect(dials.base[.range] == LabDials.ServiceTime(median: .milliseconds(4), sigma: 0.1))
    #expect(dials.base[.write] == LabDials.defaultBase[.write])
    #expect(dials.factor == [.point: 0.95, .multiPartition: 1.7])
    #expect(dials.errors == [.range: LabDials.InjectedError(share: Ratio(0.001), errorClass: .readTimeout)])
    #expect(dials.fewerRows == [.range: Ratio(0.01)])
    #expect(
        dials.stalls == [
            .once(at: .seconds(10), length: .seconds(1)),
            .repeated(every: .seconds(30), length: .milliseconds(200), first: .seconds(5)),
            .repeated(every: .seconds(60), length: .seconds(1), first: .seconds(60))
        ])
}

@Test(arguments: [
    ("seeds: 1", 1, 1, "seed"), ("factor: {rage: 2}", 1, 10, "range"), ("factor: {range: 0}", 1, 17, "above 0"),
    ("base: {point: {median: 5}}", 1, 24, "duration"), ("base: {point: {sigma: -1}}", 1, 23, "0 to 5"),
    ("errors: {range: {share: 2, class: overloaded}}", 1, 25, "%"),
    ("errors: {range: {share: 2 %, class: overlord}}", 1, 37, "overloaded"),
    ("fewer_rows: {range: 101 %}", 1, 21, "100 %"), ("stalls: [{length: 1 s}]", 1, 10, "at"),
    ("stalls: [{every: 1 s, length: 1 s}]", 1, 10, "shorter"), ("credentials: nobody", 1, 14, "user:password"),
    ("version: four", 1, 10, "4.1.9"), ("capacity: 5000", 1, 11, "5000"), ("capacity: 0/s", 1, 11, "1/s"),
    ("capacity: 5/s\nslots: 0", 2, 8, "1 to 10000"), ("slots: 4", 1, 8, "capacity")
]) func wrongDialsAreRefusedWhereTheyStand(text: String, line: Int, column: Int, hint: String) throws {
    do {
        _ = try LabDials.read(try YAML.read(text, file: "lab.yaml"), side: .new)
        Issue.record("accepted: \(text)")
    } catch {
        #expect(error.position == Position(file: "lab.yaml", line: line, column: column), "\(error)")
        #expect(error.description.contains(hint), "\(error)")
    }
}
