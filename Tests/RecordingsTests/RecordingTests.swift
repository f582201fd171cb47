// What is written is read back equal; what is damaged is refused; files appear whole or not at all.

import Documents
import Glibc
import Histograms
import Quantities
import Recordings
import TestSupport
import Testing

/// A dossier in a folder of its own, removed at the end.
private func withDossier(_ body: (Dossier) throws -> Void) throws {
    let path = "/tmp/assay-recordings-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    let dossier = try Dossier.creating(path)
    defer {
        for name in ["recording.json", "old.hlog", "new.hlog", "a.json"] { unlink(dossier.file(name)) }
        rmdir(path)
    }
    try body(dossier)
}

private func sample(rounds: Int, random: inout SeededRandom) -> (Recording, [RoundRecord]) {
    let recording = Recording(
        assayVersion: "0.1", workload: "orders", pair: "lab", seed: 42, ratePerSecond: 2000, timeOut: .seconds(10),
        warmUp: .seconds(60),
        started: WallTime(unixNanoseconds: 1_790_000_000_123_000_000),
        ended: WallTime(unixNanoseconds: 1_790_000_000_123_000_000),
        madeFrom: ["plan.json": "ab"],
        operations: [
            OperationInfo(name: "latest_order", shape: .point, keyspace: "shop", weight: 55),
            OperationInfo(name: "recent_orders", shape: .range, keyspace: "shop", weight: 15)
        ])
    func slice(_ start: Double) -> SliceRecord {
        var operations: [OperationRecord] = []
        for _ in 0..<2 {
            var record = OperationRecord(rows: Int(random.below(900)), bytes: 7)
            for _ in 0..<random.below(50) {
                record.response.record(Int64(random.below(9_000_000)))
                record.service.record(Int64(random.below(9_000_000)))
            }
            record.completed = record.response.count
            record.errors = ["time_out": 2]
            record.response.record(10_000_000_000, count: 2)
            record.intended = record.response.count
            if start > 6 {
                record.halves = SliceHalves(
                    first: .init(count: 3, meanLog: random.normal()), second: .init(count: 4, meanLog: random.normal()))
            }
            operations.append(record)
        }
        let check = SelfCheckRecord(
            due: 100, dispatched: 99, latenessP50: Nanoseconds(45_000), latenessP99: Nanoseconds(1_250_000),
            latenessMax: .milliseconds(3), workerCPU: .milliseconds(12.5),
            runQueueDelay: start > 10 ? .milliseconds(1) : nil,
            inFlightMax: 9, busyShare: start > 10 ? 0.123456789 : nil,
            faults: start > 20 ? ["late"] : [])
        return SliceRecord(
            start: .seconds(start), length: .seconds(5), selfCheck: check, operations: operations,
            coordinators: ["10.0.0.1:9042": 40, "[::1]:9042": 2])
    }
    let records = (0..<rounds).map { (index: Int) -> RoundRecord in
        return RoundRecord(
            index: index, purpose: index == rounds - 1 ? .rowsControl : .measure, first: index % 2 == 0 ? .old : .new,
            old: slice(Double(index) * 11 + 0.5), new: slice(Double(index) * 11 + 6))
    }
    return (recording, records)
}

@Test func aRecordingComesBackEqual() throws {
    var random = SeededRandom(seed: 1)
    let (empty, rounds) = sample(rounds: 4, random: &random)
    try withDossier { dossier in
        var writer = try RecordingWriter(empty, in: dossier)
        #expect(try Recording.read(dossier) == writer.recording)
        #expect(writer.recording.interrupted, "until the plan has come to its end")
        var expected = writer.recording
        for round in rounds {
            let event = NodeEvent(
                at: .seconds(Double(round.index) - 1.5), side: .new, node: "[::1]:9042",
                kind: NodeEvent.Kind.allCases[round.index], note: "as \(round.index)")
            writer.add([event])
            try writer.add(round)
            expected.events.append(event)
            expected.rounds.append(round)
            expected.ended = writer.recording.ended
            expected.logs = writer.recording.logs
            #expect(try Recording.read(dossier) == expected)
            #expect(
                try dossier.read("recording.json") == expected.json().text(), "piece by piece and at once are the same")
        }
        try writer.markCompleted()
        let back = try Recording.read(dossier)
        expected.interrupted = false
        #expect(back == expected)
        #expect(!back.interrupted)
        #expect(back.rounds[2].voidReason == "old: late; new: late")
        #expect(back.countedRounds.map(\.index) == [0, 1])
    }
}

/// What was seen at the sides' limits comes back too, and stands in the logs under names of its own.
@Test func roundsOfSaturationAreKeptApart() throws {
    var random = SeededRandom(seed: 5)
    var (empty, rounds) = sample(rounds: 6, random: &random)
    empty.objective = "p99 of the workload <= 50.0 ms"
    for (index, purpose) in [(3, RoundRecord.Purpose.rowsControl), (4, .curve), (5, .saturation)] {
        rounds[index].purpose = purpose
    }
    (rounds[4].old.pressure, rounds[4].new.pressure) = (.inFlight(64), .inFlight(128))
    rounds[5].old.pressure = .rate(Rate(perSecond: 4812.5), missed: "p99 61.2 ms")
    rounds[5].new.pressure = .rate(Rate(perSecond: 4600), missed: nil)
    try withDossier { dossier in
        var writer = try RecordingWriter(empty, in: dossier)
        for round in rounds { try writer.add(round) }
        let back = try Recording.read(dossier)
        #expect(back.rounds == rounds && back.objective == empty.objective)
        #expect(back.countedRounds.map(\.index) == [0, 1])
        #expect(back.saturationRounds.map(\.index) == [5] && back.curveRounds.map(\.index) == [4])
        #expect(try dossier.read("recording.json") == back.json().text())
        let tags = try IntervalLog.read(dossier.read("old.hlog")).map(\.tag)
        #expect(tags.count { $0 == "latest_order-rt" } == 4)
        #expect(tags.count { $0 == "latest_order:curve-rt" } == 1)
        #expect(tags.count { $0 == "latest_order:saturation-st" } == 1)
        // The measured rounds' sums know nothing of it.
        #expect(
            back.whole(.old)[0].intended == rounds[0].old.operations[0].intended + rounds[1].old.operations[0].intended)
    }
}

/// When a run was judged, and by which floor, is part of what was seen.
@Test func looksAndFloorComeBackEqual() throws {
    var random = SeededRandom(seed: 8)
    var (recording, rounds) = sample(rounds: 5, random: &random)
    recording.looks = Looks(2, over: 4)
    recording.floor = NoiseFloor(
        windows: 9, windowLength: .seconds(600), separateDeployments: true,
        entries: [
            NoiseFloor.Entry(measure: "p99 of response time", part: "latest_order", deviation: 0.0125),
            NoiseFloor.Entry(
                measure: "mean of response time", part: "shape range", deviation: 0, bias: "it leans", windows: 5,
                separateDeployments: false)
        ])
    try withDossier { dossier in
        var writer = try RecordingWriter(recording, in: dossier)
        for round in rounds { try writer.add(round) }
        #expect(try Recording.read(dossier).looks == Looks(afterRounds: [2, 4]))
        writer.markStopped(atLook: 1)
        try writer.markCompleted()
        let back = try Recording.read(dossier)
        #expect(back.looks == Looks(afterRounds: [2, 4], stoppedAt: 1) && back.floor == recording.floor)
    }
}

@Test func aRoundThatWasBeingWrittenIsLeftOut() throws {
    var random = SeededRandom(seed: 2)
    let (empty, rounds) = sample(rounds: 2, random: &random)
    try withDossier { dossier in
        var writer = try RecordingWriter(empty, in: dossier)
        try writer.add(rounds[0])
        let before = try Recording.read(dossier)
        #expect(before.rounds == [rounds[0]])
        try dossier.append("Tag=latest_order-rt,11.500,5.000,1.0,HISTFAA", to: "old.hlog")
        #expect(try Recording.read(dossier) == before)
    }
}

@Test func logsThatDoNotBelongAreRefused() throws {
    var random = SeededRandom(seed: 3)
    let (empty, rounds) = sample(rounds: 2, random: &random)
    try withDossier { dossier in
        var writer = try RecordingWriter(empty, in: dossier)
        for round in rounds { try writer.add(round) }
        let log = try dossier.read("new.hlog")
        try dossier.write(String(log.prefix(log.count / 2)), to: "new.hlog")
        #expect(throws: InputError.self) { try Recording.read(dossier) }
        try dossier.write(log.replacing("-rt,6.000,", with: "-rt,7.000,"), to: "new.hlog")
        #expect(throws: InputError.self) { try Recording.read(dossier) }
        unlink(dossier.file("new.hlog"))
        #expect(throws: InputError.self) { try Recording.read(dossier) }
    }
}

@Test func countsThatDoNotAddUpAreRefused() throws {
    var random = SeededRandom(seed: 4)
    let (empty, rounds) = sample(rounds: 1, random: &random)
    try withDossier { dossier in
        var writer = try RecordingWriter(empty, in: dossier)
        try writer.add(rounds[0])
        let text = try dossier.read("recording.json")
        for (found, wrong) in [
            ("\"time_out\": 2", "\"time_out\": 2000"), ("\"time_out\": 2", "\"time_out\": -2"),
            ("\"seed\": 42", "\"seed\": -42"),
            ("\"length_s\": 5", "\"length_s\": 5e300"), ("\"time_out_ms\": 10000", "\"time_out_ms\": -1")
        ] {
            #expect(text.contains(found))
            try dossier.write(text.replacing(found, with: wrong), to: "recording.json")
            #expect(throws: InputError.self, "\(wrong)") { try Recording.read(dossier) }
        }
    }
}

@Test func aFolderThatCannotBeMadeSaysSo() {
    let failure = #expect(throws: FileError.self) { try Dossier.creating("/proc/assay-results") }
    #expect(failure?.description.hasPrefix("/proc/assay-results: cannot make the folder: ") == true)
}

@Test func writingReplacesWholeFilesAndLeavesNothingBehind() throws {
    try withDossier { dossier in
        try dossier.write("one\n", to: "a.json")
        try dossier.write("two\n", to: "a.json")
        #expect(try dossier.read("a.json") == "two\n")
        #expect(try dossier.readIfThere("b.json") == nil)
    }
}

@Test func environmentAndObservationsComeBackEqual() throws {
    let side = SideEnvironment(
        endpoints: ["127.0.0.1:9042"], releaseVersion: "4.1.9", clusterName: "lab \"new\"",
        partitioner: "Murmur3Partitioner",
        dataCenters: ["dc1"], nodes: 1, schemaVersions: ["x"], protocolVersion: 5, compression: "lz4")
    var secured = side
    secured.security = SecurityFacts(
        tls: .init(
            version: "TLS 1.3", cipher: "TLS_AES_256_GCM_SHA384", checkedAgainst: nil, certificate: "CN=db",
            certificateExpires: "2027-01-31T00:00:00Z", clientCertificate: true),
        login: .init(user: "assay", source: "env:ASSAY_OLD", authenticator: "PasswordAuthenticator"))
    let environment = Environment(
        assayVersion: "0.1", old: side, new: secured, machine: ["cpus": "2"], sharedHost: true)
    #expect(try Environment.read(environment.json().text(), file: "environment.json") == environment)
    let observations = Observations(
        probed: ["parity"],
        observations: [
            Observation(
                kind: "parity", subject: "a.b", old: "{'x': 1}", new: "", expected: true, note: "only on old\nside")
        ])
    #expect(try Observations.read(observations.json().text(), file: "observations.json") == observations)
}
