// What must stand beside a comparison without pairs: what is missing, what differs, and what has no partner.

import Comparisons
import Glibc
import Histograms
import Quantities
import Recordings
import RunSupport
import TestSupport
import Testing

private func recorded(_ sketch: RunSketch = RunSketch(), count: Int = 300, milliseconds: Double = 4) -> Recording {
    sketch.recording { operation in
        for _ in 0..<count { operation.take(milliseconds * exp(0.3 * operation.random.normal())) }
    }
}

private func effect(_ comparison: UnpairedComparison, _ metric: Metric = .quantile(0.5)) throws -> UnpairedEffect {
    try #require(comparison.operations.first?.effect(metric))
}

private func sentence(_ caveats: [Caveat], _ code: Caveat.Code) -> String {
    caveats.first { $0.code == code }?.sentence ?? "none"
}

@Test func everyEffectSaysThatItIsUnpairedAndHasNoFloor() throws {
    let runs = [run(recorded()), try run(logged(tag: "read-rt", median: 4e6))]
    for a in runs {
        for b in runs {
            for effect in try compareUnpaired(a, b).operations.flatMap(\.effects) {
                #expect(effect.has(.unpaired) && effect.has(.noFloor))
                #expect((effect.estimate == nil) == (effect.unavailable != nil))
            }
        }
    }
    #expect(unpairedReading.hasPrefix("This is no verdict."))
}

@Test func tooLittleForAnErrorGivesTheRatioAlone() throws {
    let enough = try run(logged(median: 4e6))
    let single = try effect(compareUnpaired(enough, run(logged(1, median: 5e6, perSecond: 5_000))))
    #expect(single.estimate == nil && single.has(.singleInterval) && !single.has(.tooFewUnits))
    #expect(abs(try #require(single.logRatio) - log(1.25)) < 0.05)
    #expect(single.unavailable == "no interval: B: one interval, and nothing in it to tell noise by")
    let short = try compareUnpaired(run(logged(100, median: 5e6)), enough)
    #expect(try effect(short).unavailable == "no interval: A: 10 of the 12 units of time that an error needs")
    #expect(try effect(short).has(.tooFewUnits) && effect(short).logRatio != nil)
    let thin = try compareUnpaired(enough, run(logged(median: 5e6, perSecond: 50)))
    #expect(try effect(thin, .quantile(0.5)).estimate != nil)
    #expect(
        try effect(thin, .quantile(0.99)).unavailable
            == "no interval: B: 120 of the 200 values beyond p99 that an error needs")
    let none = try compareUnpaired(enough, run(logged(240, median: 5e6, perSecond: 0)))
    #expect(try effect(none).logRatio == nil && effect(none).b.milliseconds == nil)
    #expect(try effect(none).unavailable == "no interval: B: no values")
    #expect(none.operations[0].maximumMillisecondsB == nil && none.operations[0].countB == 0)
    let zeros = try run(logged(median: 0.1), .microseconds)
    let atZero = try compareUnpaired(zeros, zeros)
    #expect(try effect(atZero, .mean).unavailable?.contains("all of its values are 0") == true)
    #expect(try effect(atZero, .quantile(0.5)).logRatio == 0)
}

@Test func whatTheRunsDoNotShareIsNamed() throws {
    let plain = run(recorded(), workloadDigest: "x")
    func caveats(_ change: (inout Recording) -> Void, digest: String? = "x") throws -> [Caveat] {
        var recording = recorded()
        change(&recording)
        return try compareUnpaired(plain, run(recording, name: "other", workloadDigest: digest)).caveats
    }
    func codes(_ found: [Caveat]) -> Set<Caveat.Code> { Set(found.map(\.code)) }
    #expect(codes(try caveats { _ in }) == [.unpaired, .noFloor])
    #expect(codes(try caveats({ _ in }, digest: nil)) == [.unpaired, .noFloor])
    #expect(sentence(try caveats({ _ in }, digest: "y"), .otherWorkload).contains("its file, or a parameter"))
    #expect(sentence(try caveats { $0.workload = "more" }, .otherWorkload) == "A ran the workload sketch and B more")
    #expect(codes(try caveats { $0.operations[0].weight = 3 }).contains(.otherWorkload))
    #expect(
        sentence(try caveats { $0.timeOut = .seconds(5) }, .otherWorkload).contains("10.0 s in A and as 5.00 s in B"))
    #expect(sentence(try caveats { $0.mode = .blocks }, .otherMode).contains("interleaved and B in blocks"))
    #expect(
        sentence(try caveats { $0.rounds.removeLast(8) }, .otherDuration)
            == "A holds 2m 00s of measured time and B 1m 20s")
    #expect(sentence(try caveats { $0.interrupted = true }, .interrupted).hasPrefix("B: "))
    #expect(sentence(try caveats { $0.sharedHost = true }, .sharedHost).hasPrefix("B: "))
    let later = try caveats {
        $0.started = $0.started + .seconds(7_200)
        $0.ended = $0.ended + .seconds(7_200)
    }
    #expect(sentence(later, .unpaired).contains("; B began 1h 55m after A had ended"))
    #expect(sentence(try caveats { _ in }, .unpaired).contains("overlap"))
    let faster = run(recorded(count: 400), name: "faster")
    let rate = try effect(compareUnpaired(plain, faster))
    #expect(
        sentence(rate.caveats, .otherRate)
            == "read-rt came at 60/s in A and at 80/s in B: more load makes for longer times")
    let log = try run(logged(tag: "read-rt", median: 4e6))
    #expect(
        sentence(try compareUnpaired(plain, log).caveats, .otherTool).hasPrefix(
            "A was measured by Assay and B by another"))
}

@Test func sidesAreNamedForWhatTheyAre() throws {
    let recording = recorded()
    let within = try compareUnpaired(run(recording, .old), run(recording, .new)).caveats
    #expect(sentence(within, .sameRun).contains("assay judge"))
    let old = try compareUnpaired(run(recording, .old), run(recorded(), .old, name: "other")).caveats
    #expect(sentence(old, .oldAgainstOld).contains("what two runs differ by anyway"))
    #expect(!old.contains { $0.code == .sameRun } && !within.contains { $0.code == .oldAgainstOld })
}

@Test func onlyRoundsThatCountAreInASide() throws {
    var sketch = RunSketch()
    sketch.hasControl = true
    sketch.faults = [3: .old]
    let spoilt = sketch.recording { operation in
        let isOut = operation.isControl || operation.round == 3
        for _ in 0..<300 { operation.take((isOut ? 900 : 4) * exp(0.3 * operation.random.normal())) }
    }
    let side = run(spoilt)
    #expect(side.series[0].count == 23 * 300)
    let comparison = try compareUnpaired(side, run(recorded(), name: "plain"))
    #expect(try #require(comparison.operations[0].maximumMillisecondsA) < 100)
    #expect(sentence(comparison.caveats, .voidRounds).hasPrefix("A: 1 of 24 rounds"))
}

@Test func failedOperationsAreNeverFast() throws {
    let failing = RunSketch().recording { operation in
        for index in 0..<300 { if index % 50 == 0 { operation.fail() } else { operation.take(3) } }
    }
    let comparison = try compareUnpaired(run(recorded()), run(failing, name: "failing"))
    for operation in comparison.operations {
        let p99 = try #require(operation.effect(.quantile(0.99)))
        #expect(abs(try #require(p99.b.milliseconds) - 10_000) < 10, "\(operation.tagB)")
        #expect(sentence(p99.caveats, .atTimeOut).hasPrefix("B: p99 of read lies at the time-out of 10.0 s"))
        #expect(sentence(p99.caveats, .failures).hasPrefix("B: 144 of 7,200 operations of read failed"))
        #expect(operation.effect(.quantile(0.5))?.has(.atTimeOut) == false)
    }
}

@Test func aLogSaysWhatItDoesNotKnow() throws {
    let other = try run(logged(tag: "read-rt", median: 4e6))
    #expect(
        sentence(try compareUnpaired(other, other).caveats, .failuresUnknown).hasPrefix("A and B: a log does not say"))
    var own = IntervalLog.header(
        comment: "Assay 0.1.0, new side of lab, workload orders", base: WallTime(unixNanoseconds: 0))
    var histogram = Histogram()
    histogram.record(3_000_000, count: 500)
    for (index, tag) in ["read-rt", "read-st", "read:curve-rt", "read:saturation-rt"].enumerated() {
        own += IntervalLog.line(IntervalLogEntry(tag: tag, start: Double(index), length: 1, histogram: histogram))
    }
    let cut = try MeasuredRun(
        IntervalLogFile(own + "Tag=read-rt,4.0"), unit: .nanoseconds, name: "own", madeFrom: [:])
    #expect(cut.series.map(\.tag) == ["read-rt", "read-st"] && cut.isOwn)
    #expect(cut.leftOut == ["read:curve-rt", "read:saturation-rt"])
    let comparison = try compareUnpaired(cut, other)
    #expect(sentence(comparison.caveats, .truncatedLog).hasPrefix("A: "))
    #expect(sentence(comparison.caveats, .wholeLog).hasPrefix("A: "))
    #expect(comparison.onlyInA == ["read-st"] && comparison.onlyInB.isEmpty)
}

@Test func tagsMeetByNameOrAsTheyAreTold() throws {
    func log(_ tags: String...) throws -> MeasuredRun {
        var log = LogSketch.java("tags")
        for tag in tags { log.fill(2, tag: tag.isEmpty ? nil : tag) { _ in [5, 6] } }
        return try run(log, name: tags.joined(separator: "+"))
    }
    func pairs(_ a: MeasuredRun, _ b: MeasuredRun, _ renamings: Renaming...) throws -> [String] {
        try compareUnpaired(a, b, renamings: renamings).operations.map { "\($0.tagA)=\($0.tagB)" }
    }
    func complaint(_ a: MeasuredRun, _ b: MeasuredRun, _ renamings: Renaming...) -> TagMismatch? {
        do throws(TagMismatch) {
            _ = try compareUnpaired(a, b, renamings: renamings)
            return nil
        } catch {
            return error
        }
    }
    let (a, b) = (try log("read-rt", "read-st", "write"), try log("write", "latest-st", "latest-rt", ""))
    #expect(try pairs(a, b) == ["write=write"])
    #expect(try compareUnpaired(a, b).onlyInA == ["read-rt", "read-st"])
    #expect(try compareUnpaired(a, b).onlyInB == ["latest-st", "latest-rt", ""])
    #expect(
        try pairs(a, b, Renaming(a: "read", b: "latest")) == ["read-rt=latest-rt", "read-st=latest-st", "write=write"])
    #expect(
        try pairs(a, b, Renaming(a: "read-rt", b: "latest-st"), Renaming(a: "write", b: "")) == [
            "read-rt=latest-st", "write="
        ])
    let crossed = try compareUnpaired(a, b, renamings: [Renaming(a: "read-rt", b: "latest-st")])
    #expect(crossed.operations[0].effects.allSatisfy { $0.has(.otherTiming) } && crossed.operations[0].timing == nil)
    #expect(crossed.operations[1].effects.allSatisfy { $0.has(.timingUnknown) })
    let none = complaint(try log("read-rt"), try log("x", ""))
    #expect(
        none?.isRenaming == false && none?.description == "no tag in common: read-rt has read-rt, x+ has x, (no tag)")
    #expect(
        complaint(a, b, Renaming(a: "raed", b: "latest"))?.description.contains("has no tag raed; it has read-rt")
            == true)
    #expect(complaint(a, b, Renaming(a: "read", b: "write"))?.description.contains("may mean several") == true)
    let twice = complaint(a, b, Renaming(a: "read", b: "latest"), Renaming(a: "read-rt", b: "write"))
    #expect(twice?.isRenaming == true && twice?.description.contains("has a partner already") == true)
}

@Test func countsThatNobodyCountedAreRefused() throws {
    var log = LogSketch.java("counts")
    var full = HistogramSketch()
    full.record(5, count: 1 << 53)
    log.add(full, start: 0)
    log.add(HistogramSketch(), start: 1)
    _ = try run(log)
    var one = HistogramSketch()
    one.record(5)
    log.add(one, start: 2)
    #expect(throws: IntervalLogError.self) { try run(log) }
    var other = HistogramSketch()
    other.ratio = 0.5
    var mixed = LogSketch.java("ratios")
    mixed.add(one, start: 0)
    mixed.add(other, start: 1)
    #expect(throws: IntervalLogError.self) { try run(mixed) }
}
