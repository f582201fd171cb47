// Runs in virtual time: nothing is lost, both sides get the same, and what went wrong stands in the recording.

import Histograms
import Lab
import Load
import Quantities
import Recordings
import TestSupport
import Testing
import Workloads

/// Intended starts of the measured part of a round, from the plan alone.
private func intendedStarts(_ plan: Plan, round: PlannedRound) -> [Nanoseconds] {
    var schedule = plan.arrivalSchedule(seed: round.seed)
    var starts: [Nanoseconds] = []
    while true {
        let next = schedule.next()
        if next >= plan.guardLength + plan.slice { return starts }
        if next >= plan.guardLength { starts.append(next - plan.guardLength) }
    }
}

@Test(arguments: [Mode.interleaved, .duet])
func everyIntendedOperationIsRecordedOnBothSides(mode: Mode) throws {
    let run = try SimulatedRun(seed: 11, minutes: 0.5, mode: mode)
    let recording = try run.record()
    #expect(recording.rounds.count == run.plan.rounds.count)
    #expect(recording.rounds.last?.purpose == .rowsControl)
    for (round, planned) in zip(recording.rounds, run.plan.rounds) {
        let due = intendedStarts(run.plan, round: planned).count
        for side in Side.allCases {
            let slice = round[side]
            #expect(slice.operations.reduce(0) { $0 + $1.intended } == due)
            #expect(slice.selfCheck.dispatched == slice.selfCheck.due)
            #expect(slice.selfCheck.faults.isEmpty)
            for operation in slice.operations {
                #expect(operation.response.count == operation.intended)
                #expect(operation.service.count == operation.completed)
                #expect(operation.completed + operation.failed == operation.intended)
                #expect(operation.failed == 0)
            }
        }
        #expect(round.old.operations.map(\.intended) == round.new.operations.map(\.intended))
        #expect(round.old.operations.map(\.rows) == round.new.operations.map(\.rows))
    }
    // The control round meets the data of round 0: writes went where reads do not look.
    #expect(recording.rounds[0].old.operations.map(\.rows) == recording.rounds.last!.old.operations.map(\.rows))
    #expect(recording.whole(.old).allSatisfy { $0.rows > 0 || $0.bytes > 0 })
}

@Test func theSameSeedGivesTheSameRecordingAndAnotherSeedAnother() throws {
    let first = try SimulatedRun(seed: 5, minutes: 0.3).record()
    #expect(try SimulatedRun(seed: 5, minutes: 0.3).record() == first)
    #expect(try SimulatedRun(seed: 6, minutes: 0.3).record() != first)
}

@Test func aSideThatStallsShowsTheP99ThatArithmeticGives() throws {
    var stalling = LabDials(.new)
    stalling.stalls = [.repeated(every: .seconds(23.7), length: .seconds(1), first: .seconds(7.3))]
    let run = try SimulatedRun(seed: 3, minutes: 2, new: stalling)
    let recording = try run.record()
    // Frozen time: what comes while the node stands still waits for the end of it, then takes its service time.
    let start = Instant(nanoseconds: 1_000_000_000)
    var predicted: [Double] = []
    for (round, planned) in zip(recording.rounds, run.plan.rounds) where round.purpose == .measure {
        for offset in intendedStarts(run.plan, round: planned) {
            let at = (start + round.new.start + offset + .milliseconds(20)).nanoseconds
            let inPeriod = (Double(at) / 1e9 - 7.3).truncatingRemainder(dividingBy: 23.7)
            let frozen = at >= 7_300_000_000 && inPeriod < 1 ? 1 - inPeriod : 0
            predicted.append(frozen + 0.0015)
        }
    }
    predicted.sort()
    let expected = predicted[Int(Double(predicted.count) * 0.99)]
    func p99(_ side: Side, _ times: (OperationRecord) -> Histogram) -> Double {
        var all = Histogram()
        for operation in recording.whole(side) { all.add(times(operation)) }
        return all.quantile(0.99) / 1e9
    }
    #expect(expected > 0.3, "the plan must meet the stalls for this to be a test")
    #expect(close(p99(.new) { $0.response }, expected, relative: 0.05))
    #expect(p99(.old) { $0.response } < 0.05)
    #expect(recording.whole(.new).allSatisfy { $0.failed == 0 })
}

@Test func aGeneratorThatOversleepsVoidsItsRoundsAndASideThatIsSlowDoesNot() throws {
    let late = try SimulatedRun(seed: 4, minutes: 0.4)
    late.world.oversleep = .milliseconds(3)
    let voided = try late.record()
    #expect(voided.rounds.allSatisfy { $0.voidReason?.contains("late at p99") == true })

    var slow = LabDials(.new)
    slow.factor = [.point: 400, .range: 400, .multiPartition: 400, .write: 400]
    let recording = try SimulatedRun(seed: 4, minutes: 0.4, new: slow).record()
    #expect(recording.rounds.allSatisfy { $0.voidReason == nil })
    for operation in recording.whole(.new) {
        #expect(operation.response.count == operation.intended)
        #expect(operation.completed + (operation.errors["time_out"] ?? 0) == operation.intended)
    }
    #expect(recording.whole(.new)[2].errors["time_out"] ?? 0 > 0, "1.2 s with a time-out of 2 s: some must be late")
    #expect(recording.whole(.new)[2].response.max >= 2_000_000_000)
}

@Test func aSideWithoutFreeStreamsOverflowsAndTheOtherDoesNot() throws {
    var slow = LabDials(.new)
    slow.factor = [.point: 100, .range: 100, .multiPartition: 100, .write: 100]
    var run = try SimulatedRun(seed: 8, minutes: 0.3, new: slow)
    run.settings.streams = 8
    let recording = try run.record()
    let (old, new) = (recording.whole(.old), recording.whole(.new))
    #expect(old.allSatisfy { $0.failed == 0 })
    #expect(new.reduce(0) { $0 + ($1.errors["overflow"] ?? 0) } > 100)
    #expect(new.allSatisfy { $0.response.count == $0.intended })
    #expect(
        recording.rounds.allSatisfy { $0.voidReason == nil }, "a side that cannot keep up is not the generator's fault")
}

@Test func aBrokenConnectionIsCountedAndComesBack() throws {
    let run = try SimulatedRun(seed: 9, minutes: 0.5)
    var cuts = 0
    let recording = try run.record { _ in
        if run.world.now() > Instant(nanoseconds: 9_000_000_000) && cuts == 0 {
            cuts = 1
            for link in 0..<4 { run.world.cut(link) }
        }
        return false
    }
    #expect(cuts == 1)
    let all = Side.allCases.flatMap { recording.whole($0) }
    #expect(all.allSatisfy { $0.response.count == $0.intended })
    let lost = all.reduce(0) { $0 + ($1.errors["connection_lost"] ?? 0) + ($1.errors["not_connected"] ?? 0) }
    #expect(lost > 0)
    let last = recording.rounds.last!
    #expect(Side.allCases.allSatisfy { last[$0].operations.allSatisfy { $0.failed == 0 } })
}

@Test func aStoppedRunKeepsItsWholeRounds() throws {
    let run = try SimulatedRun(seed: 10, minutes: 1)
    let recording = try run.record { _ in run.world.now() > Instant(nanoseconds: 40_000_000_000) }
    #expect(recording.interrupted)
    #expect(recording.rounds.count == 3)
}

@Test func errorsOfTheServerAreClassedAndStandAtTheTimeOut() throws {
    var failing = LabDials(.new)
    failing.errors = [.range: LabDials.InjectedError(share: Ratio(0.05), errorClass: .overloaded)]
    let recording = try SimulatedRun(seed: 12, minutes: 0.5, new: failing).record()
    let range = recording.whole(.new)[1]
    let share = Double(range.errors["overloaded"] ?? 0) / Double(range.intended)
    #expect(share > 0.03 && share < 0.09, "\(share)")
    #expect(range.response.quantile(0.99) / 1e9 > 1.99)
    #expect(recording.whole(.new)[0].failed == 0)
}

@Test func aSideThatHangsTakesNoPlaceFromTheOther() throws {
    var run = try SimulatedRun(seed: 13, minutes: 0.5)
    run.settings.streams = 300
    // Handshakes must come before the stall, so it begins after the first second.
    run.nodes[1].setStalls([.once(at: .seconds(2), length: .seconds(3600))])
    let recording = try run.record()
    #expect(recording.whole(.old).allSatisfy { $0.failed == 0 })
    let new = recording.whole(.new)
    #expect(new.allSatisfy { $0.response.count == $0.intended })
    #expect(new.reduce(0) { $0 + ($1.errors["overflow"] ?? 0) } > 100)
}

@Test func whatWasOverWhenTheRunWasStoppedIsStillDrained() throws {
    let run = try SimulatedRun(seed: 14, minutes: 1)
    // New answers nothing from the second round on; the run is stopped while the third is under way.
    run.nodes[1].setStalls([.once(at: .seconds(13), length: .seconds(3600))])
    let recording = try run.record { _ in run.world.now() > Instant(nanoseconds: 24_000_000_000) }
    #expect(recording.interrupted)
    #expect(recording.rounds.count == 2, "the second round hung on one side, and it counts")
    #expect(recording.rounds.last!.new.operations.reduce(0) { $0 + ($1.errors["time_out"] ?? 0) } > 0)
}

@Test func aNodeThatForgotItsStatementsIsToldThemAgain() throws {
    let plain = try SimulatedRun(seed: 15, minutes: 0.4).record()
    let run = try SimulatedRun(seed: 15, minutes: 0.4)
    var forgotten = 0
    let recording = try run.record { _ in
        // Ten times in the course of the run, also while pages are under way.
        if run.world.now() > Instant(nanoseconds: 8_000_000_000 + Int64(forgotten) * 1_000_000_000) && forgotten < 10 {
            forgotten += 1
            for node in run.nodes { node.forgetPreparedStatements() }
        }
        return false
    }
    #expect(forgotten == 10)
    for side in Side.allCases {
        let (found, undisturbed) = (recording.whole(side), plain.whole(side))
        #expect(found.allSatisfy { $0.failed == 0 && $0.response.count == $0.intended })
        #expect(found.map(\.rows) == undisturbed.map(\.rows), "no row is lost or counted twice")
    }
}
