// Runs set against each other without pairs: figures, errors, and what must be the same whichever of the two is named first.

import Comparisons
import Documents
import Glibc
import Histograms
import Quantities
import Recordings
import RunSupport
import Statistics
import TestSupport
import Testing

/// A recording whose sides have latencies around 4 ms that drift from round to round.
private func recorded(_ sketch: RunSketch = RunSketch(), seed: UInt64 = 1, count: Int = 1000, factor: Double = 1)
    -> Recording
{
    var sketch = sketch
    sketch.seed = seed
    let noise = ReferenceNoise(rounds: sketch.rounds, seed: seed)
    return sketch.recording { operation in
        let level = exp(noise.level(operation.round, operation.side)) * (operation.side == .new ? factor : 1)
        for _ in 0..<count { operation.take(4 * level * exp(0.5 * operation.random.normal())) }
    }
}

func run(_ recording: Recording, _ side: Side = .new, name: String = "run", workloadDigest: String? = nil)
    -> MeasuredRun
{
    MeasuredRun(
        recording, side, name: "\(name):\(side)", madeFrom: ["recording.json": name], digest: name,
        workloadDigest: workloadDigest)
}

func run(_ log: LogSketch, _ unit: TimeUnit = .nanoseconds, name: String = "log") throws -> MeasuredRun {
    try MeasuredRun(IntervalLogFile(log.text), unit: unit, name: name, madeFrom: [name: "\(log.text.hashValue)"])
}

/// A log of lognormal values around `median`, in the log's unit.
func logged(
    _ seconds: Int = 240, tag: String? = nil, median: Double, seed: UInt64 = 1,
    like sketch: HistogramSketch = HistogramSketch(),
    perSecond: Int = 200
) -> LogSketch {
    var random = SeededRandom(seed: SeededRandom.derive(seed, "log"))
    var log = LogSketch.java("some tool")
    log.fill(seconds, tag: tag, like: sketch) { _ in
        (0..<perSecond).map { _ in Int64(random.lognormal(median: median, sigma: 0.5)) }
    }
    return log
}

@Test func aRunAgainstItselfHasNoEffects() throws {
    let log = try run(logged(median: 3e6))
    for one in [run(recorded()), log] {
        let comparison = try compareUnpaired(one, one)
        #expect(!comparison.operations.isEmpty && comparison.onlyInA.isEmpty && comparison.onlyInB.isEmpty)
        for effect in comparison.operations.flatMap(\.effects) {
            #expect(effect.logRatio == 0)
            guard let interval = effect.estimate?.interval(confidence: 0.9) else { continue }
            #expect(interval.low == -interval.high && interval.high > 0)
        }
        #expect(comparison.operations.allSatisfy { $0.maximumMillisecondsA == $0.maximumMillisecondsB })
    }
}

@Test func exchangingTheRunsNegatesEveryEffectAndKeepsEveryWidth() throws {
    let a = run(recorded(seed: 1))
    var sketch = RunSketch()
    sketch.rounds = 36
    let others = [
        run(recorded(sketch, seed: 2, factor: 1.2)), try run(logged(tag: "read-rt", median: 4_100), .microseconds)
    ]
    for b in others {
        let (one, other) = (try compareUnpaired(a, b), try compareUnpaired(b, a))
        #expect(one.operations.count == other.operations.count)
        var estimates = 0
        for (left, right) in zip(one.operations.flatMap(\.effects), other.operations.flatMap(\.effects)) {
            #expect(left.logRatio.map { -$0 } == right.logRatio)
            #expect(left.caveats.map(\.code.rawValue).sorted() == right.caveats.map(\.code.rawValue).sorted())
            guard let x = left.estimate, let y = right.estimate else { continue }
            estimates += 1
            #expect(x.log == -y.log && x.standardError == y.standardError && x.degreesOfFreedom == y.degreesOfFreedom)
            let (forth, back) = (x.interval(confidence: 0.95), y.interval(confidence: 0.95))
            #expect(forth.low == -back.high && forth.high == -back.low)
        }
        #expect(estimates >= 4)
        #expect(one.onlyInA == other.onlyInB && one.onlyInB == other.onlyInA)
    }
}

@Test func aSideByItselfIsWhatAPairedRunTakesItFor() throws {
    let recording = recorded(factor: 1.3)
    let paired = compare(recording, measures: [.p(50), .p(90), .p(99), Measure(.mean), .p(99, of: .service)])
    let unpaired = try compareUnpaired(run(recording, .old), run(recording, .new))
    for (timing, metrics) in [
        (Timing.response, [Metric.quantile(0.5), .quantile(0.9), .quantile(0.99), .mean]), (.service, [.quantile(0.99)])
    ] {
        let operation = try #require(unpaired.operations.first { $0.timing == timing })
        for metric in metrics {
            let effect = try #require(operation.effect(metric))
            for (side, figure) in [(Side.old, effect.a), (.new, effect.b)] {
                let level = try #require(
                    paired.level(Measure(metric, of: timing), of: .operation("read"), on: side)?.estimate)
                #expect(close(try #require(figure.milliseconds), level.value))
                #expect(close(try #require(figure.runError), level.runError, relative: 1e-6))
                #expect(figure.units == level.units && figure.degreesOfFreedom == level.degreesOfFreedom)
            }
        }
    }
}

@Test func errorsOfBothRunsAddUpAsSquares() throws {
    let effect = try #require(
        compareUnpaired(run(recorded(seed: 3)), run(recorded(seed: 4))).operations.first?.effect(.quantile(0.5)))
    let estimate = try #require(effect.estimate)
    let bins = hypot(effect.a.binError, effect.b.binError)
    #expect(close(estimate.standardError, hypot(hypot(estimate.errorA, estimate.errorB), bins)))
    let (a, b) = (estimate.errorA * estimate.errorA, estimate.errorB * estimate.errorB)
    let df = (a + b + bins * bins) * (a + b + bins * bins) / (a * a / 4 + b * b / 4)
    #expect(close(estimate.degreesOfFreedom, min(df, 8)) && df > 4)
    let interval = estimate.interval(confidence: 0.8)
    let reach = StudentT.quantile(0.9, df: estimate.degreesOfFreedom) * estimate.standardError
    #expect(close(interval.high - interval.low, 2 * reach))
}

@Test func unitsAndLayoutsOfOtherToolsMeetInMilliseconds() throws {
    // As wrk2's forks write it, in microseconds and without a tag; as NoSQLBench does, in nanoseconds with four digits.
    let wrk = try run(logged(median: 4_000, seed: 5), .microseconds)
    let nosqlbench = try run(
        logged(tag: "main.result", median: 5e6, seed: 6, like: HistogramSketch(digits: 4)), .nanoseconds)
    let comparison = try compareUnpaired(wrk, nosqlbench, renamings: [Renaming(a: "", b: "main.result")])
    let operation = try #require(comparison.operations.first)
    #expect(operation.name == "(no tag) / main.result" && comparison.operations.count == 1)
    for metric in [Metric.quantile(0.5), .quantile(0.9), .mean] {
        let effect = try #require(operation.effect(metric))
        #expect(abs(try #require(effect.logRatio) - log(1.25)) < 0.03)
        #expect(effect.a.binWidth < 0.002 && effect.b.binWidth < 0.0002)
        #expect(effect.estimate != nil && effect.has(.timingUnknown) && effect.has(.failuresUnknown))
    }
    let median = try #require(operation.effect(.quantile(0.5)))
    #expect(abs(try #require(median.a.milliseconds) - 4) < 0.1)
    #expect(abs(try #require(median.b.milliseconds) - 5) < 0.1)
    // The same values, recorded twice: once in milliseconds of a quarter.
    var quarter = HistogramSketch()
    quarter.ratio = 0.25
    let scaled = try run(logged(median: 16_000, seed: 5, like: quarter), .microseconds)
    let same = try #require(compareUnpaired(wrk, scaled).operations.first?.effect(.quantile(0.5)))
    #expect(abs(try #require(same.logRatio)) < 0.001)
}

@Test func widthsOfBinsWidenTheInterval() throws {
    let fine = try run(logged(median: 3e6, seed: 7))
    let coarse = try run(logged(median: 3e6, seed: 7, like: HistogramSketch(digits: 2)))
    let (one, other) = (try compareUnpaired(fine, fine), try compareUnpaired(coarse, coarse))
    let (narrow, wide) = (
        try #require(one.operations.first?.effect(.quantile(0.5))),
        try #require(other.operations.first?.effect(.quantile(0.5)))
    )
    #expect(!narrow.has(.coarseBins) && wide.has(.coarseBins))
    #expect(wide.b.binWidth > 1.0 / 256 && wide.b.binWidth < 1.0 / 127)
    #expect(close(wide.b.binError, wide.b.binWidth / 12.0.squareRoot()))
    let width = { (effect: UnpairedEffect) in effect.estimate!.interval(confidence: 0.9).high }
    #expect(width(wide) > width(narrow))
    #expect(try #require(wide.estimate).binError > 0.002)
    // Within its bins it is the same value.
    #expect(abs(log(try #require(wide.a.milliseconds) / (try #require(narrow.a.milliseconds)))) < wide.b.binWidth)
}

@Test func binsOfSeveralLayoutsAreTakenTogetherInTheWidest() throws {
    var random = SeededRandom(seed: 8)
    var (mixed, plain) = (LogSketch.java("mixed"), LogSketch.java("plain"))
    for second in 0..<240 {
        var (some, coarse) = (HistogramSketch(digits: second % 2 == 0 ? 4 : 2), HistogramSketch(digits: 2))
        for _ in 0..<200 {
            let value = Int64(random.lognormal(median: 3e6, sigma: 0.5))
            some.record(value)
            coarse.record(value)
        }
        mixed.add(some, start: Double(second))
        plain.add(coarse, start: Double(second))
    }
    let operation = try #require(compareUnpaired(run(mixed), run(plain)).operations.first)
    for effect in operation.effects {
        #expect(effect.logRatio == 0 && effect.a == effect.b)
        #expect(effect.has(.reBinned))
    }
    #expect(operation.maximumMillisecondsA == operation.maximumMillisecondsB)
    #expect(try compareUnpaired(run(plain), run(plain)).operations[0].effects.allSatisfy { !$0.has(.reBinned) })
}

@Test func linesInAnyOrderAndOverlappingOnesGiveTheSameTime() throws {
    let log = logged(median: 3e6, seed: 9)
    let lines = log.text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasPrefix("\"") }.map(String.init)
    var (shuffled, twice) = (LogSketch.java("shuffled"), LogSketch.java("two threads"))
    for line in lines.enumerated().sorted(by: { ($0.offset % 7, $0.offset) < ($1.offset % 7, $1.offset) }) {
        shuffled.add(line: line.element)
    }
    for line in lines + lines { twice.add(line: line) }
    let (a, b, c) = (try run(log), try run(shuffled), try run(twice))
    #expect(try compareUnpaired(a, b).operations[0].effects.allSatisfy { $0.a == $0.b })
    #expect(c.seconds == a.seconds)
    let operation = try compareUnpaired(a, c).operations[0]
    let median = try #require(operation.effect(.quantile(0.5)))
    #expect(abs(try #require(median.logRatio)) < 1e-9)
    #expect(median.a.units == 24 && median.b.units == 24)
    #expect(operation.countB == 2 * operation.countA && operation.effects[0].has(.otherRate))
}

@Test func joinedIntervalsGiveTheSameFigures() throws {
    for (log, seconds) in [
        (logged(median: 3e6, seed: 9), 240), (logged(7, median: 3e6), 7), (logged(1, median: 3e6), 1)
    ] {
        let joined = try IntervalLogFile(log.text, joining: MeasuredRun.joinedSeconds)
        #expect(joined.intervals.count == (seconds + 9) / 10 && joined.intervals.reduce(0) { $0 + $1.lines } == seconds)
        let one = try MeasuredRun(joined, unit: .nanoseconds, name: "log", madeFrom: [:])
        let operation = try compareUnpaired(run(log), one).operations[0]
        for effect in operation.effects {
            #expect(effect.logRatio == 0 && effect.has(.singleInterval) == (seconds == 1))
            // Rare values need units of more than ten seconds, which begin and end elsewhere then.
            #expect(effect.a == effect.b || effect.metric == .quantile(0.999), "\(effect)")
        }
        #expect(operation.perSecondA == operation.perSecondB && operation.countA == operation.countB)
    }
}

@Test func theSameRunsGiveTheSameBytes() throws {
    let (a, b) = (recorded(seed: 1), recorded(seed: 2))
    let texts = try (0..<2).map { _ in UnpairedComparison.document([try compareUnpaired(run(a), run(b))]).text() }
    #expect(texts[0] == texts[1])
    #expect(texts[0].contains("\"verdict\": \"none\"") && texts[0].contains("\"paired\": false"))
    _ = try YAML.read(texts[0], file: "compare.json")
}
