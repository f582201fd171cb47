// Values that depend on others: those of rows that exist, those that come after another, and now.

import Documents
import Quantities
import TestSupport
import Testing
import Workloads

private let text = """
    workload: 1
    name: sensors
    clock: 2026-07-01
    values:
      sensor: {int: {uniform: {items: 50, from: 100}}}
      popular: {int: {zipf: {items: 50, exponent: 1, from: 100}}}
      at: {timestamp: {sequence: {from: 2026-01-01, step: 1m}}}
      kind: {int: {uniform: [0, 1_000_000]}}
      day: {after: {value: at, plus: 0 s}}
      known_at: {existing: {value: at, key: popular}}
      known_kind: {existing: {value: kind, key: popular}}
      known_day: {existing: {value: day, key: popular}}
      until: {after: {value: known_at, plus: 1h}}
      before: {after: {value: known_at, minus: {uniform: [1 s, 2 s]}}}
      last_hour: {timestamp: {uniform: [now - 1h, now]}}
    dataset:
      - insert: INSERT INTO k.t (sensor, at, kind, day) VALUES (?, ?, ?, ?)
        bind: [sensor, at, kind, day]
        partitions: 50
        rows_per_partition: {uniform: [1, 40]}
    operations:
      row:
        shape: point
        weight: 1
        cql: SELECT * FROM k.t WHERE sensor = ? AND at = ? AND kind = ? AND day = ? AND u = ? AND b = ?
        bind: [popular, known_at, known_kind, known_day, until, before]
      recent: {shape: range, weight: 1, cql: SELECT * FROM k.t WHERE sensor = ? AND at > ?, bind: [popular, last_hour]}
      put: {shape: write, weight: 1, cql: "INSERT INTO k.t (sensor, at) VALUES (?, ?)", bind: [sensor, at]}
    traffic: {arrivals: constant, rate: 100/s, warm_up: 10 s, slice: 5 s, guard: 0 s}
    """

private func made(_ operation: PlannedOperation, _ drawing: Drawing) -> [KeepingSink.Value] {
    var (sink, drawing) = (KeepingSink(), drawing)
    for bind in operation.binds {
        if bind.isShared {
            var once = drawing.shared(Drawing.number(of: bind.name))
            bind.generate(into: &sink, &once)
        } else {
            bind.generate(into: &sink, &drawing)
        }
    }
    return sink.values
}

@Test func rowsThatExistAreFoundAgain() throws {
    let profile = try Profile.read(text, file: "w.yaml")
    let dataset = profile.dataset[0]
    var rows: Set<[KeepingSink.Value]> = []
    for partition in 0..<50 {
        for row in 0..<dataset.rows(in: partition, seed: 9) {
            var sink = KeepingSink()
            dataset.generate(partition: partition, row: row, seed: 9, into: &sink)
            rows.insert(sink.values)
        }
    }
    var met: Set<[KeepingSink.Value]> = []
    for (_, random) in seededCases(2000) {
        let values = made(profile.operations[0], Drawing(random, datasetSeed: 9))
        #expect(rows.contains(Array(values[..<4])), "\(values)")
        met.insert(Array(values[..<4]))
        guard case .timestamp(let at) = values[1], case .timestamp(let before) = values[5] else {
            Issue.record("\(values)")
            return
        }
        #expect(values[4] == .timestamp(at + 3_600_000))
        #expect((at - 2000...at - 1000).contains(before))
        #expect(values[3] == values[1])
    }
    #expect(met.count > 300)
}

@Test func aValueOfAnotherSeedsRowsIsAnother() throws {
    let operation = try Profile.read(text, file: "w.yaml").operations[0]
    let differing = seededCases(200).count { _, random in
        made(operation, Drawing(random, datasetSeed: 9))[2] != made(operation, Drawing(random, datasetSeed: 10))[2]
    }
    #expect(differing > 190)
}

@Test func nowMovesWithTheRun() throws {
    let profile = try Profile.read(text, file: "w.yaml")
    let pair = try PairFile.read("{pair: 1, name: p, old: {cql: [a]}, new: {cql: [b]}}", file: "p")
    let plan = try Plan(profile, pair, PlanSettings(duration: .seconds(40), seed: 1))
    let places = RunPlaces(plan, startedMilliseconds: 7)
    let clock: Int64 = 1_782_864_000_000
    // Two slices of warm-up, then a round of 5 s of each side's time after the other.
    let nows = plan.rounds.map { places.place(of: $0.seed).now - clock }
    #expect(nows == [10_000, 15_000, 20_000, 25_000, 10_000])
    let ordinals = plan.rounds.map { places.place(of: $0.seed).ordinal }
    #expect(Array(ordinals.prefix(4)) == ordinals.prefix(4).sorted() && ordinals[4] == ordinals[0])
    #expect(zip(ordinals, ordinals.dropFirst()).prefix(3).allSatisfy { $1 - $0 > 500 })
    let stream = OperationStream(weights: [1], seed: plan.rounds[1].seed, at: places.place(of: plan.rounds[1].seed))
    let drawing = stream.drawn(at: 200).drawing
    #expect(drawing.now == clock + 15_000 + 2_000 && drawing.ordinal == ordinals[1] + 200 && drawing.datasetSeed == 1)
    for (_, random) in seededCases(100) {
        let values = made(profile.operations[1], Drawing(random, now: clock + 500))
        guard case .timestamp(let at) = values[1] else { return }
        #expect((clock + 500 - 3_600_000...clock + 500).contains(at))
    }
    #expect(plan.clock == clock)
    var still = profile
    still.clock = nil
    let today = RunPlaces(try Plan(still, pair, PlanSettings(duration: .seconds(40), seed: 1)), startedMilliseconds: 7)
    #expect(today.place(of: plan.warmUpSeed).now == 7)
}

@Test(arguments: [
    Mistake("clock: 2026-07-01\n", "", "no error"),
    Mistake(
        "bind: [sensor, at, kind, day]", "bind: [sensor, at, kind, known_day]",
        "18:30: dataset entry 1 binds 'known_day', which is that of rows that exist, expected a value that makes rows"),
    Mistake(
        "{value: at, key: popular}", "{value: sensor, key: popular}",
        "10:32: value 'known_at' is the partition key of k.t, expected the key itself, which is bound by its name"),
    Mistake(
        "{value: at, key: popular}", "{value: att}",
        "10:32: 0 entries of the dataset bind 'att', expected a value that one of them binds"),
    Mistake(
        "{value: at, key: popular}", "{value: at, key: at}",
        "10:41: 'at', the key of value 'known_at', is none, or is missing at times, expected a key without null and unset"
    ),
    Mistake(
        "{zipf: {items: 50, exponent", "{zipf: {items: 51, exponent",
        "10:41: 'popular', the key of value 'known_at', has items beyond the dataset of k.t, expected items within 100 to 149"
    ),
    Mistake(
        "{value: known_at, plus: 1h}", "{value: known_at}",
        "13:18: value 'until' has no distribution, expected one of plus, minus"),
    Mistake(
        "{value: known_at, plus: 1h}", "{value: until, plus: 1h}",
        "13:26: value 'until' is a part of itself, expected another value"),
    Mistake(
        "{value: known_at, plus: 1h}", "{value: popular, minus: {normal: {mean: 1, sigma: 1}}}",
        "13:42: minus a distribution in value 'until', expected a constant or uniform one"),
    Mistake(
        "[now - 1h, now]", "[2026-01-01, now]",
        "15:36: one bound of value 'last_hour' counts from now, expected both, or neither"),
    Mistake(
        "[now - 1h, now]", "[now * 2, now]", "15:37: 'now * 2' is not a date, expected now, now - 1h or now + 30 s"),
    Mistake(
        "step: 1m", "step: 1 us", "7:55: step is '1 us', expected 1 ms or more")
]) func valuesThatDependOnNothing(mistake: Mistake) {
    let bent = text.replacing(mistake.parts[0], with: mistake.parts[1], maxReplacements: 1)
    #expect(bent != text)
    let expected = mistake.parts[2] == "no error" ? "no error" : "w.yaml:" + mistake.parts[2]
    #expect(failure(bent) == expected)
}

@Test func aDatasetHasNoNowOfItsOwn() {
    let bent = text.replacing("clock: 2026-07-01\n", with: "").replacing(
        "{sequence: {from: 2026-01-01, step: 1m}}", with: "{constant: now}")
    #expect(failure(bent).contains("dataset entry 1 binds 'at', which is relative to now, expected a 'clock'"))
}

@Test func popularPartitionsCanBeTheLargest() throws {
    func sizes(_ correlation: String) throws -> [Int] {
        let rows = "{lognormal: {median: 50, sigma: 1, max: 100_000}}" + correlation
        let text = text.replacing("{uniform: [1, 40]}", with: rows).replacing("items: 50", with: "items: 5000")
            .replacing("partitions: 50", with: "partitions: 5000")
        let plan = try Profile.read(text, file: "w.yaml").dataset[0]
        return (0..<5000).map { plan.rows(in: $0, seed: 3) }
    }
    let (free, half, full) = (
        try sizes(""), try sizes("\n    rank_correlation: 0.5"), try sizes("\n    rank_correlation: 1")
    )
    #expect(full == full.sorted(by: >))
    // The distribution stays: median, and the 84.13th percentile one sigma up.
    for sizes in [free, half, full] {
        let sorted = sizes.sorted()
        #expect(close(Double(sorted[2500]), 50, relative: 0.06), "\(sorted[2500])")
        #expect(close(Double(sorted[4206]), 50 * 2.718, relative: 0.08), "\(sorted[4206])")
    }
    func front(_ sizes: [Int]) -> Double { Double(sizes[..<500].reduce(0, +)) / Double(sizes.reduce(0, +)) }
    #expect(close(front(free), 0.1, relative: 0.25) && front(half) > 0.16 && front(half) < 0.4 && front(full) > 0.37)
}
