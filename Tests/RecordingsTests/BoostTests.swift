// Boost rounds in a recording: written under tags of their own and read back equal, in no sum of the run's, and refused where they are damaged.

import Documents
import Glibc
import Histograms
import Quantities
import Recordings
import TestSupport
import Testing

private let operations = [
    OperationInfo(name: "often", shape: .point, keyspace: "shop", weight: 98),
    OperationInfo(name: "rare", shape: .range, keyspace: "shop", weight: 2)
]
private let boost = Boost([Boost.Member("rare", share: 0.2, chosenBy: .planner)], rounds: 2)

/// Two measured rounds, the control round, and two boost rounds; each operation as often as it says.
private func recording() -> Recording {
    var recording = Recording(
        workload: "orders", pair: "lab", ratePerSecond: 100, timeOut: .seconds(10),
        started: WallTime(unixNanoseconds: 1_790_000_000_000_000_000),
        ended: WallTime(unixNanoseconds: 1_790_000_000_000_000_000), operations: operations, boost: boost)
    func slice(_ start: Double, _ counts: [Int]) -> SliceRecord {
        let records = counts.map { count in
            var times = Histogram()
            times.record(3_000_000, count: count)
            return OperationRecord(intended: count, completed: count, rows: count, response: times, service: times)
        }
        return SliceRecord(start: .seconds(start), length: .seconds(5), operations: records)
    }
    let purposes: [RoundRecord.Purpose] = [.measure, .measure, .rowsControl, .boost, .boost]
    recording.rounds = purposes.enumerated().map { index, purpose in
        let counts = purpose == .boost ? [400, 100] : [490, 10]
        return RoundRecord(
            index: index, purpose: purpose, first: .old, old: slice(Double(index) * 11, counts),
            new: slice(Double(index) * 11 + 5.5, counts))
    }
    return recording
}

private func written(_ body: (Dossier, Recording) throws -> Void) throws {
    let path = "/tmp/assay-boost-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    let dossier = try Dossier.creating(path)
    defer {
        for name in ["recording.json", "old.hlog", "new.hlog"] { unlink(dossier.file(name)) }
        rmdir(path)
    }
    let recording = recording()
    var head = recording
    head.rounds = []
    var writer = try RecordingWriter(head, in: dossier)
    for round in recording.rounds { try writer.add(round) }
    var expected = recording
    expected.interrupted = true
    expected.ended = writer.recording.ended
    expected.logs = writer.recording.logs
    try body(dossier, expected)
}

@Test func boostRoundsComeBackEqualFromTagsOfTheirOwn() throws {
    try written { dossier, expected in
        #expect(try Recording.read(dossier) == expected)
        let log = try dossier.read("old.hlog")
        #expect(log.split(separator: "\n").count { $0.hasPrefix("Tag=rare-rt,") } == 3)
        #expect(log.split(separator: "\n").count { $0.hasPrefix("Tag=rare:boost-rt,") } == 2)
        #expect(log.split(separator: "\n").count { $0.hasPrefix("Tag=often:boost-st,") } == 2)
    }
}

@Test func boostRoundsAreInNoSumOfTheRun() {
    let recording = recording()
    #expect(recording.countedRounds.count == 2 && recording.whole(.old).map(\.intended) == [980, 20])
    #expect(recording.upTo(measuredRounds: 2).rounds.allSatisfy { $0.purpose == .measure })
    #expect(recording.usualShare(of: "rare") == 0.02 && recording.usualShare(of: "no") == nil)
}

@Test func boostRoundsAreARecordingOfTheirOwn() throws {
    let recording = recording()
    let boosted = try #require(recording.boosted)
    #expect(boosted.rounds.allSatisfy { $0.purpose == .measure } && boosted.whole(.new).map(\.intended) == [800, 200])
    #expect(boosted.ended - boosted.started == .seconds(11 + 5.5 + 5))
    #expect(boosted.boost == nil && boosted.boosted == nil)
    var left = recording
    left.rounds.removeAll { $0.purpose == .boost }
    #expect(left.boosted == nil)
}

@Test func whatIsNotBoostedSharesTheRestAsAlways() {
    let four = ["a", "b", "c", "d"].enumerated().map {
        OperationInfo(name: $1, shape: .point, keyspace: "k", weight: Double($0 + 1) * 10)
    }
    let mix = Boost(
        [Boost.Member("a", share: 0.3, chosenBy: .workload), Boost.Member("c", share: 0.4, chosenBy: .planner)],
        rounds: 14)
    let found = mix.weights(four)
    #expect(zip(found, [0.3, 0.1, 0.4, 0.2]).allSatisfy { abs($0 - $1) < 1e-12 })
}

@Test(arguments: [
    ("\"rare\"", "\"seldom\"", "'seldom' is boosted"),
    ("\"share_percent\": 20", "\"share_percent\": 100", "a share of 100.0 %"),
    ("\"planner\"", "\"someone\"", "unknown choice 'someone'"),
    ("\"rounds\": 2", "\"rounds\": 0", "boost rounds")
])
func aDamagedBoostIsRefused(old: String, new: String, message: String) throws {
    try written { dossier, _ in
        let text = try dossier.read("recording.json")
        #expect(text.contains(old), "\(text.prefix(600))")
        // The keys are sorted, so the first of them is that of the boost.
        try dossier.write(text.replacing(old, with: new, maxReplacements: 1), to: "recording.json")
        let error = #expect(throws: InputError.self) { try Recording.read(dossier) }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }
}
